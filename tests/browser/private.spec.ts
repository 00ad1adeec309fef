// Nothing leaves the device: every spec is recorded (fixtures.ts), and the recorder does notice.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "./fixtures";

test("every spec runs under the recorder", () => {
  const specs = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".spec.ts"));
  const unrecorded = specs.filter((name) => {
    const text = readFileSync(`${import.meta.dirname}/${name}`, "utf8");
    return !/\btest\b[^;]*from "\.\/(fixtures|support)"/.test(text);
  });
  expect(specs.length).toBeGreaterThan(10);
  expect(unrecorded).toEqual([]);
});

test("a request to another origin fails a test", async ({ page }) => {
  test.fail();
  await page.route("https://elsewhere.example/**", (route) => route.fulfill({ body: "" }));
  await page.setContent('<img src="https://elsewhere.example/picture.png">');
  await page.waitForTimeout(500);
});
