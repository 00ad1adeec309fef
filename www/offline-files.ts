// The build's last step: the service worker, which is told every file of this version and its digest.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { groupsOf } from "./file-groups";
import type { SiteFile } from "./src/sw/files";

const SERVICE_WORKER = fileURLToPath(new URL("src/sw/service-worker.ts", import.meta.url));

/** What the page asks for; notices and licences lie beside it for whoever wants to read them. */
const KEPT = /\.(html|js|css|wasm|svg|png|webmanifest|bin)$/;

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

function describe(folder: string, name: string): SiteFile {
  const data = readFileSync(join(folder, name));
  const digest = sha256(data);
  return {
    // The weights' file keeps its name, so its address is given the digest: see weightsUrl in assets.ts.
    url: name.endsWith(".bin") ? `${name}?${digest.slice(0, 16)}` : name,
    digest,
    bytes: data.length,
    groups: groupsOf(name.replace(/^assets\//, "")),
  };
}

/** Writes `sw.js` beside the page. */
export function keepOffline(): Plugin {
  let folder = "";
  return {
    name: "keepsake-offline",
    apply: "build",
    configResolved: ({ root, build: { outDir } }) => {
      folder = resolve(root, outDir);
    },
    closeBundle: async () => {
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => name.replaceAll(sep, "/"))
        .filter((name) => KEPT.test(name) && name !== "sw.js")
        .sort();
      const files = names.map((name) => describe(folder, name));
      await build({
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        define: {
          KEEPSAKE_FILES: JSON.stringify(files),
          KEEPSAKE_BUILD: JSON.stringify(sha256(JSON.stringify(files)).slice(0, 16)),
        },
        build: {
          target: "es2023",
          outDir: folder,
          emptyOutDir: false,
          rolldownOptions: {
            input: SERVICE_WORKER,
            output: { format: "iife", entryFileNames: "sw.js" },
          },
        },
      });
    },
  };
}
