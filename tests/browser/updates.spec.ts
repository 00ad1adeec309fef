// Without a network the page works as far as it says; a new version is taken whole or not at all, and
// disturbs no tab that works with the old one. Two real builds of the page, a real service worker.

import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { groupsOf } from "../../www/file-groups";
import { expect, type Page, test as recorded } from "./fixtures";
import { FAULTS, Host } from "./host";
import { addPhotos, open, photo, ready, reveal, teach } from "./support";
import { ofWorker, type Versions } from "./versions";

const PICTURES = ["chelsea.png", "coffee.png"].map((name) => resolve("tests/reference/images", name));

const test = recorded.extend<{ host: Host }, { versions: Versions }>({
  versions: ofWorker,
  host: async ({ versions }, use) => {
    const host = await Host.like(process.env.KEEPSAKE_URL ?? "http://127.0.0.1:8322", versions.old);
    await use(host);
    host.close();
  },
  // The recorder lets pass what goes to this host, and nothing else.
  baseURL: async ({ host }, use) => use(host.url),
});

const state = (page: Page) => page.getByRole("contentinfo", { name: "State" });
const notice = (page: Page) => page.getByText("A new version is ready.");
const incomplete = "There is a new version, but a part of it could not be fetched.";
const useIt = (page: Page) => page.getByRole("button", { name: "Use it now" });

async function worksOffline(page: Page): Promise<void> {
  await expect(state(page)).toContainText("Works offline", { timeout: 60_000 });
}

/** Has the browser look for a new version, as it does by itself at each visit. */
async function lookForUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update().catch(() => undefined);
  });
}

/** Waits until the look for a new version has come to an end, however it ended. */
async function settled(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return registration?.installing?.state ?? "none";
      }),
    )
    .toBe("none");
}

/** The names of the caches that hold a version. */
function caches(page: Page): Promise<string[]> {
  return page.evaluate(async () => (await window.caches.keys()).sort());
}

/** Of these, those that hold a version: what the page hands over on its first visit may go at any time. */
async function versionsKept(page: Page): Promise<string[]> {
  return (await caches(page)).filter((name) => !name.endsWith("handed-over"));
}

/** Code and style of a built page, by name. */
function codeOf(site: string): Set<string> {
  const names = readdirSync(join(site, "assets"));
  return new Set(names.filter((name) => /\.(js|css)$/.test(name)));
}

/** What code this page, its workers among it, was given since; by name. */
function recordCode(page: Page): Set<string> {
  const names = new Set<string>();
  page.on("request", (request) => {
    const name = /\/assets\/([^/?]+\.(?:js|css))$/.exec(request.url())?.[1];
    if (name) names.add(name);
  });
  page.on("worker", (worker) => {
    const name = /\/assets\/([^/?]+\.js)$/.exec(worker.url())?.[1];
    if (name) names.add(name);
  });
  return names;
}

/** All of it is this version's. */
function expectOnly(code: ReadonlySet<string>, site: string): void {
  expect(code.size).toBeGreaterThan(0);
  const known = codeOf(site);
  expect([...code].filter((name) => !known.has(name))).toEqual([]);
}

async function details(page: Page): Promise<void> {
  await state(page)
    .getByRole("button", { name: /offline|network/ })
    .click();
}

const panel = (page: Page) => page.getByRole("complementary", { name: "This device" });

async function openDrawings(page: Page): Promise<void> {
  await page.goto("/?from-nothing");
  await expect(page.getByRole("button", { name: "Add pictures" })).toBeVisible({ timeout: 60_000 });
}

/** Waits until a page runs the next version; while it reloads it cannot be asked. */
async function expectNext(page: Page): Promise<void> {
  const isNext = () => page.evaluate(() => "nextVersion" in globalThis).catch(() => false);
  await expect.poll(isNext).toBe(true);
}

test("the two versions share no script", ({ versions }) => {
  const old = codeOf(versions.old);
  const shared = [...codeOf(versions.next)].filter((name) => name.endsWith(".js") && old.has(name));
  expect(shared).toEqual([]);
  expect(old.size).toBeGreaterThan(5);
});

test("on a first visit the network's weights are fetched once", async ({ page, host }) => {
  await open(page);
  await worksOffline(page);
  expect(host.asked.filter((url) => url.includes("weights/"))).toHaveLength(1);
  await page.reload();
  await ready(page);
  await addPhotos(page, PICTURES);
  expect(host.asked.filter((url) => url.includes("weights/"))).toHaveLength(1);
  // What was handed over is kept once.
  await expect.poll(() => caches(page)).toHaveLength(1);
});

test("an update taken in one tab leaves the other at work, offline and on", async ({
  context,
  host,
  versions,
}) => {
  const worker = await context.newPage();
  const code = recordCode(worker);
  await open(worker);
  await addPhotos(worker, PICTURES);
  await worksOffline(worker);
  const other = await context.newPage();
  await open(other);
  await worker.evaluate(() => Object.assign(window, { untouched: true }));

  host.site = versions.next;
  await lookForUpdate(other);
  await expect(notice(worker)).toBeVisible({ timeout: 60_000 });
  // The other tab follows, and has that to say; its details offer the new version.
  await details(other);
  await expect(useIt(other)).toBeVisible();
  // Whoever reloads without taking it keeps the old one.
  await other.reload();
  await ready(other);
  await details(other);
  await expect(useIt(other)).toBeVisible();
  expect(await other.evaluate(() => "nextVersion" in globalThis)).toBe(false);

  const taken = recordCode(other);
  await useIt(other).click();
  await expectNext(other);
  await ready(other);
  expectOnly(taken, versions.next);

  host.down = true;
  await context.setOffline(true);
  // The old tab: new workers are hired, photos read, lessons taught, all with its own files.
  expect(await worker.evaluate(() => "untouched" in window)).toBe(true);
  await teach(worker, "chelsea.png", "Cat");
  await addPhotos(worker, [resolve("tests/reference/images/rocket.png")]);
  await teach(worker, "coffee.png", "Coffee");
  expect(await worker.evaluate(() => "nextVersion" in globalThis)).toBe(false);
  expectOnly(code, versions.old);
  // And its files are all there yet, those that nobody has asked for among them.
  const names = [...codeOf(versions.old)].filter((name) => groupsOf(name).length === 0);
  const had = await worker.evaluate(
    (names) => Promise.all(names.map(async (name) => (await fetch(`assets/${name}`)).ok)),
    names,
  );
  expect(had.every(Boolean)).toBe(true);

  // The new one, opened again without a network.
  await other.reload();
  await ready(other);
  expect(await other.evaluate(() => "nextVersion" in globalThis)).toBe(true);
  expectOnly(taken, versions.next);
  await reveal(other, "chelsea.png");
  await expect(photo(other, "chelsea.png")).toHaveAttribute("aria-label", "chelsea.png, Cat, taught");

  // The old tab starts again when it is asked to, and then nobody needs the old files.
  expect((await caches(other)).length).toBe(2);
  await useIt(worker).click();
  await expectNext(worker);
  await ready(worker);
  await expect.poll(() => caches(worker), { timeout: 15_000 }).toHaveLength(1);
});

test("a version of which a file does not arrive is not taken, and tried again", async ({
  page,
  context,
  host,
  versions,
}) => {
  test.slow();
  await open(page);
  await worksOffline(page);
  const before = await versionsKept(page);
  host.site = versions.next;
  await details(page);
  for (const [at, how] of FAULTS.entries()) {
    host.fault = { file: [/eye\.worker/, /index-.*\.js$/, /learner\.worker/, /icon-512/][at] ?? /$^/, how };
    host.asked.length = 0;
    await lookForUpdate(page);
    await settled(page);
    expect(host.asked.filter((url) => host.fault?.file.test(url)).length, how).toBeGreaterThan(0);
    expect(await versionsKept(page), how).toEqual(before);
    await expect(notice(page), how).toHaveCount(0);
    await expect(panel(page), how).toContainText(incomplete);
    await expect(panel(page), how).toContainText("Works offline");
  }
  // It is no longer offered, and no longer spoken of.
  host.fault = null;
  host.site = versions.old;
  await context.setOffline(true);
  await context.setOffline(false);
  await expect(panel(page)).not.toContainText(incomplete);
  host.site = versions.next;
  host.fault = { file: /eye\.worker/, how: "missing" };
  const code = recordCode(page);
  host.down = true;
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  await addPhotos(page, PICTURES);
  expectOnly(code, versions.old);

  host.down = false;
  host.fault = null;
  // Back on the network the page looks by itself.
  await context.setOffline(false);
  await expect(notice(page)).toBeVisible({ timeout: 60_000 });
  await details(page);
  await expect(panel(page)).not.toContainText(incomplete);
  await useIt(page).first().click();
  await expectNext(page);
});

test("a first visit that cannot be kept whole says so, and keeps nothing", async ({
  page,
  context,
  host,
}) => {
  host.fault = { file: /icon-192/, how: "missing" };
  await open(page);
  await expect(state(page)).toContainText("Needs the network to open", { timeout: 60_000 });
  await details(page);
  await expect(panel(page)).toContainText("A file of the page could not be fetched");
  expect(await versionsKept(page)).toEqual([]);
  host.fault = null;
  await context.setOffline(true);
  await context.setOffline(false);
  await worksOffline(page);
  // The weights had been handed over.
  expect(host.asked.filter((url) => url.includes("weights/"))).toHaveLength(1);
});

test("what was used on the first visit works offline, and after an update, too", async ({
  page,
  context,
  host,
  versions,
}) => {
  test.slow();
  await open(page);
  await worksOffline(page);
  await details(page);
  await expect(panel(page)).toContainText(/Start from nothing\s*Once you have opened it/);
  // The first visit's page is not controlled from its start; the drawing page's code is kept all the same.
  await openDrawings(page);
  await worksOffline(page);
  await page.goto("/");
  await ready(page);
  await details(page);
  await expect(panel(page)).toContainText(/Start from nothing\s*Yes/);
  await expect(panel(page)).toContainText(/The graphics card\s*Once it has computed/);

  // The new version has it only with the drawing page's new code.
  host.site = versions.next;
  host.fault = { file: /scratch\.worker/, how: "cut off" };
  await lookForUpdate(page);
  await settled(page);
  await expect(notice(page)).toHaveCount(0);
  host.fault = null;
  host.asked.length = 0;
  await lookForUpdate(page);
  await openDrawings(page);
  await expect(notice(page)).toBeVisible({ timeout: 60_000 });
  // What has not changed is not fetched again.
  expect(host.asked.filter((url) => /\.wasm|weights/.test(url))).toEqual([]);
  await useIt(page).click();
  await expectNext(page);
  const code = recordCode(page);
  host.down = true;
  await context.setOffline(true);
  await page.reload();
  await openDrawings(page);
  await expect(state(page)).toContainText("Works offline");
  expectOnly(code, versions.next);
});

test("the drawing page, opened on a visit before anything is kept, is kept", async ({
  page,
  context,
  host,
}) => {
  await openDrawings(page);
  await worksOffline(page);
  host.down = true;
  await context.setOffline(true);
  await page.reload();
  await openDrawings(page);
});

test("two pages of one host do not clear each other's files", async ({ page, host, versions }) => {
  const folder = mkdtempSync(join(tmpdir(), "keepsake-host-"));
  try {
    cpSync(versions.old, join(folder, "one"), { recursive: true });
    cpSync(versions.old, join(folder, "two"), { recursive: true });
    host.site = folder;
    for (const name of ["one", "two", "one"]) {
      await page.goto(`/${name}/`);
      await ready(page);
      await worksOffline(page);
    }
    const names = await caches(page);
    expect(names.filter((name) => name.startsWith("keepsake:/one/"))).toHaveLength(1);
    expect(names.filter((name) => name.startsWith("keepsake:/two/"))).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
