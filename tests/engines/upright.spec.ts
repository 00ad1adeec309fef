// Whichever way a PNG or a WebP lies by its EXIF, each browser sees the upright square that is seen
// natively: the same bits.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digests, root } from "../browser/synthetic";
import { oriented } from "../browser/upright";
import { openEye } from "./eye";
import { expect, test } from "./fixtures";

test("all orientations of a PNG and a WebP give the committed inputs", async ({ engine, site }) => {
  const tab = await engine.open();
  await openEye(tab, site.url);
  const found: string[] = [];
  for (const format of ["png", "webp"]) {
    const file = readFileSync(join(root, `tests/reference/formats/turned.${format}`));
    for (let orientation = 1; orientation <= 8; orientation++) {
      const digest = await tab.run(async (text) => {
        const { input } = await eye.prepare(new Blob([bytesOf(text)]));
        return sha256(Uint8Array.from(input));
      }, oriented(file, orientation).toString("base64"));
      found.push(`${format}-${orientation} ${digest}`);
    }
  }
  expect(found).toEqual(digests("tests/reference/formats/upright.txt"));
});
