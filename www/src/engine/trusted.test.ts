import { expect, test } from "@playwright/test";
import { ownScript } from "./trusted";

const PAGE = "https://host.example/some/folder/?from-nothing";

test("the page's own scripts may start", () => {
  expect(ownScript("assets/eye.worker-abc.js", PAGE)).toBe(
    "https://host.example/some/folder/assets/eye.worker-abc.js",
  );
  expect(ownScript("https://host.example/some/folder/sw.js", PAGE)).toBe(
    "https://host.example/some/folder/sw.js",
  );
});

test("no other may, however it is written", () => {
  for (const url of [
    "https://elsewhere.example/some/folder/assets/x.js",
    "//elsewhere.example/assets/x.js",
    "/assets/x.js",
    "assets/../../x.js",
    "assets/%2e%2e/x.js",
    "sw.js?x",
    "blob:https://host.example/0",
    "data:text/javascript,0",
    "javascript:0",
  ]) {
    expect(() => ownScript(url, PAGE), url).toThrow(TypeError);
  }
});
