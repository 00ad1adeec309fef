/** A collection that this browser keeps. */
export interface KeptLearner {
  /** As it was opened by. */
  name: string;
  photos: number;
  lessons: number;
  /** Without "none of these". */
  labels: number;
}

/** Which records of a collection are others now than they were, as `Learner.changes` tells them. */
export interface Changes {
  /** The collection's revision before. */
  before: string;
  /** And after. */
  after: string;
  /** The table of each record, and… */
  tables: Uint8Array;
  /** …its number in it. */
  keys: Float64Array;
}

/** A label. Numbers never come to mean another label. 0 is "none of these", which is always there. */
export interface Label {
  id: number;
  name: string;
  /** Its place among the labels, from 1, for a colour: it stays when others go. 0 for label 0. */
  slot: number;
  /** How many lessons it has. */
  lessons: number;
}

/** Something that was taught. */
export interface Lesson {
  id: number;
  label: number;
  /** The photo it was taught with, if that is in the album. */
  photo: number | null;
  /** SHA-256 of the bytes it was taught with, in hex; null where that is not known. */
  key: string | null;
}

/** A photo of the album. */
export interface Photo {
  id: number;
  name: string;
  /** SHA-256 of the file, in hex. */
  key: string;
  /** Size of the original in pixels, upright. */
  width: number;
  height: number;
  /** The lesson taught with it, and that lesson's label. */
  lesson: number | null;
  label: number | null;
  /** The label it was accepted as, where it is not taught. */
  accepted: number | null;
  /** The file it came from, where that is known. */
  origin: Origin | null;
}

/** The file that a photo was read from. It may come from a stranger's file: for people to read. */
export interface Origin {
  /** Folders first, with `/` between, the file's name last. */
  path: string;
  /** In bytes. */
  size: number;
  /** When it was last changed, in milliseconds since 1970. */
  modified: number;
  /** When the photo was taken by the camera's clock, as if that showed UTC. */
  taken?: number | null | undefined;
  /** Paths of the files that belong to it, such as its RAW. */
  companions?: string[] | undefined;
}

/** A label and its calibrated probability, 0 to 1. */
export interface Ranked {
  label: number;
  name: string;
  probability: number;
}

/** What a photo is. */
export interface Prediction {
  /** The likeliest label; null when nothing was taught. */
  label: number | null;
  name: string | null;
  probability: number;
  /** Too unlikely, or too close to the second, to go by. */
  notSure: boolean;
  /** Every label that has lessons, the likeliest first. */
  ranked: Ranked[];
}

/** What every photo of the album is, in the order of `photos()`, as flat arrays. */
export interface AlbumPredictions {
  /** Numbers of the photos, `[n]`. */
  photos: Float64Array;
  /** The lesson taught with each photo, `[n]`; 0 where there is none. */
  lessons: Float64Array;
  /** That lesson's label, `[n]`; -1 where there is none. */
  taught: Int32Array;
  /** The label it was accepted as, `[n]`; -1 where it was not. */
  accepted: Int32Array;
  /** 1 where the learner is not sure, `[n]`. Never of a taught or accepted photo. */
  notSure: Uint8Array;
  /** The three likeliest labels by what was learnt, `[n, 3]`; -1 where there are fewer. */
  rankedLabels: Int32Array;
  /** Their probabilities, `[n, 3]`. */
  rankedProbabilities: Float32Array;
}

/**
 * Why a photo stands under its label. A label's score is a sum with one part per lesson; its lead is how
 * far that is above the mean of all labels' scores: `lead` = the speakers' `speaks` + `rest`.
 */
export interface Why {
  /** As taught or accepted, else the likeliest. */
  label: number;
  lead: number;
  /** Lessons like the photo that speak most for the label, the loudest first; a photo's own is among them. */
  speakers: Speaker[];
  /** What everything else adds. */
  rest: number;
}

/** A lesson that speaks for a photo's label. */
export interface Speaker {
  lesson: number;
  /** What it was taught. */
  label: number;
  /** Its photo, if that is in the album. */
  photo: number | null;
  /** What it adds to the lead, above 0. */
  speaks: number;
  /** Its part of all that speaks for the label, 0 to 1. */
  share: number;
}

/** What undo and redo would do, such as "Taught Skirt"; null when there is nothing. */
export interface History {
  undo: string | null;
  redo: string | null;
}

/** How often the learner would be right about each lesson, had it not been taught that one. */
export interface Report {
  labels: LabelReport[];
  /** How many lessons of the row's label were taken for the column's, in the order of `labels`. */
  confusion: number[][];
  /** Share of the tested lessons that were right, 0 to 1; null when none could be tested. */
  accuracy: number | null;
  /** Mean of that share over the labels. */
  balancedAccuracy: number | null;
  /** Lessons that the others contradict. */
  mistakes: Mistake[];
}

export interface LabelReport {
  label: number;
  name: string;
  lessons: number;
  /** How many were tested: none where the label has one lesson, or no other label has any; a part of very many. */
  tested: number;
  right: number;
}

export interface Mistake {
  lesson: number;
  photo: number | null;
  label: number;
  predicted: number;
}

/** What going over to another eye did. */
export interface Renewal {
  /** Photos that go along, with their lessons. */
  photos: number;
  /** Photos that were not looked at again, and are gone. */
  lostPhotos: number;
  /** Lessons that went with these, or had no photo. */
  lostLessons: number;
}

/** What an import added. */
export interface ImportSummary {
  labels: number;
  photos: number;
  lessons: number;
  /** Lessons that the file has under another label than the one here, which stays. */
  kept: number;
}

/** A stored record that cannot be read. It stays where it is until it is mended or left out. */
export interface Problem {
  /** Which record it is; both null where that is not known any more. */
  table: "meta" | "labels" | "lessons" | "photos" | "thumbnails" | "origins" | "accepted" | null;
  key: number | null;
  /** What it was: of the collection, which eye it belongs to ("description"), the highest numbers ever
   * given, or a step of undo; the name of a label, a lesson, a photo; of a photo its small picture, the
   * file it came from, that it was accepted. */
  was:
    | "unknown"
    | "description"
    | "numbers"
    | "undo"
    | "label"
    | "lesson"
    | "photo"
    | "picture"
    | "origin"
    | "accepted";
  /** What the damaged photo was taught, which is kept. */
  label: number | null;
  /** How many lessons the label has, which are kept under a name that says that its own was lost. */
  lessons: number;
  /** Name of the photo whose small picture, origin or acceptance it was. */
  photo: string | null;
  /** The last action that touched it, as undo names it. */
  step: string | null;
  /** What is wrong with it, as a sentence. */
  sentence: string;
}

/** What taking damaged records from a file did. */
export interface Mended {
  /** Records that are whole again, or that were damaged and are not needed any more. */
  records: number;
  /** Those of them that were not needed: the same photo was added again, or taught anew. */
  outdated: number;
  /** Records that are damaged still: the file does not hold them. */
  left: number;
}
