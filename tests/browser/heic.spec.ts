// HEIC, which phones write: the library that opens it comes with the first such file and not before, the
// picture is upright, and what is broken gets a sentence.

import { readFileSync } from "node:fs";
import type * as Keepsake from "keepsake";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, chooseFiles, imported, open, photo, ready, watchErrors, watchRequests } from "./support";

const heic = (name: string) => readFileSync(`tests/reference/heic/${name}.heic`);
const file = (name: string, buffer: Buffer) => ({ name, mimeType: "image/heic", buffer });

/** The colours of a photo's quarters as its tile shows them: which of red, green and blue are strong. */
async function quarters(page: Page, name: string): Promise<string[]> {
  const picture = photo(page, name).locator("canvas[data-drawn]");
  return picture.evaluate((image: HTMLCanvasElement) => {
    const canvas = new OffscreenCanvas(image.width, image.height);
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
  });
}

test("a HEIC opens where the browser opens none, upright, and is known by its file", async ({ page }) => {
  const errors = watchErrors(page);
  const requests = watchRequests(page);
  // Both files are the same picture, and shall be two tiles.
  await page.addInitScript(() => localStorage.setItem("keepsake:fold-bursts", "off"));
  await open(page);
  const ofLibrary = () => new Set(requests.filter((url) => /libheif|heif\.worker/.test(url))).size;
  expect(ofLibrary(), "a first visit fetches nothing of it").toBe(0);
  await chooseFiles(page, [file("upright.heic", heic("upright")), file("turned.HEIC", heic("turned"))]);
  await imported(page);
  expect(ofLibrary()).toBe(2);
  for (const name of ["upright.heic", "turned.HEIC"]) {
    expect(await quarters(page, name), name).toEqual(["r", "g", "b", "rg"]);
  }
  // The same file again is the same photo.
  await chooseFiles(page, [file("again.heic", heic("turned"))]);
  await imported(page);
  await expect(page.locator("[data-tile] canvas[data-drawn]")).toHaveCount(2);
  expect(errors).toEqual([]);
});

test("the day a HEIC was taken is known, though the browser does not open it", async ({ page }) => {
  await open(page);
  await chooseFiles(page, [file("dated.heic", heic("dated"))]);
  await imported(page);
  await page.goto("/tests/browser/blank.html");
  const origin = await page.evaluate(async () => {
    const { default: init, Learner } = (await import("/pkg/keepsake.js" as string)) as typeof Keepsake;
    await init();
    const learner = await Learner.open({ readOnly: true });
    return learner.photos()[0]?.origin;
  });
  expect(origin).toMatchObject({ path: "dated.heic", taken: Date.UTC(2024, 7, 14, 17, 3, 59) });
});

test("a broken HEIC gets a sentence, and the next one opens", async ({ page }) => {
  await open(page);
  const cut = heic("upright").subarray(0, 420);
  const noise = Buffer.concat([heic("upright").subarray(0, 24), Buffer.alloc(300, 7)]);
  await chooseFiles(page, [
    file("cut.heic", cut),
    file("noise.heic", noise),
    file("whole.heic", heic("upright")),
  ]);
  await imported(page);
  await expect(page.locator(".tile.broken", { hasText: "cut.heic" })).toContainText("Damaged or cut off");
  await expect(page.locator(".tile.broken", { hasText: "noise.heic" })).toContainText("Damaged or cut off");
  expect(await quarters(page, "whole.heic")).toEqual(["r", "g", "b", "rg"]);
});

test.describe("without a service worker, which would answer before the test does", () => {
  test.use({ serviceWorkers: "block" });

  test("where the library cannot be had it says what to do, and it opens once the network is back", async ({
    page,
  }) => {
    await open(page);
    await page.route(/libheif/, (route) => route.abort());
    await chooseFiles(page, [file("a.heic", heic("upright"))]);
    await imported(page);
    await expect(page.locator(".tile.broken", { hasText: "a.heic" })).toContainText("with the network on");
    await page.unroute(/libheif/);
    await chooseFiles(page, [file("a.heic", heic("upright"))]);
    await imported(page);
    expect(await quarters(page, "a.heic")).toEqual(["r", "g", "b", "rg"]);
  });

  test("looked at closely where the library cannot be had it says so, and tries again", async ({ page }) => {
    const upright = "tests/reference/heic/upright.heic";
    await open(page);
    await addPhotos(page, [upright]);
    await page.reload();
    await ready(page);
    await page.route(/libheif/, (route) => route.abort());
    await addPhotos(page, [upright]);
    await photo(page, upright).focus();
    await page.keyboard.press("+");
    const look = page.getByRole("main", { name: "Look closely" });
    const caption = look.locator("figcaption");
    await expect(caption).toContainText("What opens HEIC files has to be fetched once");
    await page.unroute(/libheif/);
    await caption.getByRole("button", { name: "Try again" }).click();
    const large = look.locator("img.large");
    await expect
      .poll(() => large.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 })
      .toBeGreaterThan(0);
    await expect(caption).toHaveCount(0);
  });
});
