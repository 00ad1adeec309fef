// What every test runs under: the engine of its project, with an empty profile, a gate to the server, and a
// recorder of requests. A test in which anything but the page's own origin is asked fails, whatever else it
// shows.

import { mkdirSync } from "node:fs";
import { test as base, expect } from "@playwright/test";
import type { Engine } from "./engine";
import { firefox } from "./firefox";
import { type Gate, gate } from "./gate";
import { type Recorder, recorder } from "./recorder";
import { webkit } from "./webkit";

export * from "@playwright/test";

/** What `cargo xtask test` sets. */
function told(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set`);
  return value;
}

export const test = base.extend<{ engine: Engine; recorder: Recorder; own: string; site: Gate }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see that nothing is used
  recorder: async ({}, use) => {
    const recording = await recorder();
    await use(recording);
    recording.close();
    expect(recording.asked, "requests to another origin").toEqual([]);
  },
  own: async ({ site }, use) => use(site.url),
  engine: async ({ recorder, own }, use, info) => {
    const downloads = info.outputPath("downloads");
    mkdirSync(downloads, { recursive: true });
    const network = { own: new URL(own).host, proxy: recorder.port };
    const engine =
      info.project.name === "firefox"
        ? await firefox(told("KEEPSAKE_FIREFOX"), downloads, network)
        : await webkit(told("KEEPSAKE_WEBKIT"), told("KEEPSAKE_MINIBROWSER"), downloads, network);
    info.annotations.push({ type: "engine", description: engine.version });
    await use(engine);
    await engine.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  site: async ({}, use) => {
    const site = await gate(told("KEEPSAKE_URL"));
    await use(site);
    await site.shut();
  },
});
