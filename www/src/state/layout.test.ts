import { expect, test } from "@playwright/test";
import { between, firstBelow, layout, type Metrics, position, rowsWithin, step } from "./layout";
import { sectionOf } from "./section-of";
import type { Section } from "./sections";

const metrics: Metrics = { width: 420, tile: 132, gap: 12, foot: 28, rowGap: 8, head: 56, below: 24 };

function section(key: string, tiles: readonly number[], waiting = 0): Section {
  return sectionOf(key, tiles, { waiting });
}

const album = layout([section("a", [1, 2, 3, 4, 5]), section("b", []), section("c", [6, 7, 8, 9])], metrics);

test("tiles fill the width, as many as fit", () => {
  expect(album.columns).toBe(3);
  expect(album.side).toBe(132);
  expect(layout([], { ...metrics, width: 100 }).columns).toBe(1);
});

test("a row is the photo, its foot and the gap", () => {
  expect(position(album, 1)).toEqual({ x: 0, y: 56 });
  expect(position(album, 5)).toEqual({ x: 144, y: 56 + 132 + 28 + 8 });
  expect(position(album, 99)).toBeUndefined();
});

test("places for photos to come have their height already", () => {
  const before = layout([section("a", [1], 8)], metrics);
  const after = layout([section("a", [1, 2, 3, 4, 5, 6], 3)], metrics);
  expect(after.height).toBe(before.height);
  expect(position(after, 1)).toEqual(position(before, 1));
});

test("only rows that touch the span are drawn", () => {
  const tall = layout(
    [
      section(
        "a",
        Array.from({ length: 10_000 }, (_, i) => i),
      ),
    ],
    metrics,
  );
  const band = tall.bands[0];
  expect(band).toBeDefined();
  if (!band) return;
  const [from, to] = rowsWithin(band, 100_000, 100_900);
  expect(to - from).toBeLessThanOrEqual(7);
  expect(rowsWithin(band, -500, 0)).toEqual([0, 0]);
  expect(rowsWithin(band, tall.height, tall.height + 500)).toEqual([band.rows, band.rows]);
});

test("arrows cross the borders of sections and skip empty ones", () => {
  expect(step(album, 1, "right")).toBe(2);
  expect(step(album, 5, "right")).toBe(6);
  expect(step(album, 6, "left")).toBe(5);
  expect(step(album, 2, "down")).toBe(5);
  expect(step(album, 3, "down")).toBe(5);
  expect(step(album, 4, "down")).toBe(6);
  expect(step(album, 7, "up")).toBe(5);
  expect(step(album, 8, "up")).toBe(5);
  expect(step(album, 1, "left")).toBeUndefined();
  expect(step(album, 9, "down")).toBeUndefined();
  expect(step(album, 5, "home")).toBe(4);
  expect(step(album, 4, "end")).toBe(5);
  expect(step(album, 5, "first")).toBe(1);
  expect(step(album, 1, "last")).toBe(9);
});

test("a span of tiles runs in reading order, whichever end comes first", () => {
  expect(between(album, 4, 7)).toEqual([4, 5, 6, 7]);
  expect(between(album, 7, 4)).toEqual([4, 5, 6, 7]);
  expect(between(album, 4, 99)).toEqual([]);
});

test("the first tile at a height keeps its place when photos move", () => {
  expect(firstBelow(album, 0)).toBe(1);
  expect(firstBelow(album, 100)).toBe(4);
  expect(firstBelow(album, album.height)).toBeUndefined();
});

test("a folded section is its header and nothing else", () => {
  const folded = { ...section("b", []), count: 9, folded: true };
  const place = layout([section("a", [1, 2]), folded, section("c", [3])], metrics);
  const [, band] = place.bands;
  expect(band && band.bottom - band.top).toBe(metrics.head);
  expect(step(place, 2, "right")).toBe(3);
});
