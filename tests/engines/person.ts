// What a person does and sees, in any engine.

import { basename } from "node:path";
import type { Point, Tab } from "./engine";
import { expect } from "./fixtures";

/** A first start compiles two megabytes of WebAssembly. */
const START_MS = 60_000;

/** Finds and clicks; again when it has moved or is drawn anew meanwhile. */
export async function click(tab: Tab, selector: string, name: string): Promise<void> {
  await expect(async () => {
    const found = await tab.find(selector, name);
    if (!found) throw new Error(`there is no ${selector} called ${name}`);
    await found.click();
  }).toPass();
}

export async function expectShown(tab: Tab, selector: string, name: string, timeout = 30_000): Promise<void> {
  const shown = async () => (await tab.find(selector, name)) !== null;
  await expect.poll(shown, { message: `${selector}: ${name}`, timeout }).toBe(true);
}

export async function expectGone(tab: Tab, selector: string, name: string): Promise<void> {
  const shown = async () => (await tab.find(selector, name)) !== null;
  await expect.poll(shown, { message: `${selector}: ${name}` }).toBe(false);
}

/** The text of the first such element; nothing where there is none. */
export function textOf(tab: Tab, selector: string): Promise<string> {
  return tab.run((selector) => document.querySelector(selector)?.textContent ?? "", selector);
}

/** Waits until the state line says this. */
export async function expectState(tab: Tab, words: string): Promise<void> {
  await expect.poll(() => textOf(tab, "footer.status"), { timeout: START_MS }).toContain(words);
}

/** Opens the page and waits until it can be used. */
export async function open(tab: Tab, address: string): Promise<void> {
  await tab.go(address);
  await ready(tab);
}

export async function ready(tab: Tab): Promise<void> {
  await expectShown(tab, "button", "Add", START_MS);
}

/**
 * Chooses files for the field that a button opens. The browser's own window, in which no program can
 * choose, stays closed; all else is as it would be.
 */
export async function chooseFiles(
  tab: Tab,
  button: string,
  paths: readonly string[],
  selector = "button",
): Promise<void> {
  await tab.run(() => {
    HTMLInputElement.prototype.click = () => undefined;
  });
  await click(tab, selector, button);
  await expect(async () => {
    const field = await tab.find("input[type=file]", "");
    if (!field) throw new Error("there is no field for files");
    await field.choose(paths);
  }).toPass();
}

/** What a photo's button says of it; brings it into view, since only what is near is drawn. */
export async function saidOf(tab: Tab, file: string): Promise<string> {
  let said: string | null = null;
  await expect(async () => {
    said = await tab.run(async (name) => {
      const main = document.getElementById("main");
      const find = () =>
        [...document.querySelectorAll("[data-tile] > button")].find((tile) =>
          tile.getAttribute("aria-label")?.startsWith(`${name},`),
        );
      for (let turn = 0; turn < 40 && !find(); turn++) {
        if (turn === 0) main?.scrollTo(0, 0);
        else main?.scrollBy(0, main.clientHeight * 0.8);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      find()?.scrollIntoView({ block: "center" });
      return find()?.getAttribute("aria-label") ?? null;
    }, basename(file));
    expect(said).not.toBeNull();
  }).toPass({ timeout: START_MS });
  return said ?? "";
}

/** Names one photo: a click on it, the name, Enter. */
export async function teach(tab: Tab, file: string, label: string): Promise<void> {
  await expect(async () => {
    await saidOf(tab, file);
    const tile = await tab.find("[data-tile] > button", `${basename(file)},`);
    await tile?.click();
    const field = await tab.find("[role=dialog] [role=combobox]", "");
    if (!field) throw new Error("there is no choice of labels");
    await field.type(label);
  }).toPass();
  await tab.enter();
  await expectGone(tab, "[role=dialog]", "");
  await expectTaught(tab, file, label);
}

export async function expectTaught(tab: Tab, file: string, label: string): Promise<void> {
  await expect.poll(() => saidOf(tab, file)).toBe(`${basename(file)}, ${label}, taught`);
}

/** Waits until a label's row says how many lessons it has. */
export async function expectLessons(tab: Tab, label: string, lessons: number): Promise<void> {
  await expect
    .poll(async () =>
      tab.run((label) => {
        const rows = [...document.querySelectorAll("nav button")];
        const row = rows.find((row) => row.querySelector(".name")?.textContent === label);
        return row?.textContent ?? "";
      }, label),
    )
    .toContain(`${lessons} taught`);
}

/** Where an element lies in the view, in CSS pixels. */
export function placeOf(tab: Tab, selector: string): Promise<readonly [number, number, number, number]> {
  return tab.run((selector) => {
    const element = document.querySelector(selector);
    if (!element) throw new Error(`there is no ${selector}`);
    element.scrollIntoView({ block: "nearest" });
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height] as const;
  }, selector);
}

/** Points between the corners of a line, as a hand's movement has them. */
export function smooth(line: readonly Point[]): Point[] {
  return line.flatMap((point, index) => {
    const next = line[index + 1];
    if (!next) return [point];
    return [0, 0.5].map(
      (t): Point => [point[0] + (next[0] - point[0]) * t, point[1] + (next[1] - point[1]) * t],
    );
  });
}
