// What the page's memory does while it takes gigabytes of photos along as a ZIP: into a file that was chosen,
// which is written as it grows, and as a download.
//
//   cargo xtask bench zip [--gigabytes N] [--megabytes N] [--json FILE] [--way file|download|both]
//
// JSON: {"file": {"before_mb", "peak_mb", "more_mb", "seconds", "mb_per_s", "zip_bytes"}, "download": {…}}. Memory is
// that of all renderers (`memory.mjs`): settled before, and the most while it was written. Every ZIP is then read by Python's `zipfile` and compared with the photos, byte for byte.
//
// A benchmark can press no button of the system's: the file that is chosen is one of the browser's own
// (OPFS), written by the same code of the browser as one of the disk.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./crash/browsers.mjs";
import { drawnPictures, dropFolder, writePhotos } from "./folder.mjs";
import { memoryOf } from "./memory.mjs";
import { fail, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench zip [--gigabytes N] [--megabytes N] [--json FILE] [--way WAY]

Drops a folder of photos on the page and takes all of them along as a ZIP, and watches the page's memory.
It needs twice as much room on the disk, in the folder for temporary files.

Options:
  --gigabytes N  All photos together [default: 2]
  --megabytes N  Each photo [default: 10]
  --way WAY      file: into a file that is chosen; download; both [default: both]
  --json FILE    Write {"file": {"before_mb", "peak_mb", "more_mb", …}, "download": {…}}`;

const options = readOptions(HELP, { gigabytes: 2, megabytes: 10 }, { way: "both" });
const ways = options.way === "both" ? ["file", "download"] : [options.way];
if (!ways.every((way) => ["file", "download"].includes(way))) fail(`there is no way ${options.way}`);
const count = Math.floor((options.gigabytes * 1000) / options.megabytes);
/** Reading and writing gigabytes takes as long as the disk takes. */
const PATIENCE_MS = 30 * 60_000;
const parent = mkdtempSync(join(tmpdir(), "keepsake-zip-"));
const photos = join(parent, "photos");

/** The buttons of the system: a file is chosen at once, or there is none to choose. */
function picker(way) {
  const own = (name) => async () =>
    (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
  window.showSaveFilePicker = way === "file" ? ({ suggestedName }) => own(suggestedName)() : undefined;
}

/** Every file below a folder that is as large as a ZIP of the photos, or a part of it, is. */
function zipsIn(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  // A browser's profile has links that lead nowhere.
  return files.filter((file) => {
    const about = statSync(file, { throwIfNoEntry: false });
    return about?.isFile() && (file.endsWith(".zip") || about.size > (options.gigabytes * 1e9) / 4);
  });
}

/** Whether these ZIPs together hold all photos as they are, and nothing else. */
const COMPARE = `
import os, sys, zipfile
photos, zips = sys.argv[1], sys.argv[2:]
there = {}
for folder, _, names in os.walk(photos):
    for name in names:
        there[name] = os.path.join(folder, name)
for path in zips:
    with zipfile.ZipFile(path) as z:
        for info in z.infolist():
            own = there.pop(info.filename.rsplit('/', 1)[1])
            with z.open(info) as one, open(own, 'rb') as other:
                while True:
                    a, b = one.read(1 << 20), other.read(1 << 20)
                    assert a == b, f'{info.filename} is not what it was'
                    if not a: break
assert not there, f'{len(there)} photos are in no ZIP'
`;

function compare(zips) {
  const python = spawnSync("python3", ["-c", COMPARE, photos, ...zips], { encoding: "utf8" });
  if (python.error) console.log("  there is no python3 to read the ZIP with");
  else if (python.status !== 0) fail(`the ZIP is not right: ${python.stderr}`);
  else console.log("  read again by Python: every photo is in it, byte for byte");
}

const result = {};
let running;
try {
  for (const way of ways) {
    const profile = join(parent, way);
    const downloads = join(parent, `${way}-downloads`);
    for (const folder of [profile, downloads]) mkdirSync(folder);
    running = await start.chromium(profile);
    const { page } = running;
    const browser = page.context().browser();
    const session = await page.context().newCDPSession(page);
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
    await page.addInitScript(picker, way);
    await page.goto(new URL("/", process.env.KEEPSAKE_URL).href);
    const add = page.getByRole("button", { name: /Add (your )?photos/ });
    await add.first().waitFor({ timeout: 60_000 });
    if (!statSync(photos, { throwIfNoEntry: false })) {
      progress(`making ${count} photos of ${options.megabytes} MB`);
      const pictures = await drawnPictures(page, { width: 640, height: 480, count: 8 });
      writePhotos(photos, pictures, count, options.megabytes * 1e6);
    }
    progress(`${way}: adding the photos`);
    await dropFolder(session, photos);
    const added = new RegExp(`^Added ${new Intl.NumberFormat("en").format(count)} photos`);
    await page.getByRole("status").filter({ hasText: added }).waitFor({ timeout: PATIENCE_MS });

    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Take it along" }).click();
    const screen = page.getByRole("main", { name: "Take it along" });
    await screen.getByText("One ZIP", { exact: true }).click();
    const go = screen.getByRole("button", { name: /^Make the ZIP/ });
    await go.waitFor({ timeout: 60_000 });
    const memory = await memoryOf(browser);
    progress(`${way}: waiting until nothing changes`);
    const { renderers: before } = await memory.settled(page);
    progress(`${way}: writing the ZIP`);
    const since = performance.now();
    let seconds = 0;
    const { renderers: peak } = await memory.most(async () => {
      await go.click();
      const done = screen.getByRole("heading", { name: /photos in the ZIP/ });
      await done.waitFor({ timeout: PATIENCE_MS });
      if (way === "download") await downloaded(downloads);
      seconds = (performance.now() - since) / 1000;
    });
    const said = await screen.getByRole("heading", { name: /photos in the ZIP/ }).textContent();
    if (!said?.startsWith(`${new Intl.NumberFormat("en").format(count)} photos`)) fail(`it said: ${said}`);
    await running.kill();
    running = undefined;
    const zips = zipsIn(way === "file" ? profile : downloads);
    const bytes = zips.reduce((sum, zip) => sum + statSync(zip).size, 0);
    result[way] = {
      before_mb: Math.round(before),
      peak_mb: Math.round(peak),
      more_mb: Math.round(peak - before),
      seconds: round(seconds),
      mb_per_s: Math.round(bytes / 1e6 / seconds),
      zip_bytes: bytes,
    };
    progress("");
    console.log(
      `${way}: ${count} photos in ${zips.length === 1 ? "one ZIP" : `${zips.length} ZIPs`} of ${(bytes / 1e9).toFixed(2)} GB, ${seconds.toFixed(1)} s`,
    );
    console.log(
      `  ${result[way].before_mb} MB before, ${result[way].peak_mb} at most: ${result[way].more_mb} more`,
    );
    compare(zips);
    for (const folder of [profile, downloads]) rmSync(folder, { recursive: true });
  }
} finally {
  await running?.kill().catch(() => undefined);
  rmSync(parent, { recursive: true });
}
writeJson(options.json, result);

/** Until the browser has written all that it began to, and nothing more comes. */
async function downloaded(folder) {
  const wanted = count * options.megabytes * 1e6;
  for (;;) {
    const names = readdirSync(folder);
    const whole = names.filter((name) => name.endsWith(".zip"));
    const size = whole.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    if (size >= wanted && whole.length === names.length) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
