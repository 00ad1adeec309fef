// Which collections a browser keeps, and how one goes for good: `Learner.list` and `Learner.delete`.

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { prepare } from "./package";

async function blank(page: Page): Promise<void> {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
}

/** Two collections: "hats" with two photos, one label and one lesson, and "boots" with nothing. */
async function make(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const hats = await window.Learner.open({ name: "hats" });
    const [id = 0] = await hats.addPhotos([
      { ...window.look(0, 0), name: "a.jpg" },
      { ...window.look(0, 1), name: "b.jpg" },
    ]);
    await hats.teach(id, "Hat");
    await hats.close();
    await (await window.Learner.open({ name: "boots" })).close();
    await (await window.Learner.open({ name: "nowhere", storage: "memory" })).close();
  });
}

const HATS = { name: "hats", photos: 2, lessons: 1, labels: 1 };
const BOOTS = { name: "boots", photos: 0, lessons: 0, labels: 0 };

test("lists what this browser keeps, and nothing else", async ({ page }) => {
  await blank(page);
  expect(await page.evaluate(() => window.Learner.list())).toEqual([]);
  await make(page);
  // Of another program, and of the learner from nothing.
  await page.evaluate(async () => {
    for (const name of ["keepsake-page", "other", "keepsake:scratch:drawings", "keepsake:odd"]) {
      await new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
          opening.result.close();
          resolve(undefined);
        };
      });
    }
  });
  expect(await page.evaluate(() => window.Learner.list())).toEqual([BOOTS, HATS]);
  // Who writes meanwhile goes on.
  const after = await page.evaluate(async () => {
    const learner = await window.Learner.open({ name: "boots" });
    const listed = await window.Learner.list();
    await learner.addLabel("Boots");
    await learner.close();
    return [listed, await window.Learner.list()];
  });
  expect(after).toEqual([
    [BOOTS, HATS],
    [{ ...BOOTS, labels: 1 }, HATS],
  ]);
});

test("deletes a collection for good, and only that", async ({ page }) => {
  await blank(page);
  await make(page);
  const seen = await page.evaluate(async () => {
    await window.Learner.delete("hats");
    await window.Learner.delete("hats");
    await window.Learner.delete("never there");
    const listed = await window.Learner.list();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const again = await window.Learner.open({ name: "hats" });
    const left = [again.photos().length, again.labels().length, again.history().undo];
    // The new one can be written.
    await again.addLabel("Cap");
    await again.close();
    const { locks } = navigator;
    const held = (await locks.query()).held?.map(({ name }) => name);
    return {
      listed,
      names,
      left,
      held,
      nonsense: await window.code(() => window.Learner.delete(7 as never)),
    };
  });
  expect(seen).toEqual({
    listed: [BOOTS],
    names: ["keepsake:boots"],
    left: [0, 1, null],
    held: [],
    nonsense: "request/invalid",
  });
});

test("what is open for writing is not deleted, here or in another tab", async ({ context }) => {
  const [writer, other] = [await context.newPage(), await context.newPage()];
  for (const page of [writer, other]) await blank(page);
  await make(writer);
  await writer.evaluate(async () => {
    const learner = await window.Learner.open({ name: "hats" });
    Object.assign(window, { learner });
  });
  const refused = () => window.code(() => window.Learner.delete("hats"));
  expect(await writer.evaluate(refused)).toBe("storage/busy");
  expect(await other.evaluate(refused)).toBe("storage/busy");
  // It goes on writing, and once it is closed it can be deleted, under the eyes of one that only looks.
  await writer.evaluate(async () => {
    const { learner } = window as unknown as { learner: import("keepsake").Learner };
    await learner.addLabel("Cap");
    await learner.close();
    Object.assign(window, { learner: await window.Learner.open({ name: "hats", readOnly: true }) });
  });
  await other.evaluate(() => window.Learner.delete("hats"));
  expect(await other.evaluate(() => window.Learner.list())).toEqual([BOOTS]);
  const looking = await writer.evaluate(() => {
    const { learner } = window as unknown as { learner: import("keepsake").Learner };
    return window.code(() => learner.thumbnail(1));
  });
  expect(looking).toBe("storage/gone");
});

test("a browser that does not tell which databases it has lists what was opened", async ({ page }) => {
  // As Firefox was before 126.
  await page.addInitScript(() => {
    Reflect.deleteProperty(IDBFactory.prototype, "databases");
  });
  await blank(page);
  await make(page);
  await page.reload();
  await page.evaluate(prepare);
  expect(await page.evaluate(() => "databases" in indexedDB)).toBe(false);
  expect(await page.evaluate(() => window.Learner.list())).toEqual([BOOTS, HATS]);
  expect(
    await page.evaluate(async () => {
      await window.Learner.delete("hats");
      return window.Learner.list();
    }),
  ).toEqual([BOOTS]);
});
