// A phone that falls asleep in the middle of an import suspends the page: while photos come in the screen
// stays on, and no longer.

import { expect, test } from "./fixtures";
import { addPhotos, clothing, open } from "./support";

declare global {
  interface Window {
    locks: WakeLockSentinel[];
  }
}

test("the screen stays on while photos come in, and no longer", async ({ page }) => {
  const photos = Object.values(clothing(["hat", "shoes"], 20)).flat();
  await page.addInitScript(() => {
    window.locks = [];
    const request = WakeLock.prototype.request;
    WakeLock.prototype.request = async function (type) {
      const lock = await request.call(this, type);
      window.locks.push(lock);
      return lock;
    };
  });
  const released = () => page.evaluate(() => window.locks.map((lock) => lock.released));
  await open(page);
  expect(await released()).toEqual([]);
  const added = addPhotos(page, photos);
  await expect.poll(released).toEqual([false]);
  // Hidden, the page loses it, and asks anew when it is seen.
  await page.evaluate(() => window.locks[0]?.release());
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(released).toEqual([true, false]);
  await added;
  await expect.poll(released).toEqual([true, true]);
});
