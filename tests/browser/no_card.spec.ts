// Those without a graphics card fetch nothing for one: the first visit asks for the same files as
// before there was a second module, and the service worker keeps none of it.

import { expect, type Page, test } from "./fixtures";
import { imported, open, takePicture, watchRequests } from "./support";

/** A first visit, until it works offline. Names without their hashes. */
const FIRST_VISIT = [
  "",
  "assets/eye.worker.js",
  "assets/index.css",
  "assets/index.js",
  "assets/keepsake_bg.wasm",
  "assets/learner.worker.js",
  "icons/icon-192.png",
  "icons/icon-512.png",
  "icons/icon-maskable-512.png",
  "icons/icon.svg",
  "index.html",
  "manifest.webmanifest",
  "sw.js",
  "weights/lite0.bin",
];

function withoutHashes(urls: readonly string[]): string[] {
  const names = urls
    .filter((url) => url.startsWith("http"))
    .map((url) => new URL(url).pathname.slice(1))
    .map((name) => name.replace(/-[\w-]{8}(?=\.\w+$)/, ""));
  return [...new Set(names)].sort();
}

/** Every address in the caches of the page's origin. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const all: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) all.push(request.url);
    }
    return all;
  });
}

test("without a card, the first visit fetches what it always did, and no second module", async ({ page }) => {
  const asked = watchRequests(page);
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await imported(page);
  const state = page.getByRole("contentinfo", { name: "State" });
  await expect(state).toContainText("Works offline", { timeout: 60_000 });
  await expect(state).toContainText(/CPU, \d+ threads?/);

  const adapter = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null);
  expect(adapter, "this browser was to have no adapter").toBeNull();
  const names = withoutHashes(asked);
  expect(names.filter((name) => !FIRST_VISIT.includes(name))).toEqual([]);
  const cached = withoutHashes(await kept(page));
  expect(cached.filter((name) => !FIRST_VISIT.includes(name))).toEqual([]);
  expect([...names, ...cached].filter((name) => /burn|card/.test(name))).toEqual([]);
});

test("the details say why the processor computes, also when the card was asked for", async ({
  page,
}, info) => {
  const asked = watchRequests(page);
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await imported(page);
  await page.getByRole("button", { name: /CPU, \d+ threads?/ }).click();
  const panel = page.getByRole("complementary", { name: "This device" });
  await expect(panel.getByRole("radio", { name: "Automatic" })).toBeChecked();
  await expect(panel).toContainText("Computing on the processor");
  await expect(panel).toContainText("The browser offers no graphics card.");

  await takePicture(page, panel.getByRole("group", { name: "Compute on" }), "device-processor", info);

  await panel.getByText("Graphics card", { exact: true }).click();
  await expect(panel.getByRole("radio", { name: "Graphics card" })).toBeChecked();
  await expect(panel).toContainText("The browser offers no graphics card.");
  expect(asked.filter((url) => /burn|card\.worker/.test(url))).toEqual([]);

  await page.reload();
  await page.getByRole("button", { name: /CPU, \d+ threads?/ }).click();
  await expect(panel.getByRole("radio", { name: "Graphics card" })).toBeChecked();
  // With the keys, too.
  await panel.getByRole("radio", { name: "Graphics card" }).press("ArrowRight");
  await expect(panel).toContainText("You chose it.");
});
