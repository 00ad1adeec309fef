// Photos on their way in: files into the queue of looks (looks.ts), and what was seen in portions
// into the learner. The grid is usable all along; a file that cannot be read is noted and passed.
//
//   dropped ──walk──► waiting ──look──► read ──store──► the album ──teach──► a label, if dropped on one
//              │                 │                          ▲
//              └─ known by path ─┴─ known by content ───────┘
//
// So an import that was interrupted goes on where it was when the folder comes again.
//
// Where nothing can be stored (a full disk, the pen in another tab) every file stays where it is in this
// row until that has changed.

import { signal } from "@preact/signals";
import type { Look } from "keepsake";
import type { Failure, Importing, LabelId, PhotoId, Problem } from "./engine";
import { ofStorage, problem } from "./failure";
import { type Dropped, type Found, filesIn, Unreadable } from "./files";
import { type Gathered, gather, type LeftOut } from "./gather";
import { addTo } from "./groups";
import { kindOf } from "./kinds";
import { keyOf } from "./known";
import type { Recognised } from "./looks";

/** A photo that was looked at, with its file and what belongs to it, and the label it was dropped on. */
export interface Seen {
  readonly photo: Gathered;
  readonly look: Look;
  readonly label: LabelId | undefined;
  /** The files of its drop, by `keyOf`. */
  readonly present: ReadonlySet<string>;
}

/** A file whose content a photo of the album has. */
export interface Met {
  readonly photo: Gathered;
  readonly id: PhotoId;
  /** When it was taken, as its file says it. */
  readonly taken: number | undefined;
  /** The files of its drop, by `keyOf`. */
  readonly present: ReadonlySet<string>;
}

/** Photos are handed on when this many are ready, or after this long. */
const PORTION = 32;
const PORTION_MS = 200;
/** Where known photos lie now is noted for this many at once, and for the rest at the end. */
const MET_PORTION = 500;
/** The rate is that of the last few seconds. */
const RATE_WINDOW_MS = 5_000;
/** How often it is told how many were read. */
const SHOW_MS = 50;
/** How often the files found so far are told while folders are walked. */
const WALK_MS = 100;

/** A file whose name says nothing, and these of its bytes, is no photo: nobody is told that it could not be read. */
const NO_PHOTO = ["photo/not-an-image", "photo/empty", "photo/too-many-bytes"];

interface Waiting {
  readonly photo: Gathered;
  readonly label: LabelId | undefined;
  readonly present: ReadonlySet<string>;
}

/** Folders that are being walked, for one drop. */
interface Walk {
  found: number;
}

/** What the importer needs from the engine. */
export interface ImportTo {
  /** Photos to have under way at once. */
  readonly width: number;
  /** The photo of the album that came from just this file, which then is not opened. */
  known(photo: Gathered): PhotoId | undefined;
  /** What a photo shows; or, without decoding it, the photo of the album that has its content. */
  look(photo: Gathered, abort: AbortSignal): Promise<Look | Recognised>;
  /** Notes where known photos lie now. Never rejects: else they are recognised by their content again. */
  met(files: readonly Met[]): Promise<void>;
  /** Adds photos; `continued` when they belong to the same import as the ones before. */
  add(photos: readonly Seen[], continued: boolean): Promise<readonly PhotoId[]>;
  teach(photos: readonly PhotoId[], label: LabelId): Promise<unknown>;
}

export class Importer {
  readonly importing = signal<Importing | null>(null);
  readonly failures = signal<readonly Failure[]>([]);
  /** What is no photo among all that came in: by path, since a folder that comes again brings it again. */
  readonly leftOut = signal<ReadonlyMap<string, LeftOut>>(new Map());

  readonly #walks = new Set<Walk>();
  #waiting: Waiting[] = [];
  /** How many are being looked at. */
  #looking = 0;
  /** Looked at, and not stored. */
  #read: Seen[] = [];
  #met: Met[] = [];
  readonly #toTeach = new Map<LabelId, PhotoId[]>();

  /** Why nothing can be stored; null while it can. */
  #waits: Problem | null = null;
  #teaching = false;
  #running: Promise<void> | undefined;
  #storing: Promise<void> = Promise.resolve();
  #stored = 0;
  #abort = new AbortController();
  #continued = false;
  #total = 0;
  /** How many of this import were in the album already. */
  #known = 0;
  #finished: number[] = [];
  #soon: ReturnType<typeof setTimeout> | undefined;
  #nextFailure = 1;

  constructor(private readonly to: ImportTo) {}

  /**
   * Adds files and folders to the queue; resolves when all that is queued has been dealt with, or waits
   * because nothing can be stored. Rejects when photos could not be taught the label they were dropped on.
   */
  async add(dropped: readonly Dropped[], label: LabelId | undefined): Promise<void> {
    if (dropped.length === 0) return;
    const walk: Walk = { found: 0 };
    this.#walks.add(walk);
    this.#show();
    let shown = performance.now();
    const found: Found[] = [];
    for await (const one of filesIn(dropped)) {
      // Stopped.
      if (!this.#walks.has(walk)) return;
      if (one instanceof Unreadable) this.#fail(one.name, one);
      else found.push(one);
      walk.found++;
      if (performance.now() - shown < WALK_MS) continue;
      shown = performance.now();
      this.#show();
    }
    if (!this.#walks.has(walk)) return;
    // Only now: a photo and what belongs to it may come far apart.
    const { photos, leftOut } = gather(found);
    this.#leaveOut(leftOut);
    const present = new Set(photos.map(keyOf));
    const unknown: Waiting[] = [];
    for (const photo of photos) {
      const id = this.to.known(photo);
      if (id === undefined) unknown.push({ photo, label, present });
      else this.#meet({ photo, id, taken: undefined, present }, label);
    }
    this.#waiting = this.#waiting.concat(unknown);
    this.#total += unknown.length;
    this.#show();
    this.#walks.delete(walk);
    await this.goOn();
  }

  /** Goes on with what waited for the storage. */
  async goOn(): Promise<void> {
    this.#waits = null;
    if (this.#left) this.#running ??= this.#run();
    this.#show();
    await this.#running;
  }

  /** Whether there is anything to do. */
  get #left(): boolean {
    return this.#waiting.length + this.#read.length + this.#met.length + this.#toTeach.size > 0;
  }

  /** Drops what is still waiting; what was stored stays. */
  stop(): void {
    this.#walks.clear();
    this.#total -= this.#waiting.length;
    this.#waiting = [];
    this.#abort.abort();
    this.#abort = new AbortController();
    if (this.#waits) {
      // What could not be stored yet, either.
      this.#read = [];
      this.#toTeach.clear();
      this.#waits = null;
    }
    this.#show();
  }

  forgetFailures(): void {
    this.failures.value = [];
  }

  forgetLeftOut(): void {
    this.leftOut.value = new Map();
  }

  async #run(): Promise<void> {
    let trouble: { thrown: unknown } | undefined;
    try {
      // More may be dropped while the last portion is being stored, or while photos are being taught.
      do {
        await this.#store();
        await Promise.all(Array.from({ length: this.to.width }, () => this.#lane()));
        await this.#store();
        if (this.#waiting.length > 0 || this.#read.length > 0) continue;
        trouble ??= await this.#teachDropped();
        await this.#noteMet();
      } while (!this.#waits && this.#left);
    } finally {
      this.#running = undefined;
      this.#show();
    }
    if (trouble) throw trouble.thrown;
  }

  /** One of several lanes that take files from the same queue. */
  async #lane(): Promise<void> {
    for (;;) {
      const next = this.#waits ? undefined : this.#waiting.shift();
      if (!next) return;
      const { signal: aborted } = this.#abort;
      const { photo, label, present } = next;
      this.#looking++;
      try {
        const look = await this.to.look(photo, aborted);
        if ("known" in look) this.#meet({ photo, id: look.known, taken: look.taken, present }, label);
        else this.#read.push({ photo, look, label, present });
      } catch (thrown) {
        // Stopped by the person: not a failure of the photo, and no longer part of the work.
        if (aborted.aborted) this.#total--;
        else this.#refuse(photo, thrown);
      }
      this.#looking--;
      this.#finished.push(performance.now());
      this.#showSoon();
      const due = this.#read.length >= PORTION || performance.now() - this.#stored > PORTION_MS;
      if (due) await this.#store();
    }
  }

  /** A file whose photo is there already. */
  #meet(met: Met, label: LabelId | undefined): void {
    this.#known++;
    this.#met.push(met);
    this.#teachLater(met.id, label);
  }

  #teachLater(photo: PhotoId, label: LabelId | undefined): void {
    if (label !== undefined) addTo(this.#toTeach, label, photo);
  }

  async #noteMet(): Promise<void> {
    const met = this.#met.splice(0);
    if (met.length > 0) await this.to.met(met);
  }

  /** Stores what was read, after what is being stored. Never rejects. */
  #store(): Promise<void> {
    this.#storing = this.#storing.then(() => this.#storeNow());
    return this.#storing;
  }

  async #storeNow(): Promise<void> {
    const photos = [...this.#read];
    if (this.#met.length >= MET_PORTION) await this.#noteMet();
    if (this.#waits || photos.length === 0) return;
    try {
      const ids = await this.to.add(photos, this.#continued);
      this.#continued = true;
      for (const [at, { label }] of photos.entries()) {
        const id = ids[at];
        if (id !== undefined) this.#teachLater(id, label);
      }
    } catch (thrown) {
      const cause = problem(thrown);
      if (ofStorage(cause)) {
        this.#waits = cause;
        this.#show();
        return;
      }
      for (const { photo } of photos) this.#fail(photo.file.name, thrown);
    }
    // Until now they were in the row, in case that they could not be stored.
    this.#read.splice(0, photos.length);
    this.#stored = performance.now();
    this.#show();
  }

  /** One action for all photos of a label, so that one undo takes it back. Returns what went wrong. */
  async #teachDropped(): Promise<{ thrown: unknown } | undefined> {
    let trouble: { thrown: unknown } | undefined;
    this.#teaching = this.#toTeach.size > 0;
    this.#show();
    for (const [label, ids] of this.#toTeach) {
      try {
        await this.to.teach(ids, label);
      } catch (thrown) {
        const cause = problem(thrown);
        if (ofStorage(cause)) {
          this.#waits = cause;
          break;
        }
        trouble ??= { thrown };
      }
      this.#toTeach.delete(label);
    }
    this.#teaching = false;
    return trouble;
  }

  /** A file that could not become a photo: it is told of, unless it never said that it was one. */
  #refuse({ path, file }: Gathered, thrown: unknown): void {
    if (kindOf(path) === "unknown" && NO_PHOTO.includes(problem(thrown).code)) {
      this.#leaveOut([{ path, kind: "other" }]);
    } else this.#fail(file.name, thrown);
  }

  #leaveOut(files: readonly LeftOut[]): void {
    if (files.length === 0) return;
    this.leftOut.value = new Map([...this.leftOut.value, ...files.map((one) => [one.path, one] as const)]);
  }

  #fail(name: string, thrown: unknown): void {
    this.failures.value = [...this.failures.value, { id: this.#nextFailure++, name, ...problem(thrown) }];
  }

  /** Files that are known come by the hundred a second: who draws is told of some at once. */
  #showSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#show();
    }, SHOW_MS);
  }

  #show(): void {
    if (!this.#running && !this.#waits && this.#walks.size === 0) {
      this.#total = 0;
      this.#known = 0;
      this.#continued = false;
      this.#finished = [];
      this.importing.value = null;
      return;
    }
    const now = performance.now();
    this.#finished = this.#finished.filter((at) => now - at < RATE_WINDOW_MS);
    const first = this.#finished[0];
    const perSecond =
      first !== undefined && this.#finished.length > 3
        ? ((this.#finished.length - 1) / (now - first)) * 1000
        : null;
    const left = this.#waiting.length + this.#looking + this.#read.length;
    const walks = [...this.#walks];
    this.importing.value = {
      done: this.#total - left,
      total: this.#total,
      known: this.#known,
      perSecond,
      secondsLeft: perSecond ? left / perSecond : null,
      found: walks.length > 0 ? walks.reduce((sum, walk) => sum + walk.found, 0) : null,
      teaching: this.#teaching,
      waits: this.#waits,
    };
  }
}
