/**
 * The way of somebody who names one photo after the other. The focus moves on when the key is pressed,
 * not when the lesson is learned; until then photos are sorted anew, and the one with the focus may
 * have left the section that is being gone through. The way goes on there all the same.
 */
import type { Section, TileId } from "./sections";

export interface Walk {
  /** The photo that has the focus now. */
  readonly at: TileId;
  /** The section that is gone through. */
  readonly section: string;
  /** What was still to come. */
  readonly ahead: readonly TileId[];
}

export interface Ground {
  readonly sections: readonly Section[];
  /** Whether a tile may be next: not one that was just dealt with. */
  free(tile: TileId): boolean;
  untaught(tile: TileId): boolean;
}

/** One step on from a tile; null where there is nowhere to go. `before` is the step that led there, if one did. */
export function walkOn(ground: Ground, from: TileId, before: Walk | null): Walk | null {
  const going = before?.at === from ? before : null;
  const key = going?.section ?? ground.sections.find(({ tiles }) => tiles.includes(from))?.key;
  const tiles = ground.sections.find((section) => section.key === key)?.tiles ?? [];
  if (key === undefined) return null;
  const here = new Set(tiles);
  const planned = going?.ahead ?? [];
  const ahead = here.has(from)
    ? successors(tiles, from)
    : [...planned.filter((tile) => here.has(tile)), ...tiles];
  // What was to come and is now sorted elsewhere comes last, and only while nobody named it.
  const order = new Set([...ahead, ...planned.filter((tile) => ground.untaught(tile))]);
  for (const tile of order) {
    if (!ground.free(tile)) continue;
    order.delete(tile);
    return { at: tile, section: key, ahead: [...order] };
  }
  return null;
}

/** The tiles after one, then those before it, nearest first. */
function successors(tiles: readonly TileId[], from: TileId): readonly TileId[] {
  const at = tiles.indexOf(from);
  return [...tiles.slice(at + 1), ...tiles.slice(0, at).reverse()];
}
