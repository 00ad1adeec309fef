// The pictures in the README: the real page with the drawn samples, so they need no one's photos.
// The run checks that they can be made; KEEPSAKE_PICTURES=docs keeps them.

import { join } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { open, photo, reveal, saidOf, teach } from "./support";

/** A file's number tells its kind: the kinds take turns. */
const KINDS = ["Cup", "Fish", "House", "Leaf"] as const;
const sample = (n: number): string => `drawing-${n}.png`;
const kindOf = (n: number): string => KINDS[(n - 1) % KINDS.length] ?? "";

async function teachSamples(page: Page, taught: readonly number[]): Promise<void> {
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("40 photos", {
    timeout: 60_000,
  });
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  for (const n of taught) await teach(page, sample(n), kindOf(n));
}

test("the page with drawn pictures, sorted", async ({ page }, info) => {
  test.setTimeout(120_000);
  const folder = process.env.KEEPSAKE_PICTURES ?? info.outputDir;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await teachSamples(page, [1, 2, 3, 4, 5, 6, 7, 8]);

  let right = 0;
  for (let n = 9; n <= 40; n++) {
    await reveal(page, sample(n));
    if (new RegExp(`, (not sure: )?${kindOf(n)} \\d`).test(await saidOf(page, sample(n)))) right++;
  }
  console.log(`drawn pictures: ${right} of 32 right after two lessons of each kind`);
  expect(right).toBeGreaterThanOrEqual(26);

  await page.locator("#main").evaluate((main) => main.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, "sorted.png") });

  await page.setViewportSize({ width: 390, height: 780 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("#main").evaluate((main) => main.scrollTo(0, 0));
  await page.locator("[data-tile] > button.photo").first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.screenshot({ path: join(folder, "phone.png") });
  await expect(photo(page, sample(1))).toHaveCount(1);
});
