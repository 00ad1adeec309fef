// Which of the files that were found are photos, which belong to one, and which are left out.
//
//   IMG_1.jpg ◄── IMG_1.cr2, IMG_1.mov (a Live Photo's), IMG_1.xmp, IMG_1.jpg.xmp      one tile
//   clip.mp4, notes.txt                                                                left out

import type { Found } from "./files";
import { addTo } from "./groups";
import { type Kind, kindOf, type OtherKind, split } from "./kinds";

/** A file that becomes a photo, with the files beside it that belong to it and go where it goes. */
export interface Gathered extends Found {
  readonly companions: readonly Found[];
}

/** A file that does not become a photo. */
export interface LeftOut {
  readonly path: string;
  readonly kind: OtherKind;
}

export interface Sorted {
  readonly photos: readonly Gathered[];
  readonly leftOut: readonly LeftOut[];
}

/** Whose companions they are where several photos have the name: what a camera writes beside its raw file first. */
const FIRST = ["jpg", "jpeg", "heic", "heif", "hif"];

function rank(path: string): number {
  const at = FIRST.indexOf(split(path).extension);
  return at < 0 ? FIRST.length : at;
}

/** What a photo takes along, by what it is itself: a raw file has no other raw file. */
const COMPANIONS: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  photo: ["raw", "video", "sidecar"],
  raw: ["video", "sidecar"],
};

/** By folder and name two files of one shot: what the camera wrote of its raw data, and those. */
export function pairs(one: string, other: string): boolean {
  const [a, b] = [kindOf(one), kindOf(other)];
  const written = a === "raw" ? other : one;
  return (a === "raw") !== (b === "raw") && rank(written) < FIRST.length && stemOf(one) === stemOf(other);
}

/** Of both the same, and of next to no other file. */
export function stemOf(path: string): string {
  return folded(split(path).stem);
}

/** Files of one drop, by their paths alone; in the order in which they were found. */
export function gather(found: readonly Found[]): Sorted {
  const kinds = new Map(found.map((one) => [one, kindOf(one.path)]));
  /** By path without what the name ends with: the photo to which others of that name belong. */
  const owners = new Map<string, Found>();
  const byPath = new Map<string, Found>();
  for (const kind of ["photo", "raw"] as const) {
    for (const one of found.filter((other) => kinds.get(other) === kind)) {
      byPath.set(folded(one.path), one);
      const stem = stemOf(one.path);
      const owner = owners.get(stem);
      if (!owner || (kinds.get(owner) === kind && rank(one.path) < rank(owner.path))) owners.set(stem, one);
    }
  }
  const companions = new Map<Found, Found[]>();
  const belonging = new Set<Found>();
  for (const one of found) {
    const kind = kinds.get(one) ?? "unknown";
    const stem = stemOf(one.path);
    // “IMG_1.jpg.xmp” is that photo's, whatever else has the name IMG_1.
    const named = kind === "sidecar" ? byPath.get(stem) : undefined;
    const own = named && kinds.get(named) === "raw" ? owners.get(stemOf(named.path)) : named;
    const owner = own ?? owners.get(stem);
    if (!owner || owner === one || !COMPANIONS[kinds.get(owner) ?? "unknown"]?.includes(kind)) continue;
    belonging.add(one);
    addTo(companions, owner, one);
  }
  const photos: Gathered[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of found) {
    if (belonging.has(one)) continue;
    const kind = kinds.get(one) ?? "unknown";
    if (kind === "photo" || kind === "raw" || kind === "unknown") {
      photos.push({ ...one, companions: companions.get(one) ?? [] });
    } else leftOut.push({ path: one.path, kind });
  }
  return { photos, leftOut };
}

/** Cameras write IMG_1.JPG and IMG_1.cr2. */
function folded(path: string): string {
  return path.toLowerCase();
}
