// The main job, end to end: the samples, a few names, and the rest is sorted; corrected, undone,
// reloaded, without a server, into a file and out of it again.

import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "./fixtures";
import {
  chooseFiles,
  click,
  expectLessons,
  expectShown,
  expectState,
  expectTaught,
  open,
  ready,
  saidOf,
  teach,
} from "./person";

const IMAGES = resolve(import.meta.dirname, "../reference/images");

test("teach, correct, undo, reload, without a server, out into a file and back", async ({ engine, site }) => {
  const tab = await engine.open();
  await open(tab, site.url);
  await tab.run(() => {
    // WebKitGTK has no such thing.
    if (!navigator.storage) return;
    let asked = 0;
    const persist = navigator.storage.persist;
    navigator.storage.persist = () => {
      document.documentElement.dataset.asked = String(++asked);
      return persist.call(navigator.storage);
    };
  });
  await click(tab, "button", "Try it with these");
  await expectState(tab, "40 photos");

  await teach(tab, "drawing-1.png", "Cup");
  await teach(tab, "drawing-2.png", "Fish");
  await teach(tab, "drawing-3.png", "House");
  await expect.poll(() => saidOf(tab, "drawing-6.png")).toMatch(/(Cup|Fish|House) \d+\u00a0%/);
  const asked = await tab.run(() => document.documentElement.dataset.asked ?? "0");
  expect(Number(asked), "times that the browser was asked to keep this").toBeLessThanOrEqual(1);

  // It learns from a correction, and undo takes that back.
  await teach(tab, "drawing-2.png", "Cup");
  await expectLessons(tab, "Cup", 2);
  await click(tab, "button", "Undo: ");
  await expectTaught(tab, "drawing-2.png", "Fish");
  await expectLessons(tab, "Cup", 1);
  const before = await saidOf(tab, "drawing-6.png");

  await tab.reload();
  await ready(tab);
  await expectTaught(tab, "drawing-2.png", "Fish");
  expect(await saidOf(tab, "drawing-6.png"), "after a reload").toBe(before);

  // Without a server everything is there, and it learns and sees new photos.
  await expectState(tab, "Works offline");
  await site.shut();
  await tab.reload();
  await ready(tab);
  await expectTaught(tab, "drawing-3.png", "House");
  expect(await saidOf(tab, "drawing-6.png"), "without a server").toBe(before);
  await chooseFiles(tab, "Add photos", [join(IMAGES, "chelsea.png"), join(IMAGES, "coffee.png")]);
  await expectState(tab, "42 photos");
  await teach(tab, "chelsea.png", "Cat");
  await teach(tab, "coffee.png", "Cup");
  const witness = await saidOf(tab, "drawing-6.png");

  // Everything in one file, from this browser into one that has nothing.
  await click(tab, "header button", "More");
  await click(tab, "[role=menuitem]", "This device");
  await click(tab, "aside button", "Save a backup");
  const saved = () => readdirSync(engine.downloads).filter((name) => name.endsWith(".keepsake"));
  await expect.poll(saved, { message: "backups among the downloads" }).toHaveLength(1);
  const [backup] = saved();
  if (!backup) throw new Error("no backup");

  await site.open();
  const labels = ["Cup", "Fish", "House", "Cat"];
  for (const label of labels) await expectShown(tab, "nav button", label);
  await teach(tab, "chelsea.png", "Fish");
  await chooseFiles(tab, "Open one…", [join(engine.downloads, backup)], "aside button");
  await click(tab, "aside button", "Replace what is here");
  await expectTaught(tab, "chelsea.png", "Cat");
  expect(await saidOf(tab, "drawing-6.png"), "from the file").toBe(witness);
  await tab.reload();
  await ready(tab);
  await expectTaught(tab, "coffee.png", "Cup");
});
