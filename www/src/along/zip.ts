// A ZIP that is written as it grows: each file as it is, not compressed (photos are already), so that
// nothing but one piece is ever in memory. Sizes and checksums stand before each file, as every unpacker
// wants them, so a file is read before its head is written: a small one once, a large one twice.
//
//   head, content   head, content   …   directory (heads again, with their places)   end
//
// A file that cannot be read to its end is not in the directory, and so not in the ZIP; the rest is. Files
// from 4 GB on, places beyond that and more than 65,534 files are told in the form of ZIP64.

import { OneBuffer, PIECE } from "./one-buffer";

/** Where the pieces go. */
export interface Sink {
  /** Takes a piece, which is its own until that resolves. */
  write(piece: Uint8Array<ArrayBuffer>): Promise<void> | void;
  /** Takes a whole file as it is, unread, where the sink can. */
  readonly refer?: (content: Blob) => void;
}

const FULL_32 = 0xffff_ffff;
const FULL_16 = 0xffff;
/** Names are UTF-8. */
const UTF8 = 1 << 11;
const VERSION = 20;
const VERSION_64 = 45;
/** Made on Unix, so that what follows are its permissions: a file that its owner may write. */
const UNIX = 3 << 8;
const RW_R_R = ((0o100644 << 16) >>> 0) as number;

const TABLES = (() => {
  const first = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb8_8320 : c >>> 1;
    first[n] = c;
  }
  // The table of a byte that has three more bytes after it, and so on: four bytes at a time.
  const tables = [first];
  for (let k = 1; k < 4; k++) {
    const before = tables[k - 1] as Uint32Array;
    tables.push(before.map((c) => (first[c & 255] as number) ^ (c >>> 8)));
  }
  return tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
})();

/** CRC-32 as ZIP has it, of these bytes after those of which `crc` is. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  const [t0, t1, t2, t3] = TABLES;
  let c = ~crc;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    c ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    c =
      (t3[c & 255] as number) ^
      (t2[(c >>> 8) & 255] as number) ^
      (t1[(c >>> 16) & 255] as number) ^
      (t0[c >>> 24] as number);
  }
  for (; at < bytes.length; at++) c = (t0[(c ^ (bytes[at] as number)) & 255] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

interface Entry {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  readonly modified: number;
  readonly at: number;
}

/** Numbers one after the other, the lowest byte first. */
class Bytes {
  readonly #numbers: number[] = [];
  u16(...values: readonly number[]): this {
    for (const value of values) this.#numbers.push(value & 255, (value >>> 8) & 255);
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.u16(value & FULL_16, value >>> 16);
    return this;
  }
  u64(...values: readonly number[]): this {
    for (const value of values) this.u32(value >>> 0, Math.floor(value / 2 ** 32));
    return this;
  }
  more(bytes: Uint8Array | readonly number[]): this {
    for (const byte of bytes) this.#numbers.push(byte);
    return this;
  }
  get length(): number {
    return this.#numbers.length;
  }
  done(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#numbers);
  }
}

/** Time and day as DOS has them: by the clock on the wall, to two seconds, from 1980 to 2107. */
function dosTime(modified: number): readonly [time: number, day: number] {
  const when = new Date(modified);
  const year = when.getFullYear();
  if (!(year >= 1980)) return [0, (1 << 5) | 1];
  if (year > 2107) return [(23 << 11) | (59 << 5) | 29, (127 << 9) | (12 << 5) | 31];
  return [
    (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1),
    ((year - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate(),
  ];
}

/** The time to the second and in no time zone, for those who know that field. */
function unixTime(modified: number): Bytes {
  const seconds = Math.floor(modified / 1000);
  const fits = seconds >= -(2 ** 31) && seconds < 2 ** 31;
  return fits ? new Bytes().u16(0x5455, 5).more([1]).u32(seconds) : new Bytes();
}

export class Zip {
  readonly #entries: Entry[] = [];
  readonly #through = new OneBuffer();
  #written = 0;

  constructor(private readonly sink: Sink) {}

  get files(): number {
    return this.#entries.length;
  }

  get written(): number {
    return this.#written;
  }

  /**
   * Adds a file. What is thrown while it is read leaves the ZIP whole, without the file; what the sink
   * throws does not.
   */
  async add(name: string, content: Blob, modified: number): Promise<void> {
    let crc = 0;
    let whole: Uint8Array<ArrayBuffer> | undefined;
    for await (const piece of this.#through.pieces(content)) {
      crc = crc32(piece, crc);
      if (content.size < PIECE) whole = piece;
    }
    const entry: Entry = {
      name: new TextEncoder().encode(name),
      crc,
      size: content.size,
      modified,
      at: this.#written,
    };
    await this.#write(head(entry));
    if (this.sink.refer) {
      this.sink.refer(content);
      this.#written += content.size;
    } else if (whole) await this.#write(whole);
    else {
      let second = 0;
      for await (const piece of this.#through.pieces(content)) {
        second = crc32(piece, second);
        await this.#write(piece);
      }
      if (second !== crc) throw new DOMException("The file has changed.", "NotReadableError");
    }
    this.#entries.push(entry);
  }

  /** Writes the directory. The ZIP is whole then, and takes no more. */
  async end(): Promise<void> {
    const start = this.#written;
    for (const entry of this.#entries) await this.#write(listed(entry));
    const size = this.#written - start;
    const count = this.#entries.length;
    const end = new Bytes();
    if (count >= FULL_16 || start >= FULL_32 || size >= FULL_32) {
      end
        .u32(0x0606_4b50)
        .u64(44)
        .u16(UNIX | VERSION_64, VERSION_64)
        .u32(0, 0);
      end.u64(count, count, size, start);
      end
        .u32(0x0706_4b50, 0)
        .u64(start + size)
        .u32(1);
    }
    const few = Math.min(count, FULL_16);
    end.u32(0x0605_4b50).u16(0, 0, few, few).u32(Math.min(size, FULL_32), Math.min(start, FULL_32)).u16(0);
    await this.#write(end.done());
  }

  async #write(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.sink.write(piece);
    this.#written += piece.length;
  }
}

function head({ name, crc, size, modified }: Entry): Uint8Array<ArrayBuffer> {
  const large = size >= FULL_32;
  const extra = unixTime(modified);
  if (large) extra.u16(1, 16).u64(size, size);
  const told = large ? FULL_32 : size;
  return new Bytes()
    .u32(0x0403_4b50)
    .u16(large ? VERSION_64 : VERSION, UTF8, 0, ...dosTime(modified))
    .u32(crc, told, told)
    .u16(name.length, extra.length)
    .more(name)
    .more(extra.done())
    .done();
}

function listed({ name, crc, size, modified, at }: Entry): Uint8Array<ArrayBuffer> {
  const [large, far] = [size >= FULL_32, at >= FULL_32];
  const extra = unixTime(modified);
  if (large || far) {
    extra.u16(1, (large ? 16 : 0) + (far ? 8 : 0));
    if (large) extra.u64(size, size);
    if (far) extra.u64(at);
  }
  const version = large || far ? VERSION_64 : VERSION;
  const told = large ? FULL_32 : size;
  return new Bytes()
    .u32(0x0201_4b50)
    .u16(UNIX | version, version, UTF8, 0, ...dosTime(modified))
    .u32(crc, told, told)
    .u16(name.length, extra.length, 0, 0, 0)
    .u32(RW_R_R, far ? FULL_32 : at)
    .more(name)
    .more(extra.done())
    .done();
}
