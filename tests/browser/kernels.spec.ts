// The same bits in the browser as natively: the other half of tests/kernels_same_everywhere.rs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "./fixtures";

const SIDE = 224;
const root = join(import.meta.dirname, "../..");

/** Lines `NAME DIGEST`, without the comments. */
function digests(path: string): string[] {
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

type Value = (row: number, column: number, colour: number) => number;

function synthetic(value: Value): Uint8Array {
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    rgb[at] = value(Math.floor(pixel / SIDE), pixel % SIDE, at % 3);
  }
  return rgb;
}

/** Bytes of Knuth's MMIX generator. */
function noise(): Value {
  let state = 1n;
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 56n);
  };
}

/** In the order of the committed digests. */
function syntheticInputs(): [string, Uint8Array][] {
  const random = noise();
  return [
    ["black", synthetic(() => 0)],
    ["white", synthetic(() => 255)],
    ["red", synthetic((_row, _column, colour) => (colour === 0 ? 255 : 0))],
    ["noise", synthetic(noise())],
    ["extremes", synthetic((row, column, colour) => (random(row, column, colour) < 128 ? 0 : 255))],
    ["checkerboard", synthetic((row, column) => ((row >> 3) + (column >> 3)) % 2 && 255)],
    ["stripes", synthetic((_row, column) => column % 2 && 255)],
    ["gradient", synthetic((row, column, colour) => row * 3 + column * 5 + colour * 7)],
  ];
}

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
