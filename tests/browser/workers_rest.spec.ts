// Workers that look at photos are ended when there is nothing for them to do, and started again when there is.

import { readFileSync } from "node:fs";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, open, photo } from "./support";

const eyes = (page: Page) => page.workers().filter((worker) => worker.url().includes("eye.worker")).length;

test("workers without work are ended after a while, and the next photo starts one", async ({ page }) => {
  await page.clock.install();
  await open(page);
  await expect.poll(() => eyes(page)).toBeGreaterThan(0);
  const later = async () => {
    await page.clock.fastForward(25_000);
    return eyes(page);
  };
  await expect.poll(later).toBe(0);
  const buffer = readFileSync("tests/reference/formats/bilevel.png");
  await addPhotos(page, [{ name: "late.png", mimeType: "image/png", buffer }]);
  await expect(photo(page, "late.png")).toBeVisible();
  expect(eyes(page)).toBeGreaterThan(0);
});
