// How long one photo's feature takes in the browser, in one thread, against the machine's peak.
//
//   cargo xtask bench feature [--json FILE] [--rounds N]
//
// JSON: {"feature_cpu_ms", "gmacs_per_s", "peak_gmacs_per_s", "first_feature_cpu_ms"}. Times are CPU
// time of the renderer process, medians; the feature and the peak loop take turns in one page.
import { PER_TURN, peakModule } from "./peak.mjs";
import { median } from "./renderer.mjs";
import { openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench feature [--json FILE] [--rounds N]

Times the network on one 224 × 224 photo in the browser's WebAssembly, and a loop of the same
instruction on registers alone, taking turns; then from weights in memory to the first feature in
fresh browsers.

Options:
  --json FILE   Write {"feature_cpu_ms", "gmacs_per_s", "peak_gmacs_per_s", "first_feature_cpu_ms"}
  --rounds N    Samples of each [default: 15]`;

/** Multiply-adds of Lite0 at 224 pixels: each layer's weights times the pixels it puts out. */
const MULTIPLY_ADDS = 385_187_552;
/** Photos of one sample: some 200 ms. */
const PHOTOS = 20;
/** Turns of the peak loop of one sample: some 200 ms. */
const TURNS = 20_000_000;
/** Fresh browsers in which the first feature is timed. */
const FRESH = 7;
/** Milliseconds after which a fresh page has done what loading left behind. */
const SETTLED = 500;

const options = readOptions(HELP, { rounds: 15 });

/** A browser with a page that holds the wasm, the weights and a photo in memory, nothing compiled. */
async function open() {
  const { browser, page, clock } = await openBrowser();
  await page.evaluate(async () => {
    const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
    globalThis.wasm = await bytes("/pkg/keepsake_bg.wasm");
    globalThis.weights = await bytes("/weights/lite0.bin");
    globalThis.keepsake = await import("/pkg/keepsake.js");
    // Smooth and varied, as photos are; what it shows does not change the time.
    globalThis.photo = Uint8Array.from(
      { length: 224 * 224 * 3 },
      (_, i) => 128 + 100 * Math.sin(i / 977) + (i % 27),
    );
    globalThis.start = async () => {
      await keepsake.default({ module_or_path: wasm });
      globalThis.eye = await keepsake.Eye.open(weights);
      return eye.outputs(photo)[0];
    };
  });
  return { browser, page, clock };
}

/** CPU milliseconds from weights in memory to the first feature, in a fresh browser. */
async function firstFeature() {
  const { browser, page, clock } = await open();
  try {
    await page.waitForTimeout(SETTLED);
    return await clock.measure(() => page.evaluate(() => start()));
  } finally {
    await browser.close();
  }
}

/** CPU milliseconds per photo, and billions of multiply-adds per second of the peak loop. */
async function steady() {
  const { browser, page, clock } = await open();
  try {
    await page.evaluate(async (bytes) => {
      const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes));
      globalThis.peak = (turns) => instance.exports.peak(turns, 3, 5);
      globalThis.look = (photos) => {
        for (let i = 0; i < photos; i++) eye.outputs(photo);
      };
      await start();
    }, Array.from(peakModule()));
    const look = (photos) => clock.measure(() => page.evaluate((n) => look(n), photos));
    const peak = (turns) => clock.measure(() => page.evaluate((n) => peak(n), turns));
    // Until all code is compiled for speed.
    await look(3 * PHOTOS);
    for (let i = 0; i < 3; i++) await peak(TURNS / 10);
    const samples = { look: [], peak: [] };
    for (let turn = 1; turn <= options.rounds; turn++) {
      samples.look.push((await look(PHOTOS)) / PHOTOS);
      samples.peak.push((TURNS * PER_TURN) / (await peak(TURNS)) / 1e6);
      progress(`round ${turn} of ${options.rounds}`);
    }
    return { look: median(samples.look), peak: median(samples.peak) };
  } finally {
    await browser.close();
  }
}

const { look, peak } = await steady();
const first = [];
for (let turn = 1; turn <= FRESH; turn++) {
  first.push(await firstFeature());
  progress(`fresh browser ${turn} of ${FRESH}`);
}
progress("");
const speed = MULTIPLY_ADDS / look / 1e6;
const result = {
  feature_cpu_ms: round(look),
  gmacs_per_s: round(speed),
  peak_gmacs_per_s: round(peak),
  first_feature_cpu_ms: round(median(first)),
};
console.log(`one photo's feature                    ${look.toFixed(1).padStart(6)} ms CPU`);
console.log(`  of the peak loop                     ${((100 * speed) / peak).toFixed(0).padStart(6)} %`);
console.log(`    (${speed.toFixed(1)} of ${peak.toFixed(1)} billion multiply-adds a second)`);
console.log(`from weights in memory to the first    ${median(first).toFixed(1).padStart(6)} ms CPU`);
writeJson(options.json, result);
