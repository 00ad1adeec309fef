import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

/** The wasm package, as `cargo xtask build` leaves it: the core, and the networks' module. */
const keepsake = fileURLToPath(new URL("../pkg/keepsake.js", import.meta.url));
const burn = fileURLToPath(new URL("../pkg/keepsake_burn.js", import.meta.url));

/** What only those need who have a graphics card, or draw for the learner that starts from nothing:
 * fetched when it is first used, and kept from then on. */
const ON_DEMAND = /\/assets\/(keepsake_burn|card\.worker|scratch\.worker|drawings)[^/]*$/;

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
  plugins: [
    VitePWA({
      // The page asks before it changes under a person's hands.
      registerType: "prompt",
      injectRegister: false,
      workbox: {
        globPatterns: ["**/*.{html,js,css,wasm,svg,png,webmanifest,bin,sha256}"],
        // Only those who need it fetch it; then it is kept for use offline.
        globIgnores: ["**/keepsake_burn*", "**/card.worker*", "**/scratch.worker*", "**/drawings*"],
        runtimeCaching: [
          {
            urlPattern: ON_DEMAND,
            handler: "CacheFirst",
            // Names carry a hash, so an old one is never asked for again.
            options: { cacheName: "on-demand", expiration: { maxEntries: 12 } },
          },
        ],
        // The weights are the largest file and must work offline too.
        maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
        cleanupOutdatedCaches: true,
      },
      manifest: {
        name: "Keepsake",
        short_name: "Keepsake",
        description: "Name a few photos. The rest sort themselves, on this device.",
        start_url: "./",
        scope: "./",
        display: "standalone",
        background_color: "#faf9f7",
        theme_color: "#faf9f7",
        icons: [
          { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icons/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
    }),
  ],
});
