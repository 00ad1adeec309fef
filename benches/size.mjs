// How much a first visit downloads: the built files as a host would send them, in brotli.
//
//   cargo xtask bench size [--json FILE]
//
// JSON: {"code_kb", "weights_kb", "burn_kb"}, in kilobytes of 1,000 bytes. Code is the JavaScript and
// the WebAssembly that every visit needs; burn is what is fetched on top where there is a graphics
// card, or for the scratch learner. Style, icons and the page's own text are in the table only.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";

const HELP = `Usage: cargo xtask bench size [--json FILE]

Compresses every file of www/dist with brotli (quality 11) and adds up.

Options:
  --json FILE   Write {"code_kb", "weights_kb", "burn_kb"} there`;

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit();
}

function readOptions() {
  try {
    return parseArgs({ options: { json: { type: "string" }, help: { type: "boolean", short: "h" } } }).values;
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exit(2);
  }
}

/** What a file is, by its place and ending. What the service worker keeps only for a group of those who
 * use it is not part of a first visit: the networks' module and what goes with it. */
function kind(path) {
  if (path.startsWith("weights/")) return "weights";
  if (!/\.(js|wasm)$/.test(path)) return "other";
  return path === "sw.js" || needed.has(path) ? "code" : "burn";
}

function compressed(bytes) {
  const { BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return brotliCompressSync(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
}

const site = join(import.meta.dirname, "../www/dist");
const serviceWorker = readFileSync(join(site, "sw.js"), "utf8");
/** The files that the service worker lists without a group. */
const needed = new Set(
  [...serviceWorker.matchAll(/url:.([\w./-]+)[^}]*groups:\[\]/g)].map(([, path]) => path),
);
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const name = relative(site, path).replaceAll("\\", "/");
    return { name, kind: kind(name), raw: bytes.length, brotli: compressed(bytes) };
  })
  .sort((a, b) => b.brotli - a.brotli);

const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
const row = (name, what, raw, brotli) => console.log(`${name.padEnd(44)} ${what.padEnd(8)}${raw} ${brotli}`);
const total = (what) =>
  files.filter((file) => file.kind === what).reduce((sum, file) => sum + file.brotli, 0);

row("file", "kind", "   raw kB", "   brotli");
for (const file of files) row(file.name, file.kind, kb(file.raw), kb(file.brotli));
console.log();
for (const what of ["code", "weights", "burn", "other"])
  row(`all ${what}`, "", "".padStart(9), kb(total(what)));

if (options.json) {
  const round = (bytes) => Math.round(bytes / 100) / 10;
  const result = {
    code_kb: round(total("code")),
    weights_kb: round(total("weights")),
    burn_kb: round(total("burn")),
  };
  writeFileSync(options.json, `${JSON.stringify(result)}\n`);
}
