// Where a person who is new here got stuck, or was told something that was not so.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, clothing, labelRow, open, photo, teach } from "./support";

async function more(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Files from outside, dropped on a label of the rail. */
async function dropOn(page: Page, label: string, files: readonly string[]): Promise<void> {
  const given = files.map((file) => ({
    name: basename(file),
    base64: readFileSync(file).toString("base64"),
  }));
  const dataTransfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
    }
    return transfer;
  }, given);
  await labelRow(page, label).dispatchEvent("drop", { dataTransfer });
}

test("a label whose first letter is a command's is taught by another", async ({ page }) => {
  const [hat, other] = clothing(["hat"], 2).hat ?? [];
  if (!hat || !other) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat, other]);
  await teach(page, hat, "Umbrella");
  await photo(page, other).focus();
  await page.keyboard.press("m");
  await expect(labelRow(page, "Umbrella")).toContainText("2 taught");
  await page.keyboard.press("u");
  await expect(labelRow(page, "Umbrella")).toContainText("1 taught");
});

test("a backup is opened where it says so, and the details keep up", async ({ page }) => {
  const photos = clothing(["hat"], 3).hat ?? [];
  const [hat] = photos;
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, photos);
  await teach(page, hat, "Hat");
  const download = page.waitForEvent("download");
  await more(page, "Save a backup");
  const backup = await (await download).path();

  const asked = page.waitForEvent("filechooser");
  await more(page, "Open a backup…");
  await (await asked).setFiles(backup);
  await expect(page.getByText(/How should .* be opened/)).toBeFocused();
  await page.getByRole("button", { name: "Add to what is here" }).click();
  await expect(page.getByText("Nothing new was in this backup.").first()).toBeVisible();

  // In a browser that holds nothing yet it is opened at once.
  const context = await page.context().browser()?.newContext();
  const fresh = await context?.newPage();
  if (!context || !fresh) throw new Error("no browser");
  await open(fresh);
  await fresh.getByRole("button", { name: /About this device/ }).click();
  const size = fresh.locator(".details .sum dd");
  const before = await size.textContent();
  const chosen = fresh.waitForEvent("filechooser");
  await more(fresh, "Open a backup…");
  await (await chosen).setFiles(backup);
  await expect(labelRow(fresh, "Hat")).toContainText("1 taught");
  await expect(size).not.toHaveText(before ?? "");
  await context.close();
});

for (const persisted of [true, false]) {
  test(`what the browser ${persisted ? "promised to keep" : "may clear"} is called so`, async ({ page }) => {
    const photos = clothing(["hat"], 2).hat ?? [];
    await page.addInitScript((persisted) => {
      navigator.storage.persisted = () => Promise.resolve(persisted);
      navigator.storage.persist = () => Promise.resolve(persisted);
    }, persisted);
    await open(page);
    await addPhotos(page, photos);
    const state = page.getByRole("contentinfo", { name: "State" });
    await expect(state).toContainText(persisted ? "Saved on this device" : "the browser may clear it");
    await expect(state.locator(".ok")).toHaveCount(persisted ? 1 : 0);
  });
}

test("labels without photos ask for photos", async ({ page }) => {
  const [hat] = clothing(["hat"], 2).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await photo(page, hat).focus();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("heading", { name: "Add photos to begin" })).toBeVisible();
  await expect(page.getByText("Tap any photo")).toHaveCount(0);
  await page.getByRole("button", { name: "And another" }).click();
  await expect(page.getByText("There is no photo without a name here.").first()).toBeVisible();
});

test("files dropped on a label are said to be taught", async ({ page }) => {
  const [hat, ...others] = clothing(["hat"], 4).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await dropOn(page, "Hat", others);
  await expect(labelRow(page, "Hat")).toContainText("4 taught");
  await expect(page.getByText("Added 3 photos. Taught Hat with 3 photos.").first()).toBeVisible();
  await page.keyboard.press("u");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
});
