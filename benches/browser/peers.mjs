// One photo's feature by Keepsake, by TensorFlow.js and by ONNX Runtime Web, in one page, taking turns; and a
// lesson by Keepsake and by TensorFlow.js's kNN classifier.
//
//   cargo xtask bench peers [--json FILE] [--rounds N]
//
// JSON: {"feature_ms": {"ours", "tfjs", "ort"}, "feature_wall_ms": {…}, "cosine": {"tfjs", "ort"},
// "lesson_ms": {"ours", "tfjs"}}. `_ms` are CPU milliseconds of the renderer, medians. All have the same weights,
// one thread and SIMD; the peers are given the photo as the numbers that they take, already made.
// A peer that cannot be had is a line, and is not in the JSON.
import { install } from "../peers/install.mjs";
import { load } from "../peers/load.mjs";
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench peers [--json FILE] [--rounds N]

Times one photo's feature, 1,280 numbers and 1,000 classes of EfficientNet-Lite0 with the same weights, by
Keepsake, TensorFlow.js (WebAssembly) and ONNX Runtime Web, one thread each, taking turns in one page. Then a
lesson: one photo taught and 1,000 classified anew, by Keepsake's head and by TensorFlow.js's kNN classifier.
The first run gets the peers from npm and PyPI.

Options:
  --json FILE  Write {"feature_ms": {"ours", "tfjs", "ort"}, …}
  --rounds N   Samples of each [default: 15]`;

const options = readOptions(HELP, { rounds: 15 });
/** Photos of one sample. */
const PHOTOS = 10;
/** The album of the lesson. */
const ALBUM = 1000;
const LABELS = 10;
const LESSONS = 100;

const there = install();
const { browser, page, clock } = await openBrowser({ bypassCSP: true });
try {
  await page.evaluate(async () => {
    const keepsake = await import("/pkg/keepsake.js");
    await keepsake.default();
    const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
    globalThis.eye = await keepsake.Eye.open(weights);
    globalThis.Learner = keepsake.Learner;
    // A picture with edges and shades: what the networks say of it is compared.
    const canvas = new OffscreenCanvas(224, 224);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 60; i++) {
      context.fillStyle = `hsl(${(i * 47) % 360} ${(i * 13) % 100}% ${20 + ((i * 29) % 70)}%)`;
      context.beginPath();
      context.arc((i * 61) % 224, (i * 97) % 224, 10 + ((i * 17) % 50), 0, 7);
      context.fill();
    }
    const { data } = context.getImageData(0, 0, 224, 224);
    globalThis.rgb = Uint8Array.from({ length: 224 * 224 * 3 }, (_, i) => data[((i / 3) | 0) * 4 + (i % 3)]);
  });
  await load(page, there);
  const names = ["ours", ...(await page.evaluate(() => Object.keys(peers)))];
  await page.evaluate(() => {
    const numbers = { tfjs: pixelsOf(rgb, false), ort: pixelsOf(rgb, true) };
    globalThis.look = async (who, photos) => {
      let outputs;
      for (let i = 0; i < photos; i++) {
        outputs = who === "ours" ? eye.outputs(rgb) : await peers[who](numbers[who]);
      }
      if (who !== "ours") return { features: [...outputs.features], classes: [...outputs.classes] };
      return { features: [...outputs.slice(0, 1280)], classes: [...outputs.slice(1280, 2280)] };
    };
  });
  const said = {};
  const samples = Object.fromEntries(names.map((name) => [name, { cpu: [], wall: [] }]));
  for (let turn = -2; turn < options.rounds; turn++) {
    for (const name of names) {
      let wall = 0;
      const cpu = await clock.measure(async () => {
        const since = performance.now();
        said[name] = await page.evaluate(([who, photos]) => look(who, photos), [name, PHOTOS]);
        wall = performance.now() - since;
      });
      // The first turns compile.
      if (turn < 0) continue;
      samples[name].cpu.push(cpu / PHOTOS);
      samples[name].wall.push(wall / PHOTOS);
    }
    progress(`round ${turn + 1} of ${options.rounds}`);
  }
  const cosine = (one, other) => {
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
  };
  const middle = (what) =>
    Object.fromEntries(names.map((name) => [name, round(median(samples[name][what]))]));
  const result = { feature_ms: middle("cpu"), feature_wall_ms: middle("wall"), cosine: {}, lesson_ms: {} };
  for (const name of names.slice(1)) {
    const [features, classes] = ["features", "classes"].map((what) =>
      cosine(said.ours[what], said[name][what]),
    );
    result.cosine[name] = Math.min(features, classes);
    if (result.cosine[name] < 0.99) fail(`${name} computes something else: cosine ${result.cosine[name]}`);
  }

  progress("lessons");
  const learners = ["ours", ...(there.tfjs ? ["tfjs"] : [])];
  await page.evaluate(prepareLessons, { photos: ALBUM, labels: LABELS, lessons: LESSONS, knn: there.tfjs });
  const lessons = Object.fromEntries(learners.map((name) => [name, []]));
  for (let turn = -1; turn < options.rounds; turn++) {
    for (const name of learners) {
      const cpu = await clock.measure(() => page.evaluate((who) => lesson[who](), name));
      if (turn >= 0) lessons[name].push(cpu);
    }
    progress(`lesson ${turn + 1} of ${options.rounds}`);
  }
  for (const name of learners) result.lesson_ms[name] = round(median(lessons[name]));
  progress("");

  const titles = { ours: "Keepsake", tfjs: "TensorFlow.js", ort: "ONNX Runtime Web" };
  console.log(
    `${"".padEnd(20)}${["CPU, ms", "to wait", "of ours", "cosine"].map((t) => t.padStart(10)).join("")}`,
  );
  for (const name of names) {
    const cpu = result.feature_ms[name];
    const cells = [cpu.toFixed(1), result.feature_wall_ms[name].toFixed(1)];
    cells.push(`${(cpu / result.feature_ms.ours).toFixed(2)} ×`, result.cosine[name]?.toFixed(5) ?? "");
    console.log(`${titles[name].padEnd(20)}${cells.map((cell) => cell.padStart(10)).join("")}`);
  }
  const best = Math.min(...names.slice(1).map((name) => result.feature_ms[name]));
  if (names.length > 1) console.log(`ours is ${(result.feature_ms.ours / best).toFixed(2)} × the best peer`);
  console.log(
    `a lesson, and ${ALBUM} photos classified anew (${LABELS} labels, ${LESSONS} lessons and more)`,
  );
  for (const name of learners) {
    const title = name === "ours" ? titles.ours : `${titles[name]}, kNN`;
    console.log(`${title.padEnd(20)}${result.lesson_ms[name].toFixed(1).padStart(10)}`);
  }
  writeJson(options.json, result);
} finally {
  await browser.close();
}

/** Runs in the page: the same photos, made of numbers, for both. */
async function prepareLessons({ photos, labels, lessons, knn }) {
  const { feature, LENGTH, numbers } = await import("/benches/browser/made-up.mjs");
  const random = numbers(1);
  const centres = Array.from({ length: labels }, () => Float32Array.from({ length: LENGTH }, random));
  const seen = Array.from({ length: photos }, (_, number) =>
    centres[number % labels].map((value) => value * 0.02 + random() * 0.03),
  );
  const learner = await Learner.open({ storage: "memory" });
  const ids = await learner.addPhotos(
    seen.map((values, number) => ({
      name: `${number}.jpg`,
      feature: feature(values),
      thumbnail: new Blob([new Uint8Array(8000)]),
      width: 4000,
      height: 3000,
      key: Uint8Array.from({ length: 32 }, (_, i) => [number & 255, number >> 8][i] ?? 0),
      eye: new Uint8Array(32).fill(1),
    })),
  );
  for (let label = 0; label < labels; label++) {
    const taught = ids.slice(0, lessons).filter((_, number) => number % labels === label);
    await learner.teach(taught, `Label ${label}`);
  }
  const next = { ours: lessons, tfjs: lessons };
  globalThis.lesson = {
    ours: async () => {
      const number = next.ours++;
      await learner.teach(ids[number], `Label ${number % labels}`);
      if (learner.predictAll().photos.length !== photos) throw new Error("photos are missing");
    },
  };
  if (!knn) return;
  // It compares the network's 1,280 features, as its own examples do.
  const classifier = knnClassifier.create();
  const activations = seen.map((values) => tf.tensor1d(values.slice(0, 1280)));
  for (let number = 0; number < lessons; number++) {
    classifier.addExample(activations[number], `Label ${number % labels}`);
  }
  lesson.tfjs = async () => {
    const number = next.tfjs++;
    classifier.addExample(activations[number], `Label ${number % labels}`);
    for (const activation of activations) await classifier.predictClass(activation);
  };
}
