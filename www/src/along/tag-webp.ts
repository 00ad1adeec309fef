// The place of an XMP packet in a WebP file: a chunk at its end, and a mark in the head VP8X that says so. A
// simple file has no such head and gets one.
//
//   RIFF size WEBP   VP8X   ICCP …   VP8 picture   EXIF …   XMP            each: type, length, content, even

import { LARGEST_PACKET, NoTag, type PacketFor } from "./packet";
import { bytesOf, type Edit, type Reader, textOf } from "./pieces";

const HAS_XMP = 0x04;
const HAS_ALPHA = 0x10;
const CHUNKS = 1_000_000;

export async function tagWebp(file: Reader, packetFor: PacketFor): Promise<Edit[]> {
  const end = 8 + u32(await file.bytes(4, 4));
  if (end > file.size) throw new NoTag("odd");
  let found: { readonly at: number; readonly length: number; readonly packet: Uint8Array } | undefined;
  let first = "";
  let chunks = 0;
  let at = 12;
  for (; at < end; chunks++) {
    const head = await file.bytes(at, 8);
    const type = textOf(head.subarray(0, 4));
    const size = u32(head.subarray(4));
    const length = 8 + size + (size & 1);
    if (head.length < 8 || at + length > end || chunks > CHUNKS) throw new NoTag("odd");
    if (chunks === 0) first = type;
    if (type === "XMP ") {
      if (found || size > LARGEST_PACKET) throw new NoTag("packet");
      found = { at, length, packet: (await file.bytes(at + 8, size)).slice() };
    }
    at += length;
  }
  const extended = first === "VP8X";
  // Behind the picture of a simple file nothing may stand.
  if (!extended && chunks !== 1) throw new NoTag("odd");
  const head = extended ? await marked(file) : { at: 12, length: 0, bytes: await newHead(file, first) };
  const packet = packetFor(found?.packet ?? null);
  const chunk = chunkOf("XMP ", packet);
  const edits = [head, { at: found?.at ?? end, length: found?.length ?? 0, bytes: chunk }];
  const grown = edits.reduce((sum, { length, bytes }) => sum + bytes.length - length, end - 8);
  if (grown > 0xffff_fffe) throw new NoTag("long");
  return [{ at: 4, length: 4, bytes: u32s(grown) }, ...edits];
}

/** The byte of the head that says what is in the file. */
async function marked(file: Reader): Promise<Edit> {
  const head = (await file.bytes(12, 18)).slice();
  if (head.length < 18 || u32(head.subarray(4)) < 10) throw new NoTag("odd");
  return { at: 20, length: 1, bytes: new Uint8Array([(head[8] ?? 0) | HAS_XMP]) };
}

/** The head that a simple file lacks: with the picture's size, which the picture itself says. */
async function newHead(file: Reader, picture: string): Promise<Uint8Array<ArrayBuffer>> {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0] = await file.bytes(20, 10);
  let [width, height, marks] = [0, 0, HAS_XMP];
  if (picture === "VP8 " && (a & 1) === 0 && d === 0x9d && e === 0x01 && f === 0x2a) {
    width = (g | (h << 8)) & 0x3fff;
    height = (i | (j << 8)) & 0x3fff;
  } else if (picture === "VP8L" && a === 0x2f) {
    const bits = u32(Uint8Array.of(b, c, d, e));
    width = 1 + (bits & 0x3fff);
    height = 1 + ((bits >>> 14) & 0x3fff);
    if ((bits >>> 28) & 1) marks |= HAS_ALPHA;
  }
  if (width === 0 || height === 0) throw new NoTag("odd");
  const three = (n: number) => [n & 255, (n >> 8) & 255, n >> 16];
  return chunkOf("VP8X", Uint8Array.of(marks, 0, 0, 0, ...three(width - 1), ...three(height - 1)));
}

function chunkOf(type: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + content.length + (content.length & 1));
  bytes.set(bytesOf(type));
  bytes.set(u32s(content.length), 4);
  bytes.set(content, 8);
  return bytes;
}

function u32([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function u32s(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}
