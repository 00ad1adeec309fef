// RAW files: the picture that the camera put into them is looked at and shown, the file itself is the photo. What
// reads them comes with the first one.

import { writeFileSync } from "node:fs";
import type * as Keepsake from "keepsake";
import {
  type Bytes,
  type Inside,
  made,
  RAW_KINDS,
  type RawKind,
  withExif,
} from "../../www/src/engine/raw-made";
import { filesIn, takeAlong, withPickers } from "./along";
import { expect, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import {
  addPhotos,
  chooseFiles,
  expectTaught,
  imported,
  open,
  type Picture,
  photo,
  ready,
  teach,
  watchErrors,
  watchRequests,
} from "./support";

const TAKEN = "2024:08:14 17:03:59";
const look = (page: Page) => page.getByRole("main", { name: "Look closely" });
const large = (page: Page) => look(page).locator("img.large");

/** In the page: a picture of four colours as a JPEG, in base64; each seed is another picture. */
async function quarters([width, height, seed]: readonly [number, number, number]): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  for (const [x, y, colour] of [
    [0, 0, "#d00"],
    [1, 0, "#0d0"],
    [0, 1, "#00d"],
    [1, 1, "#dd0"],
  ] as const) {
    context.fillStyle = colour;
    context.fillRect((x * width) / 2, (y * height) / 2, width / 2, height / 2);
  }
  context.fillStyle = "#888";
  context.fillRect(0, 0, 8 + seed, 8);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

async function jpeg(page: Page, width: number, height: number, seed = 0): Promise<Bytes> {
  const text = await page.evaluate(quarters, [width, height, seed] as const);
  return Uint8Array.from(Buffer.from(text, "base64"));
}

/** A RAW of a kind with a picture of 1,600 × 1,200 that is to be turned to the right. */
async function raw(page: Page, kind: RawKind, but: Partial<Inside> = {}, seed = 0): Promise<Buffer> {
  const inside = {
    large: await jpeg(page, 1600, 1200, seed),
    small: await jpeg(page, 160, 120, seed),
    orientation: 6,
    taken: TAKEN,
    little: true,
    sensor: 200_000 + seed,
  };
  return Buffer.from(made(kind, { ...inside, ...but }));
}

const file = (name: string, buffer: Buffer): Picture => ({ name, mimeType: "", buffer });

/** The colours of a picture's quarters: which of red, green and blue are strong. */
const coloursOf = (image: HTMLImageElement | HTMLCanvasElement): string[] => {
  const [width, height] =
    "naturalWidth" in image ? [image.naturalWidth, image.naturalHeight] : [image.width, image.height];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(image, 0, 0);
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x = 0, y = 0]) => {
    const [r = 0, g = 0, b = 0] = context.getImageData(canvas.width * x, canvas.height * y, 1, 1).data;
    return [r > 150 ? "r" : "", g > 150 ? "g" : "", b > 150 ? "b" : ""].join("");
  });
};
/** Turned to the right, what was at the bottom left is at the top left. */
const UPRIGHT = ["b", "r", "rg", "g"];

async function tileColours(page: Page, name: string): Promise<string[]> {
  const picture = photo(page, name).locator("canvas[data-drawn]");
  return picture.evaluate(coloursOf);
}

const tiles = (page: Page) => page.locator("[data-tile] canvas[data-drawn]");

/** Each picture shall be a tile of its own, though they are alike. */
async function unfolded(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem("keepsake:fold-bursts", "off"));
}

test("RAW files of every kind become photos, upright and with their day, known by themselves", async ({
  page,
}) => {
  const errors = watchErrors(page);
  const requests = watchRequests(page);
  await unfolded(page);
  await open(page);
  const code = () => new Set(requests.filter((url) => /assets\/raw-/.test(url))).size;
  const files: Picture[] = [];
  for (const [i, kind] of RAW_KINDS.entries()) {
    files.push(file(`IMG_${i}.${kind.toUpperCase()}`, await raw(page, kind, {}, i)));
  }
  expect(code(), "a first visit fetches nothing of it").toBe(0);
  await addPhotos(page, files);
  expect(code()).toBe(1);
  await expect(tiles(page)).toHaveCount(files.length);
  for (const { name } of files) expect(await tileColours(page, name), name).toEqual(UPRIGHT);
  const [first, second] = [files[0]?.name ?? "", files[1]?.name ?? ""];
  await teach(page, first, "Squares");
  await expectTaught(page, first, "Squares");
  // The same content by another name is the same photo.
  await addPhotos(page, [file("again.nef", files[3]?.buffer ?? Buffer.alloc(0))]);
  await expect(tiles(page)).toHaveCount(files.length);
  await page.reload();
  await ready(page);
  await addPhotos(page, files);
  await expect(tiles(page)).toHaveCount(files.length);
  expect(await tileColours(page, second)).toEqual(UPRIGHT);
  expect(errors).toEqual([]);

  await page.goto("/tests/browser/blank.html");
  const origins = await page.evaluate(async () => {
    const { default: init, Learner } = (await import("/pkg/keepsake.js" as string)) as typeof Keepsake;
    await init();
    const learner = await Learner.open({ readOnly: true });
    return learner.photos().map(({ origin }) => origin);
  });
  expect(origins).toHaveLength(files.length);
  for (const origin of origins) expect(origin?.taken, origin?.path).toBe(Date.UTC(2024, 7, 14, 17, 3, 59));
});

test("a RAW beside its JPEG is one tile with it, and alone it is looked at closely and taken along as it is", async ({
  page,
}) => {
  await withPickers(page);
  await unfolded(page);
  await open(page);
  const alone = await raw(page, "cr3", {}, 1);
  const beside = await raw(page, "nef", {}, 2);
  const picture = Buffer.from(await jpeg(page, 900, 600, 3));
  await addPhotos(page, [file("alone.cr3", alone), file("both.nef", beside), file("both.jpg", picture)]);
  await expect(tiles(page)).toHaveCount(2);
  expect(await tileColours(page, "both.jpg")).toEqual(["r", "g", "b", "rg"]);
  await teach(page, "alone.cr3", "Squares");

  await photo(page, "alone.cr3").focus();
  await page.keyboard.press("+");
  await expect.poll(() => large(page).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
  expect(await large(page).evaluate(coloursOf)).toEqual(UPRIGHT);
  await expect(look(page).locator(".facts")).toContainText(/Preview 1,200 × 1,600, RAW \d+\sKB/);
  await page.keyboard.press("Escape");

  const screen = await takeAlong(page);
  await screen.getByRole("button", { name: "Choose a place and copy" }).click();
  await expect(screen.getByRole("heading", { name: /^\d photos? in / })).toBeVisible();
  const files = await filesIn(page);
  expect(files["Squares/alone.cr3"]).toBe(alone.toString("base64"));
});

test("a JPEG that comes after its RAW goes along with it, a RAW after its JPEG likewise; another of that name is a photo", async ({
  page,
}) => {
  await withPickers(page);
  await unfolded(page);
  await open(page);
  const dated = async (seed: number, taken = TAKEN) =>
    Buffer.from(withExif(await jpeg(page, 900, 600, seed), 1, taken));
  const [first, second] = [await raw(page, "nef", {}, 1), await raw(page, "cr2", {}, 2)];
  const [early, late] = [await dated(3), await dated(4)];
  await addPhotos(page, [file("IMG_1.nef", first), file("IMG_2.JPG", early)]);
  await teach(page, "IMG_1.nef", "Squares");
  await teach(page, "IMG_2.JPG", "Squares");
  await addPhotos(page, [file("IMG_1.jpg", late), file("IMG_2.CR2", second)]);
  await expect(tiles(page)).toHaveCount(2);
  await expectTaught(page, "IMG_1.nef", "Squares");
  await expectTaught(page, "IMG_2.JPG", "Squares");
  // Nothing was added, so what is undone is the lesson before.
  await page.keyboard.press("u");
  await expect(tiles(page)).toHaveCount(2);
  await page.keyboard.press("Shift+U");
  await expectTaught(page, "IMG_2.JPG", "Squares");
  // Both at once, as when all of the folder comes, and again.
  await addPhotos(page, [file("IMG_1.jpg", late), file("IMG_1.nef", first)]);
  await expect(tiles(page)).toHaveCount(2);
  // Cameras begin anew with their names.
  await addPhotos(page, [file("IMG_1.jpg", await dated(5, "2025:01:02 03:04:05"))]);
  await expect(tiles(page)).toHaveCount(3);

  const screen = await takeAlong(page);
  await screen.getByRole("button", { name: "Choose a place and copy" }).click();
  await expect(screen.getByRole("heading", { name: /^\d photos? in / })).toBeVisible();
  const files = await filesIn(page);
  expect(files["Squares/IMG_1.nef"]).toBe(first.toString("base64"));
  expect(files["Squares/IMG_1.jpg"]).toBe(late.toString("base64"));
  expect(files["Squares/IMG_2.JPG"]).toBe(early.toString("base64"));
  expect(files["Squares/IMG_2.CR2"]).toBe(second.toString("base64"));
});

test("what holds no picture is said, by its name, and the others come in", async ({ page }) => {
  await unfolded(page);
  await open(page);
  const whole = await raw(page, "arw");
  const { length } = whole;
  await addPhotos(page, [
    file("empty-handed.dng", Buffer.from(made("dng", nothing()))),
    file("other.x3f", Buffer.from("FOVb\0\0\x02\0 and more of that kind")),
    file("nothing.nef", Buffer.alloc(0)),
    file("cut.arw", whole.subarray(0, length >> 3)),
    file("really.orf", Buffer.from(withExif(await jpeg(page, 1600, 1200), 6, TAKEN))),
    file("whole.arw", whole),
  ]);
  const broken = (name: string) => page.locator(".tile.broken", { hasText: name });
  for (const name of ["empty-handed.dng", "other.x3f", "cut.arw"]) {
    await expect(broken(name)).toContainText("RAW without a picture that can be shown. Save it as JPEG.");
  }
  await expect(broken("nothing.nef")).toContainText("The file is empty.");
  for (const name of ["really.orf", "whole.arw"]) expect(await tileColours(page, name)).toEqual(UPRIGHT);
});

/** Only what the sensor saw. */
function nothing(): Inside {
  return { orientation: 6, taken: TAKEN, little: false, sensor: 50_000 };
}

test.describe("without a service worker, which would answer before the test does", () => {
  test.use({ serviceWorkers: "block" });

  test("where the code cannot be had it says what to do, and it opens once that is done", async ({
    page,
  }) => {
    await open(page);
    await page.route(/assets\/raw-/, (route) => route.abort());
    const dng = file("a.dng", await raw(page, "dng"));
    await chooseFiles(page, [dng]);
    await imported(page);
    await expect(page.locator(".tile.broken", { hasText: "a.dng" })).toContainText("reload and add it again");
    await page.unroute(/assets\/raw-/);
    await page.reload();
    await ready(page);
    await addPhotos(page, [dng]);
    expect(await tileColours(page, "a.dng")).toEqual(UPRIGHT);
  });

  test("looked at closely where the code cannot be had it says so, and tries again", async ({
    page,
  }, info) => {
    await open(page);
    const dng = info.outputPath("a.dng");
    writeFileSync(dng, await raw(page, "dng"));
    await addPhotos(page, [dng]);
    // Added on an earlier visit, and at hand again: it is known by its path and not opened.
    await page.reload();
    await ready(page);
    await page.route(/assets\/raw-/, (route) => route.abort());
    await addPhotos(page, [dng]);
    await photo(page, "a.dng").focus();
    await page.keyboard.press("+");
    const caption = look(page).locator("figcaption");
    await expect(caption).toContainText("What opens RAW files has to be fetched once");
    await expectNoViolations(page, "what opens RAW is not here");
    await caption.getByRole("button", { name: "Try again" }).click();
    await expect(caption).toContainText("What opens RAW files has to be fetched once");
    await page.unroute(/assets\/raw-/);
    await caption.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => large(page).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
    await expect(caption).toHaveCount(0);
  });
});

for (const screen of SCREENS) {
  test(`no violations, ${screen.name}`, async ({ page }) => {
    await showOn(page, screen);
    await open(page);
    const none = file("none.dng", Buffer.from(made("dng", nothing())));
    await addPhotos(page, [file("IMG_1.CR2", await raw(page, "cr2")), none]);
    await expect(page.locator(".tile.broken")).toHaveCount(1);
    await expectNoViolations(page, "one RAW, and one without a picture");
    await photo(page, "IMG_1.CR2").focus();
    await page.keyboard.press("+");
    await expect.poll(() => large(page).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
    await expectNoViolations(page, "a RAW, looked at closely");
  });
}
