// A few eye workers beside each other. Whoever is free asks for work. A photo that crashes a worker
// (out of memory, a decoder's fault) fails alone: the worker is replaced and the others go on.

import type { Remote } from "comlink";
import type { EyeApi } from "./eye.worker";
import { codeOf } from "./failure";
import { dismiss, type Hired, hired } from "./hired";
import { patiently, TooSlow } from "./patience";

type Eyes = Hired<EyeApi>;

/** Something for one worker to do. */
export interface Task {
  /** Has it done, and tells whom it concerns. Rejects when the worker could not do it. */
  perform(eye: Remote<EyeApi>): Promise<void>;
  failed(reason: unknown): void;
}

/** Where work comes from. */
export interface Work {
  /** Whether there is anything that a worker can do now. */
  waiting(): boolean;
  /** Takes it. */
  next(): Task | undefined;
  /** There is not a single worker, for this reason: nothing can ever be done. */
  hopeless(reason: unknown): void;
}

/** Memory of a device for each worker, in GB: half of a small phone's one is for everything else. */
const MEMORY_GB = 0.5;

/**
 * How many workers to run: all of two cores, else all but one; more than four cost more memory than they save
 * time, and on a device of little memory, where the browser tells it, there are fewer.
 */
export function poolSize({ hardwareConcurrency, deviceMemory }: Machine = navigator): number {
  const cores = hardwareConcurrency || 2;
  const fit = Math.max(1, Math.floor((deviceMemory ?? 8) / MEMORY_GB));
  return Math.min(4, fit, cores > 2 ? cores - 1 : cores);
}

/** So long a worker that has nothing to do stays: what a WebAssembly memory once took it never gives back. */
const REST_MS = 20_000;

/** What a browser tells of a device; its memory in GB, rounded, in some browsers only. */
export interface Machine {
  readonly hardwareConcurrency: number;
  readonly deviceMemory?: number;
}

export class Pool {
  /** The id of every eye here, once one is open. */
  eye: Uint8Array | undefined;
  #idle: Eyes[] = [];
  #size = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly core: WebAssembly.Module,
    private readonly weights: Uint8Array,
    private readonly work: Work,
    private readonly limit: number = poolSize(),
  ) {}

  /** Opens the first worker ahead of the first photo, so that this one need not wait. */
  async warm(): Promise<void> {
    if (this.#size === 0) this.#rest(await this.#hire());
  }

  /** Gives work, if there is any, to whoever is free; hires one more where nobody is. */
  feed(): void {
    while (this.work.waiting()) {
      const eyes = this.#idle.pop();
      if (eyes) {
        const task = this.work.next();
        if (task) void this.#perform(eyes, task);
        else this.#idle.push(eyes);
      } else if (this.#size < this.limit) {
        this.#hire().then(
          (hired) => this.#rest(hired),
          (reason) => {
            if (this.#size === 0) this.work.hopeless(reason);
          },
        );
        return;
      } else return;
    }
  }

  #rest(eyes: Eyes): void {
    this.#idle.push(eyes);
    this.feed();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      for (const idle of this.#idle.splice(0)) this.#dismiss(idle);
    }, REST_MS);
  }

  async #perform(eyes: Eyes, task: Task): Promise<void> {
    try {
      await patiently(Promise.race([task.perform(eyes.api), eyes.death]), () => new TooSlow());
      this.#rest(eyes);
    } catch (reason) {
      task.failed(reason);
      if (codeOf(reason) !== undefined && !(reason instanceof TooSlow)) this.#rest(eyes);
      else {
        // No code: the worker itself failed. Its memory may be in any state, so it is replaced.
        this.#dismiss(eyes);
        this.feed();
      }
    }
  }

  async #hire(): Promise<Eyes> {
    this.#size++;
    const worker = new Worker(new URL("./eye.worker.ts", import.meta.url), { type: "module" });
    const eyes = hired<EyeApi>(worker);
    try {
      this.eye = await Promise.race([eyes.api.open(this.core, this.weights), eyes.death]);
      return eyes;
    } catch (reason) {
      this.#dismiss(eyes);
      throw reason;
    }
  }

  #dismiss(eyes: Eyes): void {
    this.#size--;
    dismiss(eyes);
  }
}
