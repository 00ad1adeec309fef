// CPU time and memory of a browser's renderer processes: what a computation cost, whatever else the machine does.
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds so far of all live threads of a process, from Linux's scheduler (nanoseconds). */
function scheduled(pid) {
  const tasks = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const task of readdirSync(tasks)) {
    try {
      nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch (error) {
      // The thread has ended since it was listed.
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    }
  }
  return nanoseconds / 1e6;
}

/** Whether this system tells the time of each thread. */
function hasScheduler() {
  try {
    return scheduled(process.pid) > 0;
  } catch {
    return false;
  }
}

/** Asks a browser for its renderers. */
async function askFor(browser) {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter((info) => info.type === "renderer");
  };
}

/** The clock of all renderers of a browser, those of idle tabs included: they cost nothing. */
export async function rendererClock(browser) {
  const precise = hasScheduler();
  const renderers = await askFor(browser);
  let known = [];
  const time = precise
    ? async () => known.reduce((sum, pid) => sum + scheduled(pid), 0)
    : async () => (await renderers()).reduce((sum, info) => sum + info.cpuTime * 1000, 0);
  return {
    /** CPU milliseconds that `work` takes in the renderers that are there when it starts. */
    async measure(work) {
      known = (await renderers()).map((info) => info.id);
      const before = await time();
      await work();
      return (await time()) - before;
    },
  };
}

/** Megabytes (2²⁰) of a process that are in memory, what it shares with others included; 0 of one that has ended. */
function resident(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** How often memory is looked at. */
const SAMPLE_MS = 50;
/** It is settled when it has not grown or shrunk by this much within `SETTLED_MS`. */
const SETTLED_MB = 2;
const SETTLED_MS = 3_000;
/** For so long it is waited for. */
const PATIENCE_MS = 60_000;

/** The memory of all renderers of a browser, on Linux. */
export async function rendererMemory(browser) {
  const renderers = await askFor(browser);
  const total = async () => (await renderers()).reduce((sum, { id }) => sum + resident(id), 0);
  return {
    /** Megabytes, once the page's garbage is collected and nothing changes any more. */
    async settled(page) {
      const session = await page.context().newCDPSession(page);
      await session.send("HeapProfiler.collectGarbage");
      await session.detach();
      const until = performance.now() + PATIENCE_MS;
      for (let before = await total(); ; ) {
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        const now = await total();
        if (Math.abs(now - before) < SETTLED_MB || performance.now() > until) return now;
        before = now;
      }
    },
    /** The most megabytes that the renderers have while `work` is done. */
    async peak(work) {
      let peak = 0;
      let working = true;
      const watching = (async () => {
        while (working) {
          peak = Math.max(peak, await total());
          await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
        }
      })();
      try {
        await work();
      } finally {
        working = false;
        await watching;
      }
      return peak;
    },
  };
}

/** The middle value; of an even number, the upper one of the two in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
