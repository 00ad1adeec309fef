// The boxes of a CR3, Canon's RAW file, which is built as a video is (ISO/IEC 14496-12). What Canon puts
// into them Laurent Clévy has described: https://github.com/lclevy/canon_cr3
//
//   ftyp crx    moov ┬ uuid ┬ CMT1 (a TIFF: which way up)    uuid ─ PRVW (a JPEG)    mdat
//                    │      ├ CMT2 (a TIFF: the day)                                   ▲
//                    │      └ THMB (a small JPEG)                                      │
//                    └ trak ─ mdia ─ minf ─ stbl ─ stsz, co64: the large JPEG lies ────┘

import { type Reader, textOf } from "../along/pieces";
import { inTiff, type Place, type Told, view } from "./raw-tiff";

/** No camera writes more boxes than this, nor one inside more others. */
const MOST_BOXES = 2048;
const DEEPEST = 8;
const CONTAINERS = ["moov", "trak", "mdia", "minf", "stbl"];
/** Boxes of Canon's own: by what they begin with, and where in them others begin. */
const CANONS: Readonly<Record<string, number>> = {
  "85c0b687820f11e08111f4ce462b6a48": 16,
  eaf42b5e1c984b88b9fbb7dc406e4d16: 24,
};
/** A JPEG in a box begins behind a few numbers. */
const BEFORE_JPEG = 32;

/** Whether a file begins as a CR3. */
export function isCr3(head: Uint8Array): boolean {
  return textOf(head.subarray(4, 12)) === "ftypcrx ";
}

export async function inBoxes(file: Reader): Promise<Told> {
  const walk = new Walk(file);
  await walk.inside(0, file.size, 0);
  const { orientation, taken, pictures } = walk;
  return {
    pictures,
    ...(orientation !== undefined && { orientation }),
    ...(taken !== undefined && { taken }),
  };
}

class Walk {
  readonly pictures: Place[] = [];
  orientation: number | undefined;
  taken: string | undefined;
  #boxes = 0;
  /** How long the picture is whose place comes next. */
  #length: number | undefined;

  constructor(private readonly file: Reader) {}

  /** The boxes that lie from `from` up to `to`. */
  async inside(from: number, to: number, depth: number): Promise<void> {
    for (let at = from; at + 8 <= to && ++this.#boxes <= MOST_BOXES; ) {
      const head = await this.file.bytes(at, 16);
      if (head.length < 8) return;
      const numbers = view(head);
      const kind = textOf(head.subarray(4, 8));
      let [start, length] = [8, numbers.getUint32(0)];
      if (length === 1 && head.length === 16) [start, length] = [16, Number(numbers.getBigUint64(8))];
      else if (length === 0) length = to - at;
      const end = at + length;
      if (length < start || end > to) return;
      await this.#read(kind, at + start, end, depth);
      at = end;
    }
  }

  async #read(kind: string, at: number, end: number, depth: number): Promise<void> {
    if (depth >= DEEPEST) return;
    if (CONTAINERS.includes(kind)) {
      if (kind === "trak") this.#length = undefined;
      await this.inside(at, end, depth + 1);
    } else if (kind === "uuid") {
      const name = await this.file.bytes(at, 16);
      const skip = CANONS[Array.from(name, (byte) => byte.toString(16).padStart(2, "0")).join("")];
      if (skip !== undefined) await this.inside(at + skip, end, depth + 1);
    } else if (kind === "CMT1" || kind === "CMT2") {
      const { orientation, taken } = await inTiff(this.file, at, end);
      this.orientation ??= orientation;
      this.taken ??= taken;
    } else if (kind === "PRVW" || kind === "THMB") {
      const bytes = textOf(await this.file.bytes(at, Math.min(BEFORE_JPEG, end - at)));
      const before = bytes.indexOf("\xff\xd8\xff");
      if (before >= 0) this.pictures.push({ at: at + before, length: end - at - before });
    } else if (kind === "stsz") {
      // Version and flags, the length of all, how many, and if they differ each length: there is one.
      const [all, count, first] = await this.#numbers(at, end, 4, 3);
      this.#length = all || (count === 1 ? first : undefined);
    } else if (kind === "co64" || kind === "stco") {
      // Version and flags, how many, where each is: in eight bytes, or four.
      const [count, high = 0, low = 0] = await this.#numbers(at, end, 4, 3);
      const place = kind === "co64" ? high * 2 ** 32 + low : high;
      if (count === 1 && this.#length) this.pictures.push({ at: place, length: this.#length });
    }
  }

  /** So many numbers of four bytes, or those that are there. */
  async #numbers(box: number, end: number, skip: number, count: number): Promise<readonly number[]> {
    const length = Math.min(4 * count, end - box - skip);
    const bytes = await this.file.bytes(box + skip, Math.max(0, length));
    return Array.from({ length: bytes.length >> 2 }, (_, i) => view(bytes).getUint32(4 * i));
  }
}
