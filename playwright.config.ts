import { defineConfig } from "@playwright/test";

// `cargo xtask test` names the browser and serves the page; `npx playwright test` by hand uses
// Playwright's own browser and starts a server itself.
const browser = process.env.KEEPSAKE_BROWSER;
const served = process.env.KEEPSAKE_URL;
const port = 8322;
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests/browser",
  outputDir: "test-results/files",
  forbidOnly: Boolean(process.env.CI),
  // Two browsers at a time: a test waits more than it computes, and two cores are had everywhere.
  workers: 2,
  // CI's cores are shared and busy: what fails there is tried once more, and the table of the run says
  // how many passed at the second try only.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/report.json" }]],
  use: {
    baseURL: served ?? `http://127.0.0.1:${port}`,
    trace: "retain-on-failure",
    launchOptions: {
      ...(browser && { executablePath: browser }),
      args: [
        // Chromium's sandbox refuses to run as root, which is what a container usually is.
        ...(root ? ["--no-sandbox"] : []),
        // The tests ask nothing of the network, and neither shall the browser.
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  ...(served
    ? {}
    : {
        webServer: {
          command: `cargo xtask serve --for-tests --port ${port}`,
          url: `http://127.0.0.1:${port}`,
          reuseExistingServer: true,
          timeout: 900_000,
        },
      }),
});
