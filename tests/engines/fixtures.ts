// What every test runs under: the engine of its project, with an empty profile, and a gate to the server.

import { mkdirSync } from "node:fs";
import { test as base } from "@playwright/test";
import type { Engine } from "./engine";
import { firefox } from "./firefox";
import { type Gate, gate } from "./gate";
import { webkit } from "./webkit";

export * from "@playwright/test";

/** What `cargo xtask test` sets. */
function told(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set`);
  return value;
}

export const test = base.extend<{ engine: Engine; site: Gate }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see that nothing is used
  engine: async ({}, use, info) => {
    const downloads = info.outputPath("downloads");
    mkdirSync(downloads, { recursive: true });
    const engine =
      info.project.name === "firefox"
        ? await firefox(told("KEEPSAKE_FIREFOX"), downloads)
        : await webkit(told("KEEPSAKE_WEBKIT"), told("KEEPSAKE_MINIBROWSER"), downloads);
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
