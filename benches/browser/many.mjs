// What the page costs with an album of thousands: to fill it, to teach, to scroll, to reload, to back up.
//
//   cargo xtask bench many [--photos N] [--lessons N] [--from files|numbers] [--json FILE] [--rounds N]
//
// JSON: {"tap_ms", "longest_task_ms", "renderer_mb", "reload_ms", "backup_mb"} and what each is made of. CPU
// times are those of the renderer's process with all its threads. A task is one of the page's own thread; it
// counts by its CPU time, too, but while photos come in, which is too long to be traced, by the time that passed.
// Memory is what the renderer's process holds for itself.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropFolder } from "./folder.mjs";
import { memoryOf } from "./memory.mjs";
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";
import { longestTask } from "./tasks.mjs";

const HELP = `Usage: cargo xtask bench many [--photos N] [--lessons N] [--from WHAT] [--json FILE] [--rounds N]

Fills the page's album with generated photos of ten kinds, teaches some of each kind, and measures what a
person then does: teach one more with a key, scroll through all photos, reload, and save a backup.

Options:
  --photos N   Photos in the album [default: 10000]
  --lessons N  Lessons that are there before the first tap [default: 300]
  --from WHAT  files: JPEGs that are dropped on the page, and the import is measured, too; numbers: records
               made of numbers, which takes a fraction of the time [default: files]
  --json FILE  Write {"tap_ms", "longest_task_ms", "renderer_mb", "reload_ms", "backup_mb", …}
  --rounds N   Taps that are measured [default: 9]`;

const LABELS = 10;
/** Adding ten thousand takes minutes. */
const PATIENCE_MS = 120 * 60_000;
/** Scrolled at once, pixels: more than half of the screen, so that every tile is seen. */
const STEP = 600;
/** Taps of which the tasks are traced, and reloads that are measured. */
const TRACED = 3;
const RELOADS = 4;

const options = readOptions(HELP, { photos: 10_000, lessons: 300, rounds: 9 }, { from: "files" });
if (!["files", "numbers"].includes(options.from)) fail("--from takes files or numbers");
if (options.lessons < 2 * LABELS)
  fail(
    `--lessons takes a number from ${2 * LABELS} on: two for each of the ${LABELS} labels, so that something is sure`,
  );
if (options.lessons + LABELS > options.photos) fail("there are fewer photos than lessons");

/** Runs on an empty page of the page's origin: draws photos of `labels` kinds, `count` from `first` on, and
 * returns them as texts of base64. */
async function draw({ first, count, labels }) {
  const { numbers } = await import("/benches/browser/made-up.mjs");
  const canvas = new OffscreenCanvas(640, 480);
  const context = canvas.getContext("2d");
  const texts = [];
  for (let number = first; number < first + count; number++) {
    const random = numbers(number * 7919 + 1);
    for (let i = 0; i < 8; i++) random();
    const kind = number % labels;
    const unit = () => (random() + 1) / 2;
    context.fillStyle = `hsl(${kind * 36 + unit() * 30} 45% ${30 + unit() * 50}%)`;
    context.fillRect(0, 0, 640, 480);
    // Each kind has a shape of its own besides its hue, and no picture the place of another's shapes.
    for (let i = 0; i < 24; i++) {
      context.fillStyle = `hsl(${kind * 36 + unit() * 90} 70% ${10 + unit() * 80}%)`;
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 3 + unit() * 12;
      context.beginPath();
      const [x, y, size] = [unit() * 640, unit() * 480, 20 + unit() * 110];
      const corners = 3 + (kind % 5);
      for (let corner = 0; corner <= corners; corner++) {
        const angle = (corner / corners) * 2 * Math.PI + unit();
        context.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
      }
      kind < labels / 2 ? context.fill() : context.stroke();
    }
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    texts.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
  }
  return texts;
}

/** The same: stores an album of photos made of numbers. */
async function store({ photos, labels }) {
  const { storeAlbum } = await import("/benches/browser/made-up.mjs");
  const { learner } = await storeAlbum({ photos, labels, kindOf: (number) => number % labels });
  await learner.close();
}

/** The same: teaches `lessons` of the photos, the first ones of each kind. */
async function teach({ lessons, labels }) {
  const keepsake = await import("/pkg/keepsake.js");
  await keepsake.default();
  const learner = await keepsake.Learner.open({ name: "photos" });
  const photos = learner.photos();
  for (let label = 0; label < labels; label++) {
    const own = photos.filter(({ name }) => Number.parseInt(name, 10) === label);
    const count = Math.ceil((lessons - label) / labels);
    if (count > 0)
      await learner.teach(
        own.slice(0, count).map(({ id }) => id),
        `Label ${label}`,
      );
  }
  await learner.close();
}

const { browser, page, clock } = await openBrowser();
const parent = mkdtempSync(join(tmpdir(), "keepsake-many-"));
const at = (path) => new URL(path, process.env.KEEPSAKE_URL).href;
const blank = () => page.goto(at("/tests/browser/blank.html"));
const session = await page.context().newCDPSession(page);
/** All that the page does by itself when it opens is done. */
const settled = async () => {
  let cpu = Number.POSITIVE_INFINITY;
  while (cpu > 30) cpu = await clock.measure(() => page.waitForTimeout(1_000));
};
const memory = await memoryOf(browser);
const holds = async () => (await memory.collected(page)).renderer;
const result = {};
const lines = [];
const line = (name, text) => lines.push(`  ${name.padEnd(46)}${text}`);
const ms = (value) => `${value.toFixed(0).padStart(8)} ms`;
const mb = (value) => `${value.toFixed(0).padStart(8)} MB`;
/** The longest task of each kind of work, ms. */
const tasks = { import: 0, tap: 0, scroll: 0, reload: 0, backup: 0 };
/** Does work in the page, and notes the longest task of its thread. */
const watched = async (kind, work) => {
  tasks[kind] = Math.max(tasks[kind], await longestTask(browser, work));
};
const photos = page.locator("[data-tile] > button.photo");

/** Drops generated photos on the page, and waits until all are in the album. */
async function add() {
  const folder = join(parent, "holiday");
  for (let first = 0; first < options.photos; first += 100) {
    progress(`drawing photo ${first} of ${options.photos}`);
    const count = Math.min(100, options.photos - first);
    const texts = await page.evaluate(draw, { first, count, labels: LABELS });
    const day = join(folder, `day ${first / 100}`);
    mkdirSync(day, { recursive: true });
    for (const [index, text] of texts.entries()) {
      const number = first + index;
      writeFileSync(join(day, `${number % LABELS}-${number}.jpg`), Buffer.from(text, "base64"));
    }
  }
  await page.goto(at("/"));
  await page
    .getByRole("button", { name: /Add (your )?photos/ })
    .first()
    .waitFor({ timeout: 60_000 });
  await settled();
  const before = await holds();
  const all = new Intl.NumberFormat("en").format(options.photos);
  await page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ type: "longtask" });
  });
  let cpu = 0;
  const start = performance.now();
  const { renderer } = await memory.most(async () => {
    cpu = await clock.measure(async () => {
      await dropFolder(session, folder);
      progress(`adding ${all} photos`);
      const said = page.getByRole("status").filter({ hasText: new RegExp(`^Added ${all} photos`) });
      await said.waitFor({ timeout: PATIENCE_MS });
    });
  });
  const wall = performance.now() - start;
  tasks.import = await page.evaluate(() => globalThis.longest);
  Object.assign(result, {
    import_photos_per_s: round(options.photos / (wall / 1000)),
    import_cpu_ms: round(cpu / options.photos),
    import_mb: round(renderer),
  });
  line("import, photos a second", result.import_photos_per_s.toFixed(1).padStart(8));
  line("import, CPU of a photo", ms(result.import_cpu_ms));
  line("import, longest task, to wait", ms(tasks.import));
  line("import, the most memory", mb(result.import_mb));
  line("memory of the empty page", mb(before));
}

try {
  await page.setViewportSize({ width: 1440, height: 900 });
  if (options.from === "files") await add();
  await blank();
  progress("making the album");
  const given = { photos: options.photos, lessons: options.lessons, labels: LABELS };
  if (options.from === "numbers") await page.evaluate(store, given);
  await page.evaluate(teach, given);

  // A visit that never saw how the album was filled.
  await page.goto(at("/"));
  await photos.first().waitFor({ timeout: 120_000 });
  await settled();
  const opened = await holds();

  const digits = "123456789";
  const undo = page.getByRole("button", { name: /^Undo: Taught Label/ });
  /** Teaches a photo on the screen what it is, by its key, and takes that back; measured as `as` says. */
  async function tap(as) {
    const tile = photos.and(page.getByRole("button", { name: /^[0-8]-.* sure/ })).first();
    const name = (await tile.getAttribute("aria-label")) ?? "";
    await tile.focus();
    await settled();
    // The page itself tells when it is done: to be asked again and again would cost it, too.
    const done = await page.evaluateHandle(() => {
      const shown = new Promise((drawn) => {
        const look = new MutationObserver(() => {
          if (!document.querySelector('button[aria-label^="Undo: Taught Label"]')) return;
          look.disconnect();
          requestAnimationFrame(() => setTimeout(drawn));
        });
        look.observe(document.body, { subtree: true, attributeFilter: ["aria-label"] });
      });
      return { shown };
    });
    const measured = await as(async () => {
      await page.keyboard.press(digits[Number.parseInt(name, 10)]);
      await done.evaluate(({ shown }) => shown);
    });
    await page.keyboard.press("u");
    await undo.waitFor({ state: "detached" });
    return measured;
  }
  const taps = [];
  for (let turn = 0; turn <= options.rounds; turn++) {
    progress(`tap ${turn} of ${options.rounds}`);
    const cpu = await tap((work) => clock.measure(work));
    // The first one compiles.
    if (turn > 0) taps.push(cpu);
  }
  for (let turn = 0; turn < TRACED; turn++) await tap((work) => watched("tap", work));

  /** Goes through all photos, from the top; the number of screens. */
  const scroll = () =>
    page.evaluate(async (step) => {
      let main = document.querySelector(".album").parentElement;
      while (main.scrollHeight <= main.clientHeight) main = main.parentElement;
      let count = 0;
      for (let top = 0; top < main.scrollHeight - main.clientHeight; top += step, count++) {
        main.scrollTop = top;
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 40)));
      }
      return count;
    }, STEP);
  progress("scrolling");
  await settled();
  let screens = 0;
  let scrollCpu = 0;
  const { renderer: scrolled } = await memory.most(async () => {
    scrollCpu = await clock.measure(async () => {
      screens = await scroll();
    });
  });
  const after = await holds();
  await watched("scroll", scroll);

  /** Opens the page anew; milliseconds until the photos on the screen are there, and what is thought of them. */
  async function reload() {
    await page.goto(at("/"), { waitUntil: "commit" });
    return page.evaluate(
      () =>
        new Promise((usable) => {
          const look = () => {
            const tiles = [...document.querySelectorAll("[data-tile]")].filter((tile) => {
              const { top, bottom } = tile.getBoundingClientRect();
              return bottom > 0 && top < innerHeight;
            });
            const shown = tiles.filter((tile) => tile.querySelector("canvas[data-drawn]")).length;
            if (tiles.length > 5 && shown === tiles.length) usable(performance.now());
            else setTimeout(look, 10);
          };
          look();
        }),
    );
  }
  const reloads = { wall: [], cpu: [] };
  for (let turn = 0; turn <= RELOADS; turn++) {
    progress(`reload ${turn} of ${RELOADS}`);
    await blank();
    await settled();
    let wall = 0;
    const cpu = await clock.measure(async () => {
      wall = await reload();
    });
    if (turn === 0) continue;
    reloads.wall.push(wall);
    reloads.cpu.push(cpu);
  }
  await blank();
  await watched("reload", async () => {
    await reload();
    // What comes later must not hold up anybody, either.
    await page.waitForTimeout(3_000);
  });

  progress("saving a backup");
  await settled();
  const unsaved = await holds();
  const { browser: program } = await memory.collected(page);
  let backupWall = 0;
  /** Without a trace, which is memory, too. */
  const save = async () => {
    const start = performance.now();
    const download = page.waitForEvent("download", { timeout: PATIENCE_MS });
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Save a backup" }).click();
    await (await download).path();
    backupWall = performance.now() - start;
  };
  const saved = await memory.most(save);
  await settled();
  await watched("backup", save);
  progress("");

  const longest = Math.max(...Object.values(tasks));
  Object.assign(result, {
    tap_ms: round(median(taps)),
    longest_task_ms: round(longest),
    renderer_mb: round(Math.max(opened, scrolled)),
    reload_ms: round(median(reloads.wall)),
    backup_mb: round(saved.renderer - unsaved),
    import_task_ms: round(tasks.import),
    tap_task_ms: round(tasks.tap),
    scroll_task_ms: round(tasks.scroll),
    scroll_cpu_ms: round(scrollCpu / screens),
    opened_mb: round(opened),
    scrolled_mb: round(after),
    reload_task_ms: round(tasks.reload),
    reload_cpu_ms: round(median(reloads.cpu)),
    backup_task_ms: round(tasks.backup),
    backup_s: round(backupWall / 1000),
    backup_browser_mb: round(saved.browser - program),
  });
  console.log(`${options.photos} photos from ${options.from}, ${options.lessons} lessons, ${LABELS} labels`);
  line("a tap, CPU until the tiles have changed", ms(result.tap_ms));
  line("a tap, longest task", ms(tasks.tap));
  line("memory when opened", mb(opened));
  line("scrolling, CPU of a screen", ms(result.scroll_cpu_ms));
  line("scrolling, longest task", ms(tasks.scroll));
  line("scrolling, the most memory", mb(scrolled));
  line("memory when scrolled through", mb(after));
  line("reload until the photos are there, to wait", ms(result.reload_ms));
  line("reload, CPU", ms(result.reload_cpu_ms));
  line("reload, longest task", ms(tasks.reload));
  line("backup, memory above before", mb(result.backup_mb));
  line("backup, that of the browser's own process", mb(result.backup_browser_mb));
  line("backup, longest task", ms(tasks.backup));
  line("backup, to wait", `${result.backup_s.toFixed(1).padStart(8)} s`);
  for (const one of lines) console.log(one);
  writeJson(options.json, result);
} finally {
  await browser.close();
  rmSync(parent, { recursive: true });
}
