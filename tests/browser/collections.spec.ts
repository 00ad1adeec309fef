// Several collections in one page: each with its own photos, undo, pen and backup.

import { basename } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { addPhotos, clothing, expectTaught, labelRow, open, photo, ready, teach } from "./support";

const dialog = (page: Page) => page.getByRole("dialog", { name: "Collections" });
const title = (page: Page, name: string) =>
  page.getByRole("button", { name: new RegExp(`^${name}.*Collections$`) });
/** The row that opens a collection. */
const row = (page: Page, name: string) =>
  dialog(page).getByRole("button", { name: new RegExp(`^${name} (nothing|[\\d,]+ photo)`) });

async function list(page: Page, current: string): Promise<void> {
  await title(page, current).click();
  await expect(dialog(page)).toBeVisible();
}

async function make(page: Page, current: string, name: string): Promise<void> {
  await list(page, current);
  await page.getByRole("button", { name: "New collection" }).click();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(title(page, name)).toBeVisible({ timeout: 60_000 });
  await ready(page);
}

async function go(page: Page, current: string, to: string): Promise<void> {
  await list(page, current);
  await row(page, to).click();
  await expect(title(page, to)).toBeVisible({ timeout: 60_000 });
  await ready(page);
}

async function act(page: Page, name: string, what: "Rename" | "Duplicate" | "Delete"): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${name}: rename, duplicate`) }).click();
  await dialog(page).getByRole("button", { name: what, exact: true }).click();
}

/** Photos of which each is another. */
function some(kinds: readonly string[], count: number) {
  const all = clothing(kinds, count);
  return kinds.map((kind) => all[kind] ?? []);
}

test("a second collection has its own photos, undo and address, and the first loses nothing", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const [[hat = "", hat2 = ""] = [], [shoe = ""] = []] = some(["hat", "shoes"], 2);
  await open(page);
  // Before there is anything the page has its own name.
  await expect(page.getByRole("button", { name: /^Keepsake/ })).toBeVisible();
  await addPhotos(page, [hat, hat2]);
  await teach(page, hat, "Hat");
  expect(new URL(page.url()).search).toBe("");
  await expect(page).toHaveTitle("My photos · Keepsake");

  await make(page, "My photos", "Shoes to give away");
  await expect(page.getByText("Name a few photos.")).toBeVisible();
  const address = page.url();
  expect(new URL(address).search).toMatch(/^\?collection=photos-[a-z0-9]{12}$/);
  await addPhotos(page, [shoe]);
  await expect(photo(page, hat)).toHaveCount(0);
  await teach(page, shoe, "Shoes");

  // A reload stays, back and forward are the browser's.
  await page.reload();
  await ready(page);
  await expectTaught(page, shoe, "Shoes");
  await page.goBack();
  await expect(title(page, "My photos")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await expectTaught(page, hat, "Hat");
  await page.goForward();
  await ready(page);
  await expectTaught(page, shoe, "Shoes");

  // Each has its own steps of undo, and what the list says of it.
  await go(page, "Shoes to give away", "My photos");
  await page.keyboard.press("u");
  await expect(photo(page, hat)).not.toHaveAttribute("aria-label", /taught/);
  await list(page, "My photos");
  await expect(row(page, "My photos")).toContainText("2 photos, no labels");
  await expect(row(page, "My photos")).toHaveAttribute("aria-current", "true");
  await expect(row(page, "Shoes to give away")).toContainText("1 photo, 1 label");
  await expect(row(page, "Shoes to give away").locator("img")).toHaveCount(1);
  await row(page, "Shoes to give away").click();
  await ready(page);
  await expectTaught(page, shoe, "Shoes");

  // The bare address opens the one that was open last.
  await page.goto("/");
  await ready(page);
  await expect(title(page, "Shoes to give away")).toBeVisible();
  expect(page.url()).toBe(address);
});

test("renamed in the row, and a name is text and there once", async ({ page }) => {
  test.setTimeout(120_000);
  const [[hat = ""] = []] = some(["hat"], 1);
  await open(page);
  await addPhotos(page, [hat]);
  await list(page, "My photos");
  await page.getByRole("button", { name: "New collection" }).click();
  await page.keyboard.type(" my  PHOTOS ");
  await page.keyboard.press("Enter");
  await expect(title(page, "my PHOTOS 2")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await list(page, "my PHOTOS 2");
  await act(page, "my PHOTOS 2", "Rename");
  const field = page.getByRole("textbox", { name: "New name for my PHOTOS 2" });
  await expect(field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(
    page.getByRole("button", { name: "my PHOTOS 2: rename, duplicate, put together, delete" }),
  ).toBeFocused();
  await act(page, "my PHOTOS 2", "Rename");
  const markup = '<img src="x" onerror="window.ran = true">';
  await field.fill(markup);
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByText(markup)).toBeVisible();
  await expect(page.locator(".title-text")).toHaveText(markup);
  expect(await page.evaluate(() => "ran" in window)).toBe(false);
  // Too long is cut, nothing is no name.
  await page.getByRole("button", { name: "My photos: rename, duplicate, put together, delete" }).click();
  await dialog(page).getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("textbox").fill("");
  await page.keyboard.press("Enter");
  await expect(row(page, "My photos")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.locator(".title")).toBeFocused();
});

test("deleted at once, brought back by undo, kept for thirty days and then gone", async ({ page }) => {
  test.setTimeout(180_000);
  const [[hat = ""] = [], [shoe = ""] = []] = some(["hat", "shoes"], 1);
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await make(page, "My photos", "Shoes");
  await addPhotos(page, [shoe]);
  await teach(page, shoe, "Shoe");

  // The one that is open: another opens in its place, which says so, and Undo leads back.
  await list(page, "Shoes");
  await act(page, "Shoes", "Delete");
  await expect(page.getByText("Deleted Shoes. Kept for 30 days.").last()).toBeVisible({ timeout: 60_000 });
  await expect(title(page, "My photos")).toBeVisible();
  await expectTaught(page, hat, "Hat");
  await page.locator(".said").getByRole("button", { name: "Undo" }).click();
  await expect(title(page, "Shoes")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await expectTaught(page, shoe, "Shoe");

  // Another one: it leaves the list, and its key brings it back. The lesson before is not what that undoes.
  await go(page, "Shoes", "My photos");
  await list(page, "My photos");
  await act(page, "Shoes", "Delete");
  await expect(row(page, "Shoes")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("u");
  await expect(page.getByText("Shoes is back").last()).toBeVisible();
  await expectTaught(page, hat, "Hat");
  // The button above undoes what it says, whatever the line offers.
  await list(page, "My photos");
  await act(page, "Shoes", "Delete");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Undo: Taught Hat" }).click();
  await expect(photo(page, hat)).not.toHaveAttribute("aria-label", /taught/);
  await page.getByRole("button", { name: "Redo: Taught Hat" }).click();
  await expectTaught(page, hat, "Hat");
  await list(page, "My photos");
  await page.getByRole("button", { name: /^Deleted 1/ }).click();
  await page.getByRole("button", { name: "Bring Shoes back" }).click();
  await page.keyboard.press("Escape");

  // Under Deleted it can be brought back until it goes; its address says so, too.
  await list(page, "My photos");
  const shoes = await row(page, "Shoes").count();
  expect(shoes).toBe(1);
  await act(page, "Shoes", "Delete");
  await page.getByRole("button", { name: "Deleted 1, kept for 30 days" }).click();
  await expect(dialog(page)).toContainText(/1 photo, 1 label, goes on \w+ \d+/);
  const id = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        indexedDB.open("keepsake-collections").onsuccess = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result;
          const all = database.transaction("collections").objectStore("collections").getAll();
          all.onsuccess = () => {
            database.close();
            resolve(all.result.find(({ deleted }: { deleted: number | null }) => deleted !== null).id);
          };
        };
      }),
  );
  await page.goto(`/?collection=${id}`);
  await expect(page.getByText(/Shoes was deleted\. It can be brought back until \w+ \d+/)).toBeVisible();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await ready(page);
  await expectTaught(page, shoe, "Shoe");

  // After thirty days the next visit deletes it, with all that is its.
  await list(page, "Shoes");
  await act(page, "Shoes", "Delete");
  await expect(title(page, "My photos")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.open("keepsake-collections").onsuccess = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result;
          const table = database.transaction("collections", "readwrite").objectStore("collections");
          table.getAll().onsuccess = ({ target }) => {
            for (const one of (target as IDBRequest).result) {
              if (one.deleted !== null)
                table.put({ ...one, deleted: Date.now() - 30 * 24 * 3600 * 1000 }, one.id);
            }
          };
          table.transaction.oncomplete = () => {
            database.close();
            resolve(null);
          };
        };
      }),
  );
  const databases = () =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  expect(await databases()).toContain(`keepsake:${id}`);
  await page.reload();
  await ready(page);
  await expect.poll(databases, { timeout: 30_000 }).not.toContain(`keepsake:${id}`);
  expect(await databases()).toContain("keepsake:photos");
  await list(page, "My photos");
  await expect(page.getByRole("button", { name: /^Deleted/ })).toHaveCount(0);
  await page.goto(`/?collection=${id}`);
  await ready(page);
  await expect(title(page, "My photos")).toBeVisible();
});

test("the last one can be deleted, too: there is a new one then", async ({ page }) => {
  test.setTimeout(120_000);
  const [[hat = ""] = []] = some(["hat"], 1);
  await open(page);
  await addPhotos(page, [hat]);
  await list(page, "My photos");
  await act(page, "My photos", "Delete");
  await expect(page.getByText("Name a few photos.")).toBeVisible({ timeout: 60_000 });
  await expect(title(page, "My photos 2")).toBeVisible();
  await list(page, "My photos 2");
  await page.getByRole("button", { name: "Deleted 1, kept for 30 days" }).click();
  await page.getByRole("button", { name: "Delete My photos for good…" }).click();
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Delete My photos for good…" })).toBeFocused();
  await page.getByRole("button", { name: "Delete My photos for good…" }).click();
  await page.getByRole("button", { name: "Delete for good", exact: true }).click();
  await expect(page.getByText("Deleted My photos for good").last()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Deleted/ })).toHaveCount(0);
});

test("a copy is a collection of its own, and so is a file", async ({ page }, info) => {
  test.setTimeout(180_000);
  const [[hat = "", hat2 = ""] = []] = some(["hat"], 2);
  await open(page);
  await addPhotos(page, [hat, hat2]);
  await teach(page, hat, "Hat");
  await list(page, "My photos");
  await act(page, "My photos", "Duplicate");
  await expect(row(page, "My photos 2")).toContainText("2 photos, 1 label", { timeout: 30_000 });
  await row(page, "My photos 2").click();
  await expect(title(page, "My photos 2")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await expectTaught(page, hat, "Hat");
  await teach(page, hat2, "Cap");
  await go(page, "My photos 2", "My photos");
  await expectTaught(page, hat, "Hat");
  await expect(labelRow(page, "Cap")).toHaveCount(0);

  // A backup of it, opened as another one.
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Save a backup" }).click();
  const file = info.outputPath("Holiday.keepsake");
  await (await download).saveAs(file);
  await list(page, "My photos");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a .keepsake file…" }).click();
  await (await chooser).setFiles(file);
  await expect(title(page, "Holiday")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await expectTaught(page, hat, "Hat");

  // One that is none makes none.
  await list(page, "Holiday");
  const another = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a .keepsake file…" }).click();
  await (await another).setFiles({ name: "x.keepsake", mimeType: "", buffer: Buffer.from("PK not ours") });
  await expect(page.getByText("This is not a Keepsake file.")).toBeVisible();
  const ours = () =>
    page.evaluate(async () => {
      const all = await indexedDB.databases();
      return all.filter(({ name }) => name?.startsWith("keepsake:photos")).length;
    });
  expect(await ours()).toBe(3);

  // To delete everything means all of them, and says so.
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "This device" }).click();
  await page.getByRole("button", { name: "Delete everything…" }).click();
  await expect(page.getByText("All 3 collections, 6 photos as numbers and small pictures")).toBeVisible();
  await page.getByRole("button", { name: "Delete all of it" }).click();
  await expect(page.getByText("Name a few photos.")).toBeVisible({ timeout: 60_000 });
  expect(new URL(page.url()).search).toBe("");
  await expect(page.getByRole("button", { name: /^Keepsake/ })).toBeVisible();
  expect(await ours()).toBe(1);
});

for (const [who, taught, hats] of [
  ["My photos decides", "Hat", 2],
  ["Mia’s decides", "Cap", 1],
  ["Ask me", null, 1],
] as const) {
  test(`two become a third as the preview says, and stay as they are: ${who}`, async ({ page }) => {
    test.setTimeout(180_000);
    const [[hat = "", hat2 = "", hat3 = ""] = [], [shoe = ""] = []] = some(["hat", "shoes"], 3);
    await open(page);
    await addPhotos(page, [hat, hat2, shoe]);
    await teach(page, hat, "Hat");
    await teach(page, hat2, "Hat");
    await teach(page, shoe, "Shoes");
    await make(page, "My photos", "Mia’s");
    await addPhotos(page, [hat2, hat3, shoe]);
    await teach(page, hat2, "Cap");
    await teach(page, shoe, "shoes");

    await list(page, "Mia’s");
    await page.getByRole("button", { name: "My photos: rename, duplicate, put together, delete" }).click();
    await dialog(page).getByRole("button", { name: "Put together…" }).click();
    await expect(dialog(page).getByRole("button", { name: "Mia’s", exact: true })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main", { name: "Put together" })).toBeFocused();
    await expect(page.getByRole("heading", { name: "Same name 1" })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("row", { name: /^Shoes/ })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Only in My photos 1" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Only in Mia’s 1" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Disagree 1" })).toBeVisible();
    await expect(page.getByRole("img", { name: `${basename(hat2)}: Hat or Cap` })).toBeVisible();
    await expect(page.getByText("2 photos are in both and come once.")).toBeVisible();
    await page.getByText(who, { exact: true }).click();
    await expect(page.getByRole("heading", { name: "4 photos, 3 labels" })).toBeVisible();
    // What the right side counts is what there will be.
    await page.waitForTimeout(1_000);
    const counts = await page.locator(".makes .counts li").allTextContents();
    await page.getByRole("textbox", { name: "Its name" }).fill("Both");
    await page.getByRole("button", { name: "Put together" }).click();
    await expect(title(page, "Both")).toBeVisible({ timeout: 60_000 });
    await ready(page);
    await expectTaught(page, hat, "Hat");
    await expectTaught(page, shoe, "Shoes");
    if (taught) await expectTaught(page, hat2, taught);
    else await expect(photo(page, hat2)).not.toHaveAttribute("aria-label", /taught/);
    await expect(labelRow(page, "Hat")).toContainText(`${hats} taught`);
    for (const count of counts) {
      const [, name = "", n = ""] = /^(.*) (\d+)$/.exec(count) ?? [];
      const shown = page
        .getByRole("navigation", { name: "Labels" })
        .getByRole("button", { name: new RegExp(`^${name}`) });
      if (n !== "0" || (await shown.count()) > 0) await expect(shown.locator(".count")).toHaveText(n);
    }

    // Both are as they were.
    await go(page, "Both", "My photos");
    await expectTaught(page, hat2, "Hat");
    await expect(labelRow(page, "Cap")).toHaveCount(0);
    await go(page, "My photos", "Mia’s");
    await expectTaught(page, hat2, "Cap");
    await expect(photo(page, hat)).toHaveCount(0);
  });
}

test("two tabs write to two collections, and hear of each other", async ({ context }) => {
  test.setTimeout(180_000);
  const [[hat = "", hat2 = ""] = [], [shoe = "", shoe2 = ""] = []] = some(["hat", "shoes"], 2);
  const one = await context.newPage();
  await open(one);
  await addPhotos(one, [hat, hat2]);
  await make(one, "My photos", "Shoes");
  await addPhotos(one, [shoe, shoe2]);
  const two = await context.newPage();
  await two.goto("/?collection=photos");
  await ready(two);
  await teach(one, shoe, "Shoe");
  await teach(two, hat, "Hat");
  await teach(one, shoe2, "Boot");
  await teach(two, hat2, "Cap");
  for (const page of [one, two]) await expect(page.getByText("Another tab is open")).toHaveCount(0);

  // Renamed and deleted elsewhere: said where it is open, and nothing that is done there is lost.
  await list(two, "My photos");
  await act(two, "Shoes", "Rename");
  await two.keyboard.type("Boots");
  await two.keyboard.press("Enter");
  await expect(title(one, "Boots")).toBeVisible();
  await expect(
    one.getByText("Renamed in another tab: this collection is called Boots now").last(),
  ).toBeVisible();
  await act(two, "Boots", "Delete");
  await expect(one.getByText(/Boots was deleted\. It can be brought back until/)).toBeVisible();
  await one.getByRole("button", { name: "Bring it back" }).click();
  await expect(one.getByText("Boots was deleted.")).toHaveCount(0);
  await expect(row(two, "Boots")).toBeVisible();
  await expectTaught(one, shoe, "Shoe");

  // Two on one collection are as ever: one writes, the other follows.
  const three = await context.newPage();
  await three.goto(one.url());
  await ready(three);
  await expect(three.getByRole("button", { name: "Teach here" })).toBeVisible();
  await expect(three.getByRole("button", { name: `${basename(shoe)}, Shoe, taught` })).toBeVisible();
});

test("a backup's file is written by its own collection only", async ({ page, context }) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  const [[hat = ""] = [], [shoe = ""] = []] = some(["hat", "shoes"], 1);
  // What the browser's choice of a file answers: the name that a test says.
  await context.addInitScript(() => {
    Object.assign(window, {
      showSaveFilePicker: async () =>
        (await navigator.storage.getDirectory()).getFileHandle(
          localStorage.getItem("test:file") ?? "a.keepsake",
          {
            create: true,
          },
        ),
    });
    Object.assign(FileSystemFileHandle.prototype, {
      queryPermission: async () => "granted",
      requestPermission: async () => "granted",
    });
  });
  const bytes = (name: string) =>
    page.evaluate(async (name) => {
      const folder = await navigator.storage.getDirectory();
      const file = await (await folder.getFileHandle(name)).getFile();
      return Array.from(
        new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())),
      ).join();
    }, name);
  const status = page.getByRole("contentinfo", { name: "State" });
  const keep = async () => {
    await status.getByRole("button").nth(1).click();
    await page.getByRole("button", { name: "Keep one up to date…" }).click();
  };
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await keep();
  await expect(status).toContainText("Saved here and in a.keepsake");
  const before = await bytes("a.keepsake");

  // The new one has none; lessons in it leave the first one's file alone, also over a reload.
  await make(page, "My photos", "Shoes");
  await addPhotos(page, [shoe]);
  await teach(page, shoe, "Shoe");
  await expect(status).not.toContainText("a.keepsake");
  // It is hidden: what waits to be written would be written now.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.reload();
  await ready(page);
  await teach(page, shoe, "Boot");
  await page.waitForTimeout(4_000);
  expect(await bytes("a.keepsake")).toBe(before);

  // Nor can it be chosen there.
  await keep();
  await expect(
    page.getByText("“My photos” is kept in a.keepsake. Choose another file for this one."),
  ).toBeVisible();
  expect(await bytes("a.keepsake")).toBe(before);
  await page.evaluate(() => localStorage.setItem("test:file", "b.keepsake"));
  await page.getByRole("button", { name: "Keep one up to date…" }).click();
  await expect(status).toContainText("Saved here and in b.keepsake");
  expect(await bytes("a.keepsake")).toBe(before);

  // Both go on with their own, and a copy has none.
  await page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
  await list(page, "Shoes");
  await act(page, "Shoes", "Duplicate");
  await expect(row(page, "Shoes 2")).toBeVisible({ timeout: 30_000 });
  await row(page, "Shoes 2").click();
  await expect(title(page, "Shoes 2")).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await expectTaught(page, shoe, "Boot");
  await expect(status).not.toContainText("b.keepsake");
  await go(page, "Shoes 2", "My photos");
  await expect(status).toContainText("a.keepsake");
});

test("accessible and of a size to be touched, on every screen", async ({ page }, info) => {
  test.setTimeout(180_000);
  const [[hat = "", hat2 = ""] = [], [shoe = ""] = []] = some(["hat", "shoes"], 2);
  await open(page);
  await addPhotos(page, [hat, hat2]);
  await teach(page, hat, "Hat");
  await make(page, "My photos", "Shoes to give away");
  await addPhotos(page, [shoe]);
  await make(page, "Shoes to give away", "Gone");
  await list(page, "Gone");
  await act(page, "Gone", "Delete");
  await expect(page.getByText("Deleted Gone.").last()).toBeVisible({ timeout: 60_000 });
  await ready(page);
  for (const screen of SCREENS) {
    await showOn(page, screen);
    const shot = (state: string) =>
      page.screenshot({ path: info.outputPath(`${state}-${screen.name.replace(", ", "-")}.png`) });
    await list(page, "My photos");
    await page
      .getByRole("button", { name: "Shoes to give away: rename, duplicate, put together, delete" })
      .click();
    await expectNoViolations(page, `acts, ${screen.name}`);
    await shot("acts");
    if (screen.width < 700) {
      for (const button of await dialog(page).getByRole("button").all()) {
        const box = await button.boundingBox();
        expect(
          Math.min(box?.height ?? 0, box?.width ?? 0),
          (await button.textContent()) ?? "",
        ).toBeGreaterThanOrEqual(44);
      }
    }
    await dialog(page).getByRole("button", { name: "Rename", exact: true }).click();
    await expectNoViolations(page, `rename, ${screen.name}`);
    await shot("rename");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New collection" }).click();
    await expectNoViolations(page, `new, ${screen.name}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Deleted 1/ }).click();
    await page.getByRole("button", { name: "Delete Gone for good…" }).click();
    await expectNoViolations(page, `deleted, ${screen.name}`);
    await shot("deleted");
    await page.keyboard.press("Escape");
    await expect(dialog(page)).toHaveCount(0);
    await list(page, "My photos");
    await page
      .getByRole("button", { name: "Shoes to give away: rename, duplicate, put together, delete" })
      .click();
    await dialog(page).getByRole("button", { name: "Put together…" }).click();
    await expectNoViolations(page, `together with, ${screen.name}`);
    await dialog(page).getByRole("button", { name: "My photos", exact: true }).click();
    await expect(page.getByRole("heading", { name: "3 photos, 1 label" })).toBeVisible({ timeout: 30_000 });
    await expectNoViolations(page, `put together, ${screen.name}`);
    await shot("together");
    // No key reaches the photos behind it, and Escape leads back.
    await page.keyboard.press("1");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("heading", { name: "Put together" })).toHaveCount(0);
    await expect(labelRow(page, "Hat")).toContainText("1 taught");
  }
});
