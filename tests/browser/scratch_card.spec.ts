// Learning from nothing on a graphics card, which may fail at any time. The card is the one that every
// Chromium has, a program that plays one: a few steps a second, so little is taught.

import { draw, expectKnown, name, open, taught } from "./drawing";
import { type Browser, expect, type Page, test } from "./fixtures";

test.use({
  viewport: { width: 1440, height: 900 },
  launchOptions: async ({ launchOptions }, use) => {
    const adapter = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...adapter] });
  },
});
test.describe.configure({ timeout: 600_000 });

/** Opens the page, moves to the card, and then chooses how it learns: the card is opened once more. */
async function openOnCard(page: Page, way: RegExp): Promise<void> {
  await open(page);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Compute on the graphics card" }).click();
  const state = page.getByRole("contentinfo");
  await expect(state).toContainText("WebGPU", { timeout: 120_000 });
  await page.getByRole("radio", { name: way }).check();
  await expect(state).toContainText("WebGPU");
  await expect(page.getByText("That did not work.")).toHaveCount(0);
}

/** What a driver's crash does; the page says one line of it. */
async function loseCard(page: Page, browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.crashGpuProcess").catch(() => undefined);
  await expect(page.getByText("The graphics card stopped. Nothing was lost")).toBeVisible({
    timeout: 120_000,
  });
}

test("a card that fails while it learns to dream: the label is taught, once", async ({ page, browser }) => {
  await openOnCard(page, /With dreams/);
  await draw(page, "Ring");
  await name(page, "Ring");
  const dreaming = page.getByRole("heading", { name: "Learning to dream of Ring" });
  await expect(dreaming).toBeVisible({ timeout: 240_000 });
  await loseCard(page, browser);
  await expect(dreaming).toBeHidden();
  await expect(page.getByRole("contentinfo")).toContainText("CPU");
  await expect(taught(page, "Ring", 1)).toBeVisible();
  await expect(page.getByRole("img", { name: "Drawing pad, empty" })).toBeVisible();
  await page.reload();
  await expect(taught(page, "Ring", 1)).toBeVisible({ timeout: 120_000 });
});

test("a card that fails in the middle of a lesson: the processor learns it, and nothing is lost", async ({
  page,
  browser,
}) => {
  await openOnCard(page, /As in the textbook/);
  await page.getByRole("switch", { name: "Rehearse old labels" }).uncheck();
  await draw(page, "Ring");
  await name(page, "Ring");
  await expect(page.getByRole("heading", { name: "Learned Ring" })).toBeVisible({ timeout: 240_000 });

  await draw(page, "Cross");
  await name(page, "Cross");
  const steps = page.getByRole("progressbar", { name: "Steps" });
  await expect(steps).not.toHaveAttribute("aria-valuenow", "0", { timeout: 120_000 });
  await loseCard(page, browser);
  await expect(page.getByRole("heading", { name: "Learned Cross" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole("contentinfo")).toContainText("CPU");
  await expect(taught(page, "Ring", 1)).toBeVisible();
  await expect(taught(page, "Cross", 1)).toBeVisible();
  await expectKnown(page, "Cross", 1);
  await page.reload();
  await expect(taught(page, "Cross", 1)).toBeVisible({ timeout: 120_000 });
});
