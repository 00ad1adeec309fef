import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { keepOffline } from "./offline-files.ts";

/** The wasm package, as `cargo xtask build` leaves it: the core, and the networks' module. */
const keepsake = fileURLToPath(new URL("../pkg/keepsake.js", import.meta.url));
const networks = fileURLToPath(new URL("../pkg/keepsake_burn.js", import.meta.url));
/** The page is served before they are compiled. */
const burn = existsSync(networks)
  ? networks
  : fileURLToPath(new URL("src/engine/networks-to-come.ts", import.meta.url));

/** The page's version is the crate's: one number for what a person runs. */
const manifest = readFileSync(new URL("../Cargo.toml", import.meta.url), "utf8");
const version = /^version = "(.+)"$/m.exec(manifest)?.[1] ?? "unknown";

/** What the page checks the network's weights against. */
const digest = readFileSync(new URL("public/weights/lite0.bin.sha256", import.meta.url), "utf8").slice(0, 64);

export default defineConfig({
  define: {
    KEEPSAKE_VERSION: JSON.stringify(version),
    KEEPSAKE_WEIGHTS_SHA256: JSON.stringify(digest),
  },
  // Relative addresses: the built page works from any folder of any host.
  base: "./",
  resolve: { alias: { "keepsake/burn": burn, keepsake } },
  server: { fs: { allow: [".", "../pkg"] } },
  worker: { format: "es" },
  build: {
    target: "es2023",
    // A font or picture in a data: address would need a wider content policy.
    assetsInlineLimit: 0,
  },
  plugins: [keepOffline()],
});
