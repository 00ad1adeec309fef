/**
 * Where everything in the album stands, by arithmetic alone: every height is known before a
 * photo is there, so ten thousand tiles cost no more than the few dozen on the screen.
 * All lengths are CSS pixels; `y` counts from the top of the album.
 */
import type { Section, TileId } from "./sections";

export interface Metrics {
  /** Inner width of the album. */
  readonly width: number;
  /** Smallest side of a tile; tiles grow to fill the row. */
  readonly tile: number;
  readonly gap: number;
  /** Under the photo: label, certainty, pin. */
  readonly foot: number;
  readonly rowGap: number;
  /** Height of a section's header, and the space below a section. */
  readonly head: number;
  readonly below: number;
}

export interface Band {
  readonly section: Section;
  readonly top: number;
  /** Top of its first row. */
  readonly rowsTop: number;
  readonly rows: number;
  readonly bottom: number;
  /** Height of one row with the gap under it. */
  readonly pitch: number;
}

export interface Layout {
  readonly columns: number;
  readonly side: number;
  readonly gap: number;
  readonly bands: readonly Band[];
  readonly height: number;
  readonly where: Places;
}

/** Where each tile is. There may be thousands, so it is one number for each: its place in the whole album. */
export class Places {
  readonly #order = new Map<TileId, number>();
  /** The place at which each section begins. */
  readonly #starts: number[] = [];
  #next = 0;

  /** The tiles of the next section. */
  add(tiles: readonly TileId[]): void {
    this.#starts.push(this.#next);
    for (const tile of tiles) this.#order.set(tile, this.#next++);
  }

  has(tile: TileId): boolean {
    return this.#order.has(tile);
  }

  get(tile: TileId): Place | undefined {
    const at = this.#order.get(tile);
    if (at === undefined) return undefined;
    // The last section that begins there or before.
    let [band, end] = [0, this.#starts.length];
    while (end - band > 1) {
      const middle = (band + end) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) band = middle;
      else end = middle;
    }
    return { band, index: at - (this.#starts[band] ?? 0) };
  }
}

/** A tile's section and its number in it. */
export interface Place {
  readonly band: number;
  readonly index: number;
}

/** A section without any tile still says something in one line. */
const EMPTY_LINE = 44;

/** Whether a section's tiles stand without a foot. */
export function isBare(section: Section): boolean {
  return section.kind === "all" || section.kind === "rest" || section.kind === "failed";
}

export function layout(sections: readonly Section[], metrics: Metrics): Layout {
  const { width, tile, gap, foot, rowGap, head, below } = metrics;
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const side = Math.max(1, (width - gap * (columns - 1)) / columns);
  const where = new Places();
  const bands: Band[] = [];
  let top = 0;
  for (const section of sections) {
    // Before anything is named a tile has nothing to say, so it needs no foot.
    const bare = isBare(section);
    const pitch = bare ? side + gap : side + foot + rowGap;
    const rows = Math.ceil((section.tiles.length + section.waiting) / columns);
    const rowsTop = top + head;
    const bottom = rowsTop + (section.folded ? 0 : (rows > 0 ? rows * pitch : EMPTY_LINE) + below);
    where.add(section.tiles);
    bands.push({ section, top, rowsTop, rows, bottom, pitch });
    top = bottom;
  }
  return { columns, side, gap, bands, height: top, where };
}

/** The rows of a band that touch the given span, first and one past the last. */
export function rowsWithin(band: Band, from: number, to: number): readonly [number, number] {
  const first = Math.floor((from - band.rowsTop) / band.pitch);
  const last = Math.ceil((to - band.rowsTop) / band.pitch);
  return [Math.min(Math.max(first, 0), band.rows), Math.min(Math.max(last, 0), band.rows)];
}

/** The corner of a tile; undefined when the album does not show it. */
export function position(of: Layout, id: TileId): { readonly x: number; readonly y: number } | undefined {
  const place = of.where.get(id);
  const band = place && of.bands[place.band];
  if (!place || !band) return undefined;
  const row = Math.floor(place.index / of.columns);
  const column = place.index % of.columns;
  return { x: column * (of.side + of.gap), y: band.rowsTop + row * band.pitch };
}

/** The first tile at or below a height. */
export function firstBelow(of: Layout, y: number): TileId | undefined {
  for (const band of of.bands) {
    if (band.bottom <= y || band.section.tiles.length === 0) continue;
    const row = Math.max(0, Math.ceil((y - band.rowsTop) / band.pitch));
    const id = band.section.tiles[row * of.columns];
    if (id !== undefined) return id;
  }
  return undefined;
}

export type Step = "left" | "right" | "up" | "down" | "home" | "end" | "first" | "last";

/** The tile one step away, over the borders of sections; undefined at the album's ends. */
export function step(of: Layout, from: TileId, to: Step): TileId | undefined {
  const place = of.where.get(from);
  const band = place && of.bands[place.band];
  if (!place || !band) return undefined;
  const { tiles } = band.section;
  const { columns } = of;
  const column = place.index % columns;
  const filled = of.bands.filter((other) => other.section.tiles.length > 0);
  const at = filled.indexOf(band);
  const before = filled[at - 1]?.section.tiles;
  const after = filled[at + 1]?.section.tiles;
  switch (to) {
    case "left":
      return tiles[place.index - 1] ?? before?.at(-1);
    case "right":
      return tiles[place.index + 1] ?? after?.[0];
    case "home":
      return tiles[place.index - column];
    case "end":
      return tiles[Math.min(place.index - column + columns, tiles.length) - 1];
    case "first":
      return filled[0]?.section.tiles[0];
    case "last":
      return filled.at(-1)?.section.tiles.at(-1);
    case "up": {
      const above = tiles[place.index - columns];
      if (above !== undefined || !before) return above;
      const lastRow = Math.floor((before.length - 1) / columns) * columns;
      return before[Math.min(lastRow + column, before.length - 1)];
    }
    case "down": {
      const below = tiles[place.index + columns];
      if (below !== undefined) return below;
      const lastRow = Math.floor((tiles.length - 1) / columns) * columns;
      // The last row may be short: then its last tile stands for the missing one.
      if (place.index < lastRow) return tiles.at(-1);
      return after?.[Math.min(column, after.length - 1)];
    }
  }
}

/** All tiles from one to another in reading order, both included. */
export function between(of: Layout, a: TileId, b: TileId): readonly TileId[] {
  const order = of.bands.flatMap((band) => band.section.tiles);
  const [from, to] = [order.indexOf(a), order.indexOf(b)].sort((x, y) => x - y) as [number, number];
  return from < 0 ? [] : order.slice(from, to + 1);
}
