import { expect, test } from "@playwright/test";
import { poolSize } from "./pool";

test("as many workers as there are cores and memory for, and no more than four", () => {
  const workers = (hardwareConcurrency: number, deviceMemory?: number) =>
    poolSize(deviceMemory === undefined ? { hardwareConcurrency } : { hardwareConcurrency, deviceMemory });
  expect([1, 2, 3, 4, 8].map((cores) => workers(cores))).toEqual([1, 2, 2, 3, 4]);
  // A browser that does not tell.
  expect(workers(0)).toBe(2);
  expect([0.25, 0.5, 1, 2, 8].map((memory) => workers(8, memory))).toEqual([1, 1, 2, 4, 4]);
});
