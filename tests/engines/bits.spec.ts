// The same numbers as natively and in Chromium, bit for bit.

import type * as Keepsake from "keepsake";
import { digests, syntheticInputs } from "../browser/synthetic";
import type { Tab } from "./engine";
import { expect, test } from "./fixtures";

declare global {
  var eye: Keepsake.Eye;
  /** In hexadecimal. */
  var sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  var bytesOf: (base64: string) => Uint8Array<ArrayBuffer>;
}

/** An eye in an empty page, and what to do with it. */
async function openEye(tab: Tab, site: string): Promise<void> {
  await tab.go(`${site}/tests/browser/blank.html`);
  await tab.run(async () => {
    const address = "/pkg/keepsake.js";
    const keepsake = (await import(address)) as typeof Keepsake;
    await keepsake.default();
    const weights = await (await fetch("/weights/lite0.bin")).arrayBuffer();
    globalThis.eye = await keepsake.Eye.open(new Uint8Array(weights));
    globalThis.sha256 = async (bytes) => {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    };
    globalThis.bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  });
}

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
