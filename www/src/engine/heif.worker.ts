// A worker that decodes HEIC with a library, for browsers that cannot. It is started with the first such
// file and ended when there are no more: the library's memory never shrinks by itself.

import { expose, transfer } from "comlink";
import libheif from "libheif-js/libheif-wasm/libheif.js";
import address from "libheif-js/libheif-wasm/libheif.wasm?url";
import { crossing } from "./failure";
import { isDisplayP3 } from "./heif";

/** As `photo::Limits` has it: 100 megapixels are 400 MB. */
const MOST_PIXELS = 100_000_000;

/** What we use of the library, whose own types leave it out. */
interface Image {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  /** Fills `pixels`; null where it could not. */
  display(pixels: ImageData, done: (shown: ImageData | null) => void): void;
  free(): void;
}
interface Library {
  readonly HeifDecoder: new () => { decode(file: Uint8Array): Image[] };
}

let library: Promise<Library> | undefined;

async function load(): Promise<Library> {
  const wasm = await fetch(address);
  if (!wasm.ok) throw new Error(`${address}: ${wasm.status}`);
  return libheif({ wasmBinary: await wasm.arrayBuffer() }) as unknown as Library;
}

const damaged = { code: "photo/damaged", message: "This picture is damaged or cut off." };

async function decode(file: Uint8Array): Promise<ImageBitmap> {
  library ??= load();
  const { HeifDecoder } = await library;
  const images = new HeifDecoder().decode(file);
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw damaged;
    const [width, height] = [image.get_width(), image.get_height()];
    if (width * height > MOST_PIXELS) {
      throw { code: "photo/too-many-pixels", message: `A picture of ${width} × ${height} is too large.` };
    }
    const colorSpace = isDisplayP3(file) ? "display-p3" : "srgb";
    const pixels = new ImageData(width, height, { colorSpace });
    const shown = await new Promise<ImageData | null>((resolve) => image.display(pixels, resolve));
    if (!shown) throw damaged;
    return await createImageBitmap(shown);
  } finally {
    for (const image of images) image.free();
  }
}

const api = {
  /** The picture of a HEIC file, upright. Rejects with `{ code, message }` where the file is the fault. */
  decode: (file: Uint8Array): Promise<ImageBitmap> =>
    crossing(async () => {
      const bitmap = await decode(file);
      return transfer(bitmap, [bitmap]);
    }),
};

export type HeifApi = typeof api;
expose(api);
