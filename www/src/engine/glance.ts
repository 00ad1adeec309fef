// What is shown of a large collection while it is still being opened: to read ten thousand features and to
// learn from the lessons again takes seconds. When nothing has changed for a while, all that the page draws is
// kept as it is, beside the collection, with the revision that it is of. The collection names its revision
// when it is opened next; is that another one, or anything wrong with what was kept, nothing is shown early.

import type { AlbumPredictions } from "keepsake";
import type { LearnerState } from "./learner.worker";
import { ask, type Kept } from "./one-table";
import { hex, sha256 } from "./sha256";

/** From how many photos on it is worth the writing: fewer are there at once. */
export const GLANCE_FROM = 300;

const KEPT: Kept = { database: "keepsake-glances", table: "glances" };
/** Of the layout below. Another one is not read. */
const VERSION = 1;

/** Stored for a collection. */
interface Stored {
  readonly version: number;
  readonly revision: string;
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
  /** {@link Shown} as JSON, UTF-8. */
  readonly text: Uint8Array<ArrayBuffer>;
}

type Plain = { readonly [Part in keyof AlbumPredictions]: readonly number[] };
type Shown = Pick<LearnerState, "labels" | "bursts"> & {
  readonly files: LearnerState["album"]["files"];
  readonly predictions: Plain;
};

/** Keeps what is shown of a collection of this revision. */
export async function keepGlance(collection: string, revision: string, state: LearnerState): Promise<void> {
  const { album, labels, bursts } = state;
  const parts = Object.entries(state.predictions).map(([part, values]) => [part, Array.from(values)]);
  const shown: Shown = { files: album.files, labels, bursts, predictions: Object.fromEntries(parts) };
  const text = new TextEncoder().encode(JSON.stringify(shown));
  const stored: Stored = { version: VERSION, revision, digest: hex(await sha256(text)), text };
  await ask(KEPT, "readwrite", (table) => table.put(stored, collection));
}

/** What was kept of it, if that is of this revision, and whole. */
export async function findGlance(collection: string, revision: string): Promise<LearnerState | undefined> {
  const stored = await ask<Stored | undefined>(KEPT, "readonly", (table) => table.get(collection));
  if (stored?.version !== VERSION || stored.revision !== revision) return undefined;
  if (hex(await sha256(stored.text)) !== stored.digest) return undefined;
  const { files, labels, bursts, predictions }: Shown = JSON.parse(new TextDecoder().decode(stored.text));
  return {
    album: { all: true, files },
    predictions: {
      photos: Float64Array.from(predictions.photos),
      lessons: Float64Array.from(predictions.lessons),
      taught: Int32Array.from(predictions.taught),
      accepted: Int32Array.from(predictions.accepted),
      notSure: Uint8Array.from(predictions.notSure),
      rankedLabels: Int32Array.from(predictions.rankedLabels),
      rankedProbabilities: Float32Array.from(predictions.rankedProbabilities),
    },
    after: null,
    bursts,
    labels,
    // What can be undone, and what is damaged, only the collection itself tells.
    history: { undo: null, redo: null },
    problems: [],
  };
}

export async function forgetGlance(collection: string): Promise<void> {
  await ask(KEPT, "readwrite", (table) => table.delete(collection));
}
