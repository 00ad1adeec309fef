// How long one more label takes that learns from nothing, with eight known: until it is stored and
// answered rightly, and until all is done.
//
//   cargo xtask bench new-label [--json FILE] [--rounds N] [--pictures N] [--labels N]
//
// JSON: {"exact_ms", "rehearse_usable_ms", "rehearse_ms", "first_progress_ms", "longest_silence_ms",
// "pictures", "labels"}. Medians of wall time on the CPU. "exact" is done when it is usable. The two before
// the last are of "rehearse": until progress is first told, and the longest that nothing was told.
import { median } from "./renderer.mjs";
import { openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench new-label [--json FILE] [--rounds N] [--pictures N] [--labels N]

Teaches a scratch learner one more label in the browser, on the CPU, with everything kept in IndexedDB.

Options:
  --json FILE    Write {"exact_ms", "rehearse_usable_ms", "rehearse_ms", "first_progress_ms",
                 "longest_silence_ms", "pictures", "labels"}
  --rounds N     Times each [default: 3]
  --pictures N   Pictures of each label [default: 10]
  --labels N     Labels known before [default: 8]`;

const options = readOptions(HELP, { rounds: 3, pictures: 10, labels: 8 });

/** Runs in the page: one learner of this preset, and how long its last label took. */
async function measure({ preset, pictures, labels }) {
  const burn = await import("/pkg/keepsake_burn.js");
  globalThis.started ??= burn.default();
  await globalThis.started;
  /** A figure, a little different every time. */
  const drawing = (label, turn) => {
    const context = new OffscreenCanvas(28, 28).getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, 28, 28);
    context.translate(14 + (turn % 3) - 1, 14 + ((turn * 2) % 3) - 1);
    context.rotate(0.06 * ((turn % 5) - 2));
    context.fillStyle = "black";
    context.font = `${20 + (turn % 4)}px serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("0123456789ABCDEF"[label % 16], 0, 0);
    return context.getImageData(0, 0, 28, 28);
  };
  const of = (label) => Array.from({ length: pictures }, (_, turn) => drawing(label, turn));
  const learner = await burn.Scratch.open({ name: `benchmark-${preset}`, preset });
  for (let label = 0; label < labels; label++) await learner.teach(of(label), `Label ${label}`);
  const told = [performance.now()];
  let usable;
  /** When a picture of the new label, one it was not taught with, is taken for it. */
  const ask = async () => {
    const { name } = await learner.predict(drawing(labels, pictures + 1));
    if (name !== "One more") throw new Error(`It takes the new label for ${name}.`);
    return performance.now();
  };
  await learner.teach(of(labels), "One more", ({ phase }) => {
    told.push(performance.now());
    if (phase === "generator") usable ??= ask();
  });
  const ended = performance.now();
  usable ??= ask();
  const known = learner.labels().reduce((sum, label) => sum + label.known, 0);
  const answered = (await usable) - told[0];
  const tried = learner.labels().reduce((sum, label) => sum + label.tried, 0);
  await learner.delete();
  const silences = [...told.slice(1), ended].map((time, i) => time - told[i]);
  return {
    answered,
    took: ended - told[0],
    first: silences[0],
    silence: Math.max(...silences),
    known,
    tried,
  };
}

const { browser, page } = await openBrowser();
const found = { exact: [], rehearse: [] };
for (let turn = 1; turn <= options.rounds; turn++) {
  for (const preset of ["exact", "rehearse"]) {
    found[preset].push(await page.evaluate(measure, { ...options, preset }));
    progress(`round ${turn} of ${options.rounds}: ${preset}`);
  }
}
await browser.close();
progress("");

const middle = (preset, field) => round(median(found[preset].map((one) => one[field])));
const result = {
  exact_ms: middle("exact", "answered"),
  rehearse_usable_ms: middle("rehearse", "answered"),
  rehearse_ms: middle("rehearse", "took"),
  first_progress_ms: middle("rehearse", "first"),
  longest_silence_ms: middle("rehearse", "silence"),
  pictures: options.pictures,
  labels: options.labels,
};
console.log(`one more label of ${options.pictures} pictures, ${options.labels} known, stored`);
for (const [field, what] of [
  ["exact_ms", "until it is answered, exact"],
  ["rehearse_usable_ms", "until it is answered, rehearse"],
  ["rehearse_ms", "until it is rehearsed, too"],
]) {
  console.log(`  ${result[field].toFixed(0).padStart(6)} ms ${what}`);
}
for (const preset of ["exact", "rehearse"]) {
  const { known, tried } = found[preset][0];
  console.log(`  ${known} of ${tried} pictures known afterwards, ${preset}`);
}
console.log(`  ${result.longest_silence_ms.toFixed(0).padStart(6)} ms the longest without progress`);
writeJson(options.json, result);
