// What the package says once its module has trapped: every promise that was open, and whatever is asked
// afterwards, is refused in words, and what was saved is there for the next instance.

import type * as Burn from "keepsake/burn";
import { expect, type Page, test } from "./fixtures";
import { prepare } from "./package";

const CRASHED = "internal/crashed";

/** Runs in the page: `window.corrupt` overwrites a module's memory, as by a fault in it, so that its next
 * step traps. */
async function prepareToCorrupt(address: string): Promise<void> {
  const { default: init } = await import(address);
  const { memory } = await init();
  window.corrupt = () => new Uint8Array(memory.buffer).fill(0xff);
}

test.beforeEach(async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
});

/** Errors that nobody caught: how a page sees that a worker of its own failed. */
function uncaught(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}

test("a trap in the middle ends what is open and what comes, and loses nothing that was saved", async ({
  page,
}) => {
  const errors = uncaught(page);
  await page.evaluate(prepareToCorrupt, "/pkg/keepsake.js");
  const said = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    await learner.teach(window.look(0, 1), "Hat");
    // Three that wait for each other, and for the browser.
    const open = ["Boots", "Skirt", "Scarf"].map((name, at) =>
      window.code(() => learner.teach(window.look(at + 1, 1), name)),
    );
    // Until the first is on its way to the store.
    await Promise.resolve();
    window.corrupt();
    return {
      open: await Promise.all(open),
      later: await window.code(() => learner.undo()),
      atOnce: await window.code(() => learner.labels()),
      another: await window.code(() => window.Learner.open({ storage: "memory" })),
      freed: await window.code(() => learner.free()),
    };
  });
  expect(said).toEqual({
    open: [CRASHED, CRASHED, CRASHED],
    later: CRASHED,
    atOnce: CRASHED,
    another: CRASHED,
    freed: "nothing was thrown",
  });
  expect(errors.length).toBeGreaterThan(0);

  await page.reload();
  await page.evaluate(prepare);
  const kept = await page.evaluate(async () => (await window.Learner.open()).labels());
  expect(kept[1]).toMatchObject({ name: "Hat", lessons: 1 });
});

test("a panic is told in its own words, and a call that is refused ends nothing", async ({ page }) => {
  const said = await page.evaluate(async () => {
    const learner = await window.Learner.open({ storage: "memory" });
    const gone = await window.Learner.open({ storage: "memory" });
    gone.free();
    const freed = await window.code(() => gone.labels());
    const labels = learner.labels().length;
    // More than this machine can address.
    class Endless extends Uint8Array {
      override get length(): number {
        return 3_000_000_000;
      }
    }
    const message = await learner.import(new Endless(4)).then(
      () => "imported",
      (thrown: Error) => thrown.message,
    );
    return { freed, labels, message, later: await window.code(() => learner.export()) };
  });
  expect(said.freed).toContain("not ours");
  expect(said.labels).toBe(1);
  expect(said.message).toContain("capacity overflow");
  expect(said.later).toBe(CRASHED);
});

test("so does the second module", async ({ page }) => {
  await page.evaluate(prepareToCorrupt, "/pkg/keepsake_burn.js");
  const said = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    const scratch = await burn.Scratch.open({ storage: "memory" });
    const drawing = new ImageData(28, 28);
    drawing.data.fill(255, 0, 900);
    const open = window.code(() => scratch.teach(drawing, "Ring"));
    window.corrupt();
    return {
      open: await open,
      later: await window.code(() => scratch.export()),
      atOnce: await window.code(() => scratch.labels()),
    };
  });
  expect(said).toEqual({ open: CRASHED, later: CRASHED, atOnce: CRASHED });
});

declare global {
  interface Window {
    corrupt(): void;
  }
}
