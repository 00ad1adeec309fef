// What one training step of the article's network costs in the browser, on the CPU: 28 × 28 pictures, 64
// filters of 2 × 2, ten labels; forward, backward and Adam.
//
//   cargo xtask bench train-step [--json FILE] [--rounds N] [--steps N]
//
// JSON: {"batch1_ms", "batch32_ms"}: CPU time of the renderer process, medians.
import { median } from "./renderer.mjs";
import { openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench train-step [--json FILE] [--rounds N] [--steps N]

Trains the article's network from nothing in a browser, on the CPU, on batches of 1 and of 32 pictures.

Options:
  --json FILE   Write {"batch1_ms", "batch32_ms"}
  --rounds N    Samples of each [default: 15]
  --steps N     Steps of one sample [default: 20]`;

const options = readOptions(HELP, { rounds: 15, steps: 20 });

/** Runs in the page: the burn module, and a network for each size of batch. */
async function prepare(batches) {
  const { default: load, TrainStep } = await import("/pkg/keepsake_burn.js");
  await load();
  globalThis.networks = new Map();
  for (const batch of batches) networks.set(batch, await TrainStep.open(batch, false));
}

/** Runs in the page. */
async function train([batch, steps]) {
  const losses = await networks.get(batch).run(steps);
  if (!losses.every(Number.isFinite)) throw new Error(`the losses are ${losses}`);
}

const samples = new Map([
  [1, []],
  [32, []],
]);
const { browser, page, clock } = await openBrowser();
await page.evaluate(prepare, [...samples.keys()]);
// The browser compiles what is hot in the background; it is not part of a step.
for (const batch of samples.keys()) await page.evaluate(train, [batch, options.steps]);
for (let turn = 1; turn <= options.rounds; turn++) {
  for (const [batch, times] of samples) {
    const cpu = await clock.measure(() => page.evaluate(train, [batch, options.steps]));
    times.push(cpu / options.steps);
  }
  progress(`round ${turn} of ${options.rounds}`);
}
await browser.close();
progress("");

const result = {
  batch1_ms: round(median(samples.get(1))),
  batch32_ms: round(median(samples.get(32))),
};
console.log("one training step of the article's network, ten labels (CPU time)");
console.log(`  ${result.batch1_ms.toFixed(1).padStart(6)} ms with a batch of 1`);
console.log(`  ${result.batch32_ms.toFixed(1).padStart(6)} ms with a batch of 32`);
writeJson(options.json, result);
