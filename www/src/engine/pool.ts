// A few eye workers beside each other, and one queue that feeds them. A photo that crashes a worker
// (out of memory, a decoder's fault) fails alone: the worker is replaced and the queue goes on.

import { type Remote, releaseProxy, wrap } from "comlink";
import type { Look } from "keepsake";
import type { EyeApi } from "./eye.worker";
import { codeOf } from "./failure";

/** A photo may take this long before its worker is taken for stuck and replaced. */
const PATIENCE_MS = 60_000;

interface Eyes {
  readonly worker: Worker;
  readonly api: Remote<EyeApi>;
  /** Rejects when the worker dies; never resolves. */
  readonly death: Promise<never>;
}

interface Job {
  readonly photo: Blob;
  readonly resolve: (look: Look) => void;
  readonly reject: (reason: unknown) => void;
}

/** How many workers to run: all of two cores, else all but one; more than four cost more memory
 * than they save time. */
export function poolSize(): number {
  const cores = navigator.hardwareConcurrency || 2;
  return Math.min(4, cores > 2 ? cores - 1 : cores);
}

export class Pool {
  #idle: Eyes[] = [];
  #size = 0;
  readonly #queue: Job[] = [];

  constructor(
    private readonly core: WebAssembly.Module,
    private readonly weights: Uint8Array,
    /** Told how long each photo took, in milliseconds, from its worker's start to its answer. */
    private readonly timed: (milliseconds: number) => void,
    private readonly limit: number = poolSize(),
  ) {}

  /** Workers that may run at the same time. */
  get threads(): number {
    return this.limit;
  }

  /** Opens the first worker ahead of the first photo, so that this one need not wait. */
  async warm(): Promise<void> {
    if (this.#size === 0) this.#rest(await this.#hire());
  }

  /** Looks at one photo; queued while all workers are busy. An abort drops it from the queue. */
  look(photo: Blob, signal: AbortSignal): Promise<Look> {
    return new Promise((resolve, reject) => {
      const job = { photo, resolve, reject };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener(
        "abort",
        () => {
          const at = this.#queue.indexOf(job);
          if (at >= 0) this.#queue.splice(at, 1);
          reject(signal.reason);
        },
        { once: true },
      );
      this.#queue.push(job);
      this.#feed();
    });
  }

  #feed(): void {
    while (this.#queue.length > 0) {
      const eyes = this.#idle.pop();
      if (eyes) {
        const job = this.#queue.shift();
        if (job) void this.#work(eyes, job);
        else this.#idle.push(eyes);
      } else if (this.#size < this.limit) {
        this.#hire().then(
          (hired) => this.#rest(hired),
          (reason) => {
            // Without a single worker nothing in the queue can ever be done.
            if (this.#size === 0) for (const job of this.#queue.splice(0)) job.reject(reason);
          },
        );
        return;
      } else return;
    }
  }

  #rest(eyes: Eyes): void {
    this.#idle.push(eyes);
    this.#feed();
  }

  async #work(eyes: Eyes, job: Job): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StuckError()), PATIENCE_MS);
    });
    try {
      const from = performance.now();
      const look = await Promise.race([eyes.api.look(job.photo), eyes.death, stuck]);
      this.timed(performance.now() - from);
      job.resolve(look);
      this.#rest(eyes);
    } catch (reason) {
      job.reject(reason);
      if (codeOf(reason) !== undefined && !(reason instanceof StuckError)) this.#rest(eyes);
      else {
        // No code: the worker itself failed. Its memory may be in any state, so it is replaced.
        this.#dismiss(eyes);
        this.#feed();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #hire(): Promise<Eyes> {
    this.#size++;
    const worker = new Worker(new URL("./eye.worker.ts", import.meta.url), { type: "module" });
    const death = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => reject(new Error(event.message || "A worker stopped.")));
    });
    death.catch(() => undefined);
    const eyes = { worker, api: wrap<EyeApi>(worker), death };
    try {
      await Promise.race([eyes.api.open(this.core, this.weights), death]);
      return eyes;
    } catch (reason) {
      this.#dismiss(eyes);
      throw reason;
    }
  }

  #dismiss(eyes: Eyes): void {
    this.#size--;
    eyes.api[releaseProxy]();
    eyes.worker.terminate();
  }
}

class StuckError extends Error {
  readonly code = "photo/too-slow";
  constructor() {
    super("This picture took more than a minute to open and was left out.");
  }
}
