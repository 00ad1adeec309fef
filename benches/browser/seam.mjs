// What it costs to compute a photo elsewhere than where it was opened: the CPU time of everything
// between the two but the networks.
//
//   cargo xtask bench seam [--json FILE] [--rounds N]
//
// JSON: {"seam_cpu_ms"}, CPU time of the renderer process per photo, a median. Counted are the page's
// queue, its messages to and from the workers, every copy, and the feature made of the outputs.
// Not counted are the decoding of the photo and the network.
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { median } from "./renderer.mjs";
import { openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench seam [--json FILE] [--rounds N]

Sends photos through the page's queue to its workers and its line to the graphics card, with neither
decoder nor network, and takes the CPU time.

Options:
  --json FILE   Write {"seam_cpu_ms"}
  --rounds N    Samples [default: 15]`;

/** Photos of one sample. */
const PHOTOS = 200;

const options = readOptions(HELP, { rounds: 15 });
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The page's own sources, with what is not measured left out: see `seam/`. */
async function bundle() {
  const { output } = await build({
    configFile: false,
    logLevel: "warn",
    root: here("seam"),
    base: "/seam/",
    resolve: { alias: { "keepsake/burn": here("seam/card.mjs"), keepsake: here("seam/eye.mjs") } },
    worker: { format: "es" },
    build: {
      write: false,
      target: "es2023",
      rolldownOptions: { input: here("seam/page.mjs"), output: { entryFileNames: "page.js" } },
    },
  });
  return new Map(output.map((file) => [`/seam/${file.fileName}`, file.code ?? file.source]));
}

const files = await bundle();
const { browser, page, clock } = await openBrowser();
await page.context().route("**/seam/**", (route) => {
  const name = new URL(route.request().url()).pathname;
  const body = files.get(name);
  if (body === undefined) return route.fulfill({ status: 404 });
  return route.fulfill({
    body: Buffer.from(body),
    contentType: name.endsWith(".wasm") ? "application/wasm" : "text/javascript",
    // As the server sends: a page with this policy runs no worker without it.
    headers: { "Cross-Origin-Embedder-Policy": "require-corp" },
  });
});
await page.evaluate(async () => {
  await import("/seam/page.js");
  await start();
});
const look = (count) => page.evaluate((n) => globalThis.look(n), count);
// Until all workers are there and all code is compiled for speed.
for (let i = 0; i < 3; i++) await look(PHOTOS);
const samples = [];
for (let turn = 1; turn <= options.rounds; turn++) {
  samples.push((await clock.measure(() => look(PHOTOS))) / PHOTOS);
  progress(`round ${turn} of ${options.rounds}`);
}
await browser.close();
progress("");

const result = { seam_cpu_ms: round(median(samples)) };
console.log(`one photo, from worker to card and back  ${result.seam_cpu_ms.toFixed(2).padStart(6)} ms CPU`);
writeJson(options.json, result);
