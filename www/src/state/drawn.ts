/**
 * Small pictures decoded, in the size of a tile. The browser keeps what it decoded for an `<img>` as it likes:
 * of a thousand tiles, though nobody sees them any more, and with every file beside it. Here the last few
 * screens are kept, so that a tile that moves shows its picture at once, and no more.
 */
import type { PhotoId } from "../engine/engine";

/** Bytes of all that are kept; a tile that is shown has its own copy. */
const KEPT = 16e6;
/** Small pictures have no more. */
const MOST = 320;
/** Sizes go in steps: a window that is drawn wider asks for few. */
const STEP = 32;

export class DrawnPictures {
  /** In the order of last use. */
  readonly #known = new Map<PhotoId, { readonly of: Blob; readonly bitmap: ImageBitmap }>();
  #bytes = 0;

  /** How many pixels a side a picture needs where it is shown so large, in pixels of the style sheet. */
  static pixels(side: number): number {
    return Math.min(MOST, Math.ceil((side * devicePixelRatio) / STEP) * STEP);
  }

  /** What is there of it now. */
  now(photo: PhotoId, of: Blob, pixels: number): ImageBitmap | undefined {
    const known = this.#known.get(photo);
    if (!known || known.of !== of || known.bitmap.width < pixels) return undefined;
    this.#known.delete(photo);
    this.#known.set(photo, known);
    return known.bitmap;
  }

  /** Decodes it; it may have been let go of by the time that somebody looks. */
  async decode(photo: PhotoId, of: Blob, pixels: number): Promise<ImageBitmap> {
    const size = { resizeWidth: pixels, resizeHeight: pixels, resizeQuality: "medium" } as const;
    const bitmap = await createImageBitmap(of, size);
    this.#drop(photo);
    this.#known.set(photo, { of, bitmap });
    this.#bytes += bytesOf(bitmap);
    for (const other of this.#known.keys()) {
      if (this.#bytes <= KEPT || other === photo) break;
      this.#drop(other);
    }
    return bitmap;
  }

  #drop(photo: PhotoId): void {
    const known = this.#known.get(photo);
    if (!known) return;
    this.#known.delete(photo);
    this.#bytes -= bytesOf(known.bitmap);
    known.bitmap.close();
  }
}

function bytesOf({ width, height }: ImageBitmap): number {
  return 4 * width * height;
}
