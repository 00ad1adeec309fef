// The place of an XMP packet in a PNG file: an iTXt chunk with a keyword of its own, behind the head.
//
//   signature   IHDR   iTXt XML:com.adobe.xmp   …   IDAT …   IEND        each: length, type, content, CRC

import { LARGEST_PACKET, NoTag, type PacketFor } from "./packet";
import { bytesOf, type Edit, type Reader, textOf } from "./pieces";
import { crc32 } from "./zip";

const KEYWORD = "XML:com.adobe.xmp\0";
/** Not compressed, of no language, with no other keyword. */
const REST = "\0\0\0\0";
/** How some programs kept a packet before there was a way to. */
const RAW_PROFILE = /^Raw profile type (xmp|APP1)\0/i;
/** A length, a type, a CRC. */
const AROUND = 12;
const CHUNKS = 1_000_000;

export async function tagPng(file: Reader, packetFor: PacketFor): Promise<Edit[]> {
  let found: { readonly at: number; readonly length: number; readonly packet: Uint8Array } | undefined;
  let place = 0;
  let at = 8;
  for (let n = 0; ; n++) {
    const head = (await file.bytes(at, 8)).slice();
    const type = textOf(head.subarray(4));
    const length = head.length < 8 ? 0 : new DataView(head.buffer).getUint32(0);
    if (!/^[A-Za-z]{4}$/.test(type) || at + AROUND + length > file.size || n > CHUNKS) throw new NoTag("odd");
    if ((n === 0) !== (type === "IHDR")) throw new NoTag("odd");
    if (n === 0) place = at + AROUND + length;
    if (type === "IEND") break;
    if (type === "iTXt" && textOf(await file.bytes(at + 8, KEYWORD.length)) === KEYWORD) {
      if (found || length > LARGEST_PACKET) throw new NoTag("packet");
      const whole = (await file.bytes(at, AROUND + length)).slice();
      found = { at, length: AROUND + length, packet: packetIn(whole) };
    } else if (/^[tz]TXt$/.test(type) && RAW_PROFILE.test(textOf(await file.bytes(at + 8, 24)))) {
      throw new NoTag("packet");
    }
    at += AROUND + length;
  }
  const packet = packetFor(found?.packet ?? null);
  const content = new Uint8Array(4 + KEYWORD.length + REST.length + packet.length);
  content.set(bytesOf(`iTXt${KEYWORD}${REST}`));
  content.set(packet, content.length - packet.length);
  const bytes = new Uint8Array(content.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length - 4);
  bytes.set(content, 4);
  view.setUint32(4 + content.length, crc32(content));
  return [{ at: found?.at ?? place, length: found?.length ?? 0, bytes }];
}

/** What stands in a chunk that is whole and not compressed. */
function packetIn(chunk: Uint8Array<ArrayBuffer>): Uint8Array {
  const end = chunk.length - 4;
  if (new DataView(chunk.buffer).getUint32(end) !== crc32(chunk.subarray(4, end))) throw new NoTag("odd");
  const rest = chunk.subarray(8 + KEYWORD.length, end);
  if (textOf(rest.subarray(0, REST.length)) !== REST) throw new NoTag("packet");
  return rest.subarray(REST.length);
}
