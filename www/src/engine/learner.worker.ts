// The worker that holds the learner: the one place that teaches, predicts and stores. After every
// action it answers with the whole visible state in flat arrays, so the page never asks twice and
// never shows half of a change.

import { expose, transfer } from "comlink";
import init, {
  type AlbumPredictions,
  type Changes,
  Glance,
  type History,
  type KeptLearner,
  type Label,
  Learner,
  type LookAgain,
  type Mended,
  type NewPhoto,
  type Origin,
  type Photo,
  type Problem,
  type Renewal,
  type Why,
} from "keepsake";
import type { AlbumFile } from "./album";
import { crossing } from "./failure";
import { findGlance, GLANCE_FROM, keepGlance } from "./glance";
import { meet } from "./meet";
import type { Decides, Meeting } from "./meeting";

/** What the page draws, as of one moment. */
export interface LearnerState {
  /** The files of photos that are news: all photos, in the album's order, or some. */
  readonly album: { readonly all: boolean; readonly files: readonly AlbumFile[] };
  readonly predictions: AlbumPredictions;
  /** The last photo that nothing is said of, since nothing changed up to it; null where all is said anew. */
  readonly after: number | null;
  /** Photos that were accepted meanwhile, each as that label; what they say of the others comes with `think`. */
  readonly accepted?: ReadonlyMap<number, number>;
  /** Photos of one scene; undefined while they are as before, or photos are still coming in. */
  readonly bursts: readonly (readonly number[])[] | undefined;
  readonly labels: readonly Label[];
  readonly history: History;
  /** Records that are damaged and were set aside. */
  readonly problems: readonly Problem[];
}

/** How the learner was opened. */
export type Storage = "indexeddb" | "memory";

/** The learner, or the one that is being opened: every call waits for it. */
let opened: Promise<Learner> | undefined;

/** What the tab that writes tells the others. */
export interface Told {
  readonly changes: Changes;
  /** What undo would take back there. */
  readonly undo: string | null;
}

/** A look into the collection that is being opened. */
let glancing: Glance | undefined;

function endGlance(): void {
  glancing?.free();
  glancing = undefined;
}

/** The revision of which the last glance was kept, or shown. */
let glanced: string | undefined;

async function open(): Promise<Learner> {
  if (!opened) throw new Error("The learner was not opened.");
  return opened;
}

/** Opens anew once the one before is closed, so that two calls end in the mode of the later. */
async function openAnew(
  before: Promise<Learner> | undefined,
  name: string,
  storage: Storage,
  readOnly: boolean,
): Promise<Learner> {
  // One that could not be opened, or not be closed, keeps nothing from being opened.
  await before?.then((learner) => learner.close()).catch(() => undefined);
  const learner = await Learner.open({ name, storage, readOnly });
  // What is changed from here on can be told.
  await learner.changes();
  return learner;
}

function filesOf(l: Learner): readonly AlbumFile[] {
  return l.photos().map(({ id, name, origin }) => ({ id, name, origin }));
}

/** How often the album had changed when it was last told as a whole. */
let told = 0;

/** What of the album is news: all of it, all of it if it changed since it was told, or these photos. */
type News = "all" | "photos" | readonly AlbumFile[];

/** `after`: the photo up to which nothing but that is news. */
function state(l: Learner, news: News, after: number | null = null): LearnerState {
  const predictions = l.predictAll(after ?? undefined);
  const changes = l.albumChanges();
  const all = news === "all" || (news === "photos" && changes !== told);
  if (all) told = changes;
  const buffers = Object.values(predictions).flatMap((part) =>
    ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : [],
  );
  return transfer(
    {
      album: { all, files: all ? filesOf(l) : typeof news === "string" ? [] : news },
      predictions,
      after,
      // Another network's features make other bursts of the same photos.
      bursts: typeof news === "string" ? l.bursts() : undefined,
      labels: l.labels(),
      history: l.history(),
      problems: l.problems(),
    },
    buffers,
  );
}

/** A collection that nobody has open, made of what a file holds; where that cannot be used, there is none. */
async function fill(name: string, file: Uint8Array): Promise<void> {
  const made = await Learner.open({ name });
  try {
    await made.import(file, "replace");
    await made.close();
  } catch (thrown) {
    await made.close().catch(() => undefined);
    await Learner.delete(name).catch(() => undefined);
    throw thrown;
  }
}

const api = {
  start: (core: WebAssembly.Module): Promise<void> =>
    crossing(async () => {
      await init({ module_or_path: core });
    }),

  /** What there is to be seen of a large collection that is as it was left; whoever asks opens it next. */
  glance: (name: string): Promise<LearnerState | undefined> =>
    crossing(async () => {
      glancing = await Glance.of(name);
      const revision = await glancing?.revision();
      const shown = revision === undefined ? undefined : await findGlance(name, revision);
      if (shown) glanced = revision;
      else endGlance();
      return shown;
    }),

  /** Keeps what there is to be seen, for the next time. */
  keepGlance: (name: string): Promise<void> =>
    crossing(async () => {
      const l = await open();
      const revision = await l.revision();
      if (revision === undefined || revision === glanced) return;
      // What is here is of this revision, since nothing came in between.
      const all = told;
      const shown = state(l, "all");
      told = all;
      if (shown.album.files.length < GLANCE_FROM) return;
      await keepGlance(name, revision, shown);
      glanced = revision;
    }),

  /** Opens the collection, or opens it anew to see what another tab wrote. */
  open: (name: string, storage: Storage, readOnly: boolean): Promise<LearnerState> =>
    crossing(async () => {
      opened = openAnew(opened, name, storage, readOnly);
      try {
        return state(await opened, "all");
      } finally {
        endGlance();
      }
    }),

  /** What was changed since this was asked last, for other tabs; undefined where they are to read all anew. */
  news: (): Promise<Told | undefined> =>
    crossing(async () => {
      const l = await open();
      const changes = await l.changes();
      return changes && { changes, undo: l.history().undo };
    }),

  /** Reads what another tab told of, in order; undefined where the collection is to be opened anew. */
  follow: (news: readonly Told[]): Promise<LearnerState | undefined> =>
    crossing(async () => {
      const l = await open();
      const here = await l.revision();
      // What it was opened with, it need not be told.
      const first = news.findLastIndex(({ changes }) => changes.after === here) + 1;
      const [next, ...later] = news.slice(first);
      if (!next) return state(l, []);
      let { changes, undo } = next;
      for (const { changes: more, undo: latest } of later) {
        if (more.before !== changes.after) return undefined;
        const tables = Uint8Array.of(...changes.tables, ...more.tables);
        const keys = Float64Array.of(...changes.keys, ...more.keys);
        changes = { before: changes.before, after: more.after, tables, keys };
        undo = latest;
      }
      if (!(await l.follow(changes))) return undefined;
      // Steps of undo are the other tab's; whoever takes over reads them.
      return { ...state(l, "photos"), history: { undo, redo: null } };
    }),

  /** Which collections there are, of this page and of others. */
  list: (): Promise<KeptLearner[]> => crossing(() => Learner.list()),

  deleteCollection: (name: string): Promise<void> => crossing(() => Learner.delete(name)),

  fillCollection: (name: string, file: Uint8Array): Promise<void> => crossing(() => fill(name, file)),

  copyCollection: (from: string, to: string): Promise<void> =>
    crossing(async () => {
      const source = await Learner.open({ name: from, readOnly: true });
      const file = await source.export().finally(() => source.close());
      await fill(to, file);
    }),

  /** What two collections would make. */
  meet: (first: string, second: string, decides: Decides): Promise<Meeting> =>
    crossing(async () => {
      const { made, meeting } = await meet(first, second, decides);
      await made.close();
      return meeting;
    }),

  /** Makes it. */
  putTogether: (first: string, second: string, decides: Decides, to: string): Promise<Meeting> =>
    crossing(async () => {
      const { made, meeting } = await meet(first, second, decides);
      const file = await made.export().finally(() => made.close());
      await fill(to, file);
      return meeting;
    }),

  addPhotos: (photos: NewPhoto[], continued: boolean): Promise<{ ids: number[]; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const known = new Set(photos.flatMap(({ key }) => l.find(key) ?? []));
      const ids = await l.addPhotos(photos, continued);
      // Only those that are new: to list an album of thousands for each portion would take longer than to add it.
      const files = ids.flatMap((id, at) => {
        const { name = "", origin = null } = photos[at] ?? {};
        if (known.has(id)) return [];
        known.add(id);
        return [{ id, name, origin }];
      });
      // New numbers are higher than all that were given.
      const [first] = files;
      return { ids, state: state(l, files, first ? first.id - 1 : Number.MAX_SAFE_INTEGER) };
    }),

  /** The photo of the album with this content. */
  find: (key: Uint8Array): Promise<number | undefined> => crossing(async () => (await open()).find(key)),

  bursts: (): Promise<readonly (readonly number[])[]> => crossing(async () => (await open()).bursts()),

  setOrigins: (origins: (Origin & { photo: number })[]): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.setOrigins(origins);
      return state(l, "all");
    }),

  removePhotos: (ids: number[]): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.removePhotos(ids);
      return state(l, "all");
    }),

  /** Those that are `alike` are accepted as the label with it. */
  teach: (
    ids: number[],
    label: number | string,
    alike: number[],
  ): Promise<{ label: number; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const lesson = await l.teachAlike(ids, alike, label);
      return { label: lesson.label, state: state(l, []) };
    }),

  takeBack: (photos: number[]): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.takeBack(photos);
      return state(l, []);
    }),

  /** `last`: the album's last photo. Nothing is predicted, so that it is shown as done at once: see `think`. */
  accept: (accepted: ReadonlyMap<number, number>, last: number): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.accept([...accepted.keys()], [...accepted.values()]);
      return { ...state(l, [], last), accepted };
    }),

  /** What is thought of all photos now. */
  think: (): Promise<LearnerState> => crossing(async () => state(await open(), [])),

  addLabel: (name: string): Promise<{ label: number; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const label = await l.addLabel(name);
      return { label: label.id, state: state(l, []) };
    }),

  rename: (label: number, name: string): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.rename(label, name);
      return state(l, []);
    }),

  removeLabel: (label: number): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.removeLabel(label);
      return state(l, []);
    }),

  mergeLabels: (from: number, into: number): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.mergeLabels(from, into);
      return state(l, []);
    }),

  step: (direction: "undo" | "redo"): Promise<{ what: string; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const what = await l[direction]();
      return { what, state: state(l, "photos") };
    }),

  photo: (id: number): Promise<Photo> => crossing(async () => (await open()).photo(id)),

  why: (id: number, most: number): Promise<Why | undefined> =>
    crossing(async () => (await open()).why(id, most)),

  thumbnail: (id: number): Promise<Blob | undefined> =>
    crossing(async () => {
      // Of one that cannot be read now the learner says why.
      const early = await glancing?.thumbnail(id).catch(() => undefined);
      return early ?? (await open()).thumbnail(id);
    }),

  /** Which eye saw what is here; undefined while nothing is. */
  eye: (): Promise<Uint8Array | undefined> => crossing(async () => (await open()).eye()),

  renew: (eye: Uint8Array, looks: LookAgain[]): Promise<{ renewal: Renewal; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const renewal = await l.renew(eye, looks);
      return { renewal, state: state(l, "all") };
    }),

  exportFile: (): Promise<Blob> => crossing(async () => (await open()).exportBlob()),

  problems: (): Promise<readonly Problem[]> => crossing(async () => (await open()).problems()),

  mend: (bytes: Uint8Array): Promise<Mended & { state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const mended = await l.mend(bytes);
      return { ...mended, state: state(l, "all") };
    }),

  leaveOut: (records: Problem[], eye: Uint8Array | undefined): Promise<LearnerState> =>
    crossing(async () => {
      const l = await open();
      await l.leaveOut(records, eye);
      return state(l, "all");
    }),

  importFile: (
    bytes: Uint8Array,
    how: "replace" | "merge",
  ): Promise<{ lessons: number; state: LearnerState }> =>
    crossing(async () => {
      const l = await open();
      const summary = await l.import(bytes, how);
      return { lessons: summary.lessons, state: state(l, "all") };
    }),
};

export type LearnerApi = typeof api;
expose(api);
