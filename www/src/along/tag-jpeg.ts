// The place of an XMP packet in a JPEG file: a segment APP1 of its own.
//
//   FFD8   FFE0 JFIF   FFE1 Exif   FFE1 XMP   FFE2 …   FFDA picture …   FFD9

import { NoTag, type PacketFor } from "./packet";
import { bytesOf, type Edit, type Reader, textOf } from "./pieces";

const XMP = "http://ns.adobe.com/xap/1.0/\0";
const EXIF = "Exif\0";
/** Several pictures in one file: their places are counted from here. */
const PICTURES = "MPF\0";
/** What a segment's length can say, less the two bytes that say it. */
const ROOM = 0xffff - 2;
/** More steps than that from segment to segment are no camera's file. */
const STEPS = 4096;

const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const START_OF_SCAN = 0xda;

export async function tagJpeg(file: Reader, packetFor: PacketFor): Promise<Edit[]> {
  /** Where a new segment goes: behind JFIF and Exif, which readers look for first. */
  let place = 2;
  let found: { readonly at: number; readonly length: number; readonly packet: Uint8Array } | undefined;
  let pictures = false;
  let at = 2;
  for (let step = 0; ; step++) {
    const [mark, marker = 0, high = 0, low = 0] = await file.bytes(at, 4);
    if (mark !== 0xff || step > STEPS) throw new NoTag("odd");
    if (marker === START_OF_SCAN) break;
    // Any number of these may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = 2 + ((high << 8) | low);
    // Markers without a length have no business before the picture.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || length < 4 || at + length > file.size) {
      throw new NoTag("odd");
    }
    if (marker >= APP0 && marker <= APP2) {
      const content = (await file.bytes(at + 4, length - 4)).slice();
      if (marker === APP1 && begins(content, XMP)) {
        // Which of two counts is for nobody to say; behind this mark, a longer one would move the other pictures.
        if (found) throw new NoTag("packet");
        if (pictures) throw new NoTag("odd");
        found = { at, length, packet: content.subarray(XMP.length) };
      } else if (marker === APP2 && begins(content, PICTURES)) pictures = true;
      else if (!pictures && (marker === APP0 || (marker === APP1 && begins(content, EXIF))))
        place = at + length;
    }
    at += length;
  }
  const packet = packetFor(found?.packet ?? null);
  const length = XMP.length + packet.length;
  if (length > ROOM) throw new NoTag("long");
  const bytes = new Uint8Array(4 + length);
  bytes.set([0xff, APP1, (length + 2) >> 8, (length + 2) & 0xff]);
  bytes.set(bytesOf(XMP), 4);
  bytes.set(packet, 4 + XMP.length);
  return [{ at: found?.at ?? place, length: found?.length ?? 0, bytes }];
}

function begins(bytes: Uint8Array, text: string): boolean {
  return textOf(bytes.subarray(0, text.length)) === text;
}
