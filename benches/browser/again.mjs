// What it costs to add a folder whose photos are in the album already: as it was, and moved elsewhere.
//
//   cargo xtask bench again [--photos N] [--json FILE] [--kilobytes N] [--rounds N]
//
// JSON: {"by_path_ms", "by_content_ms", "decodes"}: milliseconds to wait for one photo of the whole folder,
// from the drop to the page's word that all were here, medians; and how many photos were decoded meanwhile.
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawnPictures, dropFolder, writePhotos } from "./folder.mjs";
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench again [--photos N] [--json FILE] [--kilobytes N] [--rounds N]

Drops a folder of generated photos on the page and waits until all are in the album. Then drops it again, so
that each is known by its path, size and time; then renamed, so that each is known by its content.

Options:
  --photos N     Photos in the folder, a hundred in each of its subfolders [default: 3000]
  --json FILE    Write {"by_path_ms", "by_content_ms", "decodes"}
  --kilobytes N  Size of each file [default: 300]
  --rounds N     Samples of each [default: 3]`;

const options = readOptions(HELP, { photos: 3000, kilobytes: 300, rounds: 3 });
/** Adding is not what is measured, and takes a while. */
const PATIENCE_MS = 60 * 60_000;

const { browser, page, clock } = await openBrowser();
const parent = mkdtempSync(join(tmpdir(), "keepsake-again-"));
try {
  // What the page asks of its workers; comlink's messages name the method.
  await page.addInitScript(() => {
    globalThis.asked = { look: 0, prepare: 0, identify: 0 };
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...rest) {
      const [method] = message?.path ?? [];
      if (method in asked) asked[method]++;
      return post.call(this, message, ...rest);
    };
    addEventListener("drop", () => (globalThis.dropped = performance.now()), { capture: true });
  });
  await page.goto(new URL("/", process.env.KEEPSAKE_URL).href);
  await page
    .getByRole("button", { name: /Add (your )?photos/ })
    .first()
    .waitFor({ timeout: 60_000 });
  const pictures = await drawnPictures(page, { width: 640, height: 480, count: 8 });
  let folder = join(parent, "holiday");
  writePhotos(folder, pictures, options.photos, options.kilobytes * 1000);

  const session = await page.context().newCDPSession(page);
  /** Drops the folder, and waits for the page's last word; milliseconds, of waiting and of CPU, for a photo. */
  async function drop(word) {
    await page.evaluate(() => {
      for (const method of Object.keys(asked)) asked[method] = 0;
    });
    let wall = 0;
    // What is shown is there once more, to be read out.
    const said = page.getByRole("status").filter({ hasText: word });
    const cpu = await clock.measure(async () => {
      await dropFolder(session, folder);
      await said.waitFor({ timeout: PATIENCE_MS });
      wall = await page.evaluate(() => performance.now() - dropped);
    });
    const asked = await page.evaluate(() => globalThis.asked);
    // What was said goes, so that the next drop's word is its own.
    await said.waitFor({ state: "detached", timeout: 60_000 });
    return { wall: wall / options.photos, cpu: cpu / options.photos, asked };
  }

  const all = new Intl.NumberFormat("en").format(options.photos);
  progress(`adding ${all} photos`);
  const first = await drop(new RegExp(`^Added ${all} photos`));
  const known = new RegExp(`${all} (was|were) here already`);
  const samples = { path: [], content: [] };
  let decodes = 0;
  for (let turn = 0; turn < options.rounds; turn++) {
    progress(`round ${turn + 1} of ${options.rounds}`);
    const path = await drop(known);
    if (path.asked.identify > 0) fail(`${path.asked.identify} files were read whose paths are known`);
    const other = join(parent, `moved ${turn}`);
    renameSync(folder, other);
    folder = other;
    const content = await drop(known);
    samples.path.push(path);
    samples.content.push(content);
    for (const { asked } of [path, content]) decodes += asked.look + asked.prepare;
  }
  progress("");
  const middle = (of, what) => round(median(of.map((sample) => sample[what])));
  const result = {
    by_path_ms: middle(samples.path, "wall"),
    by_content_ms: middle(samples.content, "wall"),
    decodes,
  };
  console.log(`one photo of a folder of ${all}, ${options.kilobytes} KB each    wait, ms   CPU, ms`);
  const row = (name, wall, cpu) =>
    console.log(`  ${name.padEnd(44)}${wall.toFixed(2).padStart(10)}${cpu.toFixed(2).padStart(10)}`);
  row("new", first.wall, first.cpu);
  row("known by path, size and time", result.by_path_ms, middle(samples.path, "cpu"));
  row("known by content", result.by_content_ms, middle(samples.content, "cpu"));
  console.log(`  ${decodes} decoded again`);
  writeJson(options.json, result);
} finally {
  await browser.close();
  rmSync(parent, { recursive: true });
}
