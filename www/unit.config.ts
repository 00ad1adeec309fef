import { defineConfig } from "@playwright/test";

/** Tests of pure functions: they run in Node and open no browser. */
export default defineConfig({
  testDir: "src",
  testMatch: "**/*.test.ts",
  outputDir: "../test-results/unit",
  reporter: "line",
});
