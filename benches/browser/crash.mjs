// What is left after a crash: the browser and all of its processes are killed at random moments while
// photos are taught, corrected, imported, merged and drawn; what is stored then is compared with what was
// acknowledged.
//
//   cargo xtask bench crash [--browser NAME] [--json FILE] [--kills N] [--seed N]
//
// JSON: {"kills", "actions", "lost", "unopenable", "half_done"}. "actions" were acknowledged: their promise
// had resolved in this process, which is not killed. "lost" counts what an acknowledged action had made or
// undone and that is not so any more; "unopenable" the kills after which something did not open, or named
// damaged records; "half_done" those after which an action was there in part: what was under way when the
// browser was killed may be there or not, but whole. Anything but 0 ends with an error.
//
// The kill is SIGKILL to the whole process group: nothing is flushed, no handler runs. What it cannot show is
// a power cut: what the system had taken is written out all the same.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./crash/browsers.mjs";
import { Model, randomNumbers } from "./crash/model.mjs";
import { prepare } from "./crash/page.mjs";
import { fail, progress, readOptions, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench crash [--browser NAME] [--json FILE] [--kills N] [--seed N]

Kills the browser at random moments while it teaches, and compares what is stored with what was acknowledged.

Options:
  --browser NAME  chromium or firefox [default: chromium]
  --json FILE     Write {"kills", "actions", "lost", "unopenable", "half_done"}
  --kills N       How often [default: 20]
  --seed N        Which actions are drawn [default: 1]`;

/** Actions run for at most this long before the kill, in milliseconds. */
const LONGEST = 1500;
/** Actions under way or waiting at a time, so that nothing is idle between two. */
const AHEAD = 3;
/** Of so many kills the last few are while drawings are taught, too: that module takes long to load. */
const DRAWS = (kill) => kill % 20 >= 15;
/** How often the page itself is opened, too, and not only what it stores. */
const PAGE_EVERY = 10;

const options = readOptions(HELP, { kills: 20, seed: 1 }, { browser: "chromium" });
const url = (path) => new URL(path, process.env.KEEPSAKE_URL).href;
const begin = start[options.browser];
if (!begin) fail("--browser takes chromium or firefox");
if (options.browser === "firefox" && !process.env.KEEPSAKE_FIREFOX) {
  fail("KEEPSAKE_FIREFOX does not name Firefox's executable");
}
const profile = mkdtempSync(join(tmpdir(), "keepsake-crash-"));

/** Opens what is stored; an error where something does not open. */
async function open(page, draws) {
  await page.goto(url("/tests/browser/blank.html"));
  await page.evaluate(prepare, draws);
  return page.evaluate(() => globalThis.stored());
}

/** The page itself, as a person opens it after a crash. */
async function openPage(page, photos) {
  await page.evaluate(() => globalThis.letGo());
  await page.goto(url("/"));
  const text = await page.evaluate(async () => {
    const isReady = () =>
      [...document.querySelectorAll("button")].some((button) =>
        /^Add (your )?photos/.test(button.textContent),
      );
    for (const end = Date.now() + 60_000; !isReady() && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (!isReady()) throw new Error("the page does not open");
    return document.querySelector("footer[aria-label=State]").textContent;
  });
  const shown = Number(/([\d,]+) photos?/.exec(text)?.[1]?.replace(",", "") ?? 0);
  if (shown !== photos) throw new Error(`the page shows ${shown} photos, not ${photos}`);
}

const random = randomNumbers(options.seed);
const model = new Model(random);
const result = { kills: 0, actions: 0, lost: 0, unopenable: 0, half_done: 0 };
const done = {};
let running = await begin(profile);
await open(running.page, DRAWS(0));
let kills = options.kills;
// Ended early, it tells what it found until then.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    kills = 0;
  });
}

try {
  while (result.kills < kills) {
    const { page, kill } = running;
    let killed = false;
    const refused = [];
    const acting = new Set();
    const end = setTimeout(() => {
      killed = true;
      void kill().then(dead);
    }, random() * LONGEST);
    let dead;
    const death = new Promise((resolve) => {
      dead = resolve;
    });
    while (!killed) {
      const action = model.next(DRAWS(result.kills));
      // A promise that nobody is left to resolve may stay pending; an answer after the end counts for none.
      const asked = page.evaluate((it) => globalThis.act(it), action);
      const act = Promise.race([asked, death.then(() => Promise.reject(new Error("killed")))]).then(
        (answer) => {
          model.acknowledged(action, answer);
          result.actions++;
          done[action.kind] = (done[action.kind] ?? 0) + 1;
        },
        (thrown) => {
          if (!killed) refused.push(`${JSON.stringify(action).slice(0, 200)}: ${thrown.message}`);
        },
      );
      acting.add(act);
      void act.finally(() => acting.delete(act));
      if (acting.size >= AHEAD) await Promise.race([...acting, death]);
      if (refused.length > 0) break;
    }
    if (refused.length > 0) {
      clearTimeout(end);
      if (!killed) await kill();
      fail(`an action was refused: ${refused[0]}`);
    }
    await death;
    await Promise.all(acting);
    const drew = DRAWS(result.kills++);

    running = await begin(profile);
    const draws = drew || DRAWS(result.kills);
    let found;
    try {
      found = await open(running.page, draws);
      if (found.problems.length > 0)
        throw new Error(found.problems.map(({ sentence }) => sentence).join(" "));
      if (result.kills % PAGE_EVERY === 0) {
        await openPage(running.page, found.photos.length);
        found = await open(running.page, draws);
      }
    } catch (thrown) {
      result.unopenable++;
      fail(`kill ${result.kills}: it does not open: ${thrown.message}; the profile is in ${profile}`);
    }
    const verdict = model.compare(found);
    result.lost += verdict.lost.length;
    result.half_done += Number(verdict.half);
    for (const line of [...verdict.lost, ...verdict.parts]) console.error(`kill ${result.kills}: ${line}`);
    progress(`kill ${result.kills} of ${options.kills}, ${result.actions} actions`);
  }
} finally {
  await running.kill().catch(() => undefined);
}
rmSync(profile, { recursive: true, force: true });
progress("");

console.log(`${options.browser} killed ${result.kills} times within ${LONGEST} ms of work`);
for (const [kind, times] of Object.entries(done).sort())
  console.log(`  ${String(times).padStart(6)} ${kind}`);
console.log(`  ${String(result.actions).padStart(6)} actions acknowledged`);
console.log(`  ${String(result.lost).padStart(6)} lost`);
console.log(`  ${String(result.unopenable).padStart(6)} times it did not open`);
console.log(`  ${String(result.half_done).padStart(6)} half done`);
writeJson(options.json, result);
if (result.lost + result.unopenable + result.half_done > 0) process.exitCode = 1;
