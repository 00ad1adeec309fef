// Learning from nothing, as a person does it: drawn with the mouse, named, known after a reload; and
// whatever is stopped, closed or broken in the middle loses nothing.

import { join } from "node:path";
import type * as Burn from "keepsake/burn";
import { draw, expectKnown, NAMES, name, open, pad, taught, teach } from "./drawing";
import { expect, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";

test.use({ viewport: { width: 1440, height: 900 } });

test("three labels are drawn and known, after a reload too, the first as well as the last", async ({
  page,
}) => {
  test.setTimeout(360_000);
  await open(page);
  for (const kind of NAMES) for (const turn of [0, 1, 2]) await teach(page, kind, turn);
  await expect(page.getByRole("img", { name: "The average picture of Ring" })).toBeVisible();
  await expect(page.getByText("3 of 3 known")).toHaveCount(3);
  for (const kind of NAMES) await expectKnown(page, kind, 4);
  await page.reload();
  await expect(pad(page)).toBeVisible({ timeout: 120_000 });
  for (const kind of NAMES) {
    await expect(taught(page, kind, 3)).toBeVisible();
    await expectKnown(page, kind, 3);
  }
});

test("with dreams: stopped in the middle it keeps what it learned, closed in the middle what was before", async ({
  page,
  context,
}) => {
  test.setTimeout(480_000);
  await open(page);
  await page.getByRole("radio", { name: /With dreams/ }).check();
  await teach(page, "Ring");
  await expect(page.getByRole("img", { name: "12 dreams of Ring" })).toBeVisible({ timeout: 60_000 });
  await draw(page, "Cross");
  await name(page, "Cross");
  await expect(page.getByRole("progressbar", { name: "Steps" })).not.toHaveAttribute("aria-valuenow", "0");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Stopped learning Cross" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(taught(page, "Cross", 1)).toBeVisible();

  await draw(page, "Bars");
  await name(page, "Bars");
  await expect(page.getByRole("progressbar", { name: "Steps" })).not.toHaveAttribute("aria-valuenow", "0");
  await page.close();

  const again = await context.newPage();
  await open(again);
  await expect(taught(again, "Ring", 1)).toBeVisible();
  await expect(taught(again, "Cross", 1)).toBeVisible();
  await expect(taught(again, "Bars", 1)).toHaveCount(0);
  await teach(again, "Bars");
  await expect(taught(again, "Bars", 1)).toBeVisible();
});

test("a label is stored and answered before its dreams are trained, and these are seen to change", async ({
  page,
}) => {
  test.setTimeout(240_000);
  await page.goto("/tests/browser/blank.html");
  const found = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    await burn.default();
    /** A bar, upright or lying. */
    const bar = (upright: boolean) => {
      const context = new OffscreenCanvas(28, 28).getContext("2d");
      if (!context) throw new Error("There is no canvas.");
      context.fillStyle = "white";
      context.fillRect(0, 0, 28, 28);
      context.fillStyle = "black";
      if (upright) context.fillRect(11, 3, 6, 22);
      else context.fillRect(3, 11, 22, 6);
      return context.getImageData(0, 0, 28, 28);
    };
    const learner = await burn.Scratch.open({ storage: "memory", preset: "rehearse" });
    await learner.teach(bar(true), "Upright");
    const order: string[] = [];
    const dreams = async () => (await learner.dreams(2, 1, 7))[0]?.data.join();
    let early: Promise<readonly [string | null, number | undefined, string | undefined]> | undefined;
    await learner.teach(bar(false), "Lying", ({ phase }) => {
      if (phase !== "generator" || early) return;
      early = (async () => {
        const { name } = await learner.predict(bar(false));
        order.push("answered");
        return [name, learner.labels()[2]?.taught, await dreams()];
      })();
    });
    order.push("done");
    if (!early) throw new Error("It did not learn to dream.");
    const [name, taught, dream] = await early;
    return { order, name, taught, changed: dream !== (await dreams()) };
  });
  expect(found).toEqual({ order: ["answered", "done"], name: "Lying", taught: 1, changed: true });
});

test("stop ends what was asked before it, and nothing that is asked after", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("/tests/browser/blank.html");
  const stopped = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    await burn.default();
    const bar = (row: number) => {
      const pixels = new ImageData(28, 28);
      pixels.data.fill(255);
      for (let at = row * 28 * 4; at < (row + 4) * 28 * 4; at += 4) pixels.data.fill(0, at, at + 3);
      return pixels;
    };
    const learner = await burn.Scratch.open({ storage: "memory", preset: "article", maxIter: 20 });
    const begun = new Promise((resolve) => {
      void learner.teach(bar(2), "Top", resolve);
    });
    const lessons = [learner.teach(bar(8), "Above"), learner.teach(bar(14), "Below")];
    await begun;
    learner.stop();
    // Asking for another takes nothing back.
    lessons.push(learner.teach(bar(20), "Bottom"));
    return (await Promise.all(lessons)).map((lesson) => lesson.stopped);
  });
  expect(stopped).toEqual([true, true, false]);
});

test("pixels and the file of a drawing are seen alike, on white where it shows through", async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  const { pixels, file } = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    await burn.default();
    const canvas = new OffscreenCanvas(90, 70);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("There is no canvas.");
    context.fillStyle = "rgb(200 30 90)";
    context.fillRect(20, 10, 40, 30);
    context.fillStyle = "rgb(0 0 0 / 40%)";
    context.fillRect(35, 25, 40, 40);
    const learner = await burn.Scratch.open({ storage: "memory" });
    const seen = async (picture: Blob | ImageData) => [...(await learner.sees(picture)).data];
    return {
      pixels: await seen(context.getImageData(0, 0, 90, 70)),
      file: await seen(await canvas.convertToBlob()),
    };
  });
  expect(pixels).toHaveLength(28 * 28 * 4);
  expect(Math.min(...pixels)).toBeLessThan(100);
  const apart = pixels.map((value, i) => Math.abs(value - Number(file[i])));
  expect(Math.max(...apart)).toBeLessThanOrEqual(1);
});

test("the picture of it in the README: dreams of three labels", async ({ page }, info) => {
  test.setTimeout(480_000);
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await open(page);
  await page.getByRole("radio", { name: /With dreams/ }).check();
  for (const kind of NAMES) for (const turn of [0, 1, 2]) await teach(page, kind, turn);
  await expectKnown(page, "Ring", 4);
  await expect(page.locator(".said")).toHaveCount(0);
  const folder = process.env.KEEPSAKE_PICTURES ?? info.outputDir;
  await page.screenshot({ path: join(folder, "scratch.png") });
});

test("what cannot be taught is said, and nothing is lost", async ({ page }) => {
  test.setTimeout(360_000);
  await open(page);
  await teach(page, "Ring");

  // Nothing on the pad; a label with no picture.
  await page.getByRole("group", { name: "Teach this as" }).getByRole("button", { name: "Ring" }).click();
  await expect(page.locator(".said")).toContainText("Draw something first");
  await page.getByRole("button", { name: "New label" }).click();
  await page.getByRole("textbox", { name: "Name of the new label" }).fill("Empty");
  await page.keyboard.press("Enter");
  await expect(taught(page, "Empty", 0)).toBeVisible();
  await expect(page.getByText("no picture yet")).toBeVisible();

  // Files: one of a single pixel, one that is no picture, one that can be taught.
  const picture = (side: number) =>
    page.evaluate(async (side) => {
      const canvas = new OffscreenCanvas(side, side);
      canvas.getContext("2d")?.fillRect(side / 4, side / 4, side / 2, side / 2);
      return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
    }, side);
  const file = (name: string, bytes: number[]) => ({
    name,
    mimeType: "image/png",
    buffer: Buffer.from(bytes),
  });
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Add pictures" }).last().click();
  await (await chooser).setFiles([
    file("dot.png", await picture(1)),
    file("notes.png", [1, 2, 3, 4]),
    file("square.png", await picture(64)),
  ]);
  await expect(page.getByText("dot.png: This picture is 1 × 1 pixels: too small")).toBeVisible();
  await expect(page.getByText("notes.png: This is not a picture")).toBeVisible();
  await expect(page.getByRole("img", { name: "Drawing pad with 1 picture on it" })).toBeVisible();
  await name(page, "Empty");
  await expect(taught(page, "Empty", 1)).toBeVisible();

  // A file with a weight that is no number: its checksums are right, and it is refused all the same.
  const bytes = await page.evaluate(brokenBackup);
  await openBackup(page, bytes);
  await expect(page.getByText("This Keepsake file is damaged")).toBeVisible();
  await openBackup(page, [...new TextEncoder().encode("KEEPSAKE, but of photos")]);
  await expect(page.getByText("This Keepsake file is of the other kind")).toBeVisible();
  await page.reload();
  await expect(taught(page, "Ring", 1)).toBeVisible({ timeout: 120_000 });
  await expect(taught(page, "Empty", 1)).toBeVisible();
});

async function openBackup(page: Page, bytes: number[]): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Open a backup…" }).click();
  await (await chooser).setFiles({
    name: "drawings.keepsake",
    mimeType: "application/x-keepsake",
    buffer: Buffer.from(bytes),
  });
}

/** Runs in the page: a small learner's export with the last 4 bytes of its networks made NaN. */
async function brokenBackup(): Promise<number[]> {
  const address = "/pkg/keepsake_burn.js";
  const burn = await import(address);
  await burn.default();
  const learner = await burn.Scratch.open({
    storage: "memory",
    preset: "article",
    maxIter: 1,
    rehearsal: false,
  });
  await learner.teach(new ImageData(28, 28), "Square");
  const file: Uint8Array<ArrayBuffer> = await learner.export();
  const view = new DataView(file.buffer);
  // The networks' record is the last: table 1, key 0, length; then their own header of 20 bytes.
  const end = file.length - 32;
  let at = 12;
  while (file[at] !== 1) at += 13 + view.getUint32(at + 9, true);
  const networks = at + 13;
  // Somewhere in a kernel of floats: a value's last byte follows its others.
  const body = file.subarray(networks + 20, end);
  const name = new TextEncoder().encode("network.0");
  const found = body.findIndex((_, i) => name.every((byte, j) => body[i + j] === byte));
  const rank = new DataView(body.buffer, body.byteOffset).getUint32(found + name.length + 1, true);
  view.setFloat32(networks + 20 + found + name.length + 5 + 4 * rank, Number.NaN, true);
  view.setUint32(networks + 16, crc32(body), true);
  file.set(new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(0, end))), end);
  return [...file];

  function crc32(bytes: Uint8Array): number {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  }
}

test("two hundred labels are shown, found and taught", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn = await import(address);
    await burn.default();
    const learner = await burn.Scratch.open({ name: "drawings" });
    for (let i = 1; i <= 200; i++) await learner.addLabel(`Label ${i}`);
    await learner.close();
  });
  await open(page);
  await expect(page.getByRole("navigation", { name: "Labels" }).getByRole("listitem")).toHaveCount(202);
  await draw(page, "Ring");
  await page.getByRole("group", { name: "Teach this as" }).getByRole("button", { name: "New" }).click();
  await page.getByRole("textbox", { name: "What is it?" }).fill("label 200");
  await page.keyboard.press("Enter");
  await expect(taught(page, "Label 200", 1)).toBeVisible({ timeout: 60_000 });
});

test("learning from nothing: no violations on any screen, with nothing taught and with two labels", async ({
  page,
}) => {
  test.setTimeout(240_000);
  const expectNone = async (state: string) => {
    for (const screen of SCREENS) {
      await showOn(page, screen);
      await expectNoViolations(page, `${state}, ${screen.name}`);
    }
  };
  await open(page);
  await expectNone("nothing taught");
  await page.getByRole("radio", { name: /As in the textbook/ }).check();
  await teach(page, "Ring");
  await teach(page, "Cross");
  await draw(page, "Ring", 1);
  await expect(page.getByRole("img", { name: /^Loss from/ })).toBeVisible();
  await expectNone("taught");
});

test("a lesson is taken back by its message, its label's menu and the key, also after a reload", async ({
  page,
}) => {
  test.setTimeout(480_000);
  await open(page);
  const undone = page.getByText("Undone: Taught Cross.").first();
  for (const way of ["At once", "With dreams"]) {
    await page.getByRole("radio", { name: new RegExp(way) }).check();
    await teach(page, "Ring");
    await draw(page, "Cross");
    await name(page, "Cross");
    // Its message goes away by itself, but not from under the pointer.
    const said = page.locator(".said").filter({ hasText: "Taught Cross" });
    await said.hover();
    await expect(page.getByRole("heading", { name: "Learned Cross" })).toBeVisible({ timeout: 120_000 });
    await expect(taught(page, "Cross", 1)).toBeVisible();
    await said.getByRole("button", { name: "Undo" }).click();
    await expect(undone).toBeVisible();
    await expect(taught(page, "Cross", 1)).toHaveCount(0);
    await expect(taught(page, "Ring", 1)).toBeVisible();
    // The drawing is on the pad again: it was only named wrongly.
    await name(page, "Bars");
    await expect(page.getByRole("heading", { name: "Learned Bars" })).toBeVisible({ timeout: 120_000 });
    await page.reload();
    await expect(taught(page, "Bars", 1)).toBeVisible({ timeout: 120_000 });
    await page.getByRole("button", { name: "Bars: rename" }).click();
    await page.getByRole("menuitem", { name: "Take back its last lesson" }).click();
    await expect(taught(page, "Bars", 1)).toHaveCount(0);
    await page.keyboard.press("Shift+U");
    await expect(taught(page, "Bars", 1)).toBeVisible();
    await page.keyboard.press("Control+z");
    await expect(taught(page, "Bars", 1)).toHaveCount(0);
    await page.reload();
    await expect(taught(page, "Ring", 1)).toBeVisible({ timeout: 120_000 });
    await expect(taught(page, "Bars", 1)).toHaveCount(0);
    // A line on the pad goes before a lesson does.
    await teach(page, "Cross");
    await draw(page, "Bars");
    for (let line = 0; line < 3; line++) await page.keyboard.press("u");
    await expect(taught(page, "Cross", 1)).toBeVisible();
    await page.keyboard.press("u");
    await expect(taught(page, "Cross", 1)).toHaveCount(0);
    await expectNoViolations(page, way);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Start anew…" }).click();
    await page.getByRole("button", { name: /Delete and start/ }).click();
    await expect(page.getByText("Everything here was deleted.").first()).toBeVisible();
  }
});
