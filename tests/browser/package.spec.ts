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

test("a database that could only be made in part is not left behind", async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const { default: init, Learner } = await import(address);
    await init();
    const code = (name: string) =>
      Learner.open({ name }).then(
        () => "opened",
        (thrown: Error & { code: string }) => thrown.code,
      );
    const make = IDBDatabase.prototype.createObjectStore;
    let left = 2;
    IDBDatabase.prototype.createObjectStore = function (...given) {
      if (left-- === 0) throw new DOMException("no room", "QuotaExceededError");
      return make.apply(this, given);
    };
    const full = await code("in part");
    IDBDatabase.prototype.createObjectStore = make;
    return [full, await code("in part")];
  });
  expect(codes).toEqual(["storage/full", "opened"]);
});

test("what it is made with is listed, with licences", async ({ request }) => {
  const list = await (await request.get("/pkg/sbom.cdx.json")).json();
  const names = list.components.map((part: { name: string }) => part.name);
  expect(names).toContain("wasm-bindgen");
  const site = await (await request.get("/sbom.cdx.json")).json();
  expect(site.components.length).toBeGreaterThan(list.components.length);
  expect(await (await request.get("/licences.txt")).text()).toContain("preact");
});

test("the types say what everything is", async ({ request }) => {
  const types = await (await request.get("/pkg/keepsake.d.ts")).text();
  expect(types).toContain("export class Learner");
  const comments = /\/\*.*?\*\//gs;
  expect(types.replace(comments, "")).not.toMatch(/\bany\b/);
});
