// An eye in an empty page, for what each engine sees.

import type * as Keepsake from "keepsake";
import type { Tab } from "./engine";

declare global {
  var eye: Keepsake.Eye;
  /** In hexadecimal. */
  var sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  var bytesOf: (base64: string) => Uint8Array<ArrayBuffer>;
  var fileOf: (path: string) => Promise<Blob>;
}

/** An eye in an empty page, and what to do with it. */
export async function openEye(tab: Tab, site: string): Promise<void> {
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
    globalThis.fileOf = async (path) => (await fetch(`/tests/reference/${path}`)).blob();
  });
}
