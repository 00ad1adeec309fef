// A JPEG inside a RAW file: whether it is a picture as browsers show them, and as a file of its own.

import { bytesOf, type Reader, textOf } from "../along/pieces";
import { inTiff, type Place, type Told, view } from "./raw-tiff";

/** A picture, and what its own EXIF says. */
export interface Jpeg extends Place {
  /** In pixels, as it is stored. */
  readonly width: number;
  readonly height: number;
  readonly exif: (Place & Pick<Told, "orientation" | "taken">) | undefined;
}

/** More steps than that from segment to segment are no camera's file. */
const STEPS = 1024;
const APP1 = 0xe1;
const NAME = "Exif\0\0";
/** Frames in which a picture is whole for everybody: baseline, extended, progressive. What a sensor saw is
 * lossless (0xc3). */
const FRAMES = [0xc0, 0xc1, 0xc2];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** The picture that lies at a place; undefined where none does, or none that is shown. */
export async function jpegAt(file: Reader, { at: from, length }: Place): Promise<Jpeg | undefined> {
  const end = from + length;
  if (length < 4 || from < 0 || end > file.size) return undefined;
  if (textOf(await file.bytes(from, 2)) !== "\xff\xd8") return undefined;
  let exif: Jpeg["exif"];
  let at = from + 2;
  for (let step = 0; step < STEPS && at + 4 <= end; step++) {
    const head = await file.bytes(at, 10);
    const [mark, marker = 0] = head;
    if (mark !== 0xff || OTHER_FRAMES.includes(marker)) return undefined;
    // Any number of these may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda)) return undefined;
    if (FRAMES.includes(marker)) {
      if (head.length < 10) return undefined;
      const [depth, height, width] = [head[4], view(head).getUint16(5), view(head).getUint16(7)];
      const known = [1, 3].includes(head[9] ?? 0) && depth === 8 && width * height > 0;
      return known ? { at: from, length, width, height, exif } : undefined;
    }
    const next = at + 2 + view(head).getUint16(2);
    if (next < at + 4 || next > end) return undefined;
    if (marker === APP1 && !exif && textOf(head.subarray(4)) === NAME) {
      const { orientation, taken } = await inTiff(file, at + 10, next);
      exif = {
        at,
        length: next - at,
        ...(orientation !== undefined && { orientation }),
        ...(taken !== undefined && { taken }),
      };
    }
    at = next;
  }
  return undefined;
}

/**
 * The picture as a file of its own, referred to where it lies. Which way up it is its own EXIF says, else
 * the RAW file's; when it was taken, the other way round. So whoever reads it needs to know of no RAW.
 */
export function dressed(raw: Blob, { at, length, exif }: Jpeg, told: Told): Blob {
  const end = at + length;
  const orientation = exif?.orientation ?? told.orientation ?? 1;
  const taken = told.taken ?? exif?.taken;
  const rest = exif ? [raw.slice(at + 2, exif.at), raw.slice(exif.at + exif.length, end)] : [];
  const parts = exif ? rest : [raw.slice(at + 2, end)];
  return new Blob([bytesOf("\xff\xd8"), segment(orientation, taken), ...parts], { type: "image/jpeg" });
}

/** EXIF that says these two, in a segment of a JPEG. */
function segment(orientation: number, taken: string | undefined): Uint8Array<ArrayBuffer> {
  const entries = taken === undefined ? 1 : 2;
  const below = 8 + 2 + 12 * entries + 4;
  const time = below + 2 + 12 + 4;
  const tiff = new Uint8Array(taken === undefined ? below : time + 20);
  const numbers = view(tiff);
  const entry = (at: number, tag: number, kind: number, count: number, value: number) => {
    numbers.setUint16(at, tag);
    numbers.setUint16(at + 2, kind);
    numbers.setUint32(at + 4, count);
    // A short number stands in the first two bytes of four.
    if (kind === 3) numbers.setUint16(at + 8, value);
    else numbers.setUint32(at + 8, value);
  };
  tiff.set(bytesOf("MM\0*\0\0\0\x08"));
  numbers.setUint16(8, entries);
  entry(10, 0x0112, 3, 1, orientation);
  if (taken !== undefined) {
    entry(22, 0x8769, 4, 1, below);
    numbers.setUint16(below, 1);
    entry(below + 2, 0x9003, 2, 20, time);
    tiff.set(bytesOf(taken.slice(0, 19)), time);
  }
  const length = 2 + NAME.length + tiff.length;
  return Uint8Array.of(0xff, APP1, length >> 8, length & 0xff, ...bytesOf(NAME), ...tiff);
}
