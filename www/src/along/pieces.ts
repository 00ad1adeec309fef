// A file that is read here and there, and a copy of it with a few of its bytes changed: what is not changed
// is referred to where it lies, and is never held.

/** What is read at once, so that a walk from head to head does not ask the disk for each. */
const WINDOW = 64 * 1024;

export class Reader {
  #from = 0;
  #window = new Uint8Array();

  constructor(readonly file: Blob) {}

  get size(): number {
    return this.file.size;
  }

  /** The bytes from `at` on; fewer than `count` where the file ends. */
  async bytes(at: number, count: number): Promise<Uint8Array> {
    const end = Math.min(at + count, this.size);
    if (at < this.#from || end > this.#from + this.#window.length) {
      const read = this.file.slice(at, Math.max(end, at + WINDOW));
      this.#window = new Uint8Array(await read.arrayBuffer());
      this.#from = at;
    }
    return this.#window.subarray(at - this.#from, Math.max(at, end) - this.#from);
  }
}

/** Bytes as text, a sign for each (Latin-1): what kinds, marks and keywords are told by. */
export function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** And back. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** These bytes stand in the place of `length` others. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The file with these edits, which are in the order of their places. */
export function edited(file: Blob, edits: readonly Edit[]): Blob {
  const pieces: BlobPart[] = [];
  let from = 0;
  for (const { at, length, bytes } of edits) {
    pieces.push(file.slice(from, at), bytes);
    from = at + length;
  }
  return new Blob([...pieces, file.slice(from)], { type: file.type });
}
