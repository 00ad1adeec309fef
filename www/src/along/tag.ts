// The label inside a copy of a photo, as an XMP packet where its kind of file has a place for one: everything
// else in the copy is what it was, byte for byte. The copy is the original's own bytes, referred to where they
// lie, with the packet between them: no photo is ever held in memory.

import { isHeif } from "../engine/heif";
import { NoTag, type PacketFor, packetFor, type Why } from "./packet";
import { type Edit, edited, Reader, textOf } from "./pieces";
import { tagJpeg } from "./tag-jpeg";
import { tagPng } from "./tag-png";
import { tagWebp } from "./tag-webp";

interface Kind {
  is(begins: string): boolean;
  tag(file: Reader, packetFor: PacketFor): Promise<Edit[]>;
}

const KINDS: readonly Kind[] = [
  { is: (begins) => begins.startsWith("\xff\xd8\xff"), tag: tagJpeg },
  { is: (begins) => begins.startsWith("\x89PNG\r\n\x1a\n"), tag: tagPng },
  { is: (begins) => begins.startsWith("RIFF") && begins.endsWith("WEBP"), tag: tagWebp },
];

/** How the photo of this name begins decides what it is, not how it is called. Null: it can hold a tag. */
export async function kindWithoutTag(file: Blob, name: string): Promise<string | null> {
  const head = await headOf(file);
  if (kindOf(head)) return null;
  if (isHeif(head)) return "HEIC";
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "?";
  return ending.toUpperCase();
}

async function headOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, 12).arrayBuffer());
}

function kindOf(head: Uint8Array): Kind | undefined {
  const begins = textOf(head);
  return KINDS.find((kind) => kind.is(begins));
}

/** The copy with the label in it, or why there is none. Throws where the file cannot be read. */
export async function withTag(file: Blob, label: string): Promise<Blob | Why> {
  const kind = kindOf(await headOf(file));
  if (!kind) return "kind";
  try {
    return edited(file, await kind.tag(new Reader(file), (existing) => packetFor(existing, label)));
  } catch (thrown) {
    if (thrown instanceof NoTag) return thrown.why;
    throw thrown;
  }
}
