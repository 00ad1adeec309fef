import { expect, test } from "@playwright/test";
import { signal } from "@preact/signals";
import type { Photo, PhotoId } from "../engine/engine";
import { Bursts, foldOne, type InBurst, photosOf } from "./bursts";
import { guessOf } from "./guess-of";
import { sectionOf } from "./section-of";

interface Known {
  readonly taught?: number;
  readonly accepted?: number;
  readonly guess?: readonly [label: number, probability: number];
  readonly notSure?: boolean;
}

function photo(id: PhotoId, { taught, accepted, guess, notSure = false }: Known = {}): Photo {
  const prediction = guess ? guessOf(guess[0], guess[1], notSure) : null;
  return {
    id,
    name: `${id}.jpg`,
    origin: null,
    taught: taught ?? null,
    accepted: accepted ?? null,
    prediction,
  };
}

const LEFT: Known = { guess: [1, 0.9] };

/** A section of these photos in this order, of which 1 to 5 are a burst, 8 and 9 another. */
function fold(photos: readonly Photo[], unfolded: readonly PhotoId[] = []) {
  const places = new Map<PhotoId, InBurst>([1, 2, 3, 4, 5].map((id, at) => [id, { burst: 1, at }]));
  for (const [at, id] of [8, 9].entries()) places.set(id, { burst: 8, at });
  const section = sectionOf(
    "label-1",
    photos.map(({ id }) => id),
  );
  const known = new Map(photos.map((one) => [one.id, one]));
  const { tiles, bursts, open, count } = foldOne(section, known, places, new Set(unfolded), true);
  expect(new Set(photosOf({ ...section, tiles, bursts }))).toEqual(new Set(section.tiles));
  expect(count, "photos are counted, not tiles").toBe(photos.length);
  return { tiles, bursts: Object.fromEntries(bursts), open: Object.fromEntries(open) };
}

test("the photos of a burst are one tile, where the first of them stands, known by the one taken first", () => {
  const photos = [7, 3, 6, 1, 5, 9].map((id) => photo(id, LEFT));
  expect(fold(photos)).toEqual({ tiles: [7, 1, 6, 9], bursts: { 1: [1, 3, 5] }, open: {} });
});

test("an unfolded burst stands together, in the order in which it was taken", () => {
  const photos = [7, 3, 6, 1, 5, 8, 9].map((id) => photo(id, LEFT));
  expect(fold(photos, [1])).toEqual({
    tiles: [7, 1, 3, 5, 6, 8],
    bursts: { 8: [8, 9] },
    open: { 1: 3, 3: 3, 5: 3 },
  });
});

test("a photo that is dealt with, named otherwise or doubtful in another way stands alone", () => {
  const done = photo(2, { taught: 1, guess: [1, 0.9] });
  expect(fold([photo(1, LEFT), done, photo(3, LEFT)]).bursts).toEqual({ 1: [1, 3] });
  const named = photo(2, { accepted: 2, guess: [1, 0.9] });
  expect(fold([photo(1, LEFT), named, photo(3, LEFT)]).tiles).toEqual([1, 2]);
  // Both are not sure, but not of the same.
  const unsure = (id: PhotoId, label: number) => photo(id, { guess: [label, 0.4], notSure: true });
  expect(fold([unsure(1, 1), unsure(2, 2), unsure(3, 1)]).bursts).toEqual({ 1: [1, 3] });
  // All are accepted, and one looks different now.
  const right = [1, 2, 3].map((id) => photo(id, { accepted: 1, guess: [id === 2 ? 2 : 1, 0.9] }));
  expect(fold(right).bursts).toEqual({ 1: [1, 3] });
  expect(fold([photo(1, LEFT), photo(8, LEFT)]).bursts, "one of each").toEqual({});
});

test("taught and accepted as the same are done alike, and the lesson is what is seen", () => {
  const photos = [1, 2, 3].map((id) =>
    photo(id, { ...(id === 3 ? { taught: 1 } : { accepted: 1 }), guess: [1, 0.9] }),
  );
  expect(fold(photos)).toEqual({ tiles: [3], bursts: { 3: [1, 2, 3] }, open: {} });
});

test("a burst is unfolded by any of its photos and folded by any other; the switch ends all folding", () => {
  const bursts = new Bursts({ bursts: signal([[1, 2, 3]]) });
  const known = new Map([1, 2, 3].map((id) => [id, photo(id, LEFT)]));
  const tiles = () => bursts.fold([sectionOf("label-1", [1, 2, 3])], known, true)[0]?.tiles;
  expect(tiles()).toEqual([1]);
  bursts.toggle(2);
  expect(tiles()).toEqual([1, 2, 3]);
  bursts.toggle(3);
  expect(tiles()).toEqual([1]);
  bursts.toggle(99);
  expect(bursts.alike([7, 3, 1, 8, 2])).toEqual([1, 2]);
  bursts.on.value = false;
  expect(tiles()).toEqual([1, 2, 3]);
  expect(bursts.alike([3, 1])).toEqual([]);
});
