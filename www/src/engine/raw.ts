// RAW files: the picture that the camera itself made of them, a JPEG inside, is what is looked at and shown.
//
//   DNG, CR2, NEF, ARW, PEF, SRW, ORF, RW2    a TIFF: one of its directories says where (raw-tiff.ts)
//   CR3                                       boxes as in a video (raw-boxes.ts)
//   RAF                                       a head that says where
//                                   │
//                                   └──► the largest that is a picture ──► with which way up, and the day
//
// Of a file of 60 MB only heads are read here; the picture is referred to where it lies. What a file is its
// bytes say, and nothing they say is believed: places lie in the file, and every walk ends.

import { Reader, textOf } from "../along/pieces";
import { inBoxes, isCr3 } from "./raw-boxes";
import { dressed, type Jpeg, jpegAt } from "./raw-jpeg";
import { inTiff, isTiff, type Place, type Told, view } from "./raw-tiff";

/** No camera puts more pictures into a file; each is looked at. */
const MOST_PICTURES = 64;
/** How a file begins is told by so many bytes. */
const HEAD = 64;
const RAF = "FUJIFILMCCD-RAW ";
/** Where a RAF says where its picture is, and how long. */
const RAF_PLACE = 84;

/** There is none that could be shown. */
export const noPreview = {
  code: "photo/raw-no-preview",
  message: "This RAW file holds no picture that can be shown. Save it as JPEG.",
};

/**
 * The largest picture in a RAW file, as a JPEG whose EXIF says which way up it is and when it was taken;
 * undefined where the file is a picture itself, whatever its name, or empty. Rejects with a code and a sentence
 * where none is found in it.
 */
export async function preview(raw: Blob, abort?: AbortSignal): Promise<Blob | undefined> {
  const file = new Reader(raw);
  const head = await file.bytes(0, HEAD);
  if (head.length === 0 || isPicture(head)) return undefined;
  const told = await toldBy(file, head);
  let largest: Jpeg | undefined;
  // One that several say is looked at once.
  const places = new Map(told.pictures.map((place) => [place.at, place]));
  for (const place of [...places.values()].slice(0, MOST_PICTURES)) {
    abort?.throwIfAborted();
    const jpeg = await jpegAt(file, place);
    if (jpeg && (!largest || pixels(jpeg) > pixels(largest))) largest = jpeg;
  }
  if (!largest) throw noPreview;
  return dressed(raw, largest, told);
}

async function toldBy(file: Reader, head: Uint8Array): Promise<Told> {
  if (isTiff(head)) return inTiff(file, 0, file.size);
  if (isCr3(head)) return inBoxes(file);
  if (textOf(head.subarray(0, RAF.length)) === RAF) return { pictures: [await inRaf(file)] };
  throw noPreview;
}

/** JPEG, PNG, WebP, HEIC, AVIF. */
function isPicture(head: Uint8Array): boolean {
  const text = textOf(head.subarray(0, 12));
  return /^(\xff\xd8\xff|\x89PNG|RIFF.{4}WEBP|.{4}ftyp(hei[cmsx]|hevc|mif1|msf1|avi[fs]))/s.test(text);
}

async function inRaf(file: Reader): Promise<Place> {
  const bytes = await file.bytes(RAF_PLACE, 8);
  if (bytes.length < 8) throw noPreview;
  return { at: view(bytes).getUint32(0), length: view(bytes).getUint32(4) };
}

function pixels({ width, height }: Jpeg): number {
  return width * height;
}
