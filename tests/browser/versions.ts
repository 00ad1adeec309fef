// Two real builds of the page, for tests of an update: the one that is there, and a next one.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { WorkerFixture } from "@playwright/test";
import { build, type Plugin } from "vite";

const WWW = resolve(import.meta.dirname, "../../www");

/** The next version: each module does one thing more, so every script has another name. */
const next: Plugin = {
  name: "next-version",
  transform: (code, id) => (/\/src\/.*\.tsx?$/.test(id) ? `${code}\nglobalThis.nextVersion = true;\n` : null),
};

/** Folders of built pages. */
export interface Versions {
  readonly old: string;
  readonly next: string;
  remove(): void;
}

async function twoVersions(): Promise<Versions> {
  const folder = mkdtempSync(join(tmpdir(), "keepsake-versions-"));
  const versions = { old: join(folder, "old"), next: join(folder, "next") };
  cpSync(join(WWW, "dist"), versions.old, { recursive: true });
  await build({
    root: WWW,
    configFile: join(WWW, "vite.config.ts"),
    logLevel: "error",
    plugins: [next],
    worker: { plugins: () => [next] },
    build: { outDir: versions.next },
  });
  return { ...versions, remove: () => rmSync(folder, { recursive: true }) };
}

/** The fixture of a worker's tests. */
export const ofWorker: [WorkerFixture<Versions, object>, { scope: "worker"; timeout: number }] = [
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from it
  async ({}, use) => {
    const versions = await twoVersions();
    await use(versions);
    versions.remove();
  },
  { scope: "worker", timeout: 120_000 },
];
