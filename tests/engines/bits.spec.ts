// The same numbers as natively and in Chromium, bit for bit: of the same pixels, of a file that the
// browser need not reduce, and of a large JPEG.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digests, root, SIDE, syntheticInputs } from "../browser/synthetic";
import { openEye } from "./eye";
import { expect, test } from "./fixtures";

test("synthetic inputs give the committed bits", async ({ engine, site }) => {
  const tab = await engine.open();
  await openEye(tab, site.url);
  const lines: string[] = [];
  for (const [name, rgb] of syntheticInputs()) {
    const outputs = await tab.run((text) => {
      const outputs = eye.outputs(bytesOf(text));
      return sha256(new Uint8Array(outputs.buffer as ArrayBuffer, outputs.byteOffset, outputs.byteLength));
    }, Buffer.from(rgb).toString("base64"));
    lines.push(`${name} ${outputs}`);
  }
  expect(lines).toEqual(digests("tests/reference/digests.txt"));
});

test("a file that the browser decodes gives Pillow's own input, a large JPEG the committed one", async ({
  engine,
  site,
}) => {
  const tab = await engine.open();
  await openEye(tab, site.url);
  const tensors = readFileSync(join(root, "tests/reference/backbone.safetensors"));
  const start = 8 + Number(tensors.readBigUInt64LE(0));
  const header = JSON.parse(tensors.toString("utf8", 8, start));
  const first = start + header["input.rgb_u8"].data_offsets[0];
  const pillow = tensors.subarray(first, first + SIDE * SIDE * 3);
  const seen = await tab.run(async () => {
    const { input } = await eye.prepare(await fileOf("images/chelsea.png"));
    return sha256(Uint8Array.from(input));
  });
  expect(seen).toBe(createHash("sha256").update(pillow).digest("hex"));

  const committed = digests("tests/reference/jpeg/digests.txt");
  const found: string[] = [];
  for (const line of committed) {
    const name = line.split(" ")[0] ?? "";
    const digest = await tab.run(async (name) => {
      const { input } = await eye.prepare(await fileOf(`jpeg/${name}.jpg`));
      return sha256(Uint8Array.from(input));
    }, name);
    found.push(`${name} ${digest}`);
  }
  expect(found).toEqual(committed);
});
