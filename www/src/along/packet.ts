// The XMP packet that a copy is to hold: the label alone, or what is there already and the label besides.

import { merged, sidecar } from "./xmp";

/** Why a copy gets no tag. */
export type Why =
  /** Its kind of file has no place for one that is known here. */
  | "kind"
  /** It ends too early, or is not built as its kind prescribes. */
  | "odd"
  /** There is a packet already, and where in it the tag belongs is not certain. */
  | "packet"
  /** There is no room for more in its packet. */
  | "long";

/** Thrown by what looks for the place. */
export class NoTag {
  constructor(readonly why: Why) {}
}

/** The packet that is to be there, from the bytes of the one that is there. Throws NoTag. */
export type PacketFor = (existing: Uint8Array | null) => Uint8Array<ArrayBuffer>;

/** Larger packets than a person ever wrote are let be. */
export const LARGEST_PACKET = 2 * 1024 * 1024;

/** Throws NoTag. */
export function packetFor(existing: Uint8Array | null, label: string): Uint8Array<ArrayBuffer> {
  let text: string | null = null;
  if (existing === null) text = sidecar(label);
  else {
    try {
      text = merged(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(existing), label);
    } catch {
      // No UTF-8: left to whoever wrote it.
    }
  }
  if (text === null) throw new NoTag("packet");
  return new TextEncoder().encode(text);
}
