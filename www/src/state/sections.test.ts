import { expect, test } from "@playwright/test";
import type { Origin } from "keepsake";
import type { Label, Photo } from "../engine/engine";
import { guessOf } from "./guess-of";
import { SORTS, type Sort } from "./order";
import {
  asSorted,
  counts,
  isDoubtful,
  looksDifferent,
  type PhotoState,
  type Scene,
  type Section,
  STATES,
  sections,
  stateOf,
} from "./sections";

const hat = 1;
const shoe = 2;

function photo(id: number, taught: number | null, top?: number, probability = 0.9, notSure = false): Photo {
  return {
    id,
    name: `photo-${id}.jpg`,
    taught,
    accepted: null,
    origin: null,
    prediction: top === undefined ? null : guessOf(top, probability, notSure),
  };
}

function labels(hats: number, shoes: number): readonly Label[] {
  return [
    { id: 0, name: "", lessons: 0 },
    { id: hat, name: "Hat", lessons: hats },
    { id: shoe, name: "Shoe", lessons: shoes },
  ];
}

function from(path: string, modified: number): Origin {
  return { path, size: 1, modified };
}

const scene: Scene = {
  photos: [],
  failures: [],
  labels: labels(1, 1),
  filter: { kind: "all" },
  query: "",
  freshAfter: Number.POSITIVE_INFINITY,
  waiting: 0,
  sort: "certain",
  show: new Set(STATES),
  differing: false,
  lingering: new Set(),
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

test("not sure comes first; in a section what is left, the most certain first, then the accepted, then the taught", () => {
  const photos = [
    photo(1, null, hat, 0.7),
    photo(2, null, hat, 0.95),
    photo(3, hat, hat, 0.6),
    photo(4, null, shoe, 0.4, true),
    photo(5, shoe, shoe),
    { ...photo(6, null, hat, 0.99), accepted: hat },
  ];
  expect(shown({ ...scene, photos })).toEqual([
    ["unsure", 4],
    ["label-1", 2, 1, 6, 3],
    ["label-2", 5],
  ]);
  expect(counts(photos, scene.labels).unsure).toBe(1);
  expect(counts(photos, scene.labels).perLabel.get(hat)).toBe(4);
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
    ["label-1", 1, 3],
    ["fresh", 2],
  ]);
  expect(result.at(-1)?.waiting).toBe(4);
});

test("a chosen label shows itself even when it is empty, and nothing else", () => {
  const photos = [photo(1, null, hat)];
  expect(shown({ ...scene, photos, filter: { kind: "label", label: shoe } })).toEqual([["label-2"]]);
  expect(shown({ ...scene, photos, filter: { kind: "unsure" } })).toEqual([["unsure"]]);
});

test("a search finds labels, files and folders, whatever the case", () => {
  const photos = [photo(1, null, hat), photo(2, null, shoe)];
  expect(shown({ ...scene, photos, query: "HAT" })).toEqual([["label-1", 1]]);
  expect(shown({ ...scene, photos, query: "photo-2" })).toEqual([["label-2", 2]]);
  expect(shown({ ...scene, photos, query: "nothing" })).toEqual([]);
  const origin = { path: "Italy/Rome/1.jpg", size: 1, modified: 1 };
  const placed = photos.map((one) => (one.id === 2 ? { ...one, origin } : one));
  expect(shown({ ...scene, photos: placed, query: "rome" })).toEqual([["label-2", 2]]);
});

test("files that could not be read come first, by their own numbers", () => {
  const failures = [{ id: 4, name: "a.heic", code: "photo/unsupported", message: "" }];
  expect(shown({ ...scene, failures })).toEqual([["failed", -5]]);
});

test("right is what is sorted under a label and not done yet; a photo that is not sure has no right", () => {
  const photos = [
    photo(1, null, hat),
    photo(2, hat, shoe),
    photo(3, null, shoe, 0.4, true),
    { ...photo(4, null, shoe), accepted: hat },
    photo(5, null),
    photo(6, null, shoe),
  ];
  expect([...asSorted(photos, true)]).toEqual([
    [1, hat],
    [6, shoe],
  ]);
  expect(asSorted(photos, false).size).toBe(0);
});

test("an accepted photo looks different once the learner would sort it elsewhere", () => {
  const accepted = { ...photo(1, null, hat), accepted: hat };
  expect(looksDifferent(accepted)).toBe(false);
  expect(looksDifferent({ ...photo(1, null, shoe), accepted: hat })).toBe(true);
  expect(looksDifferent({ ...photo(1, null), accepted: hat })).toBe(false);
  expect(looksDifferent(photo(1, null, shoe))).toBe(false);
});

test("with accepted photos there are sections, even when no lesson is left", () => {
  const photos = [{ ...photo(1, null), accepted: hat }, photo(2, null)];
  expect(shown({ ...scene, labels: labels(0, 0), photos })).toEqual([
    ["label-1", 1],
    ["rest", 2],
  ]);
});

/** A photo of each kind that there is, more than once. */
const mixed: readonly Photo[] = [
  photo(1, null, hat, 0.7),
  photo(2, hat, hat),
  { ...photo(3, null, shoe), accepted: hat },
  photo(4, null, shoe, 0.5, true),
  photo(5, null, shoe, 0.8),
  { ...photo(6, null, shoe), accepted: shoe },
  photo(7, 0, hat),
  photo(8, null, hat, 0.9),
];

test("whatever is shown and however it is sorted, every photo that is shown is in exactly one section", () => {
  const shows: readonly (readonly PhotoState[])[] = [STATES, ["left", "unsure"], ["accepted"], ["left"], []];
  for (const sort of SORTS) {
    for (const show of shows) {
      const result = sections({ ...scene, photos: mixed, sort, show: new Set(show) });
      const tiles = result.flatMap((section) => section.tiles).sort((a, b) => a - b);
      const wanted = mixed.filter((one) => show.includes(stateOf(one, true))).map(({ id }) => id);
      expect(tiles, `${sort} ${show}`).toEqual(wanted);
    }
  }
});

test("the order does not depend on the order in which the photos come", () => {
  for (const sort of SORTS) {
    const there = sections({ ...scene, photos: mixed, sort });
    const back = sections({ ...scene, photos: [...mixed].reverse(), sort });
    expect(back, sort).toEqual(there);
  }
});

test("what is hidden still counts, and lingers as long as it should", () => {
  const hidden: Scene = { ...scene, photos: mixed, show: new Set<PhotoState>(["left", "unsure"]) };
  const hats = (of: Scene): Section | undefined => sections(of).find(({ key }) => key === "label-1");
  expect(hats(hidden)).toMatchObject({ tiles: [8, 1], count: 4, done: 2, taught: 1 });
  expect(hats({ ...hidden, lingering: new Set([3]) })?.tiles).toEqual([8, 1, 3]);
  const done = mixed.map((one) => ({ ...one, accepted: hat }));
  expect(shown({ ...hidden, photos: done })).toEqual([]);
  expect(shown({ ...hidden, photos: done, filter: { kind: "label", label: hat } })).toEqual([["label-1"]]);
});

test("only what was accepted and looks different now", () => {
  expect(shown({ ...scene, photos: mixed, differing: true })).toEqual([["label-1", 3]]);
});

test("the least certain first, by name as people count, by date the newest first", () => {
  const named = [
    { ...photo(1, null, hat, 0.9), name: "IMG 10.jpg" },
    { ...photo(2, null, hat, 0.7), name: "IMG 9.jpg" },
    { ...photo(3, hat, hat, 0.8), name: "img 1.jpg", origin: from("a/img 1.jpg", 5_000) },
  ];
  const by = (sort: Sort) => sections({ ...scene, photos: named, sort })[0]?.tiles;
  expect(by("doubtful")).toEqual([2, 1, 3]);
  expect(by("name")).toEqual([3, 2, 1]);
  expect(by("date")).toEqual([3, 2, 1]);
});

test("by folder the sections are folders, whatever label a photo has", () => {
  const photos = [
    { ...photo(1, null, hat), origin: from("trip/day 10/a.jpg", 1) },
    { ...photo(2, shoe, hat), origin: from("trip/day 9/b.jpg", 1) },
    { ...photo(3, null, shoe), origin: from("trip/day 9/a.jpg", 1), name: "a.jpg" },
    photo(4, null, hat),
  ];
  const result = sections({ ...scene, photos, sort: "folder" });
  expect(result.map(({ folder, tiles }) => [folder, ...tiles])).toEqual([
    ["", 4],
    ["trip/day 9", 3, 2],
    ["trip/day 10", 1],
  ]);
});

test("doubtful is a guess that may well be wrong, never what is done", () => {
  expect(isDoubtful(photo(1, null, hat, 0.7), true)).toBe(true);
  expect(isDoubtful(photo(1, null, hat, 0.9, true), true)).toBe(true);
  expect(isDoubtful(photo(1, null, hat, 0.8), true)).toBe(false);
  expect(isDoubtful(photo(1, hat, hat, 0.3), true)).toBe(false);
  expect(isDoubtful({ ...photo(1, null, hat, 0.3), accepted: hat }, true)).toBe(false);
  expect(isDoubtful(photo(1, null, hat, 0.3), false)).toBe(false);
});
