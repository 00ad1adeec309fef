// Carries a plan out, photo by photo: one work at a time, with how far it is, and Stop. What cannot be
// taken along is noted with why, and the rest goes on.

import { signal } from "@preact/signals";
import type { LabelId, Photo } from "../engine/engine";
import { safeName } from "./names";
import type { Outlet } from "./outlet";
import type { Why } from "./packet";
import { type Item, type Plan, partsOf, pathOf } from "./plan";
import { withTag } from "./tag";
import { merged, type Program, sidecar, sidecarName } from "./xmp";
import { Zip } from "./zip";

export type Way = "folders" | "zip" | "tags" | "table" | "script";
/** What is done: folders also by moving the originals, and what was moved is brought back. */
export type Deed = Way | "move" | "back";

/** Whether originals are written in this way: they must be at hand. */
export const needsOriginals = (way: Way): boolean => way === "folders" || way === "zip";
/** Whether photos go into folders of their labels. */
export const intoFolders = (way: Way): boolean => needsOriginals(way) || way === "script";

/** A file that was not taken along. */
export interface Fault {
  readonly path: string;
  readonly why:
    | "absent"
    | "unreadable"
    | "unlike"
    | "refused"
    | "full"
    | "unwritten"
    | "no-xmp"
    | "xmp-absent"
    | "other-name"
    | "twice"
    | "leads-out"
    // Only where originals are moved.
    | "changed"
    | "closed"
    | "together"
    | "odd-path"
    | "no-list"
    // Only where they are brought back.
    | "gone"
    | "occupied"
    | "changed-since"
    | "no-folder";
}

/** A photo that was copied without a tag, though it was to get one. */
export interface Untagged {
  readonly path: string;
  readonly why: Exclude<Why, "kind">;
}

/** Copies with the label in them, and those that are the originals as they are. */
export interface Tags {
  readonly tagged: number;
  readonly untagged: readonly Untagged[];
}

export interface Result {
  readonly way: Deed;
  readonly at: number;
  readonly photos: number;
  readonly planned: number;
  readonly folders: number;
  readonly faults: readonly Fault[];
  /** Originals that were copied and could not be deleted. */
  readonly stayed: readonly Fault[];
  /** Null where no copy was to get one. */
  readonly tags: Tags | null;
  readonly stopped: boolean;
  readonly seconds: number;
  readonly where: string;
  /** The folder of originals in which that place lies. */
  readonly within: string | null;
  /** Photos that lay where they were to go. */
  readonly already: number;
}

/** The originals, as far as they are at hand. */
export interface Originals {
  file(photo: Photo): File | undefined;
  companion(photo: Photo, path: string): File | undefined;
}

/** What is written of a photo: its original, or a copy that has the label in it. */
export interface Meant {
  readonly content: Blob;
  /** True: it has. Why not, where it could be. Null: it was not to. */
  readonly tag: true | Why | null;
}

/** Decides that; a file of no label is what it is. Throws where the original cannot be read. */
export type Meaning = (original: File, label: LabelId | null) => Promise<Meant>;

export const asItIs: Meaning = async (content) => ({ content, tag: null });

/** The label in each copy that can hold it. */
export function labelled(nameOf: (label: LabelId) => string): Meaning {
  return async (original, label) => {
    if (label === null) return { content: original, tag: null };
    const made = await withTag(original, nameOf(label));
    return made instanceof Blob ? { content: made, tag: true } : { content: original, tag: made };
  };
}

export class Work {
  readonly done = signal(0);
  /** Photos that were dealt with, label by label. */
  readonly perLabel = signal<ReadonlyMap<LabelId | null, number>>(new Map());
  readonly faults: Fault[] = [];
  readonly #stayed: Fault[] = [];
  /** Photos that were taken along. */
  taken = 0;
  /** Of these, photos that lay where they were to go. */
  already = 0;
  within: string | null = null;
  #tagged = 0;
  readonly #untagged: Untagged[] = [];
  readonly #abort = new AbortController();
  readonly #began = performance.now();

  constructor(
    readonly way: Deed,
    readonly total: number,
    /** What each photo's copy is to be. */
    readonly meaning: Meaning = asItIs,
  ) {}

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  stop(): void {
    this.#abort.abort();
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  fault(path: string, why: Fault["why"]): void {
    this.faults.push({ path, why });
  }

  /** An original was copied and is where it was. */
  stay(path: string, why: Fault["why"]): void {
    this.#stayed.push({ path, why });
  }

  /** A photo was written, with or without a tag. */
  wrote(path: string, tag: Meant["tag"]): void {
    if (tag === true) this.#tagged++;
    else if (tag !== null && tag !== "kind") this.#untagged.push({ path, why: tag });
  }

  /** A photo was dealt with. */
  next(label: LabelId | null, taken: boolean): void {
    if (taken) this.taken++;
    this.perLabel.value = new Map(this.perLabel.value).set(label, (this.perLabel.value.get(label) ?? 0) + 1);
    this.done.value++;
  }

  result(folders: number, where: string): Result {
    const { way, taken: photos, total: planned, faults, stopped, seconds, within, already } = this;
    const tags = this.meaning === asItIs ? null : { tagged: this.#tagged, untagged: this.#untagged };
    const so = { way, at: Date.now(), photos, planned, folders, faults, stayed: this.#stayed, tags };
    return { ...so, stopped, seconds, where, within, already };
  }
}

/** Bytes that one download may have: more than some browsers can hold. */
export const PART = 2_000_000_000;

/** The items in parts of no more than `limit` bytes; one that alone is larger is a part by itself. */
export function inParts(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  limit: number,
): readonly (readonly Item[])[] {
  const parts: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = parts.at(-1);
    if (last && bytes + size <= limit) {
      last.push(item);
      bytes += size;
    } else {
      parts.push([item]);
      bytes = size;
    }
  }
  return parts;
}

/** The photos with what belongs to them. Throws what the outlet throws: then there is no ZIP. */
export async function writePhotos(
  items: readonly Item[],
  from: Originals,
  outlet: Outlet,
  work: Work,
): Promise<void> {
  const zip = new Zip(outlet);
  for (const { photo, label, step, companions } of items) {
    if (work.stopped) break;
    const taken = await put(zip, outlet, from.file(photo), step, work, label);
    for (const other of taken ? companions : []) {
      await put(zip, outlet, from.companion(photo, other.from), other, work, null);
    }
    work.next(label, taken);
  }
  await zip.end();
}

async function put(
  zip: Zip,
  outlet: Outlet,
  file: File | undefined,
  { from, to }: { readonly from: string; readonly to: string },
  work: Work,
  label: LabelId | null,
): Promise<boolean> {
  if (!file) {
    work.fault(from, "absent");
    return false;
  }
  try {
    const { content, tag } = await work.meaning(file, label);
    await zip.add(to, content, file.lastModified);
    work.wrote(from, tag);
    return true;
  } catch (thrown) {
    if (outlet.failed) throw thrown;
    work.fault(from, "unreadable");
    return false;
  }
}

/** XMP files, where the photos lie. */
export async function writeTags(
  items: readonly Item[],
  nameOf: (label: LabelId) => string,
  program: Program,
  from: Originals,
  outlet: Outlet,
  work: Work,
): Promise<void> {
  const zip = new Zip(outlet);
  const seen = new Set<string>();
  for (const { photo, label } of items) {
    if (work.stopped) break;
    if (label === null) continue;
    const fault = await putTag(zip, photo, nameOf(label), program, from, seen);
    if (fault) work.fault(pathOf(photo), fault);
    work.next(label, fault === undefined);
  }
  await zip.end();
}

async function putTag(
  zip: Zip,
  photo: Photo,
  label: string,
  program: Program,
  from: Originals,
  seen: Set<string>,
): Promise<Fault["why"] | undefined> {
  const [folders, name] = partsOf(pathOf(photo));
  const path = [...folders, sidecarName(name, program)];
  // Under another name no program finds it.
  if (path.some((part) => safeName(part) !== part.normalize("NFC"))) return "other-name";
  const to = path.join("/");
  if (seen.has(to)) return "twice";
  seen.add(to);
  const existing = photo.origin?.companions?.find((one) => one.toLowerCase() === to.toLowerCase());
  let text: string | null = sidecar(label);
  if (existing !== undefined) {
    const file = from.companion(photo, existing);
    if (!file) return "xmp-absent";
    try {
      text = merged(await file.text(), label);
    } catch {
      return "unreadable";
    }
  }
  if (text === null) return "no-xmp";
  await zip.add(to, new Blob([text]), Date.now());
  return undefined;
}

/** Photos of a plan that a tag can be given. */
export function tagged(plan: Plan): readonly Item[] {
  return plan.items.filter(({ label }) => label !== null);
}
