/**
 * What the page knows of the learner: its state as signals, its actions as promises.
 * Nothing in `parts/` or `state/` reaches below this file; workers, storage and the service
 * worker are the engine's own affair.
 */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Problem as Damaged, Mended, Origin, Renewal, Photo as Stored, Why } from "keepsake";
import type { Group } from "../sw/files";
import type { Collections } from "./collections";
import type { Dropped, Found } from "./files";
import type { LeftOut } from "./gather";
import type { Folder, Original, Search } from "./originals";

/** A stored record that cannot be read. */
export type { Damaged, Mended };

/** A label's number. 0 is *none of these* and always exists. */
export type LabelId = number;
/** A photo's number in the album. */
export type PhotoId = number;

/** One label the learner considers, with its calibrated probability, 0 to 1. */
export interface Candidate {
  readonly label: LabelId;
  readonly probability: number;
}

/** What the learner thinks of one photo. */
export interface Prediction {
  /** The likeliest label, and its probability. */
  readonly likeliest: LabelId;
  readonly certainty: number;
  /** The likeliest labels, most likely first, at most three. */
  readonly ranked: readonly Candidate[];
  /** Too unlikely, or too close to the second, to be sorted under its first label. */
  readonly notSure: boolean;
}

/** A photo of the album. Objects are never changed: a changed photo is a new object. */
export interface Photo {
  readonly id: PhotoId;
  readonly name: string;
  /** The label a person taught it, if any. */
  readonly taught: LabelId | null;
  /** The label that a person found right, where it is not taught: it stays, and is no lesson. */
  readonly accepted: LabelId | null;
  /** The file it came from, where that is known. */
  readonly origin: Origin | null;
  /** What the learner thinks; null until two labels have lessons: one alone would be everything. */
  readonly prediction: Prediction | null;
}

/** What is stored of a photo's file. */
export type FileFacts = Stored;

/** A photo whose file, or what belongs to it, lies elsewhere now. */
export interface Relocated {
  readonly photo: PhotoId;
  readonly origin: Origin;
  /** Undefined: only what belongs to it. */
  readonly file: File | undefined;
  readonly companions: readonly Found[];
}

/** A file that could not become a photo. It stays until it is left out. */
export interface Failure {
  readonly id: number;
  readonly name: string;
  /** Stable: see `keepsake::Error::code`; the page has a sentence for each. */
  readonly code: string;
  readonly message: string;
}

/** A label and how many lessons teach it. `labels` holds them by ascending number. */
export interface Label {
  readonly id: LabelId;
  readonly name: string;
  readonly lessons: number;
}

/** Guesses mean something once two labels have lessons: with one, everything is that one. */
export function canGuess(labels: readonly Label[]): boolean {
  return labels.filter((label) => label.lessons > 0).length > 1;
}

/** How many lessons all labels have. */
export function lessonsIn(labels: readonly Label[]): number {
  return labels.reduce((sum, label) => sum + label.lessons, 0);
}

/** Photos that are looked at again, by another network. */
export interface Renewing {
  readonly done: number;
  readonly total: number;
}

/** Photos on their way in. */
export interface Importing {
  readonly done: number;
  readonly total: number;
  /** How many more were here already: they are not part of the total, or done. */
  readonly known: number;
  /** Photos a second over the last few seconds; null until it can be told. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
  /** Files found so far while folders are walked; null once they were. */
  readonly found: number | null;
  /** Photos are being taught the label that they were dropped on. */
  readonly teaching: boolean;
  /** Why the rest waits: nothing can be stored. Null while it can. */
  readonly waits: Problem | null;
}

/** What one step back, or forward, would do, in words; null when there is none. */
export interface History {
  readonly undo: string | null;
  readonly redo: string | null;
}

/** An error as the page shows it: `code` chooses the words, `message` is the detail. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Where the engine is between the first byte and the first photo. */
export type Phase =
  | { readonly kind: "opening"; readonly received: number; readonly total: number | null }
  | { readonly kind: "ready" }
  /** The address is of a collection that was deleted, and can be brought back. */
  | { readonly kind: "deleted" }
  | { readonly kind: "failed"; readonly problem: Problem };

/** What is stored, and how safe it is. Sizes in bytes; null where the browser does not say. */
export interface Storage {
  /** Lessons that are in this tab only, because a write failed. */
  readonly unsaved: number;
  /** The last failed write, until one succeeds. */
  readonly problem: Problem | null;
  /** The browser agreed not to clear this origin. */
  readonly persisted: boolean | null;
  readonly used: number | null;
  readonly allowed: number | null;
  /** Milliseconds since 1970 of the last export, and how many lessons came after it. */
  readonly backup: { readonly at: number; readonly lessonsSince: number } | null;
  /** Many lessons came since the last backup, and nothing takes one by itself. */
  readonly backupDue: boolean;
  /** Records that are damaged and were set aside. */
  readonly setAside: readonly Damaged[];
}

/** The backup that the page takes by itself, into a file that the person chose. */
export type BackupFile =
  /** This browser lets no page write to a file. */
  | { readonly kind: "unsupported" }
  | { readonly kind: "none" }
  /** `earlier`: what the file was before this visit is kept, too. */
  | { readonly kind: "kept"; readonly name: string; readonly upToDate: boolean; readonly earlier: boolean }
  /** The browser wants the person to allow it again. */
  | { readonly kind: "asks"; readonly name: string }
  | { readonly kind: "failed"; readonly name: string; readonly problem: Problem };

/** What takes up the room, in bytes. */
export interface Sizes {
  /** What the network knows the photos by. */
  readonly photos: number;
  /** Their small pictures, by the size of some of them. */
  readonly pictures: number;
  readonly lessons: number;
}

/** Whether the page opens without a network. */
export type Offline =
  | { readonly kind: "unsupported" }
  | { readonly kind: "preparing" }
  /** Not every file could be fetched; it is tried again. */
  | { readonly kind: "incomplete" }
  | {
      readonly kind: "ready";
      readonly files: number;
      readonly bytes: number;
      /** What is kept besides what every visit needs: the drawing page, what drives a graphics card. */
      readonly groups: readonly Group[];
    };

/** What shall compute: the page's own choice, the graphics card through WebGPU, or the processor. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** Why the processor computes. */
export type WhyProcessor =
  /** The person chose it. */
  | "chosen"
  /** Nobody has asked for a card yet, or it is being made ready. */
  | "looking"
  | "starting"
  /** The browser has no WebGPU, or no card for it. */
  | "no-webgpu"
  | "no-card"
  /** A program on the processor plays the card, more slowly than the processor by itself. */
  | "software"
  /** The card takes too little at once. */
  | "too-small"
  /** It could not be opened. */
  | "failed"
  /** It stopped and will be tried once more; it stopped again and will not. */
  | "lost"
  | "lost-again";

/** What computes. */
export interface Device {
  readonly kind: "cpu" | "gpu";
  readonly choice: DeviceChoice;
  /** Null where a card computes. */
  readonly why: WhyProcessor | null;
  /** What the card, or the browser, said when it failed. */
  readonly detail: string;
  /** The card's name, as far as the browser tells it. */
  readonly card: string;
  /** A program on the processor plays the card that computes. */
  readonly software: boolean;
  readonly threads: number;
  /** Median time of one photo's feature, once one was measured. */
  readonly millisecondsPerPhoto: number | null;
}

/** Pictures of our own to try the page with. */
export interface Samples {
  readonly count: number;
  /** Addresses of eight of them, two of each kind. */
  readonly previews: readonly string[];
}

/** What an action did to the other photos. */
export interface Outcome {
  /** How many photos are now sorted under another label, or newly sorted. */
  readonly changed: number;
}

/**
 * The learner, its album and its storage, as the page uses them.
 * Every action rejects with a {@link Problem} and then leaves everything as it was.
 */
export interface Engine {
  readonly phase: ReadonlySignal<Phase>;
  readonly photos: ReadonlySignal<readonly Photo[]>;
  /** Photos of one scene, such as five taken within a second, in the order in which they were taken. */
  readonly bursts: ReadonlySignal<readonly (readonly PhotoId[])[]>;
  readonly failures: ReadonlySignal<readonly Failure[]>;
  /** Files of this visit that are no photos. */
  readonly leftOut: ReadonlySignal<readonly LeftOut[]>;
  readonly labels: ReadonlySignal<readonly Label[]>;
  readonly importing: ReadonlySignal<Importing | null>;
  readonly history: ReadonlySignal<History>;
  readonly storage: ReadonlySignal<Storage>;
  readonly offline: ReadonlySignal<Offline>;
  readonly device: ReadonlySignal<Device>;
  /** Another tab holds the pen: this one follows along, and its actions reject. */
  readonly otherTab: ReadonlySignal<boolean>;
  /** Files that the last visit of this tab was left without reading; 0 once that was said. */
  readonly unread: Signal<number>;
  readonly updateReady: ReadonlySignal<boolean>;
  /** There is a new version of which a file could not be fetched. */
  readonly updateIncomplete: ReadonlySignal<boolean>;
  readonly samples: Samples;
  readonly version: string;
  /** All of the person's collections, this page's among them. */
  readonly collections: Collections;
  /** Tells the list of them what is here now, before it is looked at or left. */
  summarise(): Promise<void>;

  /** A photo's small picture (square, 320 px); undefined when it is lost. */
  thumbnail(photo: PhotoId): Promise<Blob | undefined>;

  /** What is stored of a photo's file. */
  facts(photo: PhotoId): Promise<FileFacts>;
  /** The lessons that speak most for a photo's label; undefined while there is nothing to compare. */
  why(photo: PhotoId, most: number): Promise<Why | undefined>;
  /** A photo's own file, where it was added on this visit. */
  here(photo: PhotoId): File | undefined;
  /** Where the photo's own file is. */
  original(photo: FileFacts, abort: AbortSignal, searching: (search: Search) => void): Promise<Original>;
  /**
   * The whole of a large JPEG, smaller and sooner than the browser has it, at least so many pixels wide if
   * that can be; the caller's to close. Undefined where the browser is to be waited for.
   */
  draft(file: Blob, width: number, abort: AbortSignal): Promise<ImageBitmap | undefined>;
  /** A picture of a file that the browser itself does not show; undefined where there is none to be had. */
  drawn(file: File, abort: AbortSignal): Promise<Blob | undefined>;
  /** A file that belongs to a photo, such as its RAW, by its path; undefined where it is not at hand. */
  companion(photo: PhotoId, path: string): File | undefined;
  /** Counts up whenever an original may be at hand that was not. */
  readonly originalsNews: ReadonlySignal<number>;
  /** Folders that were dropped or chosen, to be remembered where the browser can. */
  keepFolders(folders: readonly (FileSystemHandle | null)[]): Promise<void>;
  /** The folders that are remembered. */
  folders(): Promise<readonly Folder[]>;
  /** Notes where files lie now. */
  relocate(photos: readonly Relocated[]): Promise<void>;
  /** Asks to be let at the remembered folders again. In a gesture only. */
  allowFolders(): Promise<void>;
  /** Files that were chosen for photos that are here already: nothing is added. */
  offerOriginals(files: readonly File[]): void;

  /** Reads files and folders into the album; with a label, teaches them with it once all are read. */
  addFiles(files: readonly Dropped[], label?: LabelId): Promise<void>;
  addSamples(): Promise<void>;
  /** The photos are being looked at again, since another network saw them before. */
  readonly renewing: ReadonlySignal<Renewing | null>;
  /** What that did, until it was read. */
  readonly renewed: Signal<Renewal | null>;
  /** Everything stays as it was, until the next visit. */
  stopRenewing(): void;
  /** Keeps what has been read. */
  stopImport(): void;
  /** Forgets the failures. */
  leaveOut(): void;
  /** Forgets which files were no photos. */
  forgetLeftOut(): void;
  removePhotos(photos: readonly PhotoId[]): Promise<Outcome>;

  /** Teaches or corrects; a name is found, or made. */
  /** Of these photos, those that are `alike` others of them are accepted as that label, and are no lessons. */
  teach(
    photos: readonly PhotoId[],
    label: LabelId | string,
    alike?: readonly PhotoId[],
  ): Promise<Outcome & { readonly label: LabelId }>;
  /** They are neither taught nor accepted any more. */
  takeBack(photos: readonly PhotoId[]): Promise<Outcome>;
  /** Each photo is right as its label, as one step; taught ones stay taught. */
  accept(photos: ReadonlyMap<PhotoId, LabelId>): Promise<Outcome>;
  addLabel(name: string): Promise<LabelId>;
  rename(label: LabelId, name: string): Promise<void>;
  removeLabel(label: LabelId): Promise<Outcome>;
  mergeLabels(from: LabelId, into: LabelId): Promise<Outcome>;
  undo(): Promise<Outcome & { readonly what: string }>;
  redo(): Promise<Outcome & { readonly what: string }>;

  /** Everything learnt, as one file. */
  exportFile(): Promise<Blob>;
  importFile(file: File, how: "replace" | "merge"): Promise<Outcome & { readonly lessons: number }>;

  /** Takes damaged records over from a backup: those, and nothing else of it. */
  mend(file: File): Promise<Outcome & Mended>;
  /** Deletes what is left of damaged records. No undo. */
  leaveOutDamaged(records: readonly Damaged[]): Promise<Outcome>;

  readonly backupFile: ReadonlySignal<BackupFile>;
  /** Lets the person choose a file that is kept up to date from then on. In a gesture only. */
  keepBackup(suggestedName: string, description: string): Promise<void>;
  /** Asks to be let at that file again. In a gesture only. */
  allowBackup(): Promise<void>;
  /** Writes it once more, after it failed. */
  writeBackup(): Promise<void>;
  /** The file stays as it is from now on. */
  stopBackup(): Promise<void>;
  /** What that file was before this visit. */
  earlierBackup(): Promise<Blob | undefined>;
  /** Not before many more lessons. */
  putOffBackup(): void;
  /** Deletes all that is kept of the person on this device, then starts the page again. No undo. */
  deleteEverything(): Promise<void>;
  /** What takes up the room. */
  measure(): Promise<Sizes>;

  /** Chooses what computes, on this device from now on. */
  chooseDevice(choice: DeviceChoice): void;

  /** Does again what could not be stored, and goes on with an import that waits. */
  saveAgain(): Promise<void>;
  /** Takes the pen from the other tab. */
  teachHere(): Promise<void>;
  /** Starts this tab again with the new version, everything kept; other tabs go on with theirs. */
  useUpdate(): Promise<void>;
}
