// What is no photo, or half of one, is refused in every engine, whatever its own decoder would make of
// it; and what our decoders read in its place is read.

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Tab } from "./engine";
import { expect, test } from "./fixtures";
import { chooseFiles, expectState, open, saidOf, teach, textOf } from "./person";

const REFERENCE = resolve(import.meta.dirname, "../reference");
const read = (path: string): Buffer => readFileSync(join(REFERENCE, path));

/** The first `part` of a file. */
function cut(path: string, part: number): Buffer {
  const bytes = read(path);
  return bytes.subarray(0, Math.floor(bytes.length * part));
}

test("files that are cut off, empty or no pictures each get a sentence, the others are read", async ({
  engine,
  site,
}, info) => {
  const bad: Record<string, Buffer> = {
    "cut.jpg": cut("formats/progressive.jpg", 0.7),
    "cut-baseline.jpg": cut("formats/unsubsampled.jpg", 0.8),
    "cut.png": cut("images/chelsea.png", 0.6),
    "cut.webp": cut("formats/lossy.webp", 0.7),
    "cut-lossless.webp": cut("formats/lossless-alpha.webp", 0.7),
    "cut.gif": cut("formats/animated.gif", 0.2),
    "cut.bmp": cut("formats/palette.bmp", 0.9),
    "empty.jpg": Buffer.alloc(0),
    "letter.jpg": Buffer.from("This is a letter to my grandmother."),
  };
  const paths = Object.entries(bad).map(([name, bytes]) => {
    const path = info.outputPath(name);
    writeFileSync(path, bytes);
    return path;
  });
  const good = ["images/rocket.png", "formats/lzw.tif", "formats/turned.jpg"].map((name) =>
    join(REFERENCE, name),
  );
  const tab = await engine.open();
  await open(tab, site.url);
  await chooseFiles(tab, "Add", [...paths.slice(0, 4), ...good, ...paths.slice(4)]);
  await expectState(tab, "3 photos");
  await expect.poll(() => unreadable(tab)).toEqual(Object.keys(bad).sort());
  const said = await textOf(tab, "#main");
  expect(said).toContain("This is not a picture.");
  expect(said).toContain("The file is empty.");
  for (const path of good) expect(await saidOf(tab, path)).not.toBe("");
  await teach(tab, "rocket.png", "Rocket");
});

/** The names of the files that could not be read. */
function unreadable(tab: Tab): Promise<string[]> {
  return tab.run(() =>
    [...document.querySelectorAll(".tile.broken b")].map((name) => name.textContent ?? "").sort(),
  );
}
