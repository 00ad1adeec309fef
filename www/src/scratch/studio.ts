/** The state of the page that learns from nothing, and everything a person can do there. */
import { computed, signal } from "@preact/signals";
import { proxy } from "comlink";
import type {
  ScratchHistory,
  ScratchLabel,
  ScratchLesson,
  ScratchOptions,
  ScratchPrediction,
  ScratchPreset,
  ScratchProgress,
  ScratchState,
} from "keepsake/burn";
import type { Problem } from "../engine/engine";
import { ofStorage, problem } from "../engine/failure";
import { type Dropped, filesIn, Unreadable } from "../engine/files";
import { Line } from "../engine/line";
import { keepAlso, useUpdate } from "../engine/offline";
import { Pen } from "../engine/tabs";
import { saveFile } from "../parts/save";
import { letters, NONE } from "../state/labels";
import { said as saidElsewhere } from "../words";
import { type Stroke, small } from "./ink";
import * as remembered from "./remembered";
import type { ScratchApi, ScratchView } from "./scratch.worker";
import * as words from "./words";

/** No letter commands anything here. */
const NO_KEYS: ReadonlySet<string> = new Set();
/** Dreams of a label that are shown. */
export const DREAMS = 12;
/** Milliseconds between two looks at what it dreams, while it learns to dream. */
const DREAM_AGAIN = 400;
/** While it learns to answer, what it rehearses is shown this many times less often. */
const SELDOM = 5;
/** How long a line about what just happened stays, in milliseconds. */
const SAID_FOR = 8_000;

export type Phase =
  | { readonly kind: "opening" }
  | { readonly kind: "ready" }
  /** Another tab has the collection. */
  | { readonly kind: "elsewhere" }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Where one training stands, or stood at its end. */
export interface Training {
  readonly name: string;
  /** The label's number; null while it is a name that no label has yet. */
  readonly label: number | null;
  /** The label is stored and answered; what is trained now is what dreams of it. */
  readonly known: boolean;
  readonly progress: ScratchProgress | null;
  /** Loss of each step of this phase; a step that was not told of has the one before. */
  readonly losses: readonly number[];
  /** Steps a second in this phase; null until it can be told. */
  readonly perSecond: number | null;
  /** When it ended: how long it took in seconds, and what it came to. */
  readonly ended: { readonly seconds: number; readonly lesson: ScratchLesson } | null;
}

/** What waits to be taught. */
interface Pending {
  readonly pictures: readonly ImageData[];
  readonly label: number | string;
  readonly name: string;
}

interface Said {
  readonly text: string;
  readonly canUndo: boolean;
}

export class Studio {
  readonly phase = signal<Phase>({ kind: "opening" });
  readonly labels = signal<readonly ScratchLabel[]>([]);
  readonly state = signal<ScratchState | null>(null);
  /** What is drawn on the pad. */
  readonly strokes = signal<readonly Stroke[]>([]);
  /** Pictures that were added, as the learner sees them, in place of a drawing. */
  readonly held = signal<readonly ImageData[]>([]);
  readonly guess = signal<ScratchPrediction | null>(null);
  readonly training = signal<Training | null>(null);
  readonly waiting = signal<readonly Pending[]>([]);
  readonly dreams = signal<ReadonlyMap<number, readonly ImageData[]>>(new Map());
  /** Why what waits is not being learned: it could not be stored. */
  readonly halted = signal<Problem | null>(null);
  readonly trouble = signal<readonly string[]>([]);
  /** What could not be read of what is stored. */
  readonly damaged = signal<readonly string[]>([]);
  /** The notice about that was read. */
  readonly damageSeen = signal(false);
  readonly said = signal<Said | null>(null);
  /** The last lesson, where it can be taken back or done again. */
  readonly history = signal<ScratchHistory>({ undo: null, redo: null, label: null });
  /** What was taught in it, while this page remembers: taken back, it is back on the pad. */
  #lastPictures: readonly ImageData[] = [];
  readonly asksAnew = signal(false);
  readonly dropping = signal(false);
  /** Why nothing can be stored here; null where it can. */
  readonly unstored = signal<Problem | null>(null);

  readonly letters = computed(() => letters(this.labels.value, NO_KEYS));
  readonly learning = computed(() => this.training.value !== null && this.training.value.ended === null);
  readonly taught = computed(() => this.labels.value.reduce((sum, label) => sum + label.taught, 0));
  /** Nothing was made or taught: how it learns can still be chosen. */
  readonly fresh = computed(
    () => this.taught.value === 0 && !this.learning.value && this.labels.value.every(({ id }) => id === NONE),
  );
  /** What is on the pad, as the learner sees it. */
  readonly shown = computed<readonly ImageData[]>(() => {
    if (this.held.value.length > 0) return this.held.value;
    return this.strokes.value.length > 0 ? [small(this.strokes.value)] : [];
  });

  readonly #line = new Line<ScratchApi>({
    worker: () => new Worker(new URL("./scratch.worker.ts", import.meta.url), { type: "module" }),
    start: (api) => api.start(),
    restarted: async (api) => this.#show(await this.#openOn((options) => api.open(options))),
  });
  readonly #pen = new Pen("scratch", {
    held: (held) => void (held ? this.#open() : this.#leave()),
    news: () => undefined,
  });
  #storage: "indexeddb" | "memory" = "indexeddb";
  #leaving: Promise<void> | undefined;
  #saidTimer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what is shown on the pad, so that an answer about an earlier drawing is not shown. */
  #asked = 0;
  /** Counts the rounds of asking for dreams, and the dreams that are shown. */
  #dreamt = 0;
  #seed = 0;

  constructor() {
    void this.#begin();
  }

  async #begin(): Promise<void> {
    if (await this.#pen.take()) await this.#open();
    else this.phase.value = { kind: "elsewhere" };
  }

  async #open(): Promise<void> {
    this.phase.value = { kind: "opening" };
    try {
      this.#show(await this.#openStorage());
      this.phase.value = { kind: "ready" };
      keepAlso("drawings");
      await this.#dreamAnew();
    } catch (thrown) {
      this.phase.value = { kind: "failed", problem: problem(thrown) };
    }
  }

  #openStorage(): Promise<ScratchView> {
    return this.#openOn((options) => this.#line.call((api) => api.open(options)));
  }

  /** From storage; where there is none to be had, in memory, and the page says so. */
  async #openOn(open: (options: ScratchOptions) => Promise<ScratchView>): Promise<ScratchView> {
    try {
      return await open(this.#options());
    } catch (thrown) {
      const cause = problem(thrown);
      if (cause.code === "storage/unavailable") {
        this.#storage = "memory";
        this.unstored.value = cause;
      } else if (cause.code.startsWith("compute/") && remembered.choice().device === "webgpu") {
        // A card that is gone is no reason not to learn.
        remembered.remember({ device: "cpu" });
        this.#complain(words.noCard);
      } else throw thrown;
      return open(this.#options());
    }
  }

  /** When the card has failed: goes on on the processor, from what is stored. */
  #leaveCard(): Promise<void> {
    // Every call that was under way fails, and this is done for the first of them.
    this.#leaving ??= (async () => {
      remembered.remember({ device: "cpu" });
      await this.#line.hangUp();
      this.#show(await this.#openStorage());
      this.#complain(this.#storage === "memory" ? words.cardLostWithAll : words.cardLost);
    })().finally(() => {
      this.#leaving = undefined;
    });
    return this.#leaving;
  }

  /** Another tab took the collection over. What was being learned here is given up whole. */
  async #leave(): Promise<void> {
    this.phase.value = { kind: "elsewhere" };
    this.waiting.value = [];
    this.halted.value = null;
    this.training.value = null;
    await this.#line.hangUp();
  }

  #options(): ScratchOptions {
    return { ...remembered.choice(), storage: this.#storage };
  }

  #show(view: ScratchView): void {
    this.labels.value = view.labels;
    this.state.value = view.state;
    this.damaged.value = view.problems;
    this.history.value = view.history;
  }

  say(text: string, canUndo = false): void {
    clearTimeout(this.#saidTimer);
    this.said.value = { text, canUndo };
    this.#saidTimer = setTimeout(() => {
      this.said.value = null;
    }, SAID_FOR);
  }

  /** The line stays while somebody is on it. */
  holdSaid(): void {
    clearTimeout(this.#saidTimer);
  }

  #complain(sentence: string): void {
    this.trouble.value = [...this.trouble.value.filter((other) => other !== sentence), sentence].slice(-3);
  }

  /** Runs an action; what goes wrong is said, and nothing else changes. If the card did, once more. */
  async #attempt<T>(
    action: () => Promise<T>,
    failed = (cause: Problem): void => this.#complain(cause.message),
  ): Promise<T | undefined> {
    try {
      return await action().catch(async (thrown: unknown) => {
        const onCard = this.state.value?.device === "webgpu";
        if (!onCard || !problem(thrown).code.startsWith("compute/")) throw thrown;
        await this.#leaveCard();
        return action();
      });
    } catch (thrown) {
      const cause = problem(thrown);
      failed(cause);
      if (cause.code === "storage/busy") this.#pen.drop();
      return undefined;
    }
  }

  /** Starts this tab again with the new version. */
  async useUpdate(): Promise<void> {
    await this.#attempt(useUpdate);
  }

  /** How many pictures a label was taught with, by its number or by a name that may be new. */
  #taughtOf(label: number | string): number {
    const named = ({ id, name }: ScratchLabel): boolean =>
      typeof label === "number" ? id === label : name.toLowerCase() === label.trim().toLowerCase();
    return this.labels.value.find(named)?.taught ?? 0;
  }

  nameOf(label: number): string {
    return this.labels.value.find((known) => known.id === label)?.name ?? "";
  }

  takeOver(): Promise<void> {
    return this.#pen.steal();
  }

  /* ── the pad ── */

  setStrokes(strokes: readonly Stroke[]): void {
    this.held.value = [];
    this.strokes.value = strokes;
    void this.#ask();
  }

  undoStroke(): void {
    this.setStrokes(this.strokes.value.slice(0, -1));
  }

  clear(): void {
    this.setStrokes([]);
  }

  /** Puts pictures on the pad. Those that cannot be read are left out, and it is said why. */
  async hold(dropped: readonly Dropped[]): Promise<void> {
    const seen = await this.#look(dropped);
    if (seen.length === 0) return;
    this.strokes.value = [];
    this.held.value = seen;
    if (seen.length > 1) this.say(words.said.held(seen.length));
    await this.#ask();
  }

  /** Files that were dropped anywhere on the page. */
  addFiles(files: readonly Dropped[]): void {
    if (this.phase.value.kind === "ready") void this.hold(files);
  }

  async #look(dropped: readonly Dropped[]): Promise<readonly ImageData[]> {
    this.trouble.value = [];
    const seen: ImageData[] = [];
    for await (const found of filesIn(dropped)) {
      try {
        if (found instanceof Unreadable) throw found;
        seen.push(await this.#line.call((api) => api.sees(found.file)));
      } catch (thrown) {
        const { name } = found instanceof Unreadable ? found : found.file;
        this.#complain(words.unreadable(name, problem(thrown).message));
      }
    }
    return seen;
  }

  async #ask(): Promise<void> {
    const question = ++this.#asked;
    const [first] = this.shown.value;
    if (!first || this.taught.value === 0) {
      this.guess.value = null;
      return;
    }
    const guess = await this.#attempt(() => this.#line.call((api) => api.predict(first)));
    if (question === this.#asked) this.guess.value = guess ?? null;
  }

  /* ── teaching ── */

  /** Teaches what is on the pad, and clears it. A name is found, or made. */
  teach(label: number | string): void {
    const pictures = this.shown.value;
    if (pictures.length === 0) {
      this.say(words.emptyPad);
      return;
    }
    this.clear();
    this.#queue(pictures, label);
  }

  /** Teaches pictures that were dropped on a label. */
  async teachFiles(dropped: readonly Dropped[], label: number): Promise<void> {
    const pictures = await this.#look(dropped);
    if (pictures.length > 0) this.#queue(pictures, label);
  }

  #queue(pictures: readonly ImageData[], label: number | string): void {
    this.trouble.value = [];
    this.halted.value = null;
    const name = typeof label === "string" ? label.trim() : this.nameOf(label);
    this.waiting.value = [...this.waiting.value, { pictures, label, name }];
    if (!this.learning.value) void this.#work();
  }

  /** One lesson after the other: a person may go on drawing while it learns. */
  async #work(): Promise<void> {
    for (let next = this.waiting.value[0]; next && !this.halted.value; next = this.waiting.value[0]) {
      this.waiting.value = this.waiting.value.slice(1);
      await this.#learn(next);
    }
  }

  /** Goes on with what could not be stored. */
  goOn(): void {
    this.halted.value = null;
    if (!this.learning.value) void this.#work();
  }

  async #learn(pending: Pending): Promise<void> {
    const { pictures, label, name } = pending;
    const known = typeof label === "number" ? label : null;
    const started = performance.now();
    this.training.value = {
      name,
      label: known,
      known: false,
      progress: null,
      losses: [],
      perSecond: null,
      ended: null,
    };
    const change = (part: Partial<Training>): void => {
      const training = this.training.value;
      if (training?.ended === null) this.training.value = { ...training, ...part };
    };
    const report = new Report(change);
    const hear = (progress: readonly ScratchProgress[], view: ScratchView | null): void => {
      report.add(progress);
      const label = progress.at(-1)?.label;
      if (!view || label === undefined) return;
      this.#show(view);
      change({ known: true, label, name: this.nameOf(label) });
      this.#lastPictures = pictures;
      this.say(words.said.taught(this.nameOf(label), pictures.length), true);
      void this.#ask();
      void this.#dream(this.labels.value);
    };
    const dreams = this.#dreamAlong();
    const before = this.#taughtOf(label);
    // What fails while it learns to dream leaves the label taught: it is not taught twice.
    const stored = (): boolean => this.#taughtOf(label) > before;
    const failed = (cause: Problem): void => {
      if (ofStorage(cause) && !stored()) {
        // It waits with its name, before all that came after it.
        this.halted.value = cause;
        this.waiting.value = [pending, ...this.waiting.value];
      } else this.#complain(cause.message);
    };
    const done = await this.#attempt(
      async () => (stored() ? null : this.#line.call((api) => api.teach([...pictures], label, proxy(hear)))),
      failed,
    );
    dreams.end();
    const training = this.training.value;
    if (!done || !training) {
      this.training.value = null;
      // What could not be learned is back on the pad, unless something else is there by now.
      const back = training && !stored() && !this.halted.value;
      if (back && this.shown.value.length === 0) this.held.value = pictures;
      return;
    }
    const { lesson } = done;
    this.#lastPictures = pictures;
    this.#show(done);
    this.training.value = {
      ...training,
      label: lesson.label,
      name: this.nameOf(lesson.label),
      ended: { seconds: (performance.now() - started) / 1000, lesson },
    };
    const taught = this.nameOf(lesson.label);
    if (lesson.stopped) this.say(words.said.stopped(taught), true);
    else if (!training.known) this.say(words.said.taught(taught, pictures.length), true);
    if (this.#storage === "indexeddb") void navigator.storage?.persist();
    void this.#ask();
    void this.#dreamAnew();
  }

  /** Ends the training under way; what it learned so far stays. */
  async stop(): Promise<void> {
    await this.#attempt(() => this.#line.call((api) => api.stop()));
  }

  /** Takes the last lesson back; what it was taught is back on the pad, unless something else is there. */
  async undo(): Promise<void> {
    // One that is under way ends first, and is the last one then.
    if (this.learning.value) await this.stop();
    else if (this.history.value.undo === null) return;
    const pictures = this.#lastPictures;
    if ((await this.#step("undo")) && this.shown.value.length === 0) this.held.value = pictures;
    void this.#ask();
  }

  /** Teaches again what was taken back. */
  async redo(): Promise<void> {
    if (this.learning.value || this.history.value.redo === null) return;
    if ((await this.#step("redo")) && this.held.value === this.#lastPictures) this.clear();
    void this.#ask();
  }

  async #step(direction: "undo" | "redo"): Promise<boolean> {
    const done = await this.#attempt(() => this.#line.call((api) => api.step(direction)));
    if (!done) return false;
    this.training.value = null;
    this.#show(done);
    const known = new Set(done.labels.filter(({ taught }) => taught > 0).map(({ id }) => id));
    this.dreams.value = new Map([...this.dreams.value].filter(([label]) => known.has(label)));
    this.say(
      direction === "undo" ? words.said.undid(done.what) : words.said.redid(done.what),
      direction === "redo",
    );
    await this.#dreamAnew();
    return true;
  }

  /** Deletes what is left of what could not be read. */
  async leaveOut(): Promise<void> {
    const n = this.damaged.value.length;
    const view = await this.#attempt(() => this.#line.call((api) => api.leaveOut()));
    if (!view) return;
    this.#show(view);
    this.say(saidElsewhere.leftOut(n));
  }

  /** Other dreams of every label. */
  #dreamAnew(): Promise<void> {
    this.#seed++;
    return this.#dream(this.labels.value);
  }

  /** Asks for the dreams of these labels. A later call takes over from an earlier one. */
  async #dream(labels: readonly ScratchLabel[]): Promise<void> {
    const turn = ++this.#dreamt;
    for (const { id, taught } of labels) {
      if (taught === 0) continue;
      const count = this.state.value?.preset === "exact" ? 1 : DREAMS;
      const pictures = await this.#attempt(() => this.#line.call((api) => api.dreams(id, count, this.#seed)));
      if (turn !== this.#dreamt || !pictures) return;
      this.dreams.value = new Map(this.dreams.value).set(id, pictures);
    }
  }

  /**
   * Shows dreams while it trains. While it learns to answer they are new every time, as are those that it
   * rehearses; while it learns to dream they are the same ones, and a person sees them change.
   */
  #dreamAlong(): { end(): void } {
    let ended = false;
    const along = async (): Promise<void> => {
      for (let turn = 1; !ended; turn++) {
        await new Promise((done) => setTimeout(done, DREAM_AGAIN));
        const training = this.training.value;
        if (ended || !training) return;
        if (training.known) await this.#dream(this.#changing(training));
        else if (turn % SELDOM === 0) await this.#dreamAnew();
      }
    };
    void along();
    return {
      end: () => {
        ended = true;
      },
    };
  }

  /** Labels whose dreams change now: of the article's one dreamer all, else that which is taught. */
  #changing({ label }: Training): readonly ScratchLabel[] {
    if (this.state.value?.preset === "article") return this.labels.value;
    return this.labels.value.filter(({ id }) => id === label);
  }

  /* ── labels ── */

  async addLabel(name: string): Promise<boolean> {
    const view = await this.#attempt(() => this.#line.call((api) => api.addLabel(name)));
    if (!view) return false;
    this.#show(view);
    this.say(words.said.made(name.trim()));
    return true;
  }

  async rename(label: number, name: string): Promise<void> {
    if (name.trim() === this.nameOf(label)) return;
    const view = await this.#attempt(() => this.#line.call((api) => api.rename(label, name)));
    if (!view) return;
    this.#show(view);
    this.say(words.said.renamed(this.nameOf(label)));
  }

  /* ── the collection ── */

  /** Puts a backup, or nothing, in the place of what cannot be opened. */
  async openInPlace(file: File | null): Promise<void> {
    this.trouble.value = [];
    const bytes = file && new Uint8Array(await file.arrayBuffer());
    const view = await this.#attempt(() => this.#line.call((api) => api.openInPlace(this.#options(), bytes)));
    if (!view) return;
    this.#show(view);
    this.phase.value = { kind: "ready" };
    this.say(file ? words.said.opened(view.labels.length - 1) : words.said.anew);
    await this.#dreamAnew();
  }

  async choose(preset: ScratchPreset, rehearsal: boolean): Promise<void> {
    remembered.remember({ preset, rehearsal });
    await this.#reopen();
  }

  async computeOn(device: "webgpu" | "cpu"): Promise<void> {
    remembered.remember({ device });
    await this.#attempt(async () => this.#show(await this.#openStorage()));
  }

  async #reopen(): Promise<void> {
    const view = await this.#attempt(() => this.#line.call((api) => api.open(this.#options())));
    if (view) this.#show(view);
  }

  async startAnew(): Promise<void> {
    this.asksAnew.value = false;
    this.waiting.value = [];
    this.halted.value = null;
    if (this.learning.value) await this.stop();
    const view = await this.#attempt(() => this.#line.call((api) => api.startAnew(this.#options())));
    if (!view) return;
    this.#forget();
    this.#show(view);
    this.say(words.said.anew);
  }

  async saveBackup(): Promise<void> {
    const bytes = await this.#attempt(() => this.#line.call((api) => api.exportFile()));
    if (!bytes) return;
    const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/x-keepsake" });
    saveFile(file, "keepsake-drawings");
    this.say(saidElsewhere.saved);
  }

  async openBackup(file: File): Promise<void> {
    this.trouble.value = [];
    const bytes = new Uint8Array(await file.arrayBuffer());
    const view = await this.#attempt(() => this.#line.call((api) => api.importFile(bytes)));
    if (!view) return;
    this.#forget();
    this.#show(view);
    this.say(words.said.opened(view.labels.length - 1));
    await this.#dreamAnew();
  }

  /** What is shown of a collection that is no longer there. */
  #forget(): void {
    this.training.value = null;
    this.dreams.value = new Map();
    this.clear();
  }
}

/** Puts the portions of one training's progress together. */
class Report {
  #phase: ScratchProgress["phase"] | null = null;
  #losses: number[] = [];
  #started = 0;
  #first = 0;

  constructor(private readonly tell: (part: Pick<Training, "progress" | "losses" | "perSecond">) => void) {}

  add(portion: readonly ScratchProgress[]): void {
    for (const progress of portion) {
      if (progress.phase !== this.#phase) {
        this.#phase = progress.phase;
        this.#losses = [];
        this.#started = performance.now();
        this.#first = progress.step;
      }
      while (this.#losses.length < progress.step) this.#losses.push(progress.loss);
    }
    const last = portion.at(-1);
    if (!last) return;
    const passed = (performance.now() - this.#started) / 1000;
    const steps = last.step - this.#first;
    this.tell({
      progress: last,
      losses: [...this.#losses],
      perSecond: passed > 0.2 && steps > 0 ? steps / passed : null,
    });
  }
}
