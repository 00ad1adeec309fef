// The one queue of photos to be looked at, and who does what of it.
//
//   photo ──► waiting ──► a worker opens it ──► ready ──► the card, a batch at a time
//                │                                └─────► or a worker, if the card has enough to do
//                └──► without a card: a worker opens it and looks at it, in one go
//
// So a fast card leaves the workers opening photos, a slow one is helped, and a card that is lost
// leaves its batch where it was: ready, for the workers. A person who waits to see a photo large goes before
// all of that: a worker reads it small for them.

import type { Remote } from "comlink";
import type { Identity, Look, Prepared } from "keepsake";
import { BATCH, type CardLink } from "./card";
import type { Hands } from "./device";
import type { PhotoId } from "./engine";
import type { EyeApi } from "./eye.worker";
import type { Task, Work } from "./pool";

/** Photos opened ahead of the card: one batch to take while another is made ready. */
export const AHEAD = 2 * BATCH;

/**
 * Asked before a photo is decoded, where there is reason to: whether its content is known. Then the photo
 * that it is comes in place of a look.
 */
export type Recognise = (identity: Identity) => Promise<Recognised | undefined>;

/** A photo of the album that a file is. */
export interface Recognised {
  readonly known: PhotoId;
  readonly taken: number | undefined;
}

interface Job {
  readonly photo: Blob | ImageBitmap;
  readonly signal: AbortSignal;
  readonly recognise: Recognise | undefined;
  readonly resolve: (look: Look | Recognised) => void;
  readonly reject: (reason: unknown) => void;
}

/** A photo that somebody waits to see. */
interface Draft {
  readonly file: Blob;
  readonly width: number;
  readonly signal: AbortSignal;
  readonly resolve: (draft: ImageBitmap | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** A photo that was opened and waits for whoever computes its feature. */
interface Ready {
  readonly job: Job;
  readonly prepared: Prepared;
}

export class Looks implements Work {
  #drafts: Draft[] = [];
  #waiting: Job[] = [];
  #ready: Ready[] = [];
  #hands: Hands = { card: null, processor: true };
  /** The card that is at work on a batch, if one is. */
  #atWork: CardLink | null = null;

  constructor(
    /** Called when there is something for the workers. */
    private readonly feed: () => void,
    /** Told how long each photo took, in milliseconds, from the start of its work to its answer. */
    private readonly timed: (kind: "cpu" | "gpu", milliseconds: number) => void,
  ) {}

  /** Looks at one photo when its turn comes. An abort drops it from the queue. */
  look(photo: Blob | ImageBitmap, signal: AbortSignal): Promise<Look>;
  look(
    photo: Blob | ImageBitmap,
    signal: AbortSignal,
    recognise: Recognise | undefined,
  ): Promise<Look | Recognised>;
  look(photo: Blob | ImageBitmap, signal: AbortSignal, recognise?: Recognise): Promise<Look | Recognised> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        this.#ready = this.#ready.filter((other) => other.job !== job);
        reject(signal.reason);
      };
      // The signal outlives the photo and would hold on to it.
      const settling =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal.removeEventListener("abort", abort);
          settle(value);
        };
      const job: Job = { photo, signal, recognise, resolve: settling(resolve), reject: settling(reject) };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(job);
      this.feed();
    });
  }

  /** The whole of a large JPEG, at least so wide if that is sooner there; undefined where it is not for us. */
  draft(file: Blob, width: number, signal: AbortSignal): Promise<ImageBitmap | undefined> {
    return new Promise((resolve, reject) => {
      this.#drafts.push({ file, width, signal, resolve, reject });
      this.feed();
    });
  }

  /** Who computes from now on. */
  use(hands: Hands): void {
    this.#hands = hands;
    void this.#serve();
    this.feed();
  }

  waiting(): boolean {
    return this.#next() !== undefined;
  }

  next(): Task | undefined {
    switch (this.#next()) {
      case "draft":
        return this.#draft(this.#drafts.shift());
      case "look":
        return this.#look(this.#waiting.shift());
      case "prepare":
        return this.#prepare(this.#waiting.shift());
      case "compute":
        return this.#compute(this.#ready.shift());
      case undefined:
        return undefined;
    }
  }

  hopeless(reason: unknown): void {
    for (const { reject } of this.#drafts.splice(0)) reject(reason);
    for (const job of this.#waiting.splice(0)) job.reject(reason);
    for (const { job } of this.#ready.splice(0)) job.reject(reason);
  }

  /** What a worker that is free should do now. */
  #next(): "draft" | "look" | "prepare" | "compute" | undefined {
    if (this.#drafts.length > 0) return "draft";
    const { card, processor } = this.#hands;
    const [opened, toOpen] = [this.#ready.length > 0, this.#waiting.length > 0];
    if (processor && !card) return opened ? "compute" : toOpen ? "look" : undefined;
    if (toOpen && this.#ready.length < AHEAD) return "prepare";
    return opened && processor && this.#atWork === card ? "compute" : undefined;
  }

  #draft(wanted: Draft | undefined): Task | undefined {
    if (!wanted) return undefined;
    const { file, width, signal, resolve, reject } = wanted;
    return {
      perform: async (eye) => {
        // Who left the photo meanwhile waits for nothing.
        const draft = signal.aborted ? undefined : await eye.draft(file, width);
        if (signal.aborted) draft?.close();
        resolve(signal.aborted ? undefined : draft);
      },
      failed: reject,
    };
  }

  #look(job: Job | undefined): Task | undefined {
    if (!job) return undefined;
    return {
      perform: async (eye) => {
        if (await recognised(job, eye)) return;
        const from = performance.now();
        const look = await eye.look(job.photo);
        this.timed("cpu", performance.now() - from);
        job.resolve(look);
      },
      failed: job.reject,
    };
  }

  #prepare(job: Job | undefined): Task | undefined {
    if (!job) return undefined;
    return {
      perform: async (eye) => {
        if (await recognised(job, eye)) return;
        const prepared = await eye.prepare(job.photo);
        if (job.signal.aborted) return;
        this.#ready.push({ job, prepared });
        void this.#serve();
      },
      failed: job.reject,
    };
  }

  #compute(ready: Ready | undefined): Task | undefined {
    if (!ready) return undefined;
    return {
      perform: async (eye) => finish(ready, await eye.feature(ready.prepared.input)),
      failed: ready.job.reject,
    };
  }

  /** Gives the card one batch after the other, as long as there are any. */
  async #serve(): Promise<void> {
    const { card } = this.#hands;
    if (!card || this.#atWork === card) return;
    this.#atWork = card;
    while (this.#hands.card === card && this.#ready.length > 0) {
      const batch = this.#ready.splice(0, card.batchOf(this.#ready.length));
      // Room ahead of the card: more can be opened meanwhile.
      this.feed();
      const from = performance.now();
      try {
        const features = await card.features(batch.map(({ prepared }) => prepared.input));
        const each = (performance.now() - from) / batch.length;
        for (const [at, ready] of batch.entries()) {
          this.timed("gpu", each);
          finish(ready, features[at] as Uint8Array);
        }
      } catch {
        // The card's own line tells why; here only its work is taken over.
        this.#ready.unshift(...batch.filter(({ job }) => !job.signal.aborted));
        if (this.#hands.card === card) this.#hands = { card: null, processor: true };
        break;
      }
    }
    if (this.#atWork === card) this.#atWork = null;
    this.feed();
  }
}

/** Whether a photo's content is known, so that it need not be decoded. */
async function recognised(job: Job, eye: Remote<EyeApi>): Promise<boolean> {
  const { photo, recognise } = job;
  // Pixels are no file's content.
  if (!recognise || !(photo instanceof Blob)) return false;
  const known = await recognise(await eye.identify(photo));
  if (known) job.resolve(known);
  return known !== undefined;
}

function finish({ job, prepared }: Ready, feature: Uint8Array): void {
  const { input: _, ...opened } = prepared;
  job.resolve({ ...opened, feature });
}
