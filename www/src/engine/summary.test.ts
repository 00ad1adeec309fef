import { expect, test } from "@playwright/test";
import type { Photo } from "./engine";
import { pictured } from "./summary";

const photo = (id: number, taught: number | null = null): Photo => ({
  id,
  name: "",
  taught,
  accepted: null,
  origin: null,
  prediction: null,
});

test("one of each label stands for a collection, then whatever comes", () => {
  expect(pictured([])).toEqual([]);
  expect(pictured([photo(1), photo(2)])).toEqual([1, 2]);
  expect(pictured([photo(1), photo(2, 7), photo(3, 7), photo(4, 2), photo(5)])).toEqual([4, 2, 1, 3]);
  expect(pictured([1, 2, 3, 4, 5, 6].map((id) => photo(id, id)))).toEqual([1, 2, 3, 4]);
});
