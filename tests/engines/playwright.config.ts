import { defineConfig } from "@playwright/test";

// Playwright runs the tests and counts; the browsers are driven by `firefox.ts` and `webkit.ts`.
export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/engines",
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  retries: process.env.CI ? 1 : 0,
  timeout: 180_000,
  expect: { timeout: 30_000, toPass: { timeout: 30_000 } },
  reporter: [["list"], ["json", { outputFile: "../../test-results/report.json" }]],
  projects: [{ name: "firefox" }, { name: "webkit" }],
});
