// The memory of a browser's processes: what each holds for itself, by Linux's count.
import { readFileSync } from "node:fs";

const EVERY_MS = 100;

/** Bytes of a process that no file on the disk stands for: its own, and what it shares with the processes
 * that draw for it. What the system has swapped out counts, too. */
function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return (kilobytes("RssAnon") + kilobytes("RssShmem") + kilobytes("VmSwap")) * 1024;
}

async function processes(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo;
}

/** What the fullest renderer holds, and the browser's own process, in bytes. */
function count(infos) {
  const bytes = (type) => infos.filter((info) => info.type === type).map(({ id }) => read(id));
  return { renderer: Math.max(0, ...bytes("renderer")), browser: Math.max(0, ...bytes("browser")) };
}

function read(pid) {
  try {
    return resident(pid);
  } catch (error) {
    // It has ended since it was listed.
    if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    return 0;
  }
}

/** What is held now. */
export async function held(browser) {
  const session = await browser.newBrowserCDPSession();
  const infos = await processes(session);
  await session.detach();
  return count(infos);
}

/** Looks at the memory until `end`, which tells the most that was held. */
export function watchMemory(browser) {
  let most = { renderer: 0, browser: 0 };
  let ended = false;
  const watching = (async () => {
    const session = await browser.newBrowserCDPSession();
    while (!ended) {
      const now = count(await processes(session));
      most = {
        renderer: Math.max(most.renderer, now.renderer),
        browser: Math.max(most.browser, now.browser),
      };
      await new Promise((passed) => setTimeout(passed, EVERY_MS));
    }
    await session.detach();
  })();
  return {
    async end() {
      ended = true;
      await watching;
      return most;
    },
  };
}
