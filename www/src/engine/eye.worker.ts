// A worker that looks at photos: decodes, computes, makes a thumbnail. It knows no labels and keeps
// nothing; the pool (pool.ts) runs a few of these beside each other, each with its own wasm memory,
// so that a photo that brings one down takes none of the others with it.

import { expose, transfer } from "comlink";
import init, { Eye, type Look } from "keepsake";
import { crossing } from "./failure";

let eye: Eye | undefined;

const api = {
  /** Starts the module and unpacks the network. The module is compiled once for all workers. */
  open: (core: WebAssembly.Module, weights: Uint8Array): Promise<void> =>
    crossing(async () => {
      await init({ module_or_path: core });
      eye = await Eye.open(weights);
    }),

  /** What the network sees in one photo. Rejects with `{ code, message }`. */
  look: (photo: Blob): Promise<Look> =>
    crossing(async () => {
      if (!eye) throw new Error("This worker was not opened.");
      const look = await eye.look(photo);
      return transfer(look, [look.feature.buffer as ArrayBuffer, look.key.buffer as ArrayBuffer]);
    }),
};

export type EyeApi = typeof api;
expose(api);
