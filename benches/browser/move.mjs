// What is left of the photos when the browser is killed while it moves them: the page itself moves originals
// into folders, the browser and all of its processes are killed at random moments, and every file that is
// there then is read.
//
//   cargo xtask bench move [--kills N] [--photos N] [--json FILE] [--seed N]
//
// JSON: {"kills", "moved", "lost", "list_false", "browser_torn"}. "moved" is how many originals were gone from their old place
// when it was killed, over all kills. "lost" counts files that were nowhere whole, byte for byte. "list_false"
// counts what the undo list says and is not so: a file that it says was moved and that is not there whole, one
// that is gone from its old place and not on the list, one that lies in the new place and is not on the list.
// Anything but 0 ends with an error.
//
// After every other kill the page goes on: it moves again, to the end, and then everything is brought back by
// the lists, with one kill in the middle of that, too. After the others everything is brought back at once.
// Then all files must lie where they lay, and none anywhere else: else the benchmark ends with an error.
//
// The kill is SIGKILL to the whole process group. What it cannot show is a power cut: what the system had
// taken is written out all the same. The folders are the browser's own (OPFS), whose handles are the disk's,
// but whose names lie in a database that a disk's folders have none of. Where that database says that it was
// torn and dropped names (about one kill in fifty), that kill shows nothing: it is counted apart, in
// "browser_torn", and the benchmark goes on with a new profile.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./crash/browsers.mjs";
import { randomNumbers } from "./crash/model.mjs";
import { fail, progress, readOptions, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench move [--kills N] [--photos N] [--json FILE] [--seed N]

Kills the browser at random moments while the page moves photos into folders, and reads every file after it.

Options:
  --kills N    How often [default: 50]
  --photos N   Photos that are moved [default: 200]
  --json FILE  Write {"kills", "moved", "lost", "list_false", "browser_torn"}
  --seed N     Which moments are drawn [default: 1]`;

const options = readOptions(HELP, { kills: 50, photos: 200, seed: 1 });
const url = (path) => new URL(path, process.env.KEEPSAKE_URL).href;
const random = randomNumbers(options.seed);
let profile;

/** Runs on an empty page of the page's origin: photos in folders, and the album that knows them. */
async function prepare(photos) {
  const keepsake = await import("/pkg/keepsake.js");
  await keepsake.default();
  const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
  const eye = (await keepsake.Eye.open(weights)).id;
  const { feature, LENGTH, numbers } = await import("/benches/browser/made-up.mjs");
  const noise = numbers(1);
  const centres = Array.from({ length: 3 }, () => Float32Array.from({ length: LENGTH }, noise));
  const canvas = new OffscreenCanvas(320, 320);
  canvas.getContext("2d").fillRect(0, 0, 320, 320);
  const thumbnail = await canvas.convertToBlob({ type: "image/jpeg" });
  const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle("Holiday", {
    create: true,
  });
  const put = async (folder, name, size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    const handle = await folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(bytes);
    await stream.close();
    return { bytes, file: await handle.getFile() };
  };
  const looks = [];
  for (let number = 0; number < photos; number++) {
    const day = `day ${number % 4}`;
    const folder = await holiday.getDirectoryHandle(day, { create: true });
    const name = `${number}.jpg`;
    const { bytes, file } = await put(folder, name, 20_000 + ((number * 7919) % 300_000));
    const companions = [];
    // Some have a film, and some of those a sidecar, too.
    if (number % 5 === 0) {
      await put(folder, `${number}.mov`, 400_000);
      companions.push(`Holiday/${day}/${number}.mov`);
    }
    if (number % 10 === 0) {
      await put(folder, `${number}.jpg.xmp`, 3_000);
      companions.push(`Holiday/${day}/${number}.jpg.xmp`);
    }
    const key = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const seen = centres[number % 3].map((value) => value * 0.02 + noise() * 0.01);
    const origin = {
      path: `Holiday/${day}/${name}`,
      size: file.size,
      modified: file.lastModified,
      companions,
    };
    looks.push({ name, feature: feature(seen), thumbnail, key, eye, width: 640, height: 480, origin });
  }
  const learner = await keepsake.Learner.open({ name: "photos" });
  const ids = await learner.addPhotos(looks);
  for (const label of [0, 1, 2]) {
    await learner.teach(ids.filter((_, number) => number % 3 === label).slice(0, 5), `Label ${label}`);
  }
  await learner.close();
  // As the page remembers a folder that was dropped on it.
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open("keepsake-page", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("handles");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("handles", "readwrite");
      writing.objectStore("handles").put([holiday], "folders");
      writing.oncomplete = () => resolve(opening.result.close());
      writing.onabort = () => reject(writing.error);
    };
  });
}

/** Runs there, too: every file that lies in either place with the digest of its bytes, and the lists. */
async function found() {
  const root = await navigator.storage.getDirectory();
  const files = {};
  const lists = [];
  const walk = async (folder, path) => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind === "directory") await walk(entry, `${path}${name}/`);
      else if (/^keepsake-undo.*\.csv$/.test(name)) lists.push(await (await entry.getFile()).text());
      else {
        const bytes = await (await entry.getFile()).arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        files[path + name] = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      }
    }
  };
  for (const name of ["Holiday", "sorted"]) {
    await walk(await root.getDirectoryHandle(name, { create: true }), `${name}/`);
  }
  return { files, lists };
}

/** The folder that is chosen: a benchmark can press no button of the system's. */
function pick() {
  Object.assign(window, {
    showDirectoryPicker: async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle("sorted", { create: true }),
  });
}

let running;
async function begin() {
  running = await start.chromium(profile);
  await running.page.addInitScript(pick);
  return running.page;
}

/** Photos in a new profile, and the page that knows them. */
async function beginAnew() {
  await running?.kill();
  if (profile !== undefined) rmSync(profile, { recursive: true, force: true });
  profile = mkdtempSync(join(tmpdir(), "keepsake-move-"));
  progress("making the photos");
  const page = await begin();
  await page.goto(url("/tests/browser/blank.html"));
  await page.evaluate(prepare, options.photos);
  for (const path of Object.keys(originals)) delete originals[path];
  Object.assign(originals, (await look()).files);
}

/** The browser's own database of names was torn by the kill, as its log says. */
class Torn extends Error {}

function throwIfTorn() {
  const folder = join(profile, "Default", "File System");
  for (const origin of readdirSync(folder)) {
    let log = "";
    try {
      log = readFileSync(join(folder, origin, "t", "Paths", "LOG"), "utf8");
    } catch {
      continue;
    }
    if (/dropping \d+ bytes; Corruption/.test(log)) throw new Torn();
  }
}

/** What lies where, read by a browser that was started anew. */
async function look() {
  const { page } = running;
  await page.goto(url("/tests/browser/blank.html"));
  const all = await page.evaluate(found);
  throwIfTorn();
  return all;
}

/** "Take it along", with nothing left to be looked for. */
async function takeAlong() {
  const { page } = running;
  await page.goto(url("/"));
  await page.getByRole("button", { name: "More", exact: true }).click({ timeout: 60_000 });
  await page.getByRole("menuitem", { name: "Take it along" }).click();
  return page.getByRole("main", { name: "Take it along" });
}

/** Begins to move; resolves once it is under way. */
async function beginMove() {
  const screen = await takeAlong();
  await screen.getByText("Move", { exact: true }).click();
  await screen.getByRole("button", { name: "Choose a place and move" }).click({ timeout: 60_000 });
  await screen.getByRole("button", { name: "Stop" }).waitFor();
  return screen;
}

async function moveAll() {
  const screen = await beginMove();
  const since = performance.now();
  await screen
    .getByRole("heading", { name: `${options.photos} photos moved into` })
    .waitFor({ timeout: 600_000 });
  return performance.now() - since;
}

const back = (screen) => screen.getByRole("button", { name: /^Bring them back/ });

/** Begins to bring back what the first of the lists says; false: there is none. */
async function beginBack(screen) {
  await screen.getByRole("button", { name: "Choose that folder…" }).click();
  const none = screen.getByText("No undo list lies in that folder");
  await back(screen).first().or(none).waitFor();
  if ((await back(screen).count()) === 0) return false;
  await back(screen).first().click();
  return true;
}

async function bringAllBack() {
  const screen = await takeAlong();
  for (let turn = 0; await beginBack(screen); turn++) {
    await screen.getByRole("heading", { name: /back where they were/ }).waitFor({ timeout: 600_000 });
    if (turn > 10) fail(`it is not all brought back: ${await screen.textContent()}`);
  }
}

const originals = {};
const result = { kills: 0, moved: 0, lost: 0, list_false: 0, browser_torn: 0 };
let killedBack = 0;

const isList = (name) => /^keepsake-undo.*\.csv$/.test(name);

/** Compares what is there with what was, and with what the lists say. */
function compare({ files, lists }, when) {
  const digests = new Set(Object.values(files));
  const listed = new Map();
  for (const list of lists) {
    for (const row of list.split("\r\n").slice(1)) {
      const [what, from, to] = row.split(",");
      if (what !== "moving" && what !== "moved") continue;
      const before = listed.get(to);
      listed.set(to, { from, moved: what === "moved" || before?.moved === true });
    }
  }
  const untrue = [];
  const lost = Object.keys(originals).filter((path) => !digests.has(originals[path]));
  for (const [to, { from, moved }] of listed) {
    const whole = files[`sorted/${to}`] === originals[from] || files[from] === originals[from];
    if (moved && !whole) untrue.push(`${to} is not what was moved`);
  }
  const named = new Set([...listed.values()].filter(({ moved }) => moved).map(({ from }) => from));
  for (const path of Object.keys(originals)) {
    if (files[path] !== originals[path] && !named.has(path)) untrue.push(`${path} is gone and not listed`);
  }
  // What the browser was writing when it was killed lies beside its place.
  for (const path of Object.keys(files).map((one) => one.replace(/\.crswap$/, ""))) {
    const [, to] = /^sorted\/(.*)/.exec(path) ?? [];
    if (to !== undefined && !listed.has(to) && !isList(to)) untrue.push(`${path} is there and not listed`);
  }
  for (const path of lost) console.error(`${when}: lost ${path}`);
  for (const line of untrue) console.error(`${when}: ${line}`);
  result.lost += lost.length;
  result.list_false += untrue.length;
  return Object.keys(originals).filter((path) => files[path] === undefined).length;
}

function expectAllBack({ files }, when) {
  const there = JSON.stringify(Object.entries(files).sort());
  if (there === JSON.stringify(Object.entries(originals).sort())) return;
  const odd = Object.keys(files).filter((path) => files[path] !== originals[path]);
  const missing = Object.keys(originals).filter((path) => files[path] !== originals[path]);
  fail(`${when}: not all is back: ${missing.slice(0, 5)} missing, ${odd.slice(0, 5)} left; see ${profile}`);
}

/** Kills the browser so many milliseconds from now, and starts it again. */
async function killIn(milliseconds) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await running.kill();
  await begin();
}

/** Kills it while it moves, perhaps lets it go on and kills it while it brings back, and brings all back. */
async function killOnce(lasts, when, goOn) {
  await beginMove();
  await killIn(random() * lasts);
  const gone = compare(await look(), when);
  if (goOn) {
    await moveAll();
    const all = await look();
    // None of them twice.
    if (compare(all, `${when}, gone on`) !== Object.keys(all.files).length)
      fail(`${when}: not all was moved once`);
    if (await beginBack(await takeAlong())) {
      await killIn(random() * lasts);
      compare(await look(), `${when}, killed again while bringing back`);
      killedBack++;
    }
  }
  await bringAllBack();
  expectAllBack(await look(), when);
  result.moved += gone;
}

try {
  await beginAnew();
  const lasts = await moveAll();
  const moved = compare(await look(), "without a kill");
  if (moved !== Object.keys(originals).length) fail("not everything was moved, though nothing was killed");
  await bringAllBack();
  expectAllBack(await look(), "without a kill");
  console.log(`${options.photos} photos, ${moved} files: moved in ${Math.round(lasts)} ms`);

  while (result.kills < options.kills) {
    try {
      await killOnce(lasts, `kill ${result.kills + 1}`, result.kills % 2 === 1);
    } catch (thrown) {
      if (!(thrown instanceof Torn)) throw thrown;
      result.browser_torn++;
      await beginAnew();
      continue;
    }
    result.kills++;
    progress(
      `kill ${result.kills} of ${options.kills}, ${result.moved} files moved by then, ${result.lost} lost`,
    );
  }
} finally {
  await running.kill().catch(() => undefined);
}
rmSync(profile, { recursive: true, force: true });
progress("");

console.log(
  `chromium killed ${result.kills} times while it moved them, ${killedBack} times while it brought them back`,
);
console.log(`  ${String(result.moved).padStart(6)} files were moved when it was killed`);
console.log(`  ${String(result.lost).padStart(6)} lost`);
console.log(`  ${String(result.list_false).padStart(6)} times the undo list was not true`);
console.log(`  ${String(result.browser_torn).padStart(6)} more kills tore the browser's own list of names`);
writeJson(options.json, result);
if (result.lost + result.list_false > 0) process.exitCode = 1;
