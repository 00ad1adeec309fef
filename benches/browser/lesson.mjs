// What one lesson costs in the browser: taught, durably saved, and every known photo predicted anew.
//
//   cargo xtask bench lesson [--json FILE] [--rounds N] [--photos N] [--lessons N]
//
// JSON: {"lesson_cpu_ms", "lesson_wall_ms", "photos", "labels", "lessons"}. The CPU time is that of the
// renderer process; both times are medians.
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench lesson [--json FILE] [--rounds N] [--photos N] [--lessons N]

Teaches photos one by one to a learner with ten labels that keeps everything in IndexedDB. After each
lesson all photos are predicted anew, as the page does.

Options:
  --json FILE   Write {"lesson_cpu_ms", "lesson_wall_ms", "photos", "labels", "lessons"}
  --rounds N    Samples, of four lessons each [default: 15]
  --photos N    Photos in the album [default: 1000]
  --lessons N   Lessons there before the first sample [default: 100]`;

const LABELS = 10;
/** Lessons of one sample, so that what it costs to ask for one does not count much. */
const PER_SAMPLE = 4;

const options = readOptions(HELP, { rounds: 15, photos: 1000, lessons: 100 });
if (options.photos < options.lessons + options.rounds * PER_SAMPLE)
  fail("there are fewer photos than lessons");

/** Runs in the page: an album of photos of ten kinds, made of numbers, some of them taught. */
async function prepare({ photos, lessons, labels }) {
  const keepsake = await import("/pkg/keepsake.js");
  await keepsake.default();
  const { feature, LENGTH, numbers } = await import("/benches/browser/made-up.mjs");
  const random = numbers(1);
  const centres = Array.from({ length: labels }, () => Float32Array.from({ length: LENGTH }, random));
  const look = (number) => {
    const seen = centres[number % labels].map((value) => value * 0.02 + random() * 0.03);
    const key = new Uint8Array(32);
    key.set([number & 255, number >> 8]);
    return {
      name: `${number}.jpg`,
      feature: feature(seen),
      thumbnail: new Blob([new Uint8Array(8000)]),
      width: 4000,
      height: 3000,
      key,
      eye: new Uint8Array(32).fill(1),
    };
  };
  const learner = await keepsake.Learner.open({ name: "benchmark" });
  const ids = await learner.addPhotos(Array.from({ length: photos }, (_, number) => look(number)));
  for (let label = 0; label < labels; label++) {
    const taught = ids.slice(0, lessons).filter((_, number) => number % labels === label);
    if (taught.length > 0) await learner.teach(taught, `Label ${label}`);
  }
  let next = lessons;
  globalThis.teach = async (count) => {
    for (let i = 0; i < count; i++, next++) {
      await learner.teach(ids[next], `Label ${next % labels}`);
      if (learner.predictAll().photos.length !== photos) throw new Error("photos are missing");
    }
  };
}

const { browser, page, clock } = await openBrowser();
await page.evaluate(prepare, { ...options, labels: LABELS });
const cpu = [];
const wall = [];
for (let turn = 1; turn <= options.rounds; turn++) {
  const start = performance.now();
  cpu.push((await clock.measure(() => page.evaluate((count) => teach(count), PER_SAMPLE))) / PER_SAMPLE);
  wall.push((performance.now() - start) / PER_SAMPLE);
  progress(`round ${turn} of ${options.rounds}`);
}
await browser.close();
progress("");

const result = {
  lesson_cpu_ms: round(median(cpu)),
  lesson_wall_ms: round(median(wall)),
  photos: options.photos,
  labels: LABELS,
  lessons: options.lessons,
};
const what = `${options.photos} photos, ${LABELS} labels, ${options.lessons} lessons and more`;
console.log(`one lesson, saved, and all photos predicted anew (${what})`);
console.log(`  ${result.lesson_cpu_ms.toFixed(1).padStart(6)} ms CPU`);
console.log(`  ${result.lesson_wall_ms.toFixed(1).padStart(6)} ms to wait`);
writeJson(options.json, result);
