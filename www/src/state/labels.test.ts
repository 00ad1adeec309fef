import { expect, test } from "@playwright/test";
import type { Label } from "../engine/engine";
import { colour, digits, labelForKey, letters, matching } from "./labels";

const U = new Set(["U"]);

function named(...names: string[]): readonly Label[] {
  return [
    { id: 0, name: "", lessons: 0 },
    ...names.map((name, index) => ({ id: index + 1, name, lessons: 1 })),
  ];
}

test("a letter is the first of the name that is still free", () => {
  const result = letters(named("Shoes", "Skirt", "Sweater", "ss", "été"), U);
  expect([...result.values()]).toEqual(["S", "K", "W", "S", "É"]);
});

test("colours are handed out in order and start again after twelve", () => {
  expect([1, 12, 13].map(colour)).toEqual([1, 12, 1]);
});

test("digits go to the first nine, 0 to none of these", () => {
  const labels = named(..."abcdefghijk");
  expect(digits(labels).get(0)).toBe("0");
  expect(digits(labels).get(9)).toBe("9");
  expect(digits(labels).has(10)).toBe(false);
});

test("no label gets a letter that commands something", () => {
  const result = letters(named("Umbrella", "Tub", "u", "Uu 7"), U);
  expect([...result.values()]).toEqual(["M", "T", "·", "7"]);
});

test("a key teaches by digit or by letter; U stays undo", () => {
  const labels = named("Shoes", "Skirt", "Umbrella");
  expect(labelForKey("k", labels, U)).toBe(2);
  expect(labelForKey("K", labels, U)).toBe(2);
  expect(labelForKey("1", labels, U)).toBe(1);
  expect(labelForKey("0", labels, U)).toBe(0);
  expect(labelForKey("u", labels, U)).toBeUndefined();
  expect(labelForKey("m", labels, U)).toBe(3);
  expect(labelForKey("z", labels, U)).toBeUndefined();
});

test("labels that begin with the words come before those that hold them", () => {
  const labels = named("Red hat", "Hat", "Shoe");
  expect(matching(labels, " HAT ").map((label) => label.name)).toEqual(["Hat", "Red hat"]);
});
