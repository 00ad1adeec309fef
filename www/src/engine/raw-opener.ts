// RAW files: what reads them is fetched with the first one.

import { codeOf, problem } from "./failure";
import { sha256 } from "./sha256";

/** The largest cameras write 250 MB; such a file is read whole once, to be known by its content. */
const MOST_BYTES = 512_000_000;

export class RawOpener {
  #turn: Promise<unknown> = Promise.resolve();

  /** `used`: told when what reads RAW files was there and read one. */
  constructor(private readonly used: () => void) {}

  /**
   * The picture in a RAW file, as a JPEG; undefined where only its name is one of a RAW file's. Rejects with
   * a code and a sentence where it holds none.
   */
  async preview(file: File, abort: AbortSignal): Promise<Blob | undefined> {
    const code = await import("./raw").catch((thrown) => {
      throw notHere(thrown);
    });
    const picture = await readable(code.preview(file, abort));
    this.used();
    return picture;
  }

  /** SHA-256 of a file, of one after the other: each is held whole for it. */
  key(file: File, abort: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const reading = this.#turn.then(async () => {
      abort.throwIfAborted();
      if (file.size > MOST_BYTES) throw tooLarge;
      return sha256(await readable(file.arrayBuffer()));
    });
    this.#turn = reading.catch(() => undefined);
    return reading;
  }
}

const tooLarge = { code: "photo/too-many-bytes", message: "The file is too large." };

async function readable<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((thrown) => {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    if (codeOf(thrown) !== undefined) throw thrown;
    throw { code: "photo/unreadable", message: problem(thrown).message };
  });
}

/** What reads them could not be fetched. */
function notHere(thrown: unknown): { readonly code: string; readonly message: string } {
  return {
    code: "photo/raw-not-opened",
    message: `What opens RAW files here could not be had: ${problem(thrown).message}`,
  };
}
