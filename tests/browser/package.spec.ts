import { expect, test } from "./fixtures";

test.beforeEach(async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
});

test("the package loads under the strict content policy", async ({ page }) => {
  const memory = await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const keepsake = await import(address);
    const instance = await keepsake.default();
    return instance.memory instanceof WebAssembly.Memory;
  });
  expect(memory).toBe(true);
});

test("the content policy refuses code from text", async ({ page }) => {
  const refused = await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.textContent = "window.ran = true";
    } catch {
      // Refused already here, where the browser knows trusted types.
    }
    document.head.append(script);
    return !("ran" in window);
  });
  expect(refused).toBe(true);
});

test("the types say what everything is", async ({ request }) => {
  const types = await (await request.get("/pkg/keepsake.d.ts")).text();
  expect(types).toContain("export class Learner");
  const comments = /\/\*.*?\*\//gs;
  expect(types.replace(comments, "")).not.toMatch(/\bany\b/);
});
