/** How a scratch learner is opened. */
export interface ScratchOptions {
  /** Which collection; each name has its own, apart from those of `Learner`. Default: "drawings". */
  name?: string;
  /**
   * How it learns. "exact": fixed random filters and a head that is solved exactly; best, at once, and
   * in any order. "rehearse": a generator for each label makes pictures of it to rehearse.
   * "article": one network and one conditional GAN. Default: "exact".
   * A collection in which something was taught keeps how it was begun, whatever is asked for here; so
   * it does with the next three.
   */
  preset?: ScratchPreset;
  /** Whether earlier labels are rehearsed. Off, the newest label pushes them out. Default: true. */
  rehearsal?: boolean;
  /** Steps of each teach, at most. */
  maxIter?: number;
  /** Where its random numbers begin. Default: 0. */
  seed?: number;
  /** Where it lasts. "memory" lasts as long as the page. Default: "indexeddb". */
  storage?: "indexeddb" | "memory";
  /** What computes. "auto" takes a real graphics card where there is one. Default: "cpu". */
  device?: "auto" | "webgpu" | "cpu";
}

export type ScratchPreset = "article" | "rehearse" | "exact";

/** A label of a scratch learner. 0 is "none of these", which is always there. */
export interface ScratchLabel {
  id: number;
  name: string;
  /** Its place among the labels, from 1, for a colour. 0 for label 0. */
  slot: number;
  /** How many pictures it was taught with. */
  taught: number;
  /** How many pictures of it were tried after the last teach: of the last dozen taught since opening. */
  tried: number;
  /** How many of them were known. */
  known: number;
}

/** Where training stands. */
export interface ScratchProgress {
  /**
   * What is being trained: what answers, or what makes pictures to rehearse. When the second begins, the
   * label is stored and answered already.
   */
  phase: "classifier" | "generator";
  /** The label that is being taught. */
  label: number;
  /** Steps done in this phase, from 1, of how many. */
  step: number;
  steps: number;
  /** Loss of the last step. */
  loss: number;
}

/** What teaching came to. */
export interface ScratchLesson {
  label: number;
  /** Steps of the classifier that were done. */
  steps: number;
  /** Loss of the last one; null where there was none. */
  loss: number | null;
  /** Whether it was stopped before its end. */
  stopped: boolean;
}

/** The last lesson: what undo or redo would do, such as "Taught Cup"; null where there is nothing. */
export interface ScratchHistory {
  undo: string | null;
  redo: string | null;
  /** The label that was taught in it. */
  label: number | null;
}

/** What a picture is. */
export interface ScratchPrediction {
  /** The likeliest label; null when nothing was taught. */
  label: number | null;
  name: string | null;
  probability: number;
  /** Every label that was taught, the likeliest first. */
  ranked: ScratchGuess[];
}

export interface ScratchGuess {
  label: number;
  name: string;
  probability: number;
}

/** How a collection learns, and on what. */
export interface ScratchState {
  preset: ScratchPreset;
  rehearsal: boolean;
  /** Side of the pictures that it sees, in pixels. */
  side: number;
  device: "webgpu" | "cpu";
  /** The graphics card's name, where one computes and says it. */
  card: string;
}
