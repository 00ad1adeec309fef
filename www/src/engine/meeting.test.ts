import { expect, test } from "@playwright/test";
import { counted, type Held, matched } from "./meeting";

const label = (id: number, name: string, lessons = 1) => ({ id, name, lessons });

test("photos are counted as the page sorts them", () => {
  const labels = [label(0, "None of these", 0), label(1, "Hat"), label(2, "Shoe")];
  const of = {
    photos: new Float64Array([1, 2, 3, 4, 5]),
    // Taught, accepted, guessed, not sure, taught as none of these.
    taught: new Int32Array([1, -1, -1, -1, 0]),
    accepted: new Int32Array([-1, 2, -1, -1, -1]),
    notSure: new Uint8Array([0, 0, 0, 1, 0]),
    rankedLabels: new Int32Array([2, 1, -1, 1, 2, -1, 2, 1, -1, 2, 1, -1, 1, 2, -1]),
  };
  expect(counted(labels, of)).toEqual({
    photos: 5,
    labels: [
      { name: "Hat", photos: 1 },
      { name: "Shoe", photos: 2 },
    ],
    none: 1,
    notSure: 1,
  });
  // With one label taught all would be that one: nothing is guessed.
  const one = [label(0, "None of these", 0), label(1, "Hat"), label(2, "Shoe", 0)];
  expect(counted(one, of).notSure).toBe(2);
});

test("labels are one where their names are, upper and lower case alike", () => {
  const held = (...labels: Held["labels"]): Held => ({ photos: 0, labels, none: 0, notSure: 0 });
  const first = held({ name: "Hat", photos: 3 }, { name: "Shoe", photos: 1 });
  const second = held({ name: "hat", photos: 2 }, { name: "Bag", photos: 8 });
  expect(matched({ first, second })).toEqual({
    same: [{ name: "Hat", first: 3, second: 2 }],
    onlyFirst: [{ name: "Shoe", photos: 1 }],
    onlySecond: [{ name: "Bag", photos: 8 }],
  });
});
