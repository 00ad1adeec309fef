// The two large files the page needs, each from its own origin and each fetched once: the wasm
// module and the network's weights. The service worker keeps both for use offline.

import wasmUrl from "../../../pkg/keepsake_bg.wasm?url";
import { hex, sha256 } from "./sha256";

/** Set by the build, so that page, code and weights of one version belong together. */
declare const KEEPSAKE_WEIGHTS_SHA256: string;

/** Bytes of the network's file so far, and in all (0 while unknown). */
export interface Loading {
  readonly loaded: number;
  readonly total: number;
}

/** Holds a digest of the content, so that one version's weights are never taken for another's. */
export const WEIGHTS = new URL(`weights/lite0.bin?${KEEPSAKE_WEIGHTS_SHA256.slice(0, 16)}`, document.baseURI);

/** The compiled core module, to be instantiated in each worker. */
export async function compileCore(): Promise<WebAssembly.Module> {
  const url = new URL(wasmUrl, document.baseURI);
  return WebAssembly.compileStreaming(fetch(url));
}

/** The network's weights, checked against the digest that this page was built with. */
export async function fetchWeights(report: (loading: Loading) => void): Promise<Uint8Array<ArrayBuffer>> {
  if (!isSecureContext) {
    throw Object.assign(
      new Error("Browsers let a page check and keep files only at a safe address. Open it with https."),
      { code: "page/insecure" },
    );
  }
  const weights = await download(WEIGHTS, report);
  if (hex(await sha256(weights)) !== KEEPSAKE_WEIGHTS_SHA256) {
    throw Object.assign(new Error("The network's file arrived damaged. Reload the page to get it again."), {
      code: "weights/damaged",
    });
  }
  return weights;
}

async function download(url: URL, report: (loading: Loading) => void): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(url);
  if (!answer.ok || !answer.body) {
    throw Object.assign(
      new Error(`The network's file could not be loaded (${answer.status}). Reload the page.`),
      {
        code: "weights/missing",
      },
    );
  }
  // With a compressed transfer the header counts compressed bytes: then the total stays unknown.
  const total = answer.headers.has("content-encoding")
    ? 0
    : Number(answer.headers.get("content-length") ?? 0);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    loaded += part.value.length;
    report({ loaded, total });
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
