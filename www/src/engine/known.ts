// Which files are in the album already, without opening them: by path, size and time of last change, and
// by size alone where the content has to be asked.

import type { Origin } from "keepsake";
import type { AlbumFile } from "./album";
import type { PhotoId } from "./engine";
import type { Found } from "./files";
import { pairs, stemOf } from "./gather";

/** A file as it is: another one at its path, or it itself once it is written to, has another key. */
export function keyOf({ path, file }: Found): string {
  return `${file.size}/${file.lastModified}/${path}`;
}

/** The key that a photo's file had. */
function keyThen({ path, size, modified }: Origin): string {
  return `${size}/${modified}/${path}`;
}

/** Where a photo came from, as its file says it. */
export function originOf(
  { path, file, companions }: Found & { readonly companions: readonly Found[] },
  taken: number | null | undefined,
): Origin {
  const { size, lastModified: modified } = file;
  return { path, size, modified, taken, companions: companions.map((one) => one.path) };
}

export class Known {
  readonly #byFile = new Map<string, PhotoId>();
  readonly #origins = new Map<PhotoId, Origin>();
  /** Also those of photos that are gone: then a file is read for nothing. */
  readonly #sizes = new Set<number>();
  /** By folder and name, without what that ends with. Also those of photos that are gone. */
  readonly #byStem = new Map<string, Set<PhotoId>>();
  /** Photos of which it is not known where they came from: any file can be one of them. */
  readonly #unplaced = new Set<PhotoId>();

  /** The album is empty now. */
  clear(): void {
    this.#byFile.clear();
    this.#origins.clear();
    this.#sizes.clear();
    this.#byStem.clear();
    this.#unplaced.clear();
  }

  /** A photo that is new, or comes from elsewhere now. */
  place({ id, origin }: Pick<AlbumFile, "id" | "origin">): void {
    const before = this.#origins.get(id);
    if (before && this.#byFile.get(keyThen(before)) === id) this.#byFile.delete(keyThen(before));
    if (!origin) {
      this.#origins.delete(id);
      this.#unplaced.add(id);
      return;
    }
    this.#unplaced.delete(id);
    this.#origins.set(id, origin);
    this.#byFile.set(keyThen(origin), id);
    this.#sizes.add(origin.size);
    const stem = stemOf(origin.path);
    this.#byStem.set(stem, (this.#byStem.get(stem) ?? new Set()).add(id));
  }

  /** The photo that came from just this file. */
  byFile(found: Found): PhotoId | undefined {
    return this.#byFile.get(keyOf(found));
  }

  /** Whether a photo of the album can have this content: if not, the file need not be read to know that. */
  mayHold({ size }: File): boolean {
    return this.#unplaced.size > 0 || this.#sizes.has(size);
  }

  /**
   * The photo that a file lies beside as a camera's raw file and its JPEG do: by folder and name, and by the
   * second in which both were taken, since cameras count on to the same name again. Asked without that: any
   * that it may be.
   */
  beside({ path }: Found, taken?: number | undefined): PhotoId | undefined {
    for (const id of this.#byStem.get(stemOf(path)) ?? []) {
      const origin = this.#origins.get(id);
      if (!origin || !pairs(origin.path, path) || typeof origin.taken !== "number") continue;
      if (taken === undefined || taken === origin.taken) return id;
    }
    return undefined;
  }

  origin(photo: PhotoId): Origin | undefined {
    return this.#origins.get(photo);
  }
}

/**
 * The origin that a photo has from now on, when its content was met in a file: null where it stays. A file
 * that lies where it lay is only copied; else it was moved, renamed, or written anew.
 */
export function moved(before: Origin | undefined, now: Origin, present: ReadonlySet<string>): Origin | null {
  if (before && keyThen(before) === keyThen(now) && same(before.companions, now.companions)) return null;
  if (before && keyThen(before) !== keyThen(now) && present.has(keyThen(before))) return null;
  return { ...now, taken: now.taken ?? before?.taken };
}

/** The origin of a photo that a file lies beside, which goes along with it from now on; null where it does. */
export function joined(
  before: Origin,
  { path, companions }: Pick<Found, "path"> & { readonly companions: readonly Pick<Found, "path">[] },
): Origin | null {
  const there = [before.path, ...(before.companions ?? [])];
  const more = [path, ...companions.map((one) => one.path)].filter((one) => !there.includes(one));
  return more.length === 0 ? null : { ...before, companions: [...there.slice(1), ...more] };
}

function same(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
