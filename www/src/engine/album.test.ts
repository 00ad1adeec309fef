import { expect, test } from "@playwright/test";
import type { AlbumPredictions } from "keepsake";
import { albumOf, asAccepted, changedBetween } from "./album";

/** What is said of photos: each under its label, of two, with some probability. */
function said(
  photos: readonly (readonly [id: number, label: number, probability: number])[],
): AlbumPredictions {
  return {
    photos: Float64Array.from(photos, ([id]) => id),
    lessons: Float64Array.from(photos, () => -1),
    taught: Int32Array.from(photos, () => -1),
    accepted: Int32Array.from(photos, () => -1),
    notSure: Uint8Array.from(photos, () => 0),
    rankedLabels: Int32Array.from(photos.flatMap(([, label]) => [label, 3 - label, -1])),
    rankedProbabilities: Float32Array.from(photos.flatMap(([, , first]) => [first, 1 - first, 0])),
  };
}

const files = new Map([1, 2, 4, 7, 9].map((id) => [id, { id, name: `${id}.jpg`, origin: null }]));

test("what is said of new photos joins what is known of those before them", () => {
  const before = albumOf(
    [],
    files,
    said([
      [1, 1, 0.75],
      [2, 2, 0.75],
      [4, 1, 0.5],
    ]),
    true,
  );
  const whole = albumOf(
    [],
    files,
    said([
      [1, 1, 0.75],
      [2, 2, 0.75],
      [4, 1, 0.5],
      [7, 2, 0.5],
      [9, 1, 1],
    ]),
    true,
  );
  const joined = albumOf(
    before,
    files,
    said([
      [7, 2, 0.5],
      [9, 1, 1],
    ]),
    true,
    4,
  );
  expect(joined).toEqual(whole);
  expect(joined.slice(0, 3).every((photo, at) => photo === before[at])).toBe(true);
  expect(albumOf(before, files, said([]), true, Number.MAX_SAFE_INTEGER)).toEqual(before);
});

test("a photo that nothing changed about is the same object, also where others came and went", () => {
  const before = albumOf(
    [],
    files,
    said([
      [1, 1, 0.75],
      [2, 2, 0.75],
      [7, 1, 0.5],
    ]),
    true,
  );
  const after = albumOf(
    before,
    files,
    said([
      [2, 2, 0.75],
      [4, 1, 0.5],
      [7, 2, 0.5],
      [9, 1, 1],
    ]),
    true,
  );
  expect(after.map(({ id }) => id)).toEqual([2, 4, 7, 9]);
  expect(after[0]).toBe(before[1]);
  expect(after[2]).not.toBe(before[2]);
});

test("counted are photos that were there and stand elsewhere now, but for those that were acted on", () => {
  const before = albumOf(
    [],
    files,
    said([
      [1, 1, 0.75],
      [2, 2, 0.75],
      [4, 1, 0.5],
    ]),
    true,
  );
  const after = albumOf(
    before,
    files,
    said([
      [1, 2, 0.75],
      [2, 2, 0.5],
      [4, 2, 0.5],
      [7, 2, 0.5],
    ]),
    true,
  );
  expect(changedBetween(before, after, [])).toBe(2);
  expect(changedBetween(before, after, [4])).toBe(1);
});

test("what is thought is the same when it is looked at later, and more than the likeliest counts", () => {
  const [photo] = albumOf([], files, said([[1, 1, 0.75]]), true);
  const [same] = albumOf(photo ? [photo] : [], files, said([[1, 1, 0.75]]), true);
  const third = said([[1, 1, 0.75]]);
  third.rankedLabels[2] = 3;
  const [other] = albumOf(photo ? [photo] : [], files, third, true);
  const [none] = albumOf([], files, said([[1, -1, 0]]), true);
  expect(photo?.prediction?.ranked).toEqual([
    { label: 1, probability: 0.75 },
    { label: 2, probability: 0.25 },
  ]);
  expect([photo?.prediction?.likeliest, photo?.prediction?.certainty]).toEqual([1, 0.75]);
  expect(same).toBe(photo);
  const doubted = said([[1, 1, 0.75]]);
  doubted.notSure[0] = 1;
  const [accepted] = albumOf(photo ? [photo] : [], files, doubted, true);
  expect(accepted?.prediction?.notSure).toBe(true);
  expect(accepted?.prediction?.ranked).toBe(photo?.prediction?.ranked);
  expect(other).not.toBe(photo);
  expect(other?.prediction?.ranked.length).toBe(3);
  expect(none?.prediction).toBeNull();
});

test("what is accepted is done at once, and holds on to nothing of the others", () => {
  const rows = [
    [1, 1, 0.75],
    [2, 2, 0.75],
    [4, 1, 0.5],
  ] as const;
  const before = albumOf([], files, { ...said(rows), taught: Int32Array.from([-1, 2, -1]) }, true);
  const after = asAccepted(before, new Map([1, 2, 9].map((id) => [id, 1])));
  expect(after.map(({ taught, accepted }) => taught ?? accepted)).toEqual([1, 2, null]);
  expect(after.slice(1).every((photo, at) => photo === before[at + 1])).toBe(true);
  const [first] = after;
  expect(first?.prediction).toEqual({
    likeliest: 1,
    certainty: 0.75,
    notSure: false,
    ranked: before[0]?.prediction?.ranked,
  });
});
