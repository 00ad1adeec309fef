// HEIC in browsers that do not open it: a library in a worker of its own, fetched with the first such
// file. One file at a time, since each may take hundreds of megabytes; the worker is ended when no file
// came for a while, or where one crashed it.

import { transfer } from "comlink";
import { codeOf } from "./failure";
import type { HeifApi } from "./heif.worker";
import { dismiss, type Hired, hired } from "./hired";
import { patiently, TooSlow } from "./patience";

/** The worker waits so long for another file. */
const IDLE_MS = 20_000;

export class HeifOpener {
  #hands: Hired<HeifApi> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** `used`: told when the library was there and opened a file. */
  constructor(private readonly used: () => void) {}

  /** The picture of a HEIC file, upright; the caller's to close. Rejects with a code and a sentence. */
  open(file: Uint8Array<ArrayBuffer>, abort: AbortSignal): Promise<ImageBitmap> {
    const opening = this.#turn.then(() => {
      abort.throwIfAborted();
      return this.#open(file);
    });
    this.#turn = opening.catch(() => undefined);
    return opening;
  }

  async #open(file: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
    clearTimeout(this.#idle);
    this.#hands ??= hire();
    const { api, death } = this.#hands;
    const decoding = api.decode(transfer(file, [file.buffer]));
    try {
      const bitmap = await patiently(Promise.race([decoding, death]), () => new TooSlow());
      this.used();
      return bitmap;
    } catch (thrown) {
      if (codeOf(thrown) === undefined || thrown instanceof TooSlow) this.#dismiss();
      throw codeOf(thrown) === undefined ? notHere(thrown) : thrown;
    } finally {
      this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS);
    }
  }

  #dismiss(): void {
    if (this.#hands) dismiss(this.#hands);
    this.#hands = undefined;
  }
}

/** The library could not be fetched, or crashed. */
function notHere(thrown: unknown): { readonly code: string; readonly message: string } {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "photo/heic-not-opened",
    message: `What opens HEIC here could not be had, or failed: ${why}`,
  };
}

function hire(): Hired<HeifApi> {
  const worker = new Worker(new URL("./heif.worker.ts", import.meta.url), { type: "module" });
  // It is said where the file is.
  worker.addEventListener("error", (event) => event.preventDefault());
  return hired<HeifApi>(worker);
}
