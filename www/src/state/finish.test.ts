import { expect, test } from "@playwright/test";
import { signal } from "@preact/signals";
import type { Engine, Label, Photo } from "../engine/engine";
import { Finish } from "./finish";
import { guessOf } from "./guess-of";
import { sectionOf } from "./section-of";
import type { Section } from "./sections";

const labels: readonly Label[] = [
  { id: 1, name: "Hat", lessons: 1 },
  { id: 2, name: "Shoe", lessons: 1 },
];

function photo(id: number, of: Partial<Photo> = {}): Photo {
  const prediction = guessOf(1, 0.9);
  return { id, name: `${id}.jpg`, taught: null, accepted: null, origin: null, prediction, ...of };
}

/** The end of a job with these photos. */
function finish(...photos: readonly Photo[]): Finish {
  const state = { photos: signal(photos), labels: signal(labels) };
  return new Finish(state as unknown as Engine);
}

function section(key: string, tiles: readonly number[], done: number, count = tiles.length): Section {
  return sectionOf(key, tiles, { done, count });
}

test("the count stands over the photos from the first acceptance on, or when it is asked for", () => {
  const none = finish(photo(1), photo(2, { taught: 1 }));
  expect(none.on.value).toBe(false);
  none.asked.value = true;
  expect(none.on.value).toBe(true);
  const some = finish(photo(1, { accepted: 2 }), photo(2, { taught: 1 }), photo(3));
  expect(some.on.value).toBe(true);
  expect(some.done.value).toBe(2);
  expect(some.counts.value).toEqual({ left: 1, unsure: 0, accepted: 1, taught: 1, differing: 1 });
});

test("hiding what is done is to show neither the accepted nor the taught", () => {
  const end = finish(photo(1));
  end.hide(true);
  expect([...end.show.value]).toEqual(["left", "unsure"]);
  end.toggle("taught");
  expect(end.hidden.value).toBe(false);
  end.toggle("taught");
  expect(end.hidden.value).toBe(true);
});

test("what is finished folds, but not under anybody's hands and not while something lingers in it", () => {
  const end = finish(photo(1, { accepted: 1 }), photo(2));
  const sections = [section("hat", [1], 1), section("shoe", [2], 0)];
  const folded = (busy: string | null = null, looking = false) =>
    end.folded(sections, busy, looking).map((of) => of.folded);
  expect(folded()).toEqual([true, false]);
  expect(folded("hat")).toEqual([false, false]);
  expect(folded(null, true)).toEqual([false, false]);
  end.linger([1]);
  expect(folded()).toEqual([false, false]);
  end.leave(1);
  expect(folded(), "it has the focus").toEqual([false, false]);
  end.leave(null);
  expect(folded()).toEqual([true, false]);
  end.fold({ ...section("hat", [], 1, 1), folded: true });
  end.fold(section("shoe", [2], 0));
  expect(folded()).toEqual([false, true]);
});

test("where nothing is shown there is nothing to fold", () => {
  const end = finish(photo(1, { accepted: 1 }));
  expect(end.folded([section("hat", [], 1, 1)], null, false)[0]?.folded).toBe(false);
});
