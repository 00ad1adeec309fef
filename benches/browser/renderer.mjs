// CPU time of a browser's renderer processes: what a computation cost, whatever else the machine does.
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

/** The middle value; of an even number, the upper one of the two in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
