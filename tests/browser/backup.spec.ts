// The backup that the page takes by itself, into a file that was chosen once. The file is one of the
// browser's own (no test can choose one of the person's), and everything else is as it is for theirs.

import { expect, type Page, test } from "./fixtures";
import { addPhotos, clothing, expectTaught, labelRow, open, ready, takePicture, teach } from "./support";

const FILE = "picked.keepsake";

/** What the browser's choice of a file answers, and whether it lets the page at it. */
async function choosing(page: Page): Promise<void> {
  await page.addInitScript((name) => {
    Object.assign(window, {
      showSaveFilePicker: async () =>
        (await navigator.storage.getDirectory()).getFileHandle(name, { create: true }),
    });
    const asked = () => (localStorage.getItem("test:refused") === null ? "granted" : "prompt");
    Object.assign(FileSystemFileHandle.prototype, {
      queryPermission: async () => asked(),
      requestPermission: async () => {
        localStorage.removeItem("test:refused");
        return asked();
      },
    });
  }, FILE);
}

/** Labels with their lessons, as a file has them. */
function held(page: Page, name: string): Promise<Record<string, number>> {
  return page.evaluate(async (name) => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle(name);
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    const address = "/pkg/keepsake.js";
    const keepsake: typeof import("keepsake") = await import(address);
    await keepsake.default();
    const learner = await keepsake.Learner.open({ storage: "memory" });
    await learner.import(bytes, "replace");
    const labels = learner.labels().filter(({ lessons }) => lessons > 0);
    return Object.fromEntries(labels.map(({ name, lessons }) => [name, lessons]));
  }, name);
}

async function details(page: Page): Promise<void> {
  await page.getByRole("contentinfo", { name: "State" }).getByRole("button").nth(1).click();
  await expect(page.getByRole("heading", { name: "Backup" })).toBeVisible();
}

test("a file that was chosen once is kept up to date, with what it was before this visit", async ({
  page,
  context,
}, info) => {
  test.setTimeout(150_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  const [hat, hat2, hat3] = clothing(["hat"], 3).hat ?? [];
  if (!hat || !hat2 || !hat3) throw new Error("too few photos");
  await choosing(page);
  await open(page);
  await addPhotos(page, [hat, hat2, hat3]);
  await teach(page, hat, "Hat");
  await details(page);
  await page.getByRole("button", { name: "Keep one up to date…" }).click();
  const status = page.getByRole("contentinfo", { name: "State" });
  await expect(status).toContainText(`Saved here and in ${FILE}`);
  const reader = await context.newPage();
  await reader.goto("/tests/browser/blank.html");
  expect(await held(reader, FILE)).toEqual({ Hat: 1 });
  await takePicture(page, page.getByRole("heading", { name: "Backup" }), "backup-kept", info);

  await page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
  await teach(page, hat2, "Cap");
  await expect(status).not.toContainText(FILE);
  await expect(status).toContainText(`Saved here and in ${FILE}`, { timeout: 30_000 });
  expect(await held(reader, FILE)).toEqual({ Hat: 1, Cap: 1 });

  // The next visit finds the file, and keeps what it was.
  await page.reload();
  await ready(page);
  await expect(status).toContainText(`Saved here and in ${FILE}`);
  await teach(page, hat3, "Cap");
  await expect(status).not.toContainText(FILE);
  await expect(status).toContainText(`Saved here and in ${FILE}`, { timeout: 30_000 });
  expect(await held(reader, FILE)).toEqual({ Hat: 1, Cap: 2 });
  expect(await held(reader, "backup-before.keepsake")).toEqual({ Hat: 1, Cap: 1 });

  // The browser wants to be asked again: said, and one button.
  await page.evaluate(() => localStorage.setItem("test:refused", "1"));
  await page.reload();
  await ready(page);
  await expect(page.getByText(`${FILE} is not kept up to date.`)).toBeVisible();
  await teach(page, hat2, "Hat");
  expect(await held(reader, FILE)).toEqual({ Hat: 1, Cap: 2 });
  await page.getByRole("button", { name: "Allow it" }).click();
  await expect(status).toContainText(`Saved here and in ${FILE}`);
  expect(await held(reader, FILE)).toEqual({ Hat: 2, Cap: 1 });
  await expect(page.getByText("is not kept up to date.")).toHaveCount(0);
});

test("it is said to be in the file once it is, and not while it is written", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const [hat = ""] = clothing(["hat"], 1).hat ?? [];
  await choosing(page);
  await page.addInitScript(() => {
    const { createWritable } = FileSystemFileHandle.prototype;
    // A slow disk: it begins to write when the test says so.
    const begun = new Promise<void>((resolve) => {
      addEventListener("test:write", () => resolve(), { once: true });
    });
    FileSystemFileHandle.prototype.createWritable = async function () {
      document.documentElement.dataset.writing = "";
      await begun;
      return createWritable.call(this);
    };
  });
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await details(page);
  await page.getByRole("button", { name: "Keep one up to date…" }).click();
  await page.locator("html[data-writing]").waitFor({ state: "attached" });
  const status = page.getByRole("contentinfo", { name: "State" });
  await expect(status).toContainText("Saved");
  await expect(status).not.toContainText(FILE);
  await page.evaluate(() => dispatchEvent(new Event("test:write")));
  await expect(status).toContainText(`Saved here and in ${FILE}`);
});

test("an empty collection, or one that failed to be written, leaves the file as it was", async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  const [hat] = clothing(["hat"], 1).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await choosing(page);
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await details(page);
  await page.getByRole("button", { name: "Keep one up to date…" }).click();
  const status = page.getByRole("contentinfo", { name: "State" });
  await expect(status).toContainText(`Saved here and in ${FILE}`);
  await page.getByRole("complementary").getByRole("button", { name: "Close" }).click();

  // The disk under the file is full: the write is given up before it takes the old one's place.
  await page.evaluate(() => {
    const write = FileSystemWritableFileStream.prototype.write;
    FileSystemWritableFileStream.prototype.write = async function (data) {
      await write.call(this, (data as Blob).slice(0, 100));
      FileSystemWritableFileStream.prototype.write = write;
      throw new DOMException("No room is left.", "QuotaExceededError");
    };
  });
  await teach(page, hat, "Cap");
  await expect(page.getByText(`${FILE} could not be written.`)).toBeVisible({ timeout: 30_000 });
  const reader = await context.newPage();
  await reader.goto("/tests/browser/blank.html");
  expect(await held(reader, FILE)).toEqual({ Hat: 1 });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(status).toContainText(`Saved here and in ${FILE}`);
  expect(await held(reader, FILE)).toEqual({ Cap: 1 });

  await page.locator("[data-tile] > button.photo").first().focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText(`${FILE} could not be written.`)).toBeVisible({ timeout: 30_000 });
  expect(await held(reader, FILE)).toEqual({ Cap: 1 });
});

test("after fifty lessons a backup is asked for, once, where the page cannot take one by itself", async ({
  page,
}) => {
  test.setTimeout(150_000);
  const photos = clothing(["hat", "shoes"], 26);
  const [last, another, ...others] = Object.values(photos).flat();
  if (!last || !another) throw new Error("too few photos");
  // As in Firefox and Safari.
  await page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
  await open(page);
  await addPhotos(page, others.slice(0, 49));
  await page.locator("[data-tile] > button.photo").first().focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Enter");
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.fill("Thing");
  await field.press("Enter");
  await expect(labelRow(page, "Thing")).toContainText("49 taught", { timeout: 30_000 });
  const reminder = page.getByText("50 lessons, and no backup yet.");
  await addPhotos(page, [last, another]);
  await expect(page.getByText("no backup yet")).toHaveCount(0);
  await teach(page, last, "Hat");
  await expect(reminder).toBeVisible();
  await expect(page.getByRole("button", { name: "Keep one up to date…" })).toHaveCount(0);

  await page.getByRole("button", { name: "Later" }).click();
  await expect(reminder).toHaveCount(0);
  await page.reload();
  await ready(page);
  await teach(page, another, "Hat");
  await expect(page.getByText("no backup yet")).toHaveCount(0);

  // As before it was put off.
  await page.evaluate(() => localStorage.removeItem("keepsake:backup"));
  await page.reload();
  await ready(page);
  await expect(page.getByText("51 lessons, and no backup yet.")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save a backup" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.keepsake$/);
  await expect(page.getByText("no backup yet")).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expectTaught(page, another, "Hat");
  await expect(page.getByText(/lessons,? (and no backup yet|since the last backup)/)).toHaveCount(0);
});

test("everything is deleted where it is asked for twice, and nothing else is", async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  const [hat] = clothing(["hat"], 1).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await page.evaluate(async () => {
    localStorage.setItem("another-page", "stays");
    await new Promise((resolve) => {
      indexedDB.open("another-page").onsuccess = ({ target }) => {
        (target as IDBOpenDBRequest).result.close();
        resolve(null);
      };
    });
  });
  await details(page);
  await page.getByRole("button", { name: "Delete everything…" }).click();
  await expect(page.getByText("1 photo as numbers and small pictures, 1 lesson")).toBeVisible();
  // What stays is told, and stays.
  await expect(page.getByText(/The page's own files \([\d.]+\sMB\) stay/)).toBeVisible({ timeout: 60_000 });
  const files = () =>
    page.evaluate(async () => {
      const names = await caches.keys();
      const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return kept.flat().map((request) => request.url);
    });
  const before = await files();
  expect(before.length).toBeGreaterThan(5);
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expectTaught(page, hat, "Hat");
  await page.getByRole("button", { name: "Delete everything…" }).click();
  await page.getByRole("button", { name: "Delete all of it" }).click();
  await expect(page.getByText("Name a few photos.")).toBeVisible({ timeout: 60_000 });
  expect(await files()).toEqual(before);
  await page.reload();
  await expect(page.getByText("Name a few photos.")).toBeVisible({ timeout: 60_000 });
  const left = await page.evaluate(async () => [
    ...Object.keys(localStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
  ]);
  // The page has made its own anew, and empty.
  expect(left.sort()).toEqual([
    "another-page",
    "another-page",
    "keepsake-collections",
    "keepsake-page",
    "keepsake:collection",
    "keepsake:photos",
  ]);
});
