// What stands for the networks' module until it is compiled: whoever asks for the module gets a sentence.

import { readFileSync } from "node:fs";
import * as standIn from "../../www/src/engine/networks-to-come";
import { expect, test } from "./fixtures";

test("it has whatever the workers ask of the module, and says that this is to come", async () => {
  for (const worker of ["engine/card.worker.ts", "scratch/scratch.worker.ts"]) {
    const source = readFileSync(new URL(`../../www/src/${worker}`, import.meta.url), "utf8");
    const [, names = ""] = /^import \w+, \{([^}]+)\} from "keepsake\/burn";$/m.exec(source) ?? [];
    const values = names.split(",").flatMap((name) => /^\s*(\w+)\s*$/.exec(name)?.[1] ?? []);
    expect(values).toHaveLength(1);
    for (const value of values) expect(Object.keys(standIn)).toContain(value);
  }
  await expect(standIn.default()).rejects.toMatchObject({ code: "page/networks-to-come" });
});
