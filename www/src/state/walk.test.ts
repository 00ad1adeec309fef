import { expect, test } from "@playwright/test";
import { sectionOf } from "./section-of";
import type { Section } from "./sections";
import { type Ground, type Walk, walkOn } from "./walk";

function section(key: string, ...tiles: number[]): Section {
  return sectionOf(key, tiles);
}

function ground(sections: readonly Section[], done: readonly number[] = [], taught = done): Ground {
  return {
    sections,
    free: (tile) => !done.includes(tile),
    untaught: (tile) => !taught.includes(tile),
  };
}

/** All stops of a walk over sections that stay as they are. */
function walked(sections: readonly Section[], from: number): readonly number[] {
  const stops = [from];
  let walk: Walk | null = null;
  for (let at: number | undefined = from; at !== undefined; at = walk?.at) {
    walk = walkOn(ground(sections, stops), at, walk);
    if (walk) stops.push(walk.at);
  }
  return stops;
}

test("a walk goes through its section, onwards and then back, and no further", () => {
  expect(walked([section("a", 1, 2, 3, 4), section("b", 5)], 3)).toEqual([3, 4, 2, 1]);
});

test("a photo that was sorted elsewhere under the focus does not lead the walk away", () => {
  const first = walkOn(ground([section("unsure", 1, 2, 3, 4)], [1]), 1, null);
  expect(first?.at).toBe(2);
  const sorted = [section("unsure", 4, 3), section("hat", 9, 2, 1)];
  expect(walkOn(ground(sorted, [1, 2]), 2, first)?.at).toBe(3);
  // Whoever went to 2 by hand is in the other section.
  expect(walkOn(ground(sorted, [1, 2]), 2, null)?.at).toBe(9);
});

test("a section that is no more is walked on through what was to come", () => {
  const first = walkOn(ground([section("all", 1, 2, 3, 4)], [1]), 1, null);
  const sorted = [section("hat", 1, 3), section("shoe", 4, 2)];
  const second = walkOn(ground(sorted, [1, 2], [1, 3]), 2, first);
  expect(second?.at, "3 was named meanwhile").toBe(4);
  expect(walkOn(ground(sorted, [1, 2, 4], [1, 3]), 4, second)).toBeNull();
});
