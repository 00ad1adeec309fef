// The page's line to the card's worker. Whatever goes wrong there (the card is lost, a trap, numbers
// that are none, silence) ends the line once and for all: its worker is stopped, what it was asked
// for rejects, and the reason is told. Another try takes another line.

import type { Remote } from "comlink";
import type { CardApi } from "./card.worker";
import { problem } from "./failure";
import { hired } from "./hired";
import { patiently } from "./patience";

/** At most so many photos in a batch. */
export const BATCH = 16;
/** A batch should take no longer than this, so that the last photo of an import need not wait. */
const BATCH_MS = 400;

export class CardLink {
  readonly name: string;
  readonly software: boolean;
  /** Resolves, with the reason, when the line has ended by itself. */
  readonly gone: Promise<string>;

  readonly #worker: Worker;
  readonly #api: Remote<CardApi>;
  #tell: (reason: string) => void = () => undefined;
  /** Rejects when the line has ended, also by us. */
  readonly #ended: Promise<never>;
  #end: (reason: Error) => void = () => undefined;
  #batch = 1;

  private constructor(worker: Worker, api: Remote<CardApi>, card: { name: string; software: boolean }) {
    this.#worker = worker;
    this.#api = api;
    this.name = card.name;
    this.software = card.software;
    this.gone = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#ended.catch(() => undefined);
    worker.addEventListener("error", (event) => this.#fail(event.message || "A worker stopped."));
    api.lost().then(
      (reason) => this.#fail(reason),
      (thrown) => this.#fail(problem(thrown).message),
    );
  }

  /** Opens the card in a worker of its own. Rejects where that cannot be done. */
  static async open(core: WebAssembly.Module, weights: Uint8Array): Promise<CardLink> {
    const worker = new Worker(new URL("./card.worker.ts", import.meta.url), { type: "module" });
    const { api, death } = hired<CardApi>(worker);
    try {
      const card = await patiently(Promise.race([api.open(core, weights), death]), silent);
      return new CardLink(worker, api, card);
    } catch (thrown) {
      worker.terminate();
      throw thrown;
    }
  }

  /** How many of `ready` photos to give it next: a power of two, since a card prepares itself for
   * each size of batch, and at most twice as many as last time. */
  batchOf(ready: number): number {
    return 2 ** Math.floor(Math.log2(Math.min(ready, this.#batch)));
  }

  /** Features of a batch of prepared photos, in order. The inputs stay the caller's. */
  async features(inputs: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const from = performance.now();
    try {
      const features = await patiently(Promise.race([this.#api.features(inputs), this.#ended]), silent);
      if (features.length !== inputs.length) throw new Error("The graphics card left a photo out.");
      const each = (performance.now() - from) / inputs.length;
      this.#batch = Math.max(1, Math.min(BATCH, 2 * inputs.length, Math.floor(BATCH_MS / each)));
      return features;
    } catch (thrown) {
      this.#fail(problem(thrown).message);
      throw thrown;
    }
  }

  /** Ends the line on purpose: nobody is told. */
  close(): void {
    this.#tell = () => undefined;
    this.#fail("The card was put away.");
  }

  #fail(reason: string): void {
    this.#tell(reason);
    this.#end(new Error(reason));
    this.#worker.terminate();
  }
}

function silent(): Error {
  return new Error("The graphics card does not answer.");
}
