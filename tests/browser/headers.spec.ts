// The rules that a host sends with the page are in force, and the page lives by them.

import { expect, type Page, test } from "./fixtures";
import { imported, open, watchErrors } from "./support";

/** What the browser refused this page, from its first line on. */
async function watchRefusals(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(globalThis, { refused });
    addEventListener("securitypolicyviolation", (thrown) => {
      const event = thrown as SecurityPolicyViolationEvent;
      refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { refused: string[] }).refused);
}

test("the page does its whole job under its rules", async ({ page }) => {
  const refused = await watchRefusals(page);
  const errors = watchErrors(page);
  const unknown: string[] = [];
  page.on("console", (message) => {
    if (/unrecognized|unknown directive/i.test(message.text())) unknown.push(message.text());
  });
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await imported(page);
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("Works offline", {
    timeout: 60_000,
  });
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await refused()).toEqual([]);
  await page.goto("/?from-nothing");
  await expect(page.getByRole("button", { name: "Add pictures" })).toBeVisible({ timeout: 60_000 });
  expect(await refused()).toEqual([]);
  expect(errors).toEqual([]);
  // A misspelt rule would be none.
  expect(unknown).toEqual([]);
});

test("text becomes no markup, and no script but the page's own starts", async ({ page, baseURL }) => {
  await open(page);
  const refusals = await page.evaluate(() => {
    const refusal = (deed: () => unknown): string => {
      try {
        deed();
        return "nothing was refused";
      } catch (thrown) {
        return (thrown as Error).name;
      }
    };
    const policies = (
      globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
    ).trustedTypes;
    return {
      markup: refusal(() => {
        document.createElement("p").innerHTML = "<b>bold</b>";
      }),
      document: refusal(() => new DOMParser().parseFromString("<b>bold</b>", "text/html")),
      elsewhere: refusal(() => new Worker("https://elsewhere.example/worker.js")),
      beside: refusal(() => new Worker("tests/browser/worker.js")),
      blob: refusal(() => new Worker(URL.createObjectURL(new Blob(["0"])))),
      policy: refusal(() => policies.createPolicy("another", {})),
    };
  });
  expect(refusals).toEqual({
    markup: "TypeError",
    document: "TypeError",
    elsewhere: "TypeError",
    beside: "TypeError",
    blob: "TypeError",
    policy: "TypeError",
  });
  // No camera, no microphone, no place, no other device, and nobody may put the page into a frame.
  const allowed = await page.evaluate(() =>
    (
      document as unknown as { featurePolicy: { allowedFeatures(): string[] } }
    ).featurePolicy.allowedFeatures(),
  );
  const sent = (await page.request.get(String(baseURL))).headers();
  const forbidden = [...(sent["permissions-policy"] ?? "").matchAll(/([\w-]+)=\(\)/g)].map(
    ([, name]) => name,
  );
  expect(forbidden.length).toBeGreaterThan(15);
  expect(forbidden.filter((name) => allowed.includes(String(name)))).toEqual([]);
  expect(sent["content-security-policy"]).toContain("frame-ancestors 'none'");
});

test("every kind of file comes with the rules", async ({ page }) => {
  const seen = new Map<string, string | undefined>();
  page.on("response", (response) => {
    // Pictures that the page made itself come from no server.
    if (!response.url().startsWith("http")) return;
    const kind = /\.(\w+)(\?|$)/.exec(response.url())?.[1] ?? "html";
    seen.set(kind, response.headers()["content-security-policy"]);
  });
  await open(page);
  expect([...seen.keys()]).toEqual(expect.arrayContaining(["html", "js", "css", "wasm", "bin"]));
  for (const [kind, policy] of seen) expect(policy, kind).toContain("require-trusted-types-for 'script'");
});
