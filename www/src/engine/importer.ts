// Photos on their way in: files into the queue of looks (looks.ts), and what was seen in portions
// into the learner. The grid is usable all along; a file that cannot be read is noted and passed.

import { signal } from "@preact/signals";
import type { Look } from "keepsake";
import type { Failure, Importing, LabelId, PhotoId } from "./engine";
import { problem } from "./failure";

/** A photo that was looked at, with its file's name, and the label it was dropped on. */
export interface Seen {
  readonly name: string;
  readonly look: Look;
  readonly label: LabelId | undefined;
}

/** Photos are handed on when this many are ready, or after this long. */
const PORTION = 32;
const PORTION_MS = 200;
/** The rate is that of the last few seconds. */
const RATE_WINDOW_MS = 5_000;

interface Waiting {
  readonly file: File;
  readonly label: LabelId | undefined;
}

/** What the importer needs from the engine. */
export interface ImportTo {
  /** Photos to have under way at once. */
  readonly width: number;
  look(photo: File, abort: AbortSignal): Promise<Look>;
  /** Adds photos; `continued` when they belong to the same import as the ones before. */
  add(photos: readonly Seen[], continued: boolean): Promise<readonly PhotoId[]>;
  teach(photos: readonly PhotoId[], label: LabelId): Promise<unknown>;
}

export class Importer {
  readonly importing = signal<Importing | null>(null);
  readonly failures = signal<readonly Failure[]>([]);

  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #abort = new AbortController();
  #done = 0;
  #total = 0;
  #finished: number[] = [];
  #nextFailure = 1;

  constructor(private readonly to: ImportTo) {}

  /** Adds files to the queue; resolves when all that is queued has been dealt with. */
  async add(files: readonly File[], label: LabelId | undefined): Promise<void> {
    if (files.length === 0) return;
    this.#waiting.push(...files.map((file) => ({ file, label })));
    this.#total += files.length;
    this.#show();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#done = this.#total = 0;
      this.#finished = [];
      this.importing.value = null;
    });
    await this.#running;
  }

  /** Drops what is still waiting; what was read stays. */
  stop(): void {
    this.#total -= this.#waiting.length;
    this.#waiting = [];
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  forgetFailures(): void {
    this.failures.value = [];
  }

  async #run(): Promise<void> {
    const dropped = new Map<LabelId, PhotoId[]>();
    let continued = false;
    const portions = new Portions(
      async (photos) => {
        const ids = await this.to.add(photos, continued);
        continued = true;
        for (const [at, { label }] of photos.entries()) {
          const id = ids[at];
          if (label === undefined || id === undefined) continue;
          dropped.set(label, [...(dropped.get(label) ?? []), id]);
        }
      },
      (photos, thrown) => {
        for (const { name } of photos) this.#fail(name, thrown);
        // What could not be stored once will not be stored a moment later either (a full disk, the
        // pen taken by another tab): what was read stays, the rest waits for the person.
        this.stop();
      },
    );
    // More may be dropped while the last portion is being written.
    while (this.#waiting.length > 0) {
      await Promise.all(Array.from({ length: this.to.width }, () => this.#lane(portions)));
      await portions.flush();
    }
    // One action for all photos of a label, so that one undo takes it back.
    for (const [label, ids] of dropped) await this.to.teach(ids, label);
  }

  /** One of several lanes that take files from the same queue. */
  async #lane(portions: Portions): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { signal: aborted } = this.#abort;
      const { file, label } = next;
      try {
        const look = await this.to.look(file, aborted);
        await portions.put({ name: file.name, look, label });
      } catch (thrown) {
        // Stopped by the person: not a failure of the photo, and no longer part of the work.
        if (aborted.aborted) {
          this.#total--;
          continue;
        }
        this.#fail(file.name, thrown);
      }
      this.#done++;
      this.#finished.push(performance.now());
      this.#show();
    }
  }

  #fail(name: string, thrown: unknown): void {
    this.failures.value = [...this.failures.value, { id: this.#nextFailure++, name, ...problem(thrown) }];
  }

  #show(): void {
    const now = performance.now();
    this.#finished = this.#finished.filter((at) => now - at < RATE_WINDOW_MS);
    const first = this.#finished[0];
    const perSecond =
      first !== undefined && this.#finished.length > 3
        ? ((this.#finished.length - 1) / (now - first)) * 1000
        : null;
    this.importing.value = {
      done: this.#done,
      total: this.#total,
      perSecond,
      secondsLeft: perSecond ? (this.#total - this.#done) / perSecond : null,
    };
  }
}

/** Gathers photos, so that one transaction and one prediction serve many of them. */
class Portions {
  #ready: Seen[] = [];
  #since = performance.now();
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly write: (photos: readonly Seen[]) => Promise<void>,
    private readonly failed: (photos: readonly Seen[], thrown: unknown) => void,
  ) {}

  async put(photo: Seen): Promise<void> {
    this.#ready.push(photo);
    if (this.#ready.length >= PORTION || performance.now() - this.#since > PORTION_MS) await this.flush();
  }

  /** Writes what is ready, after what is being written. Never rejects: failures are reported. */
  flush(): Promise<void> {
    const photos = this.#ready;
    const before = this.#writing;
    this.#ready = [];
    this.#writing = before.then(async () => {
      if (photos.length === 0) return;
      try {
        await this.write(photos);
      } catch (thrown) {
        this.failed(photos, thrown);
      }
      this.#since = performance.now();
    });
    return this.#writing;
  }
}
