// The worker that holds the learner: the one place that teaches, predicts and stores. After every
// action it answers with the whole visible state in flat arrays, so the page never asks twice and
// never shows half of a change.

import { expose, transfer } from "comlink";
import init, { type AlbumPredictions, type History, type Label, Learner, type NewPhoto } from "keepsake";
import { crossing } from "./failure";

/** What the page draws, as of one moment. */
export interface LearnerState {
  /** Names of the album's photos in its order; null when they are as they were last time. */
  readonly album: readonly { readonly id: number; readonly name: string }[] | null;
  readonly predictions: AlbumPredictions;
  readonly labels: readonly Label[];
  readonly history: History;
  /** Records that were damaged and set aside, in words. */
  readonly problems: readonly string[];
}

/** How the learner was opened. */
export type Storage = "indexeddb" | "memory";

let learner: Learner | undefined;

function open(): Learner {
  if (!learner) throw new Error("The learner was not opened.");
  return learner;
}

function state(albumChanged: boolean): LearnerState {
  const l = open();
  const predictions = l.predictAll();
  const buffers = Object.values(predictions).flatMap((part) =>
    ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : [],
  );
  return transfer(
    {
      album: albumChanged ? l.photos().map(({ id, name }) => ({ id, name })) : null,
      predictions,
      labels: l.labels(),
      history: l.history(),
      problems: l.problems(),
    },
    buffers,
  );
}

const api = {
  start: (core: WebAssembly.Module): Promise<void> =>
    crossing(async () => {
      await init({ module_or_path: core });
    }),

  /** Opens the collection, or opens it anew to see what another tab wrote. */
  open: (name: string, storage: Storage, readOnly: boolean): Promise<LearnerState> =>
    crossing(async () => {
      const before = learner;
      learner = undefined;
      await before?.close();
      learner = await Learner.open({ name, storage, readOnly });
      return state(true);
    }),

  addPhotos: (photos: NewPhoto[], continued: boolean): Promise<{ ids: number[]; state: LearnerState }> =>
    crossing(async () => {
      const ids = await open().addPhotos(photos, continued);
      return { ids, state: state(true) };
    }),

  removePhotos: (ids: number[]): Promise<LearnerState> =>
    crossing(async () => {
      await open().removePhotos(ids);
      return state(true);
    }),

  teach: (ids: number[], label: number | string): Promise<{ label: number; state: LearnerState }> =>
    crossing(async () => {
      const lesson = await open().teach(ids, label);
      return { label: lesson.label, state: state(false) };
    }),

  unteach: (photos: number[]): Promise<LearnerState> =>
    crossing(async () => {
      const l = open();
      const chosen = new Set(photos);
      const lessons = l
        .photos()
        .flatMap((photo) => (chosen.has(photo.id) && photo.lesson !== null ? [photo.lesson] : []));
      if (lessons.length > 0) await l.unteach(lessons);
      return state(false);
    }),

  addLabel: (name: string): Promise<{ label: number; state: LearnerState }> =>
    crossing(async () => {
      const label = await open().addLabel(name);
      return { label: label.id, state: state(false) };
    }),

  rename: (label: number, name: string): Promise<LearnerState> =>
    crossing(async () => {
      await open().rename(label, name);
      return state(false);
    }),

  removeLabel: (label: number): Promise<LearnerState> =>
    crossing(async () => {
      await open().removeLabel(label);
      return state(false);
    }),

  mergeLabels: (from: number, into: number): Promise<LearnerState> =>
    crossing(async () => {
      await open().mergeLabels(from, into);
      return state(false);
    }),

  step: (direction: "undo" | "redo"): Promise<{ what: string; state: LearnerState }> =>
    crossing(async () => {
      const what = await open()[direction]();
      return { what, state: state(true) };
    }),

  thumbnail: (id: number): Promise<Blob | undefined> => crossing(() => open().thumbnail(id)),

  exportFile: (): Promise<Uint8Array> =>
    crossing(async () => {
      const bytes = await open().export();
      return transfer(bytes, [bytes.buffer as ArrayBuffer]);
    }),

  importFile: (
    bytes: Uint8Array,
    how: "replace" | "merge",
  ): Promise<{ lessons: number; state: LearnerState }> =>
    crossing(async () => {
      const summary = await open().import(bytes, how);
      return { lessons: summary.lessons, state: state(true) };
    }),
};

export type LearnerApi = typeof api;
expose(api);
