// Records that the disk gives back otherwise than they were written: what is lost is said, a backup mends
// it, or it is left out. The bytes are changed in the browser's real database.

import { AxeBuilder } from "@axe-core/playwright";
import * as drawing from "./drawing";
import { type BrowserContext, expect, type Locator, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { imported, labelRow, open, ready, reveal } from "./support";

/** Changes the last byte of stored records. */
async function damage(
  page: Page,
  records: readonly (readonly [table: string, key: number])[],
  name = "photos",
): Promise<void> {
  await page.evaluate(
    async ({ records, name }) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(`keepsake:${name}`);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const tables = [...new Set(records.map(([table]) => table))];
      const transaction = database.transaction(tables, "readwrite");
      for (const [table, key] of records) {
        const store = transaction.objectStore(table);
        const reading = store.get(key);
        reading.onsuccess = () => {
          const bytes: Uint8Array = reading.result;
          bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 0xff;
          store.put(bytes, key);
        };
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      database.close();
    },
    { records, name },
  );
}

/** Everything stored, as whoever opens it next finds it. */
async function stored(context: BrowserContext): Promise<unknown> {
  const reader = await context.newPage();
  await reader.goto("/tests/browser/blank.html");
  const found = await reader.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const keepsake: typeof import("keepsake") = await import(address);
    await keepsake.default();
    const learner = await keepsake.Learner.open({ readOnly: true });
    const photos = learner.photos();
    const pictures = photos.map((photo) => learner.thumbnail(photo.id).then((blob) => blob?.size));
    const found = {
      photos,
      labels: learner.labels(),
      lessons: learner.lessons(),
      pictures: await Promise.allSettled(pictures),
      problems: learner.problems(),
    };
    await learner.close();
    return found;
  });
  await reader.close();
  return found;
}

/** Forty samples, the first two named; a backup of that. */
async function collection(page: Page): Promise<string> {
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await imported(page);
  for (const [tile, name] of [
    [1, "One"],
    [2, "Other"],
  ] as const) {
    await page.locator(`[data-tile="${tile}"] > button.photo`).click();
    const field = page.getByRole("dialog").getByRole("combobox");
    await field.fill(name);
    await field.press("Enter");
    await expect(labelRow(page, name)).toContainText("1 taught");
  }
  return saveBackup(page);
}

async function saveBackup(page: Page): Promise<string> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save a backup" }).click();
  return (await download).path();
}

async function takeFrom(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }) {
  const asked = page.waitForEvent("filechooser");
  await panel(page).getByRole("button", { name: "Take it from a backup…" }).click();
  await (await asked).setFiles(file);
}

const panel = (page: Page): Locator => page.getByRole("complementary", { name: "What is damaged" });
const notice = (page: Page): Locator =>
  page.getByRole("alert").getByText(/damaged records? (was|were) set aside/);

test("what is damaged is told with what is lost, and comes back from a backup", async ({
  page,
  context,
}, info) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  const backup = await collection(page);
  const before = await stored(context);
  await damage(page, [
    ["labels", 1],
    ["lessons", 2],
    ["photos", 1],
    ["photos", 3],
    ["thumbnails", 1],
    ["thumbnails", 4],
    ["meta", 0],
  ]);
  await page.reload();
  await ready(page);
  // The small picture of a photo is found damaged when it is to be shown: that of the first, in the panel.
  await page.locator('[data-tile="4"]').scrollIntoViewIfNeeded();
  const label = await page.locator('[data-tile="4"] > button.photo').getAttribute("aria-label");
  const fourth = label?.split(",")[0] ?? "";
  await expect(notice(page)).toHaveText("6 damaged records were set aside.");
  await page.getByRole("button", { name: "See what is damaged" }).click();
  await expect(panel(page).getByRole("button", { name: "Close" })).toBeFocused();
  await expect(panel(page)).toContainText("The name of a label");
  await expect(panel(page)).toContainText("Its lesson is kept.");
  await expect(panel(page)).toContainText("Last: Taught Other.");
  await expect(panel(page)).toContainText("What it taught (Label 1 (name lost)) is kept");
  await expect(panel(page)).toContainText(/The small picture of drawing-\d+\.png/);
  await expect(panel(page)).toContainText("Which network these photos belong to");
  // A backup made now could not be read back: that is said, and the damage stays in view.
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save a backup" }).click();
  await expect(page.getByText(/mend it or leave it out/)).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  for (const screen of SCREENS) {
    await showOn(page, screen);
    if (!(await panel(page).isVisible())) {
      await page.getByRole("button", { name: "See what is damaged" }).click();
    }
    await expectNoViolations(page, screen.name);
    await page.screenshot({ path: info.outputPath(`damage, ${screen.name}.png`) });
    const wide = await panel(page).evaluate((it) => it.scrollWidth - it.clientWidth);
    expect(wide, "nothing sticks out").toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  await takeFrom(page, backup);
  await expect(page.getByText("Took 7 records from the backup.").first()).toBeVisible();
  await expect(panel(page).getByRole("heading", { name: "Nothing is damaged any more." })).toBeFocused();
  await expect(labelRow(page, "One")).toContainText("1 taught");
  await reveal(page, fourth);
  await expect(page.locator('[data-tile="4"] canvas[data-drawn]')).toBeVisible();
  expect(await stored(context)).toEqual(before);
  await page.reload();
  await ready(page);
  await expect(labelRow(page, "One")).toContainText("1 taught");
  await reveal(page, fourth);
  await expect(page.locator('[data-tile="4"] canvas[data-drawn]')).toBeVisible();
  await expect(notice(page)).toHaveCount(0);
  // It was one step, and is taken back like any other.
  await page.keyboard.press("u");
  await expect(page.getByText("Undone: Took 7 records from a backup.").first()).toBeVisible();
});

test("what is damaged is left out with the keyboard, and not told of again", async ({ page, context }) => {
  test.setTimeout(150_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await collection(page);
  await damage(page, [
    ["lessons", 1],
    ["photos", 3],
    ["photos", 5],
  ]);
  await page.reload();
  await ready(page);
  await expect(notice(page)).toHaveText("3 damaged records were set aside.");
  await page.getByRole("button", { name: "See what is damaged" }).focus();
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("button", { name: "Close" })).toBeFocused();
  const one = panel(page).getByRole("button", { name: "Leave it out" }).first();
  for (let i = 0; i < 8 && !(await one.evaluate((it) => it === document.activeElement)); i++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect(panel(page)).toContainText("There is no undo.");
  const cancel = panel(page).getByRole("button", { name: "Cancel" });
  await expect(cancel).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(one).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cancel).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(panel(page).getByRole("heading", { name: "2 damaged records were set aside." })).toBeFocused();
  await expect(page.getByText("Left out 1 record.").first()).toBeVisible();

  await panel(page).getByRole("button", { name: "Leave all of it out" }).click();
  await expect(panel(page)).toContainText("Leave 2 out?");
  await panel(page).getByRole("button", { name: "Leave all of it out" }).click();
  await expect(panel(page).getByRole("heading", { name: "Nothing is damaged any more." })).toBeFocused();
  const now = await stored(context);
  expect(now).toMatchObject({
    problems: [],
    labels: [{ id: 0 }, { id: 1, lessons: 0 }, { id: 2, lessons: 1 }],
  });
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expect(labelRow(page, "Other")).toContainText("1 taught");
  await expect(notice(page)).toHaveCount(0);
});

test("a file that does not hold it changes nothing", async ({ page, context, browser }) => {
  test.setTimeout(150_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await collection(page);
  await damage(page, [["lessons", 1]]);
  await page.reload();
  await ready(page);
  const before = await stored(context);
  await page.getByRole("button", { name: "See what is damaged" }).click();
  await takeFrom(page, { name: "x.keepsake", mimeType: "", buffer: Buffer.from("what is this") });
  await expect(page.getByText(/This is not a Keepsake file/)).toBeVisible();
  // Another's, with the same numbers for other things: the samples are there, and a photo before them.
  const other = await browser.newContext();
  const theirs = await other.newPage();
  await theirs.goto("/tests/browser/blank.html");
  const bytes = await theirs.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const keepsake: typeof import("keepsake") = await import(address);
    await keepsake.default();
    const learner = await keepsake.Learner.open({ storage: "memory" });
    await learner.addLabel("Of another");
    return [...(await learner.export())];
  });
  await other.close();
  await takeFrom(page, { name: "other.keepsake", mimeType: "", buffer: Buffer.from(bytes) });
  await expect(page.getByText(/That file holds nothing of what is damaged/).first()).toBeVisible();
  await expect(panel(page)).toContainText("1 damaged record was set aside.");
  expect(await stored(context)).toEqual(before);
});

test("drawings: a name that is lost is told of, and given again", async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await drawing.open(page);
  await drawing.teach(page, "Ring");
  await drawing.teach(page, "Cross");
  await damage(page, [["labels", 1]], "scratch:drawings");
  await page.reload();
  await expect(drawing.pad(page)).toBeVisible({ timeout: 60_000 });
  const told = page.getByRole("alert").filter({ hasText: "1 damaged record was set aside." });
  await expect(told).toContainText("Label 1 cannot be read: its content is damaged.");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByRole("button", { name: "Label 1 (name lost): rename" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.keyboard.type("Ring");
  await page.keyboard.press("Enter");
  await expect(drawing.taught(page, "Ring", 1)).toBeVisible();
  await page.reload();
  await expect(drawing.taught(page, "Ring", 1)).toBeVisible({ timeout: 60_000 });
  await expect(told).toHaveCount(0);
});

test("drawings: networks that cannot be read leave a way on, and a backup takes their place", async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await drawing.open(page);
  await drawing.teach(page, "Ring");
  const backup = await saveBackup(page);
  await damage(page, [["meta", 1]], "scratch:drawings");
  await page.reload();
  const told = page.getByRole("alert").filter({ hasText: "What was learned here cannot be read any more." });
  await expect(told).toBeVisible({ timeout: 60_000 });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.screenshot({ path: info.outputPath("drawings-unreadable.png") });
  const open = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
    const asked = page.waitForEvent("filechooser");
    await told.getByRole("button", { name: "Open a backup…" }).click();
    await (await asked).setFiles(file);
  };
  await open({ name: "x.keepsake", mimeType: "", buffer: Buffer.from("what is this") });
  await expect(page.getByText(/This is not a Keepsake file/)).toBeVisible();
  // It is still there, for whoever can mend it.
  await page.reload();
  await expect(told).toBeVisible({ timeout: 60_000 });
  await open(backup);
  await expect(drawing.taught(page, "Ring", 1)).toBeVisible();
  await page.reload();
  await expect(drawing.taught(page, "Ring", 1)).toBeVisible({ timeout: 60_000 });
});
