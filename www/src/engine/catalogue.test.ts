import { expect, test } from "@playwright/test";
import { type Collection, fresh, goesAt, isOver, missing } from "./catalogue";

const name = (taken: readonly string[]) =>
  taken.length === 0 ? "My photos" : `My photos ${taken.length + 1}`;
const stored = (name: string, photos = 1) => ({ name, photos, lessons: 0, labels: 0 });
const day = 24 * 3600 * 1000;

test("a person with one collection from before, or with none, has it as the first", () => {
  const [first, ...others] = missing([], [stored("photos", 40)], name, 5);
  expect(first).toMatchObject({ id: "photos", name: "My photos", photos: 40, made: 5, deleted: null });
  expect(others).toEqual([]);
  expect(missing([], [], name, 5)).toEqual([fresh("photos", "My photos", 5)]);
});

test("a catalogue that was lost is made anew from what is stored, and from that only", () => {
  const all = [fresh("photos", "Hats", 1)];
  const found = missing(
    all,
    [stored("photos"), stored("photos-a1"), stored("photos-b2", 0), stored("notes")],
    name,
    9,
  );
  expect(found.map(({ id, name }) => [id, name])).toEqual([["photos-a1", "My photos 2"]]);
  expect(missing(all, [], name, 9)).toEqual([]);
});

test("where all are deleted there is a new one", () => {
  const deleted: Collection = { ...fresh("photos", "Hats", 1), deleted: 4 };
  const [another, ...more] = missing([deleted], [stored("photos")], name, 9);
  expect(more).toEqual([]);
  expect(another?.id).toMatch(/^photos-[a-z0-9]{12}$/);
});

test("what was deleted goes after thirty days, not before", () => {
  const deleted: Collection = { ...fresh("photos-a", "Hats", 1), deleted: 4 };
  expect(goesAt(4)).toBe(4 + 30 * day);
  expect(isOver(deleted, 3 + 30 * day)).toBe(false);
  expect(isOver(deleted, 4 + 30 * day)).toBe(true);
  expect(isOver(fresh("photos", "Hats", 1), 1e15)).toBe(false);
});
