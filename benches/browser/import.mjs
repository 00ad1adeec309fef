// What it costs to add a folder of a camera's photos, through the page itself, with two workers.
//
//   cargo xtask bench import [--photos N] [--json FILE]
//
// JSON: {"photos_per_s", "cpu_ms_per_photo", "peak_mb", "longest_task_ms", "peers": {"tfjs": {"photos_per_s",
// "cpu_ms_per_photo"}, "ort": {…}}}. CPU time and memory (`memory.mjs`) are those of all renderers; the
// longest task is that of the page's own thread. Peers are those of `cargo xtask bench peers`, where they are: each
// photo is decoded by `createImageBitmap`, drawn at 224 × 224 and looked at, the next one decoded meanwhile.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed } from "../peers/install.mjs";
import { load } from "../peers/load.mjs";
import { drawnPictures, dropFolder, writePhotos } from "./folder.mjs";
import { memoryOf } from "./memory.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench import [--photos N] [--json FILE]

Drops a folder of generated photos of 12 megapixels on the page and waits until all are in the album.

Options:
  --photos N   Photos in the folder [default: 60]
  --json FILE  Write {"photos_per_s", "cpu_ms_per_photo", "peak_mb", "longest_task_ms", "peers"}`;

const options = readOptions(HELP, { photos: 60 });
/** A camera's 12 megapixels, landscape. */
const SIZE = { width: 4032, height: 3024, count: 8, noise: 25 };
/** Photos that each peer looks at. */
const FOR_PEERS = 16;
/** Thousands of photos take their time. */
const PATIENCE_MS = 2 * 60 * 60_000;

/** Adds the folder in the page; what it cost. */
async function ours(folder) {
  const { browser, page, clock } = await openBrowser();
  try {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 });
      globalThis.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          globalThis.longest = Math.max(globalThis.longest, duration);
      }).observe({ type: "longtask", buffered: true });
    });
    await page.goto(new URL("/", process.env.KEEPSAKE_URL).href);
    const add = page.getByRole("button", { name: /Add (your )?photos/ });
    await add.first().waitFor({ timeout: 60_000 });
    const memory = await memoryOf(browser);
    const session = await page.context().newCDPSession(page);
    const { renderers: before } = await memory.settled(page);
    let wall = 0;
    let peak = 0;
    let all = false;
    const cpu = await clock.measure(async () => {
      const since = performance.now();
      const line = page.getByRole("status").filter({ hasText: addedWords() });
      ({ renderers: peak } = await memory.most(async () => {
        await dropFolder(session, folder);
        // Rejects when the page's process is gone.
        await line.waitFor({ timeout: PATIENCE_MS }).then(
          () => (all = true),
          () => undefined,
        );
        wall = performance.now() - since;
      }));
    });
    if (!all) fail("the page's process was ended, or took too long");
    const said = (await page.getByRole("status").allTextContents()).filter((text) => /^Added/.test(text));
    const longest = await page.evaluate(() => globalThis.longest);
    return { cpu, wall, peak, before, longest, said: said[0] };
  } finally {
    await browser.close();
  }
}

const addedWords = () => new RegExp(`^Added ${new Intl.NumberFormat("en").format(options.photos)} photos`);

/** The same photos looked at by a peer, as its own examples do it. */
async function peers(files) {
  const there = installed();
  if (!there.tfjs) {
    console.log("no peers here; `cargo xtask bench peers` gets them");
    return {};
  }
  const { browser, page, clock } = await openBrowser({ bypassCSP: true });
  const result = {};
  try {
    await load(page, there);
    await page.evaluate(() => {
      const input = document.createElement("input");
      input.type = "file";
      input.multiple = true;
      document.body.append(input);
    });
    await page.locator("input").setInputFiles(files);
    await page.evaluate(() => {
      const canvas = new OffscreenCanvas(224, 224);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      globalThis.look = async (who, count) => {
        const photos = [...document.querySelector("input").files].slice(0, count);
        let next = createImageBitmap(photos[0]);
        for (const [at] of photos.entries()) {
          const bitmap = await next;
          const after = photos[at + 1];
          if (after) next = createImageBitmap(after);
          const side = Math.min(bitmap.width, bitmap.height);
          const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
          context.drawImage(bitmap, left, top, side, side, 0, 0, 224, 224);
          bitmap.close();
          const { data } = context.getImageData(0, 0, 224, 224);
          const rgb = new Uint8Array(224 * 224 * 3);
          for (let from = 0, to = 0; from < data.length; from += 4) {
            rgb[to++] = data[from];
            rgb[to++] = data[from + 1];
            rgb[to++] = data[from + 2];
          }
          await peers[who](pixelsOf(rgb, who === "ort"));
        }
      };
    });
    for (const who of await page.evaluate(() => Object.keys(peers))) {
      progress(`${who}: looking at ${files.length} photos`);
      await page.evaluate((who) => look(who, 2), who);
      const since = performance.now();
      const cpu = await clock.measure(() => page.evaluate(([w, n]) => look(w, n), [who, files.length]));
      const seconds = (performance.now() - since) / 1000;
      result[who] = {
        photos_per_s: round(files.length / seconds),
        cpu_ms_per_photo: round(cpu / files.length),
      };
    }
    return result;
  } finally {
    await browser.close();
  }
}

const parent = mkdtempSync(join(tmpdir(), "keepsake-import-"));
const folder = join(parent, "holiday");
try {
  progress("making the photos");
  const maker = await openBrowser();
  const pictures = await drawnPictures(maker.page, SIZE);
  await maker.browser.close();
  writePhotos(folder, pictures, options.photos);
  const size = pictures.reduce((sum, picture) => sum + picture.length, 0) / pictures.length / 1e6;
  progress(`adding ${options.photos} photos`);
  const cost = await ours(folder);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".jpg"),
  );
  const some = files.slice(0, FOR_PEERS).map((name) => join(folder, name));
  const result = {
    photos_per_s: round(options.photos / (cost.wall / 1000)),
    cpu_ms_per_photo: round(cost.cpu / options.photos),
    peak_mb: Math.round(cost.peak),
    longest_task_ms: Math.round(cost.longest),
    peers: await peers(some),
  };
  progress("");
  console.log(`${cost.said}: 12 megapixels, ${size.toFixed(1)} MB each, ${(cost.wall / 1000).toFixed(1)} s`);
  const row = (what, value) => console.log(`  ${what.padEnd(44)}${String(value).padStart(9)}`);
  row("photos a second", result.photos_per_s);
  row("CPU of one, ms", result.cpu_ms_per_photo);
  row("most memory of all renderers, MB", result.peak_mb);
  row("  before", Math.round(cost.before));
  row("longest task of the page's thread, ms", result.longest_task_ms);
  for (const [who, { photos_per_s, cpu_ms_per_photo }] of Object.entries(result.peers)) {
    row(`${who}, decoded by the browser: photos a second`, photos_per_s);
    row("  CPU of one, ms", cpu_ms_per_photo);
  }
  writeJson(options.json, result);
} finally {
  rmSync(parent, { recursive: true });
}
