import { expect, test } from "@playwright/test";
import type { Label, Photo } from "../engine/engine";
import { counts, type Scene, sections } from "./sections";

const hat = 1;
const shoe = 2;

function photo(id: number, taught: number | null, top?: number, probability = 0.9, notSure = false): Photo {
  const ranked = top === undefined ? [] : [{ label: top, probability }];
  return {
    id,
    name: `photo-${id}.jpg`,
    taught,
    accepted: null,
    origin: null,
    prediction: top === undefined ? null : { ranked, notSure },
  };
}

function labels(hats: number, shoes: number): readonly Label[] {
  return [
    { id: 0, name: "", lessons: 0 },
    { id: hat, name: "Hat", lessons: hats },
    { id: shoe, name: "Shoe", lessons: shoes },
  ];
}

const scene: Scene = {
  photos: [],
  failures: [],
  labels: labels(1, 1),
  filter: { kind: "all" },
  query: "",
  freshAfter: Number.POSITIVE_INFINITY,
  waiting: 0,
};

const shown = (of: Scene) => sections(of).map((section) => [section.key, ...section.tiles]);

test("an accepted photo is sorted under what it was accepted as, whatever is thought of it", () => {
  const accepted = { ...photo(1, null, shoe), accepted: hat };
  const other = photo(2, null, shoe);
  const { perLabel } = counts([accepted, other], scene.labels);
  expect([...perLabel]).toEqual([
    [hat, 1],
    [shoe, 1],
  ]);
  // Also where nothing is guessed any more.
  expect(counts([accepted, other], labels(1, 0)).perLabel.get(hat)).toBe(1);
});

test("before anything is named there is one plain grid, in the order of arrival", () => {
  const photos = [photo(3, null), photo(1, null), photo(2, null)];
  expect(shown({ ...scene, labels: labels(0, 0), photos })).toEqual([["all", 3, 1, 2]]);
});

test("with one name only nothing is guessed", () => {
  const photos = [photo(1, hat, hat), photo(2, null, hat, 1)];
  expect(shown({ ...scene, labels: labels(1, 0), photos })).toEqual([
    ["label-1", 1],
    ["rest", 2],
  ]);
});

test("not sure comes first; in a section the taught, then the most certain", () => {
  const photos = [
    photo(1, null, hat, 0.7),
    photo(2, null, hat, 0.95),
    photo(3, hat, hat, 0.6),
    photo(4, null, shoe, 0.4, true),
    photo(5, shoe, shoe),
  ];
  expect(shown({ ...scene, photos })).toEqual([
    ["unsure", 4],
    ["label-1", 3, 2, 1],
    ["label-2", 5],
  ]);
  expect(counts(photos, scene.labels).unsure).toBe(1);
  expect(counts(photos, scene.labels).perLabel.get(hat)).toBe(3);
});

test("a lesson counts more than what the learner thinks", () => {
  const photos = [photo(1, shoe, hat, 0.99)];
  expect(shown({ ...scene, photos })).toEqual([["label-2", 1]]);
});

test("none of these comes last", () => {
  const photos = [photo(1, 0), photo(2, hat), photo(3, shoe)];
  const known = labels(1, 1).map((label) => (label.id === 0 ? { ...label, lessons: 1 } : label));
  expect(shown({ ...scene, labels: known, photos }).at(-1)).toEqual(["label-0", 1]);
});

test("while photos arrive they wait apart, and the taught do not", () => {
  const photos = [photo(1, null, hat), photo(2, null, hat), photo(3, hat, hat)];
  const result = sections({ ...scene, photos, freshAfter: 1, waiting: 4 });
  expect(result.map((section) => [section.key, ...section.tiles])).toEqual([
    ["label-1", 3, 1],
    ["fresh", 2],
  ]);
  expect(result.at(-1)?.waiting).toBe(4);
});

test("a chosen label shows itself even when it is empty, and nothing else", () => {
  const photos = [photo(1, null, hat)];
  expect(shown({ ...scene, photos, filter: { kind: "label", label: shoe } })).toEqual([["label-2"]]);
  expect(shown({ ...scene, photos, filter: { kind: "unsure" } })).toEqual([["unsure"]]);
});

test("a search finds labels and files, whatever the case", () => {
  const photos = [photo(1, null, hat), photo(2, null, shoe)];
  expect(shown({ ...scene, photos, query: "HAT" })).toEqual([["label-1", 1]]);
  expect(shown({ ...scene, photos, query: "photo-2" })).toEqual([["label-2", 2]]);
  expect(shown({ ...scene, photos, query: "nothing" })).toEqual([]);
});

test("files that could not be read come first, by their own numbers", () => {
  const failures = [{ id: 4, name: "a.heic", code: "photo/unsupported", message: "" }];
  expect(shown({ ...scene, failures })).toEqual([["failed", -5]]);
});
