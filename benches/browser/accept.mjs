// What it costs in the page to accept what is left of a label, far beyond the screen, and a lesson before and after.
//
//   cargo xtask bench accept [--photos N] [--section N] [--json FILE] [--rounds N]
//
// JSON: {"accept_cpu_ms", "accept_wall_ms", "lesson_before_cpu_ms", "lesson_after_cpu_ms", "accepted"}: medians.
// The CPU time is that of the renderer process, from the press to the frame after all is shown as done.
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench accept [--photos N] [--section N] [--json FILE] [--rounds N]

Opens the page on an album of photos made of numbers, with ten labels, accepts what is left of one of them
with one press, and takes it back. Teaches a photo of another label before that and after it.

Options:
  --photos N   Photos in the album [default: 3000]
  --section N  Photos of the label that is accepted [default: 400]
  --json FILE  Write {"accept_cpu_ms", "accept_wall_ms", "lesson_before_cpu_ms", "lesson_after_cpu_ms", "accepted"}
  --rounds N   Samples of each [default: 7]`;

const options = readOptions(HELP, { photos: 3000, section: 400, rounds: 7 });
const LABELS = 10;
/** Lessons of each label that are there before. */
const LESSONS = 10;
if (options.section + (LABELS - 1) * LESSONS > options.photos)
  fail("there are fewer photos than the label has");

/** Runs on an empty page of the page's origin: stores the album where the page will find it. */
async function prepare({ photos, section, labels, lessons }) {
  const { storeAlbum } = await import("/benches/browser/made-up.mjs");
  const kindOf = (number) => (number < section ? 0 : 1 + ((number - section) % (labels - 1)));
  const { learner, ids } = await storeAlbum({ photos, labels, kindOf });
  for (let label = 0; label < labels; label++) {
    const taught = ids.filter((_, number) => kindOf(number) === label).slice(0, lessons);
    await learner.teach(taught, `Label ${label}`);
  }
  await learner.close();
}

const { browser, page, clock } = await openBrowser();
try {
  progress("making the album");
  await page.evaluate(prepare, { ...options, labels: LABELS, lessons: LESSONS });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(new URL("/", process.env.KEEPSAKE_URL).href);
  const rest = page.getByRole("button", { name: /^The rest of Label 0 is right/ });
  await rest.waitFor({ timeout: 60_000 });
  /** All that the page does by itself when it opens is done. */
  const settled = async () => {
    let cpu = Number.POSITIVE_INFINITY;
    while (cpu > 30) cpu = await clock.measure(() => page.waitForTimeout(1_000));
  };

  /** Presses a button in the page, and waits until undo says what was done and that is drawn. */
  async function press(label, done) {
    let wall = 0;
    const cpu = await clock.measure(async () => {
      wall = await page.evaluate(
        ([name, wanted]) => {
          const button = [...document.querySelectorAll("button")].find((one) =>
            (one.getAttribute("aria-label") ?? one.textContent).startsWith(name),
          );
          if (!button) throw new Error(`there is no button ${name}`);
          const is = () =>
            [...document.querySelectorAll("[aria-label]")].some((one) =>
              new RegExp(wanted).test(one.getAttribute("aria-label")),
            );
          const start = performance.now();
          return new Promise((resolve) => {
            const drawn = () =>
              requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
            const look = new MutationObserver(() => {
              if (!is()) return;
              look.disconnect();
              drawn();
            });
            const all = { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] };
            look.observe(document.body, all);
            button.click();
          });
        },
        [label, done],
      );
    });
    return { cpu, wall };
  }

  const labels = page.getByRole("navigation", { name: "Labels" });
  /** Teaches one photo of the second label, seen by itself, and takes that back. */
  async function teach() {
    await labels.getByRole("button", { name: /^Label 1/ }).click();
    const photos = page.locator("[data-tile] > button.photo");
    await photos
      .and(page.getByRole("button", { name: / sure/ }))
      .first()
      .focus();
    await settled();
    const undo = page.getByRole("button", { name: /^Undo: Taught Label/ });
    const cpu = await clock.measure(async () => {
      await page.keyboard.press("2");
      await undo.waitFor();
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
    });
    await page.keyboard.press("u");
    await undo.waitFor({ state: "detached" });
    await labels.getByRole("button", { name: /^All photos/ }).click();
    return cpu;
  }

  const samples = { accept: [], before: [], after: [] };
  let accepted = 0;
  for (let turn = 0; turn <= options.rounds; turn++) {
    progress(`round ${turn} of ${options.rounds}`);
    await settled();
    const before = await teach();
    await settled();
    const accept = await press("The rest of Label 0 is right", "^Undo: Accepted");
    const said = await page.getByRole("button", { name: /^Undo: Accepted/ }).getAttribute("aria-label");
    accepted = Number(/(\d+) photo/.exec(said ?? "")?.[1]);
    await settled();
    const after = await teach();
    await page.keyboard.press("u");
    await rest.waitFor();
    // The first one compiles.
    if (turn === 0) continue;
    samples.accept.push(accept);
    samples.before.push(before);
    samples.after.push(after);
  }
  progress("");
  const result = {
    accept_cpu_ms: round(median(samples.accept.map(({ cpu }) => cpu))),
    accept_wall_ms: round(median(samples.accept.map(({ wall }) => wall))),
    lesson_before_cpu_ms: round(median(samples.before)),
    lesson_after_cpu_ms: round(median(samples.after)),
    accepted,
  };
  const row = (what, ms) => console.log(`  ${what.padEnd(44)}${ms.toFixed(1).padStart(8)} ms`);
  console.log(
    `${accepted} of ${options.photos} photos accepted at once, ${LABELS} labels, ${LABELS * LESSONS} lessons`,
  );
  row("CPU until they are stored and shown", result.accept_cpu_ms);
  row("to wait", result.accept_wall_ms);
  row("CPU of a lesson before", result.lesson_before_cpu_ms);
  row("CPU of a lesson after", result.lesson_after_cpu_ms);
  writeJson(options.json, result);
} finally {
  await browser.close();
}
