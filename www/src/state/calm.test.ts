import { expect, test } from "@playwright/test";
import { Calm, inKeptOrder } from "./calm";
import { sectionOf as section } from "./section-of";
import type { Section } from "./sections";

/** A generator of numbers, the same at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const orders = (sections: readonly Section[]) => sections.map(({ tiles }) => [...tiles]);

test("what is seen keeps its order; what comes into it stands at the end", () => {
  const calm = new Calm();
  calm.sort([section("a", [1, 2, 3]), section("b", [4, 5])], "all");
  calm.look(new Set(["a"]));
  const after = calm.sort([section("a", [5, 3, 2, 1]), section("b", [6, 4])], "all");
  expect(orders(after)).toEqual([
    [1, 2, 3, 5],
    [6, 4],
  ]);
});

test("what comes back has its old place", () => {
  const calm = new Calm();
  calm.sort([section("a", [1, 2, 3])], "all");
  calm.look(new Set(["a"]));
  expect(orders(calm.sort([section("a", [3, 1])], "all"))).toEqual([[1, 3]]);
  expect(orders(calm.sort([section("a", [3, 1, 2])], "all"))).toEqual([[1, 2, 3]]);
});

test("out of sight a section is sorted again, and another view is sorted from the start", () => {
  const calm = new Calm();
  calm.sort([section("a", [1, 2])], "all");
  expect(calm.look(new Set(["a"]))).toBe(false);
  expect(orders(calm.sort([section("a", [2, 1])], "all"))).toEqual([[1, 2]]);
  expect(calm.look(new Set(["a"])), "still seen").toBe(false);
  expect(calm.look(new Set()), "gone from the screen").toBe(true);
  expect(orders(calm.sort([section("a", [2, 1])], "all"))).toEqual([[2, 1]]);
  calm.look(new Set(["a"]));
  expect(orders(calm.sort([section("a", [1, 2])], "by name"))).toEqual([[1, 2]]);
});

test("whatever happens, each section has exactly its own tiles, and two that stay never change places", () => {
  const any = numbers(7);
  for (let round = 0; round < 200; round++) {
    const calm = new Calm();
    let before: readonly number[] = [];
    for (let step = 0; step < 6; step++) {
      const tiles = [...Array(12).keys()].filter(() => any(3) > 0);
      for (let i = tiles.length - 1; i > 0; i--) {
        const j = any(i + 1);
        [tiles[i], tiles[j]] = [tiles[j] ?? 0, tiles[i] ?? 0];
      }
      const [shown] = calm.sort([section("a", tiles)], "all");
      const order = shown?.tiles ?? [];
      expect([...order].sort((a, b) => a - b)).toEqual([...tiles].sort((a, b) => a - b));
      const stayed = before.filter((tile) => order.includes(tile));
      expect(order.filter((tile) => stayed.includes(tile))).toEqual(stayed);
      before = order;
      calm.look(new Set(["a"]));
    }
  }
});

test("an order that is kept leaves out what is gone", () => {
  expect(inKeptOrder([3, 1, 2], [1, 2, 4])).toEqual([1, 2, 4]);
});
