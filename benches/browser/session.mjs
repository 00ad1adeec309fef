// What the benchmarks in a browser share: their options, a browser on an empty page of the page's own
// origin, progress, and the result.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { rendererClock } from "./renderer.mjs";

/** Ends the benchmark with a sentence. */
export function fail(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}

/** `--json FILE`, numbers from 1 on and texts, by name with their usual values; a text that has none must be
 * given. `--help` prints and ends. */
export function readOptions(help, numbers, texts = {}) {
  let values;
  try {
    const named = Object.entries(numbers).map(([name, usual]) => [
      name,
      { type: "string", default: String(usual) },
    ]);
    const asked = Object.entries(texts).map(([name, usual]) => [
      name,
      { type: "string", ...(usual && { default: usual }) },
    ]);
    const options = { json: { type: "string" }, help: { type: "boolean", short: "h" } };
    ({ values } = parseArgs({ options: { ...options, ...Object.fromEntries([...named, ...asked]) } }));
  } catch (error) {
    return fail(error.message);
  }
  if (values.help) {
    console.log(help);
    process.exit();
  }
  for (const name of Object.keys(numbers)) {
    values[name] = Number(values[name]);
    if (!Number.isInteger(values[name]) || values[name] < 1) fail(`--${name} takes a number from 1 on`);
  }
  for (const name of Object.keys(texts)) if (!values[name]) fail(`--${name} is missing`);
  if (!process.env.KEEPSAKE_URL) fail("KEEPSAKE_URL is not set; run this through `cargo xtask bench`");
  return values;
}

/** A fresh browser with an empty page of our origin, and the clock of its renderers; `context` as Playwright has it. */
export async function openBrowser(context = {}) {
  const root = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: process.env.KEEPSAKE_BROWSER,
    args: [...(root ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
  });
  const page = await browser.newPage(context);
  await page.goto(new URL("/tests/browser/blank.html", process.env.KEEPSAKE_URL).href);
  return { browser, page, clock: await rendererClock(browser) };
}

/** One line that is written over, where somebody watches. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Two places are what these times are good for. */
export const round = (value) => Math.round(value * 100) / 100;

export function writeJson(file, result) {
  if (file) writeFileSync(file, `${JSON.stringify(result)}\n`);
}
