import { expect, test } from "@playwright/test";
import { beside, type Looking, neighbour, rowOf, standing } from "./closely";
import { sectionOf } from "./section-of";
import type { Section } from "./sections";

const all = () => true;
const without =
  (...gone: number[]) =>
  (photo: number) =>
    !gone.includes(photo);

function section(key: string, label: number | null, ...tiles: number[]): Section {
  return sectionOf(key, tiles, { kind: label === null ? "unsure" : "label", label });
}

const looking: Looking = { photo: 3, row: { kind: "label", label: 1, photos: [1, 2, 3, 4, 5] } };

test("the row is the section that shows the photo, without files that could not be read", () => {
  const sections = [section("unsure", null, 7, 8), section("label-1", 1, 3, -2, 5)];
  expect(rowOf(sections, 5, (photo) => photo > 0)).toEqual({ kind: "label", label: 1, photos: [3, 5] });
  expect(rowOf(sections, 8, all)?.kind).toBe("unsure");
  expect(rowOf(sections, 99, all)).toBeNull();
});

test("next and previous pass what is gone, and end at the ends", () => {
  expect(neighbour(looking, 1, all)).toBe(4);
  expect(neighbour(looking, -1, all)).toBe(2);
  expect(neighbour(looking, 1, without(4))).toBe(5);
  expect(neighbour(looking, 1, without(4, 5))).toBeUndefined();
  expect(neighbour({ ...looking, photo: 1 }, -1, all)).toBeUndefined();
  // Removed while it was looked at: its place is still known.
  expect(neighbour(looking, 1, without(3))).toBe(4);
});

test("a photo stands at its place among those that are there", () => {
  expect(standing(looking, all)).toEqual({ at: 3, of: 5 });
  expect(standing(looking, without(1, 5))).toEqual({ at: 2, of: 3 });
  expect(standing(looking, without(3))).toEqual({ at: 3, of: 5 });
});

test("as many are shown beside it as there is room, also at the ends", () => {
  const at = (photo: number, each: number) =>
    beside({ ...looking, photo }, each, all).map((one) => [one.photo, one.at]);
  expect(at(3, 1)).toEqual([
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
  expect(at(1, 1)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(at(5, 1).map(([photo]) => photo)).toEqual([3, 4, 5]);
  expect(at(2, 9).map(([photo]) => photo)).toEqual([1, 2, 3, 4, 5]);
  expect(beside(looking, 1, without(2, 4)).map(({ photo }) => photo)).toEqual([1, 3, 5]);
});
