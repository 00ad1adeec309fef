// Loads the peers into a page of a benchmark.
import { join } from "node:path";

const PACKAGES = "/benches/peers/node_modules";
const TFJS = `${PACKAGES}/@tensorflow`;
const SCRIPTS = [
  `${TFJS}/tfjs-core/dist/tf-core.min.js`,
  `${TFJS}/tfjs-backend-cpu/dist/tf-backend-cpu.min.js`,
  `${TFJS}/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`,
  `${PACKAGES}/@tensorflow-models/knn-classifier/dist/knn-classifier.min.js`,
];
const WEIGHTS = "/peers/lite0.safetensors";

/** Opens those that are there, as `peers.NAME` of the page: a function from numbers to outputs. */
export async function load(page, { tfjs, ort }) {
  const weights = join(import.meta.dirname, "../../data/lite0-f32.safetensors");
  await page.route(`**${WEIGHTS}`, (route) => route.fulfill({ path: weights }));
  await page.evaluate(() => {
    globalThis.peers = {};
    /** The numbers that the network takes of 224 × 224 × 3 bytes: as they lie, or a plane for each colour. */
    globalThis.pixelsOf = (rgb, planes) => {
      const pixels = new Float32Array(rgb.length);
      const area = rgb.length / 3;
      for (let i = 0; i < rgb.length; i++) {
        pixels[planes ? (i % 3) * area + Math.floor(i / 3) : i] = (rgb[i] - 127) / 128;
      }
      return pixels;
    };
  });
  if (tfjs) {
    for (const url of SCRIPTS) await page.addScriptTag({ url });
    await page.evaluate(
      async ([files, weights]) => {
        const { open } = await import("/benches/peers/tfjs.mjs");
        peers.tfjs = await open(tf, files, weights);
      },
      [`${TFJS}/tfjs-backend-wasm/dist/`, WEIGHTS],
    );
  }
  if (ort) {
    await page.evaluate(
      async ([files]) => {
        const ort = await import(`${files}ort.wasm.min.mjs`);
        const { open } = await import("/benches/peers/ort.mjs");
        peers.ort = await open(ort, files, "/benches/peers/made/lite0.onnx");
      },
      [`${PACKAGES}/onnxruntime-web/dist/`],
    );
  }
}
