// The browsers that are killed: each with a profile that outlives it, in a process group of its own.
//
// `start[name](profile)` gives {page, kill}. `page` is Playwright's or Puppeteer's; of both only
// `goto(address)` and `evaluate(function, argument)` are used. `kill` ends every process at once, as a crash
// does, and resolves when none is left.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import puppeteer from "puppeteer-core";

// In both the page's service worker is kept out: once it is there, it answers every address of its origin.
export const start = {
  /** Driven over its DevTools. */
  chromium: async (profile) => {
    const root = process.getuid?.() === 0;
    const { address, kill } = await begun(profile, process.env.KEEPSAKE_BROWSER, [
      `--user-data-dir=${profile}`,
      "--headless=new",
      ...(root ? ["--no-sandbox"] : []),
      ...["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
    ]);
    const browser = await chromium.connectOverCDP(address);
    const page = await browser.contexts()[0].newPage();
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setBypassServiceWorker", { bypass: true });
    return { page, kill: () => kill().then(() => browser.close().catch(() => undefined)) };
  },

  /** Driven over WebDriver BiDi. */
  firefox: async (profile) => {
    const preferences = {
      "app.update.enabled": false,
      "browser.sessionstore.resume_from_crash": false,
      "dom.serviceWorkers.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      // However often it was killed, it starts as ever.
      "toolkit.startup.max_resumed_crashes": -1,
    };
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`,
    );
    writeFileSync(join(profile, "user.js"), lines.join(""));
    const { address, kill } = await begun(profile, process.env.KEEPSAKE_FIREFOX, [
      ...["--profile", profile, "--headless", "--no-remote"],
    ]);
    const browserWSEndpoint = `${address}/session`;
    const browser = await puppeteer.connect({ browserWSEndpoint, protocol: "webDriverBiDi" });
    return { page: await browser.newPage(), kill };
  },
};

/** Starts a browser that says where it listens; its address, and how all of it is killed. */
async function begun(profile, executable, args) {
  const all = [...args, "--remote-debugging-port=0", "about:blank"];
  const child = spawn(executable, all, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const kill = async () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
    await gone;
    // Helpers that take a moment, or left the group.
    for (let left = processes(child.pid, profile); left.length > 0; left = processes(child.pid, profile)) {
      for (const pid of left) {
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It ended by itself.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const address = await new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
      const found = /listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    gone.then(() => reject(new Error(`The browser did not start: ${said}`)));
  });
  return { address, kill };
}

/** Every living process of this group, or that was started for this profile. */
function processes(group, profile) {
  return readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return false;
    try {
      // "pid (name) state parent group …", and a name may hold anything.
      const [state, , its] = readFileSync(`/proc/${entry}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (state === "Z") return false;
      return Number(its) === group || readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(profile);
    } catch {
      return false;
    }
  });
}
