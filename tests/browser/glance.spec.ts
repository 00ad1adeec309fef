// A large collection is seen before it is open, as it was left. What was kept for that and is not so any more,
// or not whole, is never seen.

import { expect, type Page, test } from "./fixtures";
import { prepare } from "./package";
import { labelRow, ready } from "./support";

/** More than are needed for it. */
const PHOTOS = 400;
/** The page keeps what it shows when nothing has changed for three seconds. */
const REST_MS = 20_000;
/** An album that is not seen by then is not seen early. */
const EARLY_MS = 2_000;

/** A collection of photos of two kinds, made of numbers. */
async function make(page: Page): Promise<void> {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
  await page.evaluate(async (count) => {
    const learner = await window.Learner.open({ name: "photos" });
    const photos = Array.from({ length: count }, (_, at) => ({
      ...window.look(at % 2, at),
      name: `${at % 2 ? "boot" : "hat"}-${at}.jpg`,
    }));
    const [hat = 0, boot = 0] = await learner.addPhotos(photos);
    await learner.teach(hat, "Hat");
    await learner.teach(boot, "Boots");
    await learner.close();
  }, PHOTOS);
}

/** Runs in the page: what is kept of the collection, or null; it is altered first, where that is asked for. */
async function kept(
  how: "torn" | "forged" | "of another layout" | "gone" | undefined,
): Promise<string | null> {
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === "keepsake-glances")) return null;
  return new Promise((resolve) => {
    indexedDB.open("keepsake-glances").onsuccess = ({ target }) => {
      const { result } = target as IDBOpenDBRequest;
      const transaction = result.transaction("glances", "readwrite");
      const table = transaction.objectStore("glances");
      const asked = table.get("photos");
      asked.onsuccess = () => {
        if (!how) return;
        const { text, ...stored } = asked.result;
        const other = new TextDecoder().decode(text).replace('"Hat"', '"Cat"');
        if (how === "gone") table.delete("photos");
        if (how === "torn") table.put({ ...stored, text: text.slice(0, text.length / 2) }, "photos");
        if (how === "forged") table.put({ ...stored, text: new TextEncoder().encode(other) }, "photos");
        if (how === "of another layout") table.put({ ...stored, text, version: 99 }, "photos");
      };
      transaction.oncomplete = () => {
        result.close();
        resolve(asked.result?.revision ?? null);
      };
    };
  });
}

/** Visits the page until it has kept what it shows. */
async function visit(page: Page): Promise<void> {
  await page.goto("/");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  const before = await page.evaluate(kept, undefined);
  await expect.poll(() => page.evaluate(kept, undefined), { timeout: REST_MS }).not.toBe(before);
}

/** Keeps the collection's lessons from being read or written, from another tab, until it is let go. */
async function hold(page: Page): Promise<() => Promise<void>> {
  const other = await page.context().newPage();
  await other.goto("/tests/browser/blank.html");
  await other.evaluate(
    () =>
      new Promise<void>((held) => {
        indexedDB.open("keepsake:photos").onsuccess = ({ target }) => {
          const { result } = target as IDBOpenDBRequest;
          const lessons = result.transaction("lessons", "readwrite").objectStore("lessons");
          const goOn = () => {
            lessons.count().onsuccess = goOn;
            held();
          };
          goOn();
        };
      }),
  );
  return () => other.close();
}

const tiles = (page: Page) => page.locator("[data-tile] > button.photo");
test("it is seen while it is being opened, and what is taught meanwhile happens", async ({ page }) => {
  test.setTimeout(120_000);
  await make(page);
  await visit(page);
  const letGo = await hold(page);
  await page.goto("/");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  await expect(tiles(page).first()).toBeVisible();
  // Nothing is said to be so that is not stored yet.
  const early = tiles(page)
    .and(page.getByRole("button", { name: /^hat-\d+\.jpg, Hat .*% sure/ }))
    .first();
  const name = ((await early.getAttribute("aria-label")) ?? "").split(",")[0];
  await early.focus();
  await page.keyboard.press("2");
  await page.waitForTimeout(500);
  await expect(labelRow(page, "Boots")).toContainText("1 taught");
  await expect(page.getByRole("button", { name: /^Undo: / })).toHaveCount(0);
  await letGo();
  await expect(labelRow(page, "Boots")).toContainText("2 taught");
  await expect(page.getByRole("button", { name: "Undo: Taught Boots" })).toBeEnabled();
  await page.reload();
  await expect(labelRow(page, "Boots")).toContainText("2 taught");
  await page.getByRole("button", { name: "Undo: Taught Boots" }).click();
  await expect(labelRow(page, "Boots")).toContainText("1 taught");
  expect(name).toMatch(/^hat-/);
});

for (const how of ["gone", "torn", "forged", "of another layout"] as const) {
  test(`what was kept is ${how}: nothing is seen early, and all of it when it is open`, async ({ page }) => {
    test.setTimeout(120_000);
    await make(page);
    await visit(page);
    await page.goto("/tests/browser/blank.html");
    expect(await page.evaluate(kept, how)).not.toBeNull();
    const letGo = await hold(page);
    await page.goto("/");
    await page.waitForTimeout(EARLY_MS);
    await expect(tiles(page)).toHaveCount(0);
    await letGo();
    await ready(page);
    await expect(labelRow(page, "Hat")).toContainText("1 taught");
    await expect(tiles(page).first()).toBeVisible();
  });
}

test("what was kept is of before the last change: it is not seen", async ({ page }) => {
  test.setTimeout(120_000);
  await make(page);
  await visit(page);
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
  // Who only opens it changes nothing; who takes something back and does it again has changed it.
  const revisions = await page.evaluate(async () => {
    const opened = await window.Learner.open({ name: "photos" });
    const before = await opened.revision();
    await opened.undo();
    await opened.redo();
    const after = await opened.revision();
    await opened.close();
    return [before, after];
  });
  expect(revisions[0]).toBe(await page.evaluate(kept, undefined));
  expect(revisions[1]).not.toBe(revisions[0]);
  const letGo = await hold(page);
  await page.goto("/");
  await page.waitForTimeout(EARLY_MS);
  await expect(tiles(page)).toHaveCount(0);
  await letGo();
  await expect(labelRow(page, "Boots")).toContainText("1 taught");
});
