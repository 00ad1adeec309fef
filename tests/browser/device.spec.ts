// The graphics card, on the one that every Chromium has: a program on the processor plays it. It is
// about a hundred times slower than the processor by itself, so only a few photos are computed on it.

import { readFileSync } from "node:fs";
import type * as Keepsake from "keepsake";
import type * as Burn from "keepsake/burn";
import { expect, type Locator, type Page, test } from "./fixtures";
import {
  addPhotos,
  chooseFiles,
  expectTaught,
  imported,
  labelRow,
  open,
  type Picture,
  ready,
  reveal,
  saidOf,
  takePicture,
  teach,
} from "./support";

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const adapter = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...adapter] });
  },
});
test.describe.configure({ timeout: 400_000 });

const state = (page: Page): Locator => page.getByRole("contentinfo", { name: "State" });
const panel = (page: Page): Locator => page.getByRole("complementary", { name: "This device" });

/** Chooses, in the details, what shall compute. */
async function choose(page: Page, device: "Automatic" | "Graphics card" | "Processor"): Promise<void> {
  await state(page)
    .getByRole("button", { name: /CPU|WebGPU/ })
    .click();
  await panel(page).getByText(device, { exact: true }).click();
  await expect(panel(page).getByRole("radio", { name: device })).toBeChecked();
}

/** Everything of the second module that was asked for. */
function watchModule(page: Page): string[] {
  const asked: string[] = [];
  page.context().on("request", (request) => {
    if (/keepsake_burn|card\.worker/.test(request.url())) asked.push(request.url());
  });
  return asked;
}

/** Small pictures, no two alike: stripes and discs in many colours. */
async function pictures(page: Page, count: number): Promise<Picture[]> {
  const drawn = await page.evaluate(async (count) => {
    const canvas = new OffscreenCanvas(48, 48);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("There is no canvas.");
    const all: number[][] = [];
    for (let n = 0; n < count; n++) {
      context.fillStyle = `hsl(${n * 47} 60% 80%)`;
      context.fillRect(0, 0, 48, 48);
      context.fillStyle = `hsl(${n * 71 + 90} 70% 40%)`;
      if (n % 2 === 0) {
        context.beginPath();
        context.arc(24, 24, 8 + (n % 12), 0, 7);
        context.fill();
      } else for (let x = n % 5; x < 48; x += 9) context.fillRect(x, 0, 4, 48);
      all.push([...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]);
    }
    return all;
  }, count);
  return drawn.map((bytes, n) => ({
    name: `${n % 2 === 0 ? "disc" : "stripes"}-${n}.png`,
    mimeType: "image/png",
    buffer: Buffer.from(bytes),
  }));
}

/** What each photo's button says, by the photo's name: the grid draws only what is near. */
async function everythingSaid(page: Page): Promise<Map<string, string>> {
  const said = new Map<string, string>();
  const main = page.locator("#main");
  await main.evaluate((grid) => grid.scrollTo(0, 0));
  for (let more = true; more; ) {
    await page.waitForTimeout(100);
    for (const button of await page.locator("[data-tile] > button.photo").all()) {
      const [name = "", ...rest] = ((await button.getAttribute("aria-label")) ?? "").split(", ");
      said.set(name, rest.join(", "));
    }
    more = await main.evaluate((grid) => {
      const before = grid.scrollTop;
      grid.scrollBy(0, grid.clientHeight * 0.8);
      return grid.scrollTop > before;
    });
  }
  return said;
}

test("the card gives the numbers that the processor gives", async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  const inputs = [...readFileSync("tests/reference/images/chelsea.png")];
  const found = await page.evaluate(async (png) => {
    const [core, burn] = ["/pkg/keepsake.js", "/pkg/keepsake_burn.js"];
    const keepsake = (await import(core)) as typeof Keepsake;
    const module = (await import(burn)) as typeof Burn;
    await Promise.all([keepsake.default(), module.default()]);
    const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
    const eye = await keepsake.Eye.open(weights);
    const card = await module.Card.open(weights);
    const photo = (await eye.prepare(new Uint8Array(png))).input;
    // The same photo upside down: another input, as varied.
    const batch = new Uint8Array(2 * photo.length);
    batch.set(photo);
    batch.set(photo.toReversed(), photo.length);

    const outputs = await card.outputs(batch);
    const differences = [0, 1].map((n) => {
      const expected = eye.outputs(batch.subarray(n * photo.length, (n + 1) * photo.length));
      const ours = outputs.subarray(n * 3208, (n + 1) * 3208);
      const largest = (from: number, to: number) =>
        Math.max(...ours.slice(from, to).map((value, at) => Math.abs(value - (expected[from + at] ?? 0))));
      const size = Math.max(...expected.slice(0, 1280));
      return { features: largest(0, 1280), logits: largest(1280, 2280), pools: largest(2280, 3208), size };
    });
    const software = card.software;
    card.destroy();
    return { length: outputs.length, differences, software };
  }, inputs);
  console.log("card against processor:", JSON.stringify(found.differences));
  expect(found.length).toBe(2 * 3208);
  expect(found.software).toBe(true);
  for (const { features, size } of found.differences) {
    expect(size, "a feature that says something").toBeGreaterThan(0.5);
    expect(features).toBeLessThan(2e-2);
  }
});

test("a card that software plays is not chosen by itself, and nothing is fetched for it", async ({
  page,
}) => {
  const asked = watchModule(page);
  await open(page);
  await addPhotos(page, ["tests/reference/images/chelsea.png"]);
  await state(page).getByRole("button", { name: /CPU, / }).click();
  await expect(panel(page)).toContainText(
    "The graphics card here is only imitated by software, which is slower.",
  );
  expect(asked).toEqual([]);
});

test("forced onto the processor, the page has no use for the card", async ({ page }) => {
  const asked = watchModule(page);
  await open(page);
  await choose(page, "Processor");
  await expect(panel(page)).toContainText("You chose it.");
  await addPhotos(page, ["tests/reference/images/chelsea.png"]);
  await expect(state(page)).toContainText("CPU, ");
  expect(asked).toEqual([]);
});

test("forced onto the card, photos are computed there, also after a reload without a network", async ({
  page,
  context,
}) => {
  const asked = watchModule(page);
  await open(page);
  // From the second visit on the service worker sees what is fetched, and keeps it.
  await expect(state(page)).toContainText("Works offline", { timeout: 60_000 });
  await page.reload();
  await ready(page);
  const [first, second, third, fourth] = await pictures(page, 4);
  if (!first || !second || !third || !fourth) throw new Error("too few pictures");
  await choose(page, "Graphics card");
  await expect(state(page)).toContainText("WebGPU", { timeout: 120_000 });
  await expect(panel(page)).toContainText("Computing on the graphics card");
  expect(asked.some((url) => url.includes("keepsake_burn"))).toBe(true);
  await addPhotos(page, [first, second, third]);
  // Only the card's own time is shown: it computed these.
  await expect(panel(page)).toContainText(/You chose it.*\sms a photo/);
  await page.keyboard.press("Escape");
  await teach(page, first.name, "Disc");
  await teach(page, second.name, "Stripes");
  await reveal(page, third.name);
  expect(await saidOf(page, third.name)).toMatch(/(Disc|Stripes) \d+/);

  await context.setOffline(true);
  await page.reload();
  await expect(state(page)).toContainText("WebGPU", { timeout: 120_000 });
  await addPhotos(page, [fourth]);
  await reveal(page, fourth.name);
  expect(await saidOf(page, fourth.name)).toMatch(/(Disc|Stripes) \d+/);
});

test("the details name the card that computes", async ({ page }, info) => {
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await imported(page);
  await choose(page, "Graphics card");
  await expect(state(page)).toContainText("WebGPU: ", { timeout: 120_000 });
  await expect(panel(page)).toContainText("You chose it; software only imitates it, which is slower.");
  await takePicture(page, panel(page).getByRole("group", { name: "Compute on" }), "device-card", info);
  await panel(page).getByText("Automatic", { exact: true }).click();
  await expect(state(page)).toContainText("CPU, ");
});

test("a card lost in the middle of an import of 60 photos: all are read, every lesson is there", async ({
  page,
}) => {
  // Many of the pictures are much alike, and each shall say what it is.
  await page.addInitScript(() => localStorage.setItem("keepsake:fold-bursts", "off"));
  await open(page);
  const all = await pictures(page, 62);
  const [disc, stripes, ...sixty] = all;
  if (!disc || !stripes) throw new Error("too few pictures");
  await addPhotos(page, [disc, stripes]);
  await teach(page, disc.name, "Disc");
  await teach(page, stripes.name, "Stripes");
  await choose(page, "Graphics card");
  await expect(state(page)).toContainText("WebGPU", { timeout: 120_000 });
  await page.keyboard.press("Escape");

  await chooseFiles(page, sixty);
  const progress = page.getByRole("progressbar");
  await expect(progress).toBeVisible();
  // At least one batch is done by the card, and another is on it.
  await expect
    .poll(async () => Number(await progress.getAttribute("aria-valuenow")), { timeout: 120_000 })
    .toBeGreaterThan(0);
  // What a driver's crash does: the browser's process for graphics is gone, and every device with it.
  const browser = page.context().browser();
  if (!browser) throw new Error("There is no browser.");
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.crashGpuProcess").catch(() => undefined);

  await expect(page.getByText("Now computing on the processor.")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("The graphics card stopped answering. Nothing was lost.")).toBeVisible();
  await imported(page);
  await expect(state(page)).toContainText("62 photos");
  await expect(page.getByText("Could not be read")).toHaveCount(0);
  // Only a photo with a feature has an answer.
  const said = await everythingSaid(page);
  for (const { name } of sixty) expect(said.get(name), name).toMatch(/^(not sure: )?(Disc|Stripes) \d+/);
  await expectTaught(page, disc.name, "Disc");
  await expectTaught(page, stripes.name, "Stripes");
  await expect(labelRow(page, "Disc")).toContainText("1 taught");
});
