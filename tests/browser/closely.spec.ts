// One photo, large: by keys and by touch, what it teaches, why, and where the original is.

import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type CDPSession, expect, type Locator, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { addPhotos, clothing, expectTaught, open, photo, ready, reveal, teach } from "./support";

const look = (page: Page) => page.getByRole("main", { name: "Look closely" });
const large = (page: Page) => look(page).locator("img.large");
const place = (page: Page) => look(page).locator(".crumb p");
const heading = (page: Page) => look(page).getByRole("heading", { level: 1 });

/** Hats and shoes, one of each taught. */
async function hatsAndShoes(page: Page, each = 4) {
  const photos = clothing(["hat", "shoes"], each);
  const [hats, shoes] = [photos.hat ?? [], photos.shoes ?? []];
  const [hat, shoe] = [hats[0] ?? "", shoes[0] ?? ""];
  await open(page);
  await addPhotos(page, [...hats, ...shoes]);
  await teach(page, hat, "Hat");
  await teach(page, shoe, "Shoes");
  return { hats, shoes };
}

/** The whole photo was read and is drawn: as many pixels as the file has. */
async function expectLarge(page: Page): Promise<void> {
  await expect(large(page)).toBeVisible();
  await expect
    .poll(() => large(page).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
    .toBeGreaterThan(330);
}

/** The file's name, as it is said below. */
const file = (page: Page) => look(page).locator(".facts dd").first();

test("by keys alone: open, go on, zoom, teach, undo, back to the same place", async ({ page }) => {
  const { shoes } = await hatsAndShoes(page, 14);
  const grid = page.locator("#main");
  const wanted = shoes[5] ?? "";
  await reveal(page, wanted);
  await photo(page, wanted).focus();
  await page.keyboard.press("+");
  await expectLarge(page);
  await expect(file(page)).toHaveText(basename(wanted));
  // It is seen whole: the frame has the shape of the file, and lies within the window.
  const shape = await large(page).evaluate((image: HTMLImageElement) => {
    const { width, height, bottom } = image.getBoundingClientRect();
    return { off: width / height - image.naturalWidth / image.naturalHeight, below: bottom - innerHeight };
  });
  expect(Math.abs(shape.off)).toBeLessThan(0.02);
  expect(shape.below).toBeLessThan(0);
  const where = async () => {
    const [, at, of] = /^([\d,]+) of ([\d,]+)/.exec((await place(page).textContent()) ?? "") ?? [];
    return { at: Number(at), of: Number(of) };
  };
  const first = await where();
  expect(first.of).toBeGreaterThan(1);

  // To and fro, and no further than the ends.
  const forth = first.at < first.of ? "ArrowRight" : "ArrowLeft";
  const back = forth === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  await page.keyboard.press(forth);
  await expect(file(page)).not.toHaveText(basename(wanted));
  await expectLarge(page);
  await page.keyboard.press(back);
  await expect(file(page)).toHaveText(basename(wanted));
  for (let i = 0; i < first.of + 2; i++) await page.keyboard.press("ArrowLeft");
  expect(await where()).toEqual({ at: 1, of: first.of });

  // The same key shows its pixels, and it can be moved about; a key more, and it is whole again.
  await page.keyboard.press("=");
  const frame = look(page).locator(".frame.zoomed");
  await expect(frame).toBeVisible();
  expect(await frame.evaluate((box) => box.scrollHeight > box.clientHeight + 20)).toBe(true);
  const top = await frame.evaluate((box) => box.scrollTop);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => frame.evaluate((box) => box.scrollTop)).toBeGreaterThan(top);
  await page.keyboard.press("-");
  await expect(frame).toHaveCount(0);

  // A name that is typed teaches, and the next one comes.
  const named = (await file(page).textContent()) ?? "";
  const of = (await where()).of;
  await page.keyboard.press("Enter");
  await page.keyboard.type("Boots");
  await page.keyboard.press("Enter");
  await expect(page.locator(".said")).toContainText("Taught Boots.");
  await expect(file(page)).not.toHaveText(named);
  expect(await where()).toEqual({ at: 2, of });
  // Undo comes back to it.
  await page.keyboard.press("u");
  await expect(file(page)).toHaveText(named);
  await expect(heading(page)).not.toHaveText(/Boots/);
  // A digit teaches, too; Take back stays where it is.
  await page.keyboard.press("1");
  await expect(page.locator(".said")).toContainText("Taught Hat.");
  await page.keyboard.press("ArrowLeft");
  await expect(file(page)).toHaveText(named);
  await expect(look(page).locator(".verdict")).toContainText("You taught it.");
  await expect(heading(page)).toHaveText(/Hat$/);
  await page.keyboard.press("Backspace");
  await expect(page.locator(".said")).toContainText("Took back one lesson.");
  await expect(file(page)).toHaveText(named);

  // Back: on the photo that was seen last, and where one was if that is still in sight.
  await page.keyboard.press("Escape");
  await expect(look(page)).toHaveCount(0);
  await expect(photo(page, named)).toBeFocused();
  await reveal(page, wanted);
  await photo(page, wanted).focus();
  const scroll = await grid.evaluate((main) => main.scrollTop);
  expect(scroll).toBeGreaterThan(0);
  await page.keyboard.press("=");
  await expectLarge(page);
  await page.keyboard.press("Escape");
  await expect(photo(page, wanted)).toBeFocused();
  expect(await grid.evaluate((main) => main.scrollTop)).toBe(scroll);
});

test("by pointer: the eye, two clicks, the last row of the choice; and why", async ({ page }) => {
  const { hats, shoes } = await hatsAndShoes(page);
  const [taught, other] = [hats[0] ?? "", hats[1] ?? ""];
  await reveal(page, other);
  await photo(page, other).hover();
  await page.getByRole("button", { name: `Look closely at ${basename(other)}` }).click();
  await expectLarge(page);

  // What it thinks is what the tile says, and the reasons are photos that were taught.
  await expect(look(page).locator(".verdict")).toContainText(/\d+\s%/);
  const reasons = look(page).locator(".because button");
  await expect(reasons.first()).toBeVisible();
  const shares = await reasons.locator(".quiet").allTextContents();
  const sum = shares.reduce((all, text) => all + Number.parseInt(text, 10), 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(101);
  await look(page)
    .getByRole("button", { name: `Look at ${basename(taught)}: Hat` })
    .click();
  await expect(file(page)).toHaveText(basename(taught));
  await expect(heading(page)).toHaveText(/Hat$/);
  await expect(look(page).locator(".frame.mounted")).toBeVisible();
  // A photo is no reason for itself.
  await expect(look(page).getByRole("button", { name: `Look at ${basename(taught)}` })).toHaveCount(0);
  await look(page).getByRole("button", { name: "Take back" }).click();
  await expect(look(page).getByRole("button", { name: "Take back" })).toHaveCount(0);
  await page.keyboard.press("u");
  await expect(look(page).getByRole("button", { name: "Take back" })).toBeVisible();

  // A click on the photo shows its pixels there; the film leads to any other.
  await large(page).click({ position: { x: 40, y: 40 } });
  await expect(look(page).locator(".frame.zoomed")).toBeVisible();
  await large(page).click();
  await expect(look(page).locator(".frame.zoomed")).toHaveCount(0);
  await look(page).locator(".film button").last().click();
  await expect(look(page).locator(".film button").last()).toHaveAttribute("aria-current", "true");
  await look(page)
    .getByRole("button", { name: /^Photos/ })
    .click();
  await expect(look(page)).toHaveCount(0);

  const shoe = shoes[0] ?? "";
  await reveal(page, shoe);
  await photo(page, shoe).dblclick();
  await expect(file(page)).toHaveText(basename(shoe));
  await page.keyboard.press("Escape");
  // A single click still opens the choice, at once.
  await photo(page, shoe).click();
  await page.getByRole("dialog").getByRole("button", { name: "Look closely" }).click();
  await expect(file(page)).toHaveText(basename(shoe));
  // Another label chosen in the bar below the answers is one more click.
  await look(page).getByRole("button", { name: /^Hat/ }).first().click();
  await page.keyboard.press("Escape");
  await expectTaught(page, shoe, "Hat");
});

test("a photo that is removed while it is looked at gives way to the next", async ({ page }) => {
  const { shoes } = await hatsAndShoes(page);
  const [gone, next] = [shoes[1] ?? "", shoes[2] ?? ""];
  await reveal(page, gone);
  await photo(page, gone).focus();
  await page.keyboard.press("+");
  await expect(file(page)).toHaveText(basename(gone));
  await page.keyboard.press("Delete");
  await expect(file(page)).not.toHaveText(basename(gone));
  await page.keyboard.press("u");
  await expect(file(page)).toHaveText(basename(gone));
  // Who looks for something else is shown that.
  await page.getByRole("searchbox").fill(basename(next));
  await expect(look(page)).toHaveCount(0);
  await expect(photo(page, next)).toBeVisible();
});

/** Fingers on the screen, each where it goes. */
async function fingers(session: CDPSession, ways: readonly (readonly [number, number][])[]): Promise<void> {
  const steps = ways[0]?.length ?? 0;
  for (let at = 0; at < steps; at++) {
    const touchPoints = ways.map((way, id) => ({ x: way[at]?.[0] ?? 0, y: way[at]?.[1] ?? 0, id }));
    await session.send("Input.dispatchTouchEvent", {
      type: at === 0 ? "touchStart" : "touchMove",
      touchPoints,
    });
  }
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

async function middle(of: Locator): Promise<readonly [number, number]> {
  const box = await of.boundingBox();
  if (!box) throw new Error("not on the screen");
  return [box.x + box.width / 2, box.y + box.height / 2];
}

test("by touch on a phone: two taps, swipe, pinch, a label", async ({ browser }) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const { hats } = await hatsAndShoes(page, 3);
  const wanted = hats[1] ?? "";
  await page.keyboard.press("Escape");
  await reveal(page, wanted);
  const [tapX, tapY] = await middle(photo(page, wanted));
  const session = await context.newCDPSession(page);
  for (let i = 0; i < 2; i++) await fingers(session, [[[tapX, tapY]]]);
  await expectLarge(page);
  await expect(file(page)).toHaveText(basename(wanted));
  // It fills the screen.
  const box = await look(page).boundingBox();
  expect(box).toEqual({ x: 0, y: 0, width: 390, height: 844 });

  const [x, y] = await middle(large(page));
  const going = /^1 of/.test((await place(page).textContent()) ?? "") ? -1 : 1;
  await fingers(session, [[0, 30, 60, 90, 120].map((far) => [x + going * far, y])]);
  await expect(file(page)).not.toHaveText(basename(wanted));
  await fingers(session, [[0, 30, 60, 90, 120].map((far) => [x - going * far, y])]);
  await expect(file(page)).toHaveText(basename(wanted));
  await expectLarge(page);

  const apart = [20, 40, 60, 80];
  await fingers(session, [apart.map((far) => [x - far, y]), apart.map((far) => [x + far, y])]);
  const frame = look(page).locator(".frame.zoomed");
  await expect(frame).toBeVisible();
  // Larger it is moved, not swiped.
  const left = await frame.evaluate((one) => one.scrollLeft);
  await fingers(session, [[0, 30, 60, 90].map((far) => [x - far, y])]);
  await expect.poll(() => frame.evaluate((one) => one.scrollLeft)).toBeGreaterThan(left);
  await expect(file(page)).toHaveText(basename(wanted));
  const together = [...apart].reverse();
  await fingers(session, [together.map((far) => [x - far, y]), together.map((far) => [x + far, y])]);
  await expect(frame).toHaveCount(0);
  // Fingers that came together made no swipe.
  await expect(file(page)).toHaveText(basename(wanted));

  await look(page).locator(".teachit").getByRole("button", { name: /^Hat/ }).first().tap();
  await expect(page.locator(".said")).toContainText("Taught Hat.");
  await page.locator(".said").getByRole("button", { name: "Undo" }).tap();
  await expect(file(page)).toHaveText(basename(wanted));
  await look(page).getByRole("button", { name: "Photos" }).tap();
  await expect(look(page)).toHaveCount(0);
  await context.close();
});

/** A folder of the browser's own in place of one on the disk, and whether the page is let at it. */
async function pickingFolders(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.assign(window, {
      showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle("Holiday"),
    });
    const asked = () => (localStorage.getItem("test:refused") === null ? "granted" : "prompt");
    Object.assign(FileSystemDirectoryHandle.prototype, {
      queryPermission: async () => asked(),
      requestPermission: async () => {
        localStorage.removeItem("test:refused");
        return asked();
      },
    });
  });
}

/** Puts a file into that folder, under a name and in a folder of its own. */
async function putAway(page: Page, path: string, name: string): Promise<void> {
  const text = readFileSync(path).toString("base64");
  await page.evaluate(
    async ([text, name]) => {
      const root = await navigator.storage.getDirectory();
      const holiday = await root.getDirectoryHandle("Holiday", { create: true });
      const day = await holiday.getDirectoryHandle("day 1", { create: true });
      const writing = await (await day.getFileHandle(name, { create: true })).createWritable();
      await writing.write(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
      await writing.close();
    },
    [text, name] as const,
  );
}

async function lookAt(page: Page, path: string): Promise<void> {
  await reveal(page, path);
  await photo(page, path).focus();
  await page.keyboard.press("+");
  await expect(file(page)).toHaveText(basename(path));
}

test("after a reload the small picture, until the folder is chosen; after another, until it is allowed", async ({
  page,
}) => {
  await pickingFolders(page);
  const { hats, shoes } = await hatsAndShoes(page);
  const [kept, missing] = [hats[1] ?? "", shoes[1] ?? ""];
  await page.reload();
  await ready(page);
  await lookAt(page, kept);
  await expect(look(page).locator(".frame.small")).toContainText("Only the small picture is here.");
  // In the large photo's place: of its shape, and as large.
  const box = await look(page).locator(".frame").boundingBox();
  await putAway(page, kept, basename(kept));
  await putAway(page, hats[2] ?? "", basename(missing));
  await look(page).getByRole("button", { name: "Choose the folder…" }).click();
  await expectLarge(page);
  expect(await look(page).locator(".frame").boundingBox()).toEqual(box);
  await page.keyboard.press("Escape");
  // Another photo by that name is not shown in its place.
  await lookAt(page, missing);
  await expect(look(page).locator(".frame.small")).toContainText("moved, renamed or deleted");
  await expect(large(page)).toHaveCount(0);

  await page.evaluate(() => localStorage.setItem("test:refused", "yes"));
  await page.reload();
  await ready(page);
  await lookAt(page, kept);
  await expect(look(page).locator(".frame.small")).toContainText("Only the small picture is here.");
  await look(page).getByRole("button", { name: "Allow the folder again" }).click();
  await expectLarge(page);
});

test("where the browser remembers no folder it is chosen again, and a renamed file is found by its content", async ({
  page,
}, info) => {
  await page.addInitScript(() => Object.assign(window, { showDirectoryPicker: undefined }));
  const { hats } = await hatsAndShoes(page);
  const folder = info.outputPath("again");
  mkdirSync(folder);
  for (const hat of hats) copyFileSync(hat, join(folder, basename(hat)));
  const renamed = hats[2] ?? "";
  renameSync(join(folder, basename(renamed)), join(folder, "renamed.jpg"));
  await page.reload();
  await ready(page);
  const before = await page.locator(".status button").first().textContent();
  await lookAt(page, renamed);
  const chooser = page.waitForEvent("filechooser");
  await look(page).getByRole("button", { name: "Choose the folder…" }).click();
  await (await chooser).setFiles(folder);
  await expectLarge(page);
  await page.keyboard.press("Escape");
  await lookAt(page, hats[3] ?? "");
  await expectLarge(page);
  // Nothing was added for it.
  expect(await page.locator(".status button").first().textContent()).toBe(before);
});

test("a file that is gone is said to be, and one that the browser cannot show", async ({ page }, info) => {
  const photos = clothing(["hat"], 2);
  const [one, two] = photos.hat ?? [];
  if (!one || !two) throw new Error("too few photos");
  const gone = info.outputPath("gone.jpg");
  copyFileSync(one, gone);
  await open(page);
  await addPhotos(page, [gone, two]);
  rmSync(gone);
  await lookAt(page, gone);
  await expect(look(page).locator(".frame.small")).toContainText(
    "It was moved or deleted. The lesson is kept.",
  );
  // Either may have been read first.
  const first = /^1 of/.test((await place(page).textContent()) ?? "");
  await page.keyboard.press(first ? "ArrowRight" : "ArrowLeft");
  await expect(file(page)).toHaveText(basename(two));
  await expectLarge(page);
  await page.keyboard.press("Escape");
  // TIFF is read by our own decoder; Chromium shows none.
  const tiff = "tests/reference/formats/lzw.tif";
  await addPhotos(page, [tiff]);
  await lookAt(page, tiff);
  await expect(look(page).locator(".frame.small")).toContainText("This browser cannot show this file large.");
  await page.keyboard.press("Escape");
  // HEIC is drawn by the library that read it, upright.
  const heic = "tests/reference/heic/turned.heic";
  await addPhotos(page, [heic]);
  await lookAt(page, heic);
  const shape = () =>
    large(page).evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight);
  await expect.poll(shape, { timeout: 30_000 }).toBeGreaterThan(0);
  const box = await look(page).locator(".frame").boundingBox();
  expect(Math.abs((await shape()) - (box?.width ?? 0) / (box?.height ?? 1))).toBeLessThan(0.02);
});

for (const screen of SCREENS) {
  test(`no violations, ${screen.name}`, async ({ page }, info) => {
    test.setTimeout(120_000);
    await showOn(page, screen);
    const expectNone = async (state: string) => {
      await page.screenshot({ path: info.outputPath(`${state}.png`) });
      await expectNoViolations(page, state);
    };
    const { hats, shoes } = await hatsAndShoes(page, 6);
    await lookAt(page, hats[1] ?? "");
    await expectLarge(page);
    await expect(look(page).locator(".because button").first()).toBeVisible();
    await expectNone("a guess");
    await page.keyboard.press("+");
    await expectNone("full size");
    await page.keyboard.press("-");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Ha");
    await expect(look(page).getByRole("option").first()).toBeVisible();
    await expectNone("typing a name");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await lookAt(page, shoes[0] ?? "");
    await expectLarge(page);
    await expectNone("taught");
    await page.reload();
    await ready(page);
    await lookAt(page, hats[1] ?? "");
    await expect(look(page).locator(".frame.small")).toBeVisible();
    await expectNone("only the small picture");
  });
}

test("a photo that somebody rests on, and then the ones beside it, are decoded before they are asked for", async ({
  page,
}) => {
  await page.addInitScript(() => {
    const { decode } = HTMLImageElement.prototype;
    const seen = { decoded: 0, thereAtOnce: [] as boolean[] };
    Object.assign(window, { seen });
    HTMLImageElement.prototype.decode = async function () {
      await decode.call(this);
      seen.decoded++;
    };
    // Before it is drawn for the first time.
    const watch = () =>
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
          for (const node of addedNodes) {
            const image = node instanceof Element ? node.querySelector("img.large") : null;
            const large = node instanceof HTMLImageElement && node.matches(".large") ? node : image;
            if (large instanceof HTMLImageElement) seen.thereAtOnce.push(large.complete);
          }
        }
      }).observe(document.body, { childList: true, subtree: true });
    addEventListener("DOMContentLoaded", watch);
  });
  const seen = () =>
    page.evaluate(() => (window as unknown as { seen: { decoded: number; thereAtOnce: boolean[] } }).seen);
  const { shoes } = await hatsAndShoes(page, 6);
  const wanted = shoes[3] ?? "";
  await reveal(page, wanted);
  // Wherever the lessons left the focus, that was read by now.
  await page.waitForTimeout(REST_MS);
  const before = (await seen()).decoded;
  await photo(page, wanted).focus();
  await expect.poll(async () => (await seen()).decoded).toBe(before + 1);
  await page.keyboard.press("+");
  await expectLarge(page);
  await expect.poll(async () => (await seen()).decoded).toBeGreaterThan(before + 1);
  await page.waitForTimeout(REST_MS);
  const first = /^1 of/.test((await place(page).textContent()) ?? "");
  await page.keyboard.press(first ? "ArrowRight" : "ArrowLeft");
  await expect(file(page)).not.toHaveText(basename(wanted));
  await expectLarge(page);
  expect((await seen()).thereAtOnce).toEqual([true, true]);
});

test("a large photo is sharp before the browser has decoded it, and nothing moves when it has", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await open(page);
  const [source = ""] = clothing(["hat"], 1).hat ?? [];
  const photos = await twelveMegapixels(page, [source, source]);
  const [first, second] = photos.map((buffer, i) => ({
    name: `large-${i}.jpg`,
    mimeType: "image/jpeg",
    buffer,
  }));
  if (!first || !second) throw new Error("no photos");
  await page.addInitScript(() => localStorage.setItem("keepsake:fold-bursts", "off"));
  await page.reload();
  await ready(page);
  await addPhotos(page, [first, second]);
  // Each picture that stands there, what it shows, and where: on the tenth frame after it came, and later.
  await page.evaluate(() => {
    const seen: { what: string; place: string; pixels: number }[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const place = document.querySelector(".look .frame");
      const shown = place?.querySelector("canvas.large, img.large");
      if (!place || !shown) return;
      const { x, y, width, height } = shown.getBoundingClientRect();
      const what = shown.localName;
      if (seen.at(-1)?.what === what) return;
      const pixels =
        shown instanceof HTMLImageElement ? shown.naturalWidth : (shown as HTMLCanvasElement).width;
      seen.push({ what, place: [x, y, width, height].join(), pixels });
    }).observe(document.body, { childList: true, subtree: true });
  });
  const seen = () =>
    page.evaluate(
      () => (window as unknown as { seen: { what: string; place: string; pixels: number }[] }).seen,
    );
  await photo(page, first.name).focus();
  await page.keyboard.press("+");
  await expectLarge(page);
  await expect(look(page).locator("canvas.large")).toHaveCount(0);
  const [draft, whole] = await seen();
  expect(draft?.what).toBe("canvas");
  expect(whole?.what).toBe("img");
  expect(whole?.place).toBe(draft?.place);
  // As sharp as the screen: a fraction of the file's size that is not smaller than what is drawn.
  const [, , width = ""] = (draft?.place ?? "").split(",");
  expect(draft?.pixels).toBe(1008);
  expect(draft?.pixels).toBeGreaterThanOrEqual(Number(width));
  expect(whole?.pixels).toBe(4032);
  // Who comes and goes before it is there has asked for nothing that comes later.
  await page.keyboard.press("Escape");
  await photo(page, second.name).focus();
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("+");
    await page.keyboard.press("Escape");
  }
  await expect(look(page)).toHaveCount(0);
  await expect(photo(page, second.name)).toBeFocused();
  await page.keyboard.press("+");
  await expectLarge(page);
  await expect(file(page)).toHaveText(second.name);
  // It is enlarged as soon as that can be.
  await page.keyboard.press("+");
  await expect(look(page).locator(".frame.zoomed")).toBeVisible();
});

test("what is no large JPEG, whatever its name, is shown by the browser alone", async ({ page }) => {
  await open(page);
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(2600, 1800);
    const context = canvas.getContext("2d");
    context?.fillRect(300, 300, 900, 900);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  });
  const buffer = Buffer.from(png, "base64");
  await addPhotos(page, [{ name: "really-png.jpg", mimeType: "image/jpeg", buffer }]);
  await photo(page, "really-png.jpg").focus();
  await page.keyboard.press("+");
  await expectLarge(page);
  await expect(look(page).locator("canvas.large")).toHaveCount(0);
});

test("how long the large photo takes", async ({ page }) => {
  test.setTimeout(300_000);
  // Each of another thing: of one scene they would be one tile.
  const sources = clothing(["hat", "pants", "shoes", "dress"], 3);
  await open(page);
  const made = await twelveMegapixels(page, Object.values(sources).flat());
  // By its name a PNG is nothing that a worker reads small: the browser has it alone, as before.
  const files = made.map((buffer, i) => ({
    name: `large-${i}.${i % 2 === 0 ? "jpg" : "png"}`,
    mimeType: i % 2 === 0 ? "image/jpeg" : "image/png",
    buffer,
  }));
  await addPhotos(page, files);
  const megabytes = (made[0]?.length ?? 0) / 1e6;
  await page.evaluate(timeLarge);
  const took = async (what: "first" | "whole") =>
    Math.round(await page.evaluate((what) => (window as unknown as Took).took[what], what));
  const atOnce: Record<"first" | "whole" | "before", number[]> = { first: [], whole: [], before: [] };
  const [rested, next]: [number[], number[]] = [[], []];
  for (const rest of [0, REST_MS]) {
    for (const { name, mimeType } of files) {
      const ours = mimeType === "image/jpeg";
      if (rest > 0 && !ours) continue;
      await photo(page, name).focus();
      await page.waitForTimeout(rest);
      await page.keyboard.press("+");
      if (rest > 0) rested.push(await took("first"));
      else if (ours) atOnce.first.push(await took("first"));
      else atOnce.before.push(await took("first"));
      if (rest === 0 && ours) atOnce.whole.push(await took("whole"));
      await page.waitForTimeout(rest);
      if (rest > 0) {
        const last = !/^1 of/.test((await place(page).textContent()) ?? "");
        await page.keyboard.press(last ? "ArrowLeft" : "ArrowRight");
        next.push(await took("first"));
      }
      await page.keyboard.press("Escape");
      await expect(look(page)).toHaveCount(0);
    }
  }
  // What of that the browser takes for the file alone, in an empty page.
  const alone: number[] = [];
  for (const buffer of made.filter((_, i) => i % 2 === 0)) {
    alone.push(Math.round(await page.evaluate(timeAlone, buffer.toString("base64"))));
  }
  const all = (times: readonly number[]) => `${times.join(", ")} ms, median ${median(times)}`;
  console.log(
    `From the key to the large photo, 12 megapixels of ${megabytes.toFixed(1)} MB: pressed at once ${all(atOnce.first)}, to the file itself ${all(atOnce.whole)}, by the browser alone ${all(atOnce.before)}; after a rest on the tile ${all(rested)}; on to the next ${all(next)}; the browser alone for the file: ${all(alone)}`,
  );
});

interface Took {
  readonly took: Readonly<Record<"first" | "whole", Promise<number>>>;
}

/** So long somebody looks before the next key, in milliseconds. */
const REST_MS = 1500;

function median(of: readonly number[]): number {
  return [...of].sort((a, b) => a - b)[of.length >> 1] ?? 0;
}

/** Photos enlarged to 12 megapixels, with noise, as JPEGs. */
async function twelveMegapixels(page: Page, sources: readonly string[]): Promise<Buffer[]> {
  const made: Buffer[] = [];
  for (const [i, source] of sources.entries()) {
    const text = readFileSync(source).toString("base64");
    made.push(Buffer.from(await page.evaluate(enlarged, [text, i] as const), "base64"));
  }
  return made;
}

/** In the page: one of them, in base64. */
async function enlarged([text, seed]: readonly [string, number]): Promise<string> {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(4032, 3024);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  let state = seed + 1;
  for (let i = 0; i < image.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    image.data[i] = (image.data[i] ?? 0) + ((state >>> 27) - 16);
  }
  context.putImageData(image, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const data = new Uint8Array(await blob.arrayBuffer());
  let result = "";
  for (let at = 0; at < data.length; at += 0x8000) {
    result += String.fromCharCode(...data.subarray(at, at + 0x8000));
  }
  return btoa(result);
}

/**
 * In the page: from each press of the key until the large photo is on the screen, and until the file itself
 * is. Of an element that is marked so the browser tells when it drew it; of a canvas it does not, so the frame
 * after the one with it is waited for.
 */
function timeLarge(): void {
  let draftd: (time: number) => void = () => undefined;
  new MutationObserver(() => {
    document.querySelector("img.large:not([elementtiming])")?.setAttribute("elementtiming", "large");
    const canvas = document.querySelector("canvas.large:not([data-timed])");
    if (!canvas) return;
    canvas.setAttribute("data-timed", "");
    requestAnimationFrame(() => requestAnimationFrame(() => draftd(performance.now())));
  }).observe(document.body, { childList: true, subtree: true });
  addEventListener(
    "keydown",
    (event) => {
      const { key, timeStamp } = event as KeyboardEvent;
      if (!["+", "ArrowLeft", "ArrowRight"].includes(key)) return;
      const whole = new Promise<number>((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const [drawn] = list.getEntries() as (PerformanceEntry & { renderTime: number })[];
          observer.disconnect();
          resolve((drawn?.renderTime ?? 0) - timeStamp);
        });
        observer.observe({ type: "element" });
      });
      const draft = new Promise<number>((resolve) => {
        draftd = (time) => resolve(time - timeStamp);
      });
      Object.assign(window, { took: { whole, first: Promise.race([whole, draft]) } });
    },
    { capture: true },
  );
}

/** In the page: the same for a picture that nothing stands around. */
async function timeAlone(text: string): Promise<number> {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const image = new Image();
  image.setAttribute("elementtiming", "alone");
  image.style.cssText = "position: fixed; inset: 0; z-index: 99; inline-size: 640px";
  const from = performance.now();
  image.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  document.body.append(image);
  const drawn = await new Promise<number>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const [entry] = list.getEntries() as (PerformanceEntry & { renderTime: number })[];
      observer.disconnect();
      resolve(entry?.renderTime ?? 0);
    });
    observer.observe({ type: "element" });
  });
  image.remove();
  return drawn - from;
}
