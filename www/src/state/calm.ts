/**
 * Calm where work is left: what is on the screen stays where it is, though every lesson would sort it
 * anew. A section that is seen keeps its order; what comes into it stands at its end, and what comes
 * back, as after an undo, has its old place again. Out of sight, or when asked, it is sorted again.
 */
import type { Section, TileId } from "./sections";

/** The tiles of `sorted` in the order that is `kept`, then those that are not in it, as they are sorted. */
export function inKeptOrder(kept: readonly TileId[], sorted: readonly TileId[]): readonly TileId[] {
  const here = new Set(sorted);
  const known = new Set(kept);
  return [...kept.filter((tile) => here.has(tile)), ...sorted.filter((tile) => !known.has(tile))];
}

export class Calm {
  /** The order that each section has on the screen, with the places of tiles that left it. */
  #kept = new Map<string, readonly TileId[]>();
  #view = "";
  #seen: ReadonlySet<string> = new Set();
  /** Sections that are not shown as they would be sorted now. */
  #unsorted: ReadonlySet<string> = new Set();

  /** The sections as they are to be shown. Another view of the photos keeps nothing of the last one. */
  sort(sections: readonly Section[], view: string): readonly Section[] {
    const before = view === this.#view ? this.#kept : new Map<string, readonly TileId[]>();
    const kept = new Map<string, readonly TileId[]>();
    const unsorted = new Set<string>();
    const result = sections.map((section) => {
      const old = this.#seen.has(section.key) ? before.get(section.key) : undefined;
      if (!old) {
        kept.set(section.key, section.tiles);
        return section;
      }
      const tiles = inKeptOrder(old, section.tiles);
      const places = new Set(old);
      kept.set(section.key, [...old, ...section.tiles.filter((tile) => !places.has(tile))]);
      if (tiles.every((tile, at) => tile === section.tiles[at])) return section;
      unsorted.add(section.key);
      return { ...section, tiles };
    });
    this.#view = view;
    this.#kept = kept;
    this.#unsorted = unsorted;
    return result;
  }

  /** Which sections are on the screen now. Whether one that left it is to be sorted again. */
  look(seen: ReadonlySet<string>): boolean {
    const left = [...this.#unsorted].some((key) => !seen.has(key));
    this.#seen = seen;
    return left;
  }
}
