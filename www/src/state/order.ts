/** The orders in which the photos of a section stand. */
import type { Photo } from "../engine/engine";

export const SORTS = ["certain", "doubtful", "date", "name", "folder"] as const;
export type Sort = (typeof SORTS)[number];

type Order = (a: Photo, b: Photo) => number;

const names = new Intl.Collator(undefined, { numeric: true });
const arrival: Order = (a, b) => a.id - b.id;
const byName: Order = (a, b) => names.compare(a.name, b.name) || arrival(a, b);

export function certainty(photo: Photo): number {
  return photo.prediction?.certainty ?? 0;
}

/** When it was taken, else when its file was last changed; null where neither is known. */
export function dayOf({ origin }: Photo): number | null {
  return origin?.taken ?? origin?.modified ?? null;
}

/** The folder a photo came from, with `/` between; empty where none is known. */
export function folderOf({ origin }: Photo): string {
  const path = origin?.path ?? "";
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function byFolder(a: string, b: string): number {
  return names.compare(a, b);
}

/** What is left comes first, then what was accepted, then what was taught. */
function rank({ taught, accepted }: Photo): number {
  return taught !== null ? 2 : accepted !== null ? 1 : 0;
}

/**
 * By certainty what is left comes first: a confident mistake is the one worth seeing. Whoever wants the
 * days or the names in order gets just that.
 */
export const orders: Readonly<Record<Sort, Order>> = {
  certain: (a, b) => rank(a) - rank(b) || certainty(b) - certainty(a) || arrival(a, b),
  doubtful: (a, b) => rank(a) - rank(b) || certainty(a) - certainty(b) || arrival(a, b),
  date: (a, b) => (dayOf(b) ?? 0) - (dayOf(a) ?? 0) || byName(a, b),
  name: byName,
  folder: byName,
};
