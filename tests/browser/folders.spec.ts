// A whole holiday folder: photos in subfolders, with videos, sidecars and what systems put there. It comes in
// the same whether it is dropped or chosen.

import { cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "./fixtures";
import { imported, open, photo, ready, watchErrors } from "./support";
import { bitmap, drop, tree } from "./tree";

const HOLIDAY: Readonly<Record<string, Buffer | string>> = {
  "one.bmp": bitmap(1),
  "one.mov": "the video of a Live Photo",
  "one.bmp.xmp": "<x:xmpmeta/>",
  "day 1/two.bmp": bitmap(2),
  "day 1/two.nef": "a raw file",
  "day 1/dusk/three.bmp": bitmap(3),
  "day 1/dusk/clip.mp4": "a video",
  "day 1/dusk/four.aae": "an edit",
  "clip.mts": "a video",
  "notes.txt": "notes",
  README: "a name that says nothing",
  "day 1/broken.jpg": "no picture, though it says so",
  ".DS_Store": "hidden",
  ".thumbnails/one.bmp": bitmap(11),
  "@eaDir/one.bmp/SYNOPHOTO_THUMB_M.bmp": bitmap(12),
  "__MACOSX/._one.bmp": bitmap(13),
};

async function choose(page: Page, folder: string): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Or pick a whole folder" }).click();
  await (await chooser).setFiles(folder);
}

for (const [way, bring] of [
  ["dropped", drop],
  ["chosen", choose],
] as const) {
  test(`a folder that is ${way}: its photos come in, the rest is one line, what is hidden is passed`, async ({
    page,
  }, info) => {
    const errors = watchErrors(page);
    const folder = tree(info.outputPath("holiday"), HOLIDAY);
    await open(page);
    await bring(page, folder);
    await imported(page);
    for (const name of ["one.bmp", "two.bmp", "three.bmp"]) await expect(photo(page, name)).toBeVisible();
    await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("3 photos");
    const unreadable = page.getByRole("grid", { name: /Could not be read/ });
    await expect(unreadable.getByRole("gridcell")).toHaveCount(1);
    await expect(unreadable).toContainText("broken.jpg");

    const line = page.getByText("2 videos and 2 other files left out", { exact: true });
    await expect(line).toBeVisible();
    await expect(page.getByText("holiday/clip.mts")).toBeHidden();
    await line.click();
    await page.getByText("Videos 2", { exact: true }).click();
    await expect(page.getByText("holiday/day 1/dusk/clip.mp4")).toBeVisible();
    await expect(page.getByText("Documents 1", { exact: true })).toBeVisible();
    await expect(page.getByText("Other files 1", { exact: true })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
    await page.locator(".leftout").getByRole("button", { name: "Close" }).click();
    await expect(line).toHaveCount(0);
    expect(errors).toEqual([]);
  });
}

test("only videos: none becomes a tile, and it is said", async ({ page }, info) => {
  const folder = tree(info.outputPath("clips"), { "a.mp4": "a video", "b.MOV": "a video" });
  await open(page);
  await drop(page, folder);
  await expect(page.getByText("2 videos left out", { exact: true })).toBeVisible();
  await expect(page.getByText("2 files left out: no photos.").last()).toBeVisible();
  await expect(page.locator("[data-tile]")).toHaveCount(0);
});

/** How often the page had a file read, and how often decoded, since it was last asked. */
type Asked = () => Promise<{ readonly read: number; readonly decoded: number }>;

/** Watches what the page asks of its workers: comlink's messages name the method. */
async function watchWorkers(page: Page): Promise<Asked> {
  await page.addInitScript(() => {
    const asked: Record<string, number> = {};
    Object.assign(globalThis, { asked });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
      const [method] = (message[0] as { path?: string[] })?.path ?? [];
      if (method) asked[method] = (asked[method] ?? 0) + 1;
      return (post as (...message: unknown[]) => void).apply(this, message);
    };
  });
  return () =>
    page.evaluate(() => {
      const { asked } = globalThis as unknown as { asked: Record<string, number> };
      const { identify = 0, look = 0, prepare = 0 } = asked;
      Object.assign(asked, { identify: 0, look: 0, prepare: 0 });
      return { read: identify, decoded: look + prepare };
    });
}

const photosOf = (page: Page) => page.getByRole("contentinfo", { name: "State" });
const said = (page: Page, text: string | RegExp) => page.getByRole("status").filter({ hasText: text });

test("a folder that comes again costs nothing, a moved one is recognised and known from then on", async ({
  page,
}, info) => {
  const asked = await watchWorkers(page);
  const folder = tree(info.outputPath("holiday"), HOLIDAY);
  await open(page);
  await drop(page, folder);
  await imported(page);
  // Three photos, one broken, and one that says nothing of itself.
  expect(await asked()).toEqual({ read: 0, decoded: 5 });

  await page.reload();
  await ready(page);
  await drop(page, folder);
  await expect(said(page, "3 were here already.")).toBeVisible();
  await expect(photosOf(page)).toContainText("3 photos");
  // What is no photo is not known, and is asked again.
  expect(await asked()).toEqual({ read: 0, decoded: 2 });

  // The whole folder under another name, one photo renamed within it, one copied.
  const moved = info.outputPath("Italy");
  renameSync(folder, moved);
  renameSync(join(moved, "one.bmp"), join(moved, "day 1/first.bmp"));
  await page.reload();
  await ready(page);
  await drop(page, moved);
  await expect(said(page, "3 were here already.")).toBeVisible();
  const { read, decoded } = await asked();
  expect(decoded).toBe(2);
  expect(read).toBeGreaterThanOrEqual(3);
  await expect(photosOf(page)).toContainText("3 photos");

  await page.reload();
  await ready(page);
  cpSync(join(moved, "day 1/two.bmp"), join(moved, "copy.bmp"));
  await drop(page, moved);
  await expect(said(page, "4 were here already.")).toBeVisible();
  // Only the copy is read.
  expect(await asked()).toEqual({ read: 1, decoded: 2 });
  await expect(photosOf(page)).toContainText("3 photos");
});

test("an import that was stopped goes on where it was when the folder is dropped again", async ({
  page,
}, info) => {
  const asked = await watchWorkers(page);
  const files = Array.from({ length: 120 }, (_, i) => [`day ${i % 7}/${i}.bmp`, bitmap(i)] as const);
  const folder = tree(info.outputPath("holiday"), Object.fromEntries(files));
  await open(page);
  await drop(page, folder);
  await expect(page.getByText(/Reading photos: [2-9]\d of 120/)).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  const before = Number(/(\d+) photos/.exec((await photosOf(page).textContent()) ?? "")?.[1]);
  expect(before).toBeGreaterThan(10);
  expect(before).toBeLessThan(120);
  await asked();

  await page.reload();
  await ready(page);
  await drop(page, folder);
  await expect(said(page, `Added ${120 - before} photos. ${before} were here already.`)).toBeVisible({
    timeout: 60_000,
  });
  await expect(photosOf(page)).toContainText("120 photos");
  expect(await asked()).toEqual({ read: 0, decoded: 120 - before });
});

test("what an undo took away comes in again when its folder does", async ({ page }, info) => {
  const folder = tree(info.outputPath("holiday"), { "one.bmp": bitmap(1), "two.bmp": bitmap(2) });
  await open(page);
  for (const turn of ["first", "again"]) {
    await drop(page, folder);
    await imported(page);
    for (const name of ["one.bmp", "two.bmp"]) await expect(photo(page, name), turn).toBeVisible();
    if (turn === "again") break;
    await page
      .getByRole("button", { name: /^Undo: / })
      .first()
      .click();
    await expect(photo(page, "one.bmp")).toBeHidden();
  }
});
