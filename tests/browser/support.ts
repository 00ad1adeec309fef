// What the specs of the page share: real photos, and the few things a person does again and again.

import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, type Locator, type Page, type TestInfo, test } from "./fixtures";

/** Folders of real photos, one per label. */
const PHOTOS = resolve(process.env.KEEPSAKE_PHOTOS ?? "../shared/photos");

/** `count` photos of each kind of clothing; the test is skipped, with a word why, without them. */
export function clothing(kinds: readonly string[], count: number): Record<string, string[]> {
  const train = join(PHOTOS, "clothing/train");
  test.skip(
    !existsSync(train),
    `No photos in ${train}. Put clothing-dataset-small there, or name its parent folder in KEEPSAKE_PHOTOS.`,
  );
  return Object.fromEntries(
    kinds.map((kind) => {
      const folder = join(train, kind);
      const names = readdirSync(folder).sort().slice(0, count);
      return [kind, names.map((name) => join(folder, name))];
    }),
  );
}

/** Opens the page and waits until it can be used. */
export async function open(page: Page): Promise<void> {
  await page.goto("/");
  await ready(page);
}

export async function ready(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: /Add (your )?photos/ }).first()).toBeVisible({
    timeout: 60_000,
  });
}

/** A file that is made by the test itself. */
export interface Picture {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

type Files = readonly string[] | readonly Picture[];

/** Chooses files as a person does. */
export async function chooseFiles(page: Page, files: Files): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page
    .getByRole("button", { name: /Add (your )?photos/ })
    .first()
    .click();
  await (await chooser).setFiles([...files] as string[] | Picture[]);
}

/** Chooses files, and waits until all of them have been read. */
export async function addPhotos(page: Page, files: Files): Promise<void> {
  await chooseFiles(page, files);
  await imported(page);
}

/** Waits until no photo is on its way. */
export async function imported(page: Page): Promise<void> {
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 120_000 });
  await expect(page.locator("[data-tile]").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 120_000 });
}

/** The button of a photo in the grid, by its file's name. */
export function photo(page: Page, file: string): Locator {
  return page
    .locator("[data-tile] > button")
    .and(page.getByRole("button", { name: startsWith(`${basename(file)},`) }));
}

/** What a photo's button says of it: "shoe.jpg, Shoes 87 % sure, next Hat". */
export async function saidOf(page: Page, file: string): Promise<string> {
  return (await photo(page, file).getAttribute("aria-label")) ?? "";
}

/** Names one photo, with the pointer: a tap on it, the name, Enter. */
export async function teach(page: Page, file: string, label: string): Promise<void> {
  await reveal(page, file);
  await photo(page, file).click();
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.fill(label);
  await field.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectTaught(page, file, label);
}

/** Brings a photo into the grid's view: only what is near is drawn, and it may move meanwhile. */
export async function reveal(page: Page, file: string): Promise<void> {
  const main = page.locator("#main");
  const target = photo(page, file);
  await expect(async () => {
    await main.evaluate((grid) => grid.scrollTo(0, 0));
    for (let i = 0; i < 40 && (await target.count()) === 0; i++) {
      await main.evaluate((grid) => grid.scrollBy(0, grid.clientHeight * 0.8));
      await page.waitForTimeout(50);
    }
    await target.scrollIntoViewIfNeeded({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
}

export async function expectTaught(page: Page, file: string, label: string): Promise<void> {
  await reveal(page, file);
  await expect(photo(page, file)).toHaveAttribute("aria-label", `${basename(file)}, ${label}, taught`);
}

/** The row of a label in the rail. */
export function labelRow(page: Page, label: string): Locator {
  return page.getByRole("navigation", { name: "Labels" }).getByRole("button", { name: startsWith(label) });
}

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}

/** A picture for the README of the page with a part of its details; KEEPSAKE_PICTURES says where to. */
export async function takePicture(page: Page, part: Locator, name: string, info: TestInfo): Promise<void> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 960, height: 560 });
  await part.evaluate((element) => element.scrollIntoView({ block: "center" }));
  // What was just said is gone again, and hides nothing.
  await expect(page.getByText(/^Added \d+ photos/)).toHaveCount(0);
  await page.screenshot({ path: join(process.env.KEEPSAKE_PICTURES ?? info.outputDir, `${name}.png`) });
  if (before) await page.setViewportSize(before);
}

/** Every address that was asked for, so that a spec can say there was none but our own. */
export function watchRequests(page: Page): string[] {
  const asked: string[] = [];
  page.context().on("request", (request) => asked.push(request.url()));
  return asked;
}

/** Fails on anything the page could not cope with: an uncaught error or a refused resource. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return errors;
}
