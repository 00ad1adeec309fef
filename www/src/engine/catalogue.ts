// The catalogue of a person's collections: what the list of them shows, and when one was deleted. The
// collections themselves are the learner's; this is kept beside them, in a database of its own, and can be
// made anew from what the learner lists.

import { FIRST, isId, newId } from "./collection-address";
import { ask, type Kept } from "./one-table";

/** One of a person's collections. */
export interface Collection {
  /** Names its storage; never shown. */
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly made: number;
  /** How much there was in it when it was open last. */
  readonly photos: number;
  readonly labels: number;
  /** Four small pictures of it, or fewer. */
  readonly pictures: readonly ArrayBuffer[];
  /** When it was deleted, in milliseconds since 1970: it can be brought back for {@link KEPT_DAYS}. */
  readonly deleted: number | null;
}

/** What the learner says of a collection that it keeps. */
export interface Stored {
  readonly name: string;
  readonly photos: number;
  readonly lessons: number;
  readonly labels: number;
}

/** How long a deleted collection can be brought back. */
export const KEPT_DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

const KEPT: Kept = { database: "keepsake-collections", table: "collections" };

/** When a deleted collection goes for good, in milliseconds since 1970. */
export function goesAt(deleted: number): number {
  return deleted + KEPT_DAYS * DAY;
}

/** Its time to be brought back is over. */
export function isOver({ deleted }: Collection, now: number): boolean {
  return deleted !== null && now >= goesAt(deleted);
}

export function isLive({ deleted }: Collection): boolean {
  return deleted === null;
}

export function fresh(id: string, name: string, now: number): Collection {
  return { id, name, made: now, photos: 0, labels: 0, pictures: [], deleted: null };
}

/**
 * What the catalogue lacks: collections that are stored and not in it, since it was lost, and one to begin
 * with where there is none. `name` says what the next one is called, given the names that there are.
 */
export function missing(
  all: readonly Collection[],
  stored: readonly Stored[],
  name: (taken: readonly string[]) => string,
  now: number,
): readonly Collection[] {
  const known = new Set(all.map(({ id }) => id));
  const taken = all.map((one) => one.name);
  const added: Collection[] = [];
  const add = (id: string, counts: Pick<Collection, "photos" | "labels">) => {
    const one = { ...fresh(id, name(taken), now), ...counts };
    taken.push(one.name);
    added.push(one);
  };
  for (const { name: id, photos, lessons, labels } of stored) {
    // One that holds nothing is no loss.
    if (isId(id) && !known.has(id) && photos + lessons + labels > 0) add(id, { photos, labels });
  }
  if (![...all, ...added].some(isLive)) add(known.has(FIRST) ? newId() : FIRST, { photos: 0, labels: 0 });
  return added;
}

/** Everything in the catalogue, the oldest first. */
export async function readAll(): Promise<readonly Collection[]> {
  const all = await ask<Collection[]>(KEPT, "readonly", (table) => table.getAll());
  return all.sort((a, b) => a.made - b.made || a.id.localeCompare(b.id));
}

/** Changes one, as it is now; null takes it out. */
export function change(
  id: string,
  to: (now: Collection | undefined) => Collection | null | undefined,
): Promise<void> {
  return ask(KEPT, "readwrite", (table) => {
    const found = table.get(id);
    found.onsuccess = () => {
      const next = to(found.result as Collection | undefined);
      if (next === null) table.delete(id);
      else if (next) table.put(next, id);
    };
    return found;
  });
}
