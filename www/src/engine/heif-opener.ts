// HEIC in browsers that do not open it: a library in a worker of its own, fetched with the first such
// file. One file at a time, since each may take hundreds of megabytes; the worker is ended when no file
// came for a while, or where one crashed it.

import { type Remote, releaseProxy, transfer, wrap } from "comlink";
import { codeOf } from "./failure";
import type { HeifApi } from "./heif.worker";

/** So long a file may take. */
const PATIENCE_MS = 60_000;
/** The worker waits so long for another file. */
const IDLE_MS = 20_000;

interface Hands {
  readonly worker: Worker;
  readonly api: Remote<HeifApi>;
  /** Rejects when the worker dies; never resolves. */
  readonly death: Promise<never>;
}

export class HeifOpener {
  #hands: Hands | undefined;
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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooSlow), PATIENCE_MS);
    });
    try {
      const bitmap = await Promise.race([api.decode(transfer(file, [file.buffer])), death, stuck]);
      this.used();
      return bitmap;
    } catch (thrown) {
      if (codeOf(thrown) === undefined || thrown === tooSlow) this.#dismiss();
      throw codeOf(thrown) === undefined ? notHere(thrown) : thrown;
    } finally {
      clearTimeout(timer);
      this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS);
    }
  }

  #dismiss(): void {
    this.#hands?.api[releaseProxy]();
    this.#hands?.worker.terminate();
    this.#hands = undefined;
  }
}

const tooSlow = {
  code: "photo/too-slow",
  message: "This picture took more than a minute to open and was left out.",
};

/** The library could not be fetched, or crashed. */
function notHere(thrown: unknown): { readonly code: string; readonly message: string } {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "photo/heic-not-opened",
    message: `What opens HEIC here could not be had, or failed: ${why}`,
  };
}

function hire(): Hands {
  const worker = new Worker(new URL("./heif.worker.ts", import.meta.url), { type: "module" });
  const death = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(event.message || "A worker stopped."));
    });
  });
  death.catch(() => undefined);
  return { worker, api: wrap<HeifApi>(worker), death };
}
