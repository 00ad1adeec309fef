// Carries a plan out, photo by photo: one work at a time, with how far it is, and Stop. What cannot be
// taken along is noted with why, and the rest goes on.

import { signal } from "@preact/signals";
import type { LabelId, Photo } from "../engine/engine";
import { safeName } from "./names";
import type { Outlet } from "./outlet";
import { type Item, type Plan, partsOf, pathOf } from "./plan";
import { merged, type Program, sidecar, sidecarName } from "./xmp";
import { Zip } from "./zip";

export type Way = "folders" | "zip" | "tags" | "table";

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
    | "twice";
}

export interface Result {
  readonly way: Way;
  readonly at: number;
  readonly photos: number;
  readonly planned: number;
  readonly folders: number;
  readonly faults: readonly Fault[];
  readonly stopped: boolean;
  readonly seconds: number;
  readonly where: string;
}

/** The originals, as far as they are at hand. */
export interface Originals {
  file(photo: Photo): File | undefined;
  companion(photo: Photo, path: string): File | undefined;
}

export class Work {
  readonly done = signal(0);
  /** Photos that were dealt with, label by label. */
  readonly perLabel = signal<ReadonlyMap<LabelId | null, number>>(new Map());
  readonly faults: Fault[] = [];
  /** Photos that were taken along. */
  taken = 0;
  readonly #abort = new AbortController();
  readonly #began = performance.now();

  constructor(
    readonly way: Way,
    readonly total: number,
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

  /** A photo was dealt with. */
  next(label: LabelId | null, taken: boolean): void {
    if (taken) this.taken++;
    this.perLabel.value = new Map(this.perLabel.value).set(label, (this.perLabel.value.get(label) ?? 0) + 1);
    this.done.value++;
  }

  result(folders: number, where: string): Result {
    const { way, taken: photos, total: planned, faults, stopped, seconds } = this;
    return { way, at: Date.now(), photos, planned, folders, faults, stopped, seconds, where };
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
    const taken = await put(zip, outlet, from.file(photo), step, work);
    for (const other of taken ? companions : []) {
      await put(zip, outlet, from.companion(photo, other.from), other, work);
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
): Promise<boolean> {
  if (!file) {
    work.fault(from, "absent");
    return false;
  }
  try {
    await zip.add(to, file, file.lastModified);
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
