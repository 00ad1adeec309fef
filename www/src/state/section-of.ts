// For tests: a section of some tiles, all other things being nothing.

import type { Section, TileId } from "./sections";

export function sectionOf(key: string, tiles: readonly TileId[], more: Partial<Section> = {}): Section {
  return {
    key,
    kind: "label",
    label: 1,
    folder: null,
    tiles,
    bursts: new Map(),
    open: new Map(),
    waiting: 0,
    count: tiles.length,
    taught: 0,
    done: 0,
    folded: false,
    ...more,
  };
}
