// The same bits in the browser as natively: the other half of tests/network/kernels_same_everywhere.rs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { digests, root, SIDE, syntheticInputs } from "./synthetic";

/** SHA-256 of what the network in the page says of each input in `bytes`. */
async function digestsInPage(page: Page, bytes: Uint8Array): Promise<string[]> {
  await page.route("**/inputs.rgb", (route) => route.fulfill({ body: Buffer.from(bytes) }));
  await page.goto("/tests/browser/blank.html");
  return page.evaluate(
    async (length) => {
      const read = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
      const address = "/pkg/keepsake.js";
      const keepsake = await import(address);
      await keepsake.default();
      const eye = await keepsake.Eye.open(await read("/weights/lite0.bin"));
      const inputs = await read("/inputs.rgb");
      const digests: string[] = [];
      for (let at = 0; at < inputs.length; at += length) {
        const outputs: Float32Array<ArrayBuffer> = eye.outputs(inputs.subarray(at, at + length));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", outputs));
        digests.push(Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""));
      }
      eye.free();
      return digests;
    },
    SIDE * SIDE * 3,
  );
}

test("synthetic inputs give the committed bits", async ({ page }) => {
  const inputs = syntheticInputs();
  const bytes = Buffer.concat(inputs.map(([, rgb]) => rgb));
  const found = await digestsInPage(page, bytes);
  const lines = inputs.map(([name], index) => `${name} ${found[index]}`);
  expect(lines).toEqual(digests("tests/reference/digests.txt"));
});

test("photos give the bits that they give natively", async ({ page }) => {
  const folder = "test-results/kernels";
  test.skip(!existsSync(join(root, folder)), "the Rust tests leave the photos there, if they have any");
  const native = digests(`${folder}/digests.txt`);
  const found = await digestsInPage(page, readFileSync(join(root, folder, "photos.rgb")));
  expect(found).toEqual(native.map((line) => line.split(" ").at(-1)));
});
