// Files that are read to their end, one after the other, through one piece of memory: gigabytes that came in
// pieces of their own would lie about until somebody collects them.

/** No more of a file than this is in memory at once. */
export const PIECE = 8 * 1024 * 1024;

export class OneBuffer {
  #buffer = new ArrayBuffer(0);

  /**
   * A file's bytes, in pieces that are full but for the last; an empty file has none. A piece is good until the
   * next one is asked for. Throws a `NotReadableError` where the file cannot be read, or has become shorter.
   */
  async *pieces(content: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = readerOf(content);
    if (!reader) return yield* slices(content);
    if (this.#buffer.byteLength === 0) this.#buffer = new ArrayBuffer(PIECE);
    let buffer = this.#buffer;
    // It is the stream's while that reads, and is not had back from one that fails.
    this.#buffer = new ArrayBuffer(0);
    let filled = 0;
    let left = content.size;
    try {
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(buffer, filled));
        if (value) buffer = value.buffer;
        if (done) break;
        filled += value.length;
        left -= value.length;
        if (filled < buffer.byteLength) continue;
        yield new Uint8Array(buffer);
        filled = 0;
      }
      if (filled > 0) yield new Uint8Array(buffer, 0, filled);
      if (left > 0) throw tooShort();
    } finally {
      this.#buffer = buffer;
      reader.cancel().catch(() => undefined);
    }
  }
}

/** Undefined where the browser reads files into memory of its own choice only. */
function readerOf(content: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return content.stream().getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

async function* slices(content: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < content.size; at += PIECE) {
    const piece = new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer());
    if (piece.length !== Math.min(PIECE, content.size - at)) throw tooShort();
    yield piece;
  }
}

function tooShort(): DOMException {
  return new DOMException("The file has become shorter.", "NotReadableError");
}
