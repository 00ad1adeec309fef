// The memory of a browser's processes: what each holds for itself, by Linux's count, in megabytes (10⁶ bytes).
import { readFileSync } from "node:fs";

const EVERY_MS = 100;
/** It is settled when it has not grown or shrunk by this much within `SETTLED_MS`. */
const SETTLED_MB = 2;
const SETTLED_MS = 3_000;
/** For so long it is waited for. */
const PATIENCE_MS = 60_000;

/** What of a process no file on the disk stands for: its own, and what it shares with the processes that draw
 * for it. What the system has swapped out counts, too; a process that has ended holds nothing. */
function resident(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    return 0;
  }
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return ((kilobytes("RssAnon") + kilobytes("RssShmem") + kilobytes("VmSwap")) * 1024) / 1e6;
}

/** The memory of a browser. Each figure is of the fullest renderer (`renderer`), of all (`renderers`) and of the
 * browser's own process (`browser`). */
export async function memoryOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const now = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const of = (type) => processInfo.filter((info) => info.type === type).map(({ id }) => resident(id));
    const renderers = of("renderer");
    return {
      renderer: Math.max(0, ...renderers),
      renderers: renderers.reduce((sum, one) => sum + one, 0),
      browser: Math.max(0, ...of("browser")),
    };
  };
  /** Once the page's garbage is collected: it would be, were the memory needed. */
  const collected = async (page) => {
    const own = await page.context().newCDPSession(page);
    await own.send("HeapProfiler.collectGarbage");
    await own.detach();
    return now();
  };
  return {
    collected,
    /** The same, when nothing changes any more. */
    async settled(page) {
      const until = performance.now() + PATIENCE_MS;
      for (let before = await collected(page); ; ) {
        await new Promise((passed) => setTimeout(passed, SETTLED_MS));
        const after = await now();
        const still = Math.abs(after.renderers - before.renderers) < SETTLED_MB;
        if (still || performance.now() > until) return after;
        before = after;
      }
    },
    /** The most of each that is held while `work` is done. */
    async most(work) {
      const most = { renderer: 0, renderers: 0, browser: 0 };
      let working = true;
      const watching = (async () => {
        while (working) {
          for (const [what, held] of Object.entries(await now())) most[what] = Math.max(most[what], held);
          await new Promise((passed) => setTimeout(passed, EVERY_MS));
        }
      })();
      try {
        await work();
      } finally {
        working = false;
        await watching;
      }
      return most;
    },
  };
}
