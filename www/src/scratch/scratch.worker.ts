// The worker that learns from nothing: it alone loads the networks' module. Progress leaves it in
// portions, so that training is not slowed down by being watched.

import { expose, transfer } from "comlink";
import init, {
  Scratch,
  type ScratchHistory,
  type ScratchLabel,
  type ScratchLesson,
  type ScratchOptions,
  type ScratchPrediction,
  type ScratchProgress,
  type ScratchState,
} from "keepsake/burn";
import { crossing } from "../engine/failure";

/** Milliseconds between two portions of progress. */
const PORTION = 80;

/** What the page draws, as of one moment. */
export interface ScratchView {
  readonly labels: readonly ScratchLabel[];
  readonly state: ScratchState;
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[];
  readonly history: ScratchHistory;
}

/** A picture: a file, or pixels that were made small already. */
export type Picture = Blob | ImageData;

/** The learner, or the one that is being opened: every call waits for it. */
let opened: Promise<Scratch> | undefined;

async function open(): Promise<Scratch> {
  if (!opened) throw new Error("The learner was not opened.");
  return opened;
}

function view(learner: Scratch): ScratchView {
  return {
    labels: learner.labels(),
    state: learner.state(),
    problems: learner.problems(),
    history: learner.history(),
  };
}

/** Hears of progress; and, once in a lesson, of what is there when the label is known. */
type Report = (progress: readonly ScratchProgress[], known: ScratchView | null) => void;

/** Collects progress and hands it on now and then, the last of it with {@link Portions.end}. */
class Portions {
  #waiting: ScratchProgress[] = [];
  #last = performance.now();
  #known = false;

  constructor(
    private readonly report: Report,
    private readonly view: () => ScratchView,
  ) {}

  add(progress: ScratchProgress): void {
    this.#waiting.push(progress);
    if (progress.phase === "generator" && !this.#known) {
      this.#known = true;
      this.#hand(this.view());
    } else if (performance.now() - this.#last >= PORTION) this.end();
  }

  end(): void {
    if (this.#waiting.length > 0) this.#hand(null);
  }

  #hand(known: ScratchView | null): void {
    this.report(this.#waiting, known);
    this.#waiting = [];
    this.#last = performance.now();
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error);
  });
}

const api = {
  start: (): Promise<void> =>
    crossing(async () => {
      await init();
    }),

  /** Opens the collection, once the one before is closed. */
  open: (options: ScratchOptions): Promise<ScratchView> =>
    crossing(async () => {
      const before = opened;
      opened = (async () => {
        // One that could not be opened, or not be closed, keeps nothing from being opened.
        await before?.then((learner) => learner.close()).catch(() => undefined);
        return Scratch.open(options);
      })();
      return view(await opened);
    }),

  /** In place of a collection that cannot be opened: what a file holds, which is tried out first, or nothing. */
  openInPlace: (options: ScratchOptions, file: Uint8Array | null): Promise<ScratchView> =>
    crossing(async () => {
      if (file) {
        const trial = await Scratch.open({ ...options, storage: "memory" });
        await trial.import(file).finally(() => trial.close());
      }
      await deleteDatabase(`keepsake:scratch:${options.name ?? "drawings"}`);
      opened = Scratch.open(options);
      const learner = await opened;
      if (file) await learner.import(file);
      return view(learner);
    }),

  /** A picture as the learner sees it. */
  sees: (picture: Picture): Promise<ImageData> => crossing(async () => (await open()).sees(picture)),

  predict: (picture: Picture): Promise<ScratchPrediction> =>
    crossing(async () => (await open()).predict(picture)),

  teach: (
    pictures: Picture[],
    label: number | string,
    report: Report,
  ): Promise<ScratchView & { readonly lesson: ScratchLesson }> =>
    crossing(async () => {
      const learner = await open();
      const portions = new Portions(report, () => view(learner));
      try {
        const lesson = await learner.teach(pictures, label, (progress) => portions.add(progress));
        return { ...view(learner), lesson };
      } finally {
        portions.end();
      }
    }),

  stop: (): Promise<void> => crossing(async () => (await open()).stop()),

  dreams: (label: number, count: number, seed: number): Promise<ImageData[]> =>
    crossing(async () => (await open()).dreams(label, count, seed)),

  addLabel: (name: string): Promise<ScratchView> =>
    crossing(async () => {
      const learner = await open();
      await learner.addLabel(name);
      return view(learner);
    }),

  rename: (label: number, name: string): Promise<ScratchView> =>
    crossing(async () => {
      const learner = await open();
      await learner.rename(label, name);
      return view(learner);
    }),

  /** Takes the last lesson back, or does it again. */
  step: (direction: "undo" | "redo"): Promise<ScratchView & { readonly what: string }> =>
    crossing(async () => {
      const learner = await open();
      const what = await learner[direction]();
      return { ...view(learner), what };
    }),

  /** Deletes what is left of what could not be read. */
  leaveOut: (): Promise<ScratchView> =>
    crossing(async () => {
      const learner = await open();
      await learner.leaveOut();
      return view(learner);
    }),

  exportFile: (): Promise<Uint8Array> =>
    crossing(async () => {
      const bytes = await (await open()).export();
      return transfer(bytes, [bytes.buffer as ArrayBuffer]);
    }),

  importFile: (bytes: Uint8Array): Promise<ScratchView> =>
    crossing(async () => {
      const learner = await open();
      await learner.import(bytes);
      return view(learner);
    }),

  /** Deletes everything, and begins anew in another way of learning. */
  startAnew: (options: ScratchOptions): Promise<ScratchView> =>
    crossing(async () => {
      await (await open()).delete();
      opened = Scratch.open(options);
      return view(await opened);
    }),
};

export type ScratchApi = typeof api;
expose(api);
