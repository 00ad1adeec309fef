// Photos of one scene are one tile: named, found right, looked at and taken back together, and unfolded.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { dated } from "./dated";
import { expect, type Locator, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import {
  addPhotos,
  clothing,
  expectTaught,
  imported,
  labelRow,
  open,
  type Picture,
  photo,
  ready,
  teach,
} from "./support";

/** What a hand does between two photos: how much is cut away, where from, how far it turns, how light it is. */
const BY_HAND = [
  [0, 0, 0, 1],
  [0.04, 0.2, 0.5, 1.03],
  [0.05, 0.8, -0.7, 0.97],
  [0.06, 0.5, 0.8, 1.04],
  [0.03, 0.1, -0.4, 1],
] as const;

/** Photos of the scene of one photo, taken within seconds. */
async function burst(page: Page, file: string, name: string, photos: number): Promise<Picture[]> {
  const bytes = readFileSync(file).toString("base64");
  const pictures: Picture[] = [];
  for (const [at, [cut, from, turn, light]] of BY_HAND.slice(0, photos).entries()) {
    const changed = await page.evaluate(
      async ({ bytes, cut, from, turn, light }) => {
        const whole = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([whole]));
        const [width, height] = [picture.width * (1 - cut), picture.height * (1 - cut)];
        const canvas = new OffscreenCanvas(width, height);
        const pen = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
        pen.filter = `brightness(${light})`;
        pen.translate(width / 2, height / 2);
        pen.rotate((turn * Math.PI) / 180);
        pen.scale(1.02, 1.02);
        const [x, y] = [picture.width * cut * from, picture.height * cut * from];
        pen.drawImage(picture, x, y, width, height, -width / 2, -height / 2, width, height);
        const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
        const all = new Uint8Array(await jpeg.arrayBuffer());
        return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(""));
      },
      { bytes, cut, from, turn, light },
    );
    const time = `2024:08:14 17:03:${20 + at}`;
    const buffer = dated(Buffer.from(changed, "base64"), time);
    pictures.push({ name: `${name}-${at + 1}.jpg`, mimeType: "image/jpeg", buffer });
  }
  return pictures;
}

/** One photo as it is, taken at another time. */
function alone(file: string, time: string): Picture {
  return { name: basename(file), mimeType: "image/jpeg", buffer: dated(readFileSync(file), time) };
}

/** Two photos each of hats and trousers, and five of one more hat, taken within seconds. */
async function withBurst(page: Page): Promise<Record<"hat" | "pants", string>> {
  const { hat = [], pants = [] } = clothing(["hat", "pants"], 3);
  await open(page);
  const others = [...hat.slice(0, 2), ...pants.slice(0, 2)].map((file, at) =>
    alone(file, `2024:08:1${at} 09:00:00`),
  );
  await addPhotos(page, [...others, ...(await burst(page, hat[2] ?? "", "holiday", 5))]);
  return { hat: basename(hat[0] ?? ""), pants: basename(pants[0] ?? "") };
}

const tiles = (page: Page): Locator => page.locator("[data-tile]");
const fold = (page: Page): Locator => photo(page, "holiday-1.jpg");
const badge = (page: Page): Locator => page.getByRole("button", { name: "Show all 5 photos alike" });
const undo = (page: Page, what: string): Locator =>
  page.getByRole("button", { name: `Undo: ${what}`, exact: true });

async function more(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("five photos of one scene are one tile: taught, accepted, taken back and removed in one step each", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const { hat, pants } = await withBurst(page);
  await expect(tiles(page)).toHaveCount(5);
  await expect(badge(page)).toHaveText("5");
  await expect(page.getByRole("heading", { name: "All photos" })).toContainText("9");
  await teach(page, hat, "Hat");
  await teach(page, pants, "Trousers");
  await expect(fold(page)).toHaveAttribute("aria-label", /, 5 photos alike$/);

  // One of them teaches, and all are done: photos are counted, not tiles.
  await fold(page).focus();
  await page.keyboard.press("1");
  await expect(undo(page, "Taught 5 photos Hat")).toBeVisible();
  await expect(fold(page)).toHaveAttribute("aria-label", "holiday-1.jpg, Hat, taught, 5 photos alike");
  await expect(page.getByText("7 of 9 done")).toBeVisible();
  await expect(page.getByRole("region", { name: /^Hat / }).getByRole("heading")).toContainText(/[67]/);
  await fold(page).focus();
  await page.keyboard.press("Backspace");
  await expect(undo(page, "Took back 5 photos")).toBeVisible();
  await expect(fold(page)).toHaveAttribute(
    "aria-label",
    /% sure.*, 5 photos alike$|not sure.*5 photos alike$/,
  );
  await page.keyboard.press("u");
  await expect(fold(page)).toHaveAttribute("aria-label", "holiday-1.jpg, Hat, taught, 5 photos alike");
  await page.keyboard.press("u");
  await expect(fold(page)).toHaveAttribute("aria-label", /sure.*, 5 photos alike$/);
  await expect(page.getByText(/of 9 done/)).toHaveCount(0);

  // By the pointer, over the label choice.
  await fold(page).click();
  const choice = page.getByRole("dialog");
  await expect(choice).toHaveAccessibleName(/5 photos/);
  await choice.getByRole("combobox").fill("Cap");
  await choice.getByRole("combobox").press("Enter");
  await expect(undo(page, "Taught 5 photos Cap")).toBeVisible();
  await expect(labelRow(page, "Cap").locator(".count")).toHaveText("5");
  await undo(page, "Taught 5 photos Cap").click();

  // Right as they are, all of them, and kept over a reload.
  await fold(page).focus();
  await page.keyboard.press(".");
  await expect(undo(page, "Accepted 5 photos as Hat")).toBeVisible();
  await expect(fold(page)).toHaveAttribute("aria-label", /Hat, accepted.*, 5 photos alike$/);
  await page.reload();
  await ready(page);
  await expect(page.getByText("7 of 9 done")).toBeVisible();
  await expect(fold(page)).toHaveAttribute("aria-label", /Hat, accepted.*, 5 photos alike$/);

  await fold(page).focus();
  await page.keyboard.press("Delete");
  await expect(undo(page, "Removed 5 photos")).toBeVisible();
  await expect(tiles(page)).toHaveCount(4);
  await page.keyboard.press("u");
  await expect(badge(page)).toBeVisible();
});

test("a burst is unfolded and folded; one of it that is named otherwise is no part of it", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const { hat, pants } = await withBurst(page);
  await teach(page, hat, "Hat");
  await teach(page, pants, "Trousers");
  await fold(page).focus();
  await page.keyboard.press("*");
  await expect(tiles(page)).toHaveCount(9);
  await expect(fold(page)).toBeFocused();
  await expect(fold(page)).not.toHaveAttribute("aria-label", /alike/);
  // The five stand one beside the other, in the order in which they were taken.
  const shown = await page
    .locator("[data-tile] > button.photo")
    .evaluateAll((buttons) =>
      buttons.map((button) => (button.getAttribute("aria-label") ?? "").split(",")[0]),
    );
  const at = shown.indexOf("holiday-1.jpg");
  expect(shown.slice(at, at + 5)).toEqual([1, 2, 3, 4, 5].map((n) => `holiday-${n}.jpg`));

  // Folded again by any of them, the focus is on the one that stands for it.
  await photo(page, "holiday-4.jpg").focus();
  await page.keyboard.press("*");
  await expect(fold(page)).toBeFocused();
  await expect(tiles(page)).toHaveCount(5);
  await badge(page).click();
  await photo(page, "holiday-3.jpg").focus();
  await page.keyboard.press("2");
  await expectTaught(page, "holiday-3.jpg", "Trousers");
  await page.getByRole("button", { name: "Fold 4 photos alike to one" }).first().click();
  await expect(fold(page)).toHaveAttribute("aria-label", /, 4 photos alike$/);
  await expectTaught(page, "holiday-3.jpg", "Trousers");

  // Chosen as one, counted as they are.
  await fold(page).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("group", { name: /4 photos/ })).toBeVisible();
  await page.keyboard.press("1");
  await expect(undo(page, "Taught 4 photos Hat")).toBeVisible();
  await expect(photo(page, "holiday-1.jpg")).toHaveAttribute(
    "aria-label",
    "holiday-1.jpg, Hat, taught, 4 photos alike",
  );
});

test("looking closely goes through every photo of a burst, and comes back to its tile", async ({ page }) => {
  test.setTimeout(120_000);
  await withBurst(page);
  await fold(page).focus();
  await page.keyboard.press("+");
  const look = page.getByRole("main", { name: "Look closely" });
  await expect(look).toBeVisible();
  await expect(look.getByText(/\d of 9/).first()).toBeVisible();
  for (const n of [2, 3, 4, 5]) {
    await page.keyboard.press("ArrowRight");
    await expect(look.getByText(`holiday-${n}.jpg`).first()).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(fold(page)).toBeFocused();
});

test("what is no burst is not folded: other things in the same second, drawn pictures; and a switch ends it", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const kinds = clothing(["dress", "hat", "shirt", "shoes"], 6);
  const files = Object.values(kinds).flat();
  await open(page);
  await addPhotos(
    page,
    files.map((file) => alone(file, "2024:08:14 17:03:59")),
  );
  await page.waitForTimeout(500);
  await expect(page.locator(".alike")).toHaveCount(0);
  const [first = ""] = files;
  await addPhotos(page, await burst(page, first, "holiday", 5));
  await expect(page.getByRole("button", { name: /^Show all \d photos alike/ })).toHaveCount(1);

  await more(page, "Finish");
  await page.getByRole("button", { name: /Sort and show/ }).click();
  const fold = page.getByRole("checkbox", { name: "Fold bursts" });
  await expect(fold).toBeChecked();
  await fold.uncheck();
  await expect(page.locator(".alike")).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expect(tiles(page).first()).toBeVisible();
  await page.waitForTimeout(500);
  await expect(page.locator(".alike")).toHaveCount(0);
});

test("no two of the drawn pictures are taken for one", async ({ page }) => {
  test.setTimeout(120_000);
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await expect(page.getByText("Reading photos")).toHaveCount(0, { timeout: 60_000 });
  await imported(page);
  await page.waitForTimeout(500);
  await expect(page.getByRole("heading", { name: "All photos" })).toContainText("40");
  await expect(page.locator(".alike")).toHaveCount(0);
});

for (const screen of SCREENS) {
  test(`a tile of several photos, unfolded, and its switch are accessible: ${screen.name}`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await showOn(page, screen);
    const { hat, pants } = await withBurst(page);
    await expectNoViolations(page, "before anything is named");
    await teach(page, hat, "Hat");
    await teach(page, pants, "Trousers");
    await badge(page).scrollIntoViewIfNeeded();
    await expectNoViolations(page, "folded");
    const box = await badge(page).boundingBox();
    expect([box?.width, box?.height]).toEqual([44, 44]);
    await badge(page).click();
    await expect(page.getByRole("button", { name: "Fold 5 photos alike to one" })).toHaveCount(5);
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expectNoViolations(page, "unfolded");
    await more(page, "Finish");
    await page.getByRole("button", { name: /Sort and show/ }).click();
    await expect(page.getByRole("checkbox", { name: "Fold bursts" })).toBeVisible();
    await expectNoViolations(page, "the switch");
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  });
}
