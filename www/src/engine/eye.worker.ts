// A worker that looks at photos: decodes, computes, makes a thumbnail. It knows no labels and keeps
// nothing; the pool (pool.ts) runs a few of these beside each other, each with its own wasm memory,
// so that a photo that brings one down takes none of the others with it.

import { expose, transfer } from "comlink";
import init, { Eye, type Identity, type Look, type Prepared } from "keepsake";
import { crossing } from "./failure";

let eye: Eye | undefined;

function opened(): Eye {
  if (!eye) throw new Error("This worker was not opened.");
  return eye;
}

const api = {
  /** Starts the module and unpacks the network; resolves to the eye's id. The module is compiled once for
   * all workers. */
  open: (core: WebAssembly.Module, weights: Uint8Array): Promise<Uint8Array> =>
    crossing(async () => {
      await init({ module_or_path: core });
      eye = await Eye.open(weights);
      return eye.id;
    }),

  /** What the network sees in one photo. Rejects with `{ code, message }`. */
  look: (photo: Blob | ImageBitmap): Promise<Look> =>
    crossing(async () => {
      const look = await opened().look(photo);
      return transfer(look, [look.feature.buffer as ArrayBuffer, look.key.buffer as ArrayBuffer]);
    }),

  /** Reads one photo's file and decodes nothing. */
  identify: (photo: Blob): Promise<Identity> => crossing(() => Eye.identify(photo)),

  /** The whole of a large JPEG, smaller and soon; undefined where the browser is to be waited for. */
  draft: (file: Blob, width: number): Promise<ImageBitmap | undefined> =>
    crossing(async () => {
      const draft = await Eye.draft(file, width);
      return draft && transfer(draft, [draft]);
    }),

  /** Opens one photo, so that another device, or another worker, can look at it. */
  prepare: (photo: Blob | ImageBitmap): Promise<Prepared> =>
    crossing(async () => {
      const photoReady = await opened().prepare(photo);
      const { input, key } = photoReady;
      return transfer(photoReady, [input.buffer as ArrayBuffer, key.buffer as ArrayBuffer]);
    }),

  /** The feature of a photo that was prepared. */
  feature: (input: Uint8Array): Promise<Uint8Array> =>
    crossing(() => {
      const feature = Eye.feature(opened().outputs(input));
      return transfer(feature, [feature.buffer as ArrayBuffer]);
    }),
};

export type EyeApi = typeof api;
expose(api);
