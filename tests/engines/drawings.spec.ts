// The page that learns from nothing: drawn with the mouse, named, known after a reload.

import { type Kind, NAMES, strokes } from "../browser/drawing";
import type { Tab } from "./engine";
import { expect, test } from "./fixtures";
import { click, expectShown, placeOf, smooth, textOf } from "./person";

const PAD = '[role=img][aria-label^="Drawing pad"]';
const START_MS = 60_000;

test("three labels are drawn and known, after a reload too", async ({ engine, site }) => {
  const tab = await engine.open();
  await tab.go(`${site.url}/?from-nothing`);
  await expectShown(tab, PAD, "", START_MS);
  for (const kind of NAMES) {
    for (const turn of [0, 1]) {
      await draw(tab, kind, turn);
      if (turn > 0) await click(tab, "[role=group] button", kind);
      else await nameNew(tab, kind);
      await expectShown(tab, "h2, h3", `Learned ${kind}`, START_MS);
    }
  }
  for (const kind of NAMES) await expectKnown(tab, kind);
  await tab.reload();
  await expectShown(tab, PAD, "", START_MS);
  for (const kind of NAMES) {
    await expectShown(tab, "nav button", `${kind}, 2 pictures`, START_MS);
    await expectKnown(tab, kind);
  }
});

async function draw(tab: Tab, kind: Kind, turn: number): Promise<void> {
  await click(tab, "button", "Clear");
  const [x, y, width, height] = await placeOf(tab, PAD);
  for (const line of strokes(kind, { x, y, width, height }, turn)) await tab.drag(smooth(line));
}

async function nameNew(tab: Tab, label: string): Promise<void> {
  await click(tab, "[role=group] button", "New");
  await (await tab.find("[role=group] input", ""))?.type(label);
  await tab.enter();
}

async function expectKnown(tab: Tab, kind: Kind): Promise<void> {
  await draw(tab, kind, 3);
  await expect.poll(() => textOf(tab, ".guess"), { timeout: START_MS }).toContain(`${kind},`);
}
