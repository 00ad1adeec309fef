// Leaving in the middle, and coming where something cannot be had: said, never a blank page.

import { expect, test } from "./fixtures";
import { chooseFiles, clothing, open, ready } from "./support";

test.describe("before anything is kept for offline use", () => {
  // A service worker fetches the files by itself, past what this test refuses.
  test.use({ serviceWorkers: "block" });

  test("the drawing page's code cannot be had: said, with a way on and a way back", async ({ page }) => {
    await page.route("**/assets/drawings*", (route) => route.abort());
    await page.goto("/?from-nothing");
    await expect(page.getByText("The drawing page could not be loaded.")).toBeVisible();
    await page.reload();
    await expect(page.getByText("The drawing page could not be loaded.")).toBeVisible();
    await page.unroute("**/assets/drawings*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page).toHaveTitle(/Drawings/);

    await page.route("**/assets/drawings*", (route) => route.abort());
    await page.goto("/?from-nothing");
    await page.getByRole("button", { name: "Your photos" }).click();
    await ready(page);
  });
});

test("a reload in the middle of an import is asked about, and what was not read is told of", async ({
  page,
}) => {
  const photos = clothing(["hat", "shoes", "dress"], 60);
  await open(page);
  await chooseFiles(page, Object.values(photos).flat());
  await expect(page.getByRole("progressbar")).toBeVisible();
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await page.reload();
  await ready(page);
  expect(asked).toEqual(["beforeunload"]);
  await expect(page.getByText(/\d+ files were not added\./)).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.reload();
  await ready(page);
  await expect(page.getByText(/files were not added/)).toHaveCount(0);
  expect(asked).toHaveLength(1);
});
