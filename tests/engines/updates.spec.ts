// A new version, taken in one tab, leaves the other at work with the old one; without a network both go on.

import { resolve } from "node:path";
import { Host } from "../browser/host";
import { ofWorker, type Versions } from "../browser/versions";
import type { Tab } from "./engine";
import { expect, test as recorded } from "./fixtures";
import { chooseFiles, click, expectShown, expectState, expectTaught, open, ready, teach } from "./person";

const NOTICE = "A new version is ready.";
const PICTURES = ["chelsea.png", "coffee.png", "rocket.png"].map((name) =>
  resolve(import.meta.dirname, "../reference/images", name),
);

const test = recorded.extend<{ host: Host }, { versions: Versions }>({
  versions: ofWorker,
  host: async ({ versions }, use) => {
    const host = await Host.like(String(process.env.KEEPSAKE_URL), versions.old);
    await use(host);
    host.close();
  },
  // The recorder lets pass what goes to this host, and nothing else.
  own: async ({ host }, use) => use(host.url),
});

test("an update taken in one tab leaves the other at work, offline and on", async ({
  engine,
  host,
  versions,
}) => {
  test.slow();
  const worker = await engine.open();
  await open(worker, host.url);
  await chooseFiles(worker, "Add", PICTURES.slice(0, 2));
  await expectState(worker, "2 photos");
  await expectState(worker, "Works offline");
  const other = await engine.open();
  await open(other, host.url);

  host.site = versions.next;
  await other.run(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update();
  });
  await expectShown(worker, ".notice", NOTICE, 60_000);
  await click(other, "footer button", "Works offline");
  await click(other, "button", "Use it now");
  await expectNext(other);
  await ready(other);

  host.down = true;
  // The old tab: photos are read and lessons taught with its own files.
  await teach(worker, "chelsea.png", "Cat");
  await chooseFiles(worker, "Add photos", PICTURES.slice(2));
  await expectState(worker, "3 photos");
  await teach(worker, "coffee.png", "Coffee");
  expect(await isNext(worker)).toBe(false);

  // The new one, opened again without a network.
  await other.reload();
  await ready(other);
  expect(await isNext(other)).toBe(true);
  await expectTaught(other, "coffee.png", "Coffee");

  // The old tab starts again when it is asked to, and then nobody needs the old files.
  const caches = () => other.run(async () => (await window.caches.keys()).length);
  expect(await caches()).toBe(2);
  await click(worker, "button", "Use it now");
  await expectNext(worker);
  await ready(worker);
  await expectTaught(worker, "chelsea.png", "Cat");
  await expect.poll(caches).toBe(1);
});

function isNext(tab: Tab): Promise<boolean> {
  return tab.run(() => "nextVersion" in globalThis);
}

/** Waits until a page runs the next version; while it reloads it cannot be asked. */
async function expectNext(tab: Tab): Promise<void> {
  await expect.poll(() => isNext(tab).catch(() => null)).toBe(true);
}
