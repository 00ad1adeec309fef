// The same job without a pointer: everything a person needs can be reached and done by keys.

import { basename } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, clothing, labelRow, open, photo, ready, reveal, teach } from "./support";

const KINDS = ["hat", "shoes", "dress"] as const;

/** Presses Tab until what is focused matches; a person would, too, but would give up sooner. */
async function tabTo(page: Page, selector: string, key = "Tab"): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`The focus never reached ${selector}.`);
}

/** Walks through the grid with the arrow keys until the wanted photo has the focus. */
async function walkTo(page: Page, file: string): Promise<void> {
  const name = `${basename(file)},`;
  await page.keyboard.press("Control+Home");
  for (let i = 0; i < 80; i++) {
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    if (focused.startsWith(name)) return;
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(20);
  }
  throw new Error(`The arrows never reached ${file}.`);
}

/** From now on every moment is noted in which nothing has the focus any more, with the key before it. */
async function watchFocus(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const lost: string[] = [];
    Object.assign(window, { lost });
    let key = "";
    let last: Element | null = null;
    document.addEventListener("keydown", (event) => (key = event.key), { capture: true });
    const look = () => {
      const on = document.activeElement;
      if (on && on !== document.body) last = on;
      else if (last) {
        // After the last thing on the page Tab goes on to the browser's own.
        if (key !== "Tab" || !last.isConnected) lost.push(`${key}: ${last.outerHTML.slice(0, 120)}`);
        last = null;
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return () => page.evaluate(() => (window as unknown as { lost: string[] }).lost);
}

test("the whole job by keyboard alone", async ({ page }) => {
  test.setTimeout(180_000);
  const photos = clothing(KINDS, 4);
  const lost = await watchFocus(page);
  await open(page);
  // The browser's own file dialog is the one thing that belongs to the browser.
  const chooser = page.waitForEvent("filechooser");
  await tabTo(page, ".door.own");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(KINDS.flatMap((kind) => photos[kind] ?? []));
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("12 photos", {
    timeout: 60_000,
  });
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 60_000 });

  // Name the first of each kind: Enter, the name, Enter. The focus stays with the photos.
  await tabTo(page, "[data-tile] > button.photo");
  for (const [kind, name] of [
    ["hat", "Hat"],
    ["shoes", "Shoes"],
    ["dress", "Dress"],
  ] as const) {
    const [first] = photos[kind] ?? [];
    if (!first) throw new Error("too few photos");
    await walkTo(page, first);
    await page.keyboard.press("Enter");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await expect(labelRow(page, name)).toContainText("1 taught");
    await tabTo(page, "[data-tile] > button.photo");
  }

  // A digit teaches: the first label is 1.
  const [, second] = photos.hat ?? [];
  if (!second) throw new Error("too few photos");
  await walkTo(page, second);
  await page.keyboard.press("1");
  await expect(labelRow(page, "Hat")).toContainText("2 taught");

  // Undo and redo.
  await page.keyboard.press("u");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  await page.keyboard.press("Shift+U");
  await expect(labelRow(page, "Hat")).toContainText("2 taught");

  // Correct it, then take it back.
  await tabTo(page, "[data-tile] > button.photo");
  await walkTo(page, second);
  await page.keyboard.press("2");
  await expect(labelRow(page, "Shoes")).toContainText("2 taught");
  await tabTo(page, "[data-tile] > button.photo");
  await walkTo(page, second);
  await page.keyboard.press("Backspace");
  await expect(labelRow(page, "Shoes")).toContainText("1 taught");

  // Several at once: Space chooses, a digit teaches all that are chosen.
  const third = photos.dress?.[1];
  const fourth = photos.dress?.[2];
  if (!third || !fourth) throw new Error("too few photos");
  for (const file of [third, fourth]) {
    await tabTo(page, "[data-tile] > button.photo");
    await walkTo(page, file);
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("3");
  await expect(labelRow(page, "Dress")).toContainText("3 taught");

  // Search, and back.
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type(basename(third));
  await expect(photo(page, third)).toBeVisible();
  await expect(page.locator("[data-tile]")).toHaveCount(1);
  await page.keyboard.press("Escape");

  // Rename through the label's menu.
  await tabTo(page, "[aria-label^='Dress: rename']");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "New name for Dress" })).toBeFocused();
  await page.keyboard.type("Gown");
  await page.keyboard.press("Enter");
  await expect(labelRow(page, "Gown")).toContainText("3 taught");
  await reveal(page, third);
  expect(await lost()).toEqual([]);
});

test("what goes away gives the focus on, and fields keep what was typed", async ({ page }) => {
  test.setTimeout(180_000);
  const lost = await watchFocus(page);
  await open(page);
  await tabTo(page, ".door.try");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("40 photos", {
    timeout: 60_000,
  });
  for (const [at, name] of ["Cup", "Fish", "House", "Leaf"].entries()) {
    await tabTo(page, "[data-tile] > button.photo");
    await walkTo(page, `drawing-${at + 1}.png`);
    await page.keyboard.press("Enter");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await expect(labelRow(page, name)).toContainText("1 taught");
  }

  // The line of what was just said goes away with its button.
  await tabTo(page, ".said button");
  await page.keyboard.press("Enter");
  await expect(labelRow(page, "Leaf")).toHaveCount(0);
  await expect(page.locator("[data-tile] > button:focus")).toHaveCount(1);
  await page.keyboard.press("Shift+U");
  await expect(labelRow(page, "Leaf")).toContainText("1 taught");

  // A menu that shows another list, of as many as before.
  await labelRow(page, "Cup").focus();
  await page.keyboard.press("Enter");
  await tabTo(page, "[aria-label^='Cup: rename']");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Merge into Fish" })).toBeFocused();
  await page.keyboard.press("Escape");
  const menu = page.getByRole("button", { name: "Cup: rename, merge, delete" });
  await expect(menu).toBeFocused();

  // The keys, and back to where one was.
  await page.keyboard.press("?");
  await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();

  // Escape in the field of a new label is for that field; leaving it makes the label.
  await tabTo(page, "[data-tile] > button", "Shift+Tab");
  await page.keyboard.press("Space");
  await expect(page.getByRole("group", { name: "1 photo chosen" })).toBeVisible();
  const slot = page.getByRole("button", { name: "New label", exact: true });
  await slot.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Bo");
  await page.keyboard.press("Escape");
  await expect(slot).toBeFocused();
  await expect(page.getByRole("group", { name: "1 photo chosen" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Boat");
  await page.keyboard.press("Tab");
  await expect(labelRow(page, "Boat")).toBeVisible();
  await page.keyboard.press("Escape");

  // A name that another label has: merge, or go on typing.
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.keyboard.type("fish");
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: "New name for Cup" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("fish");
  await expect(page.getByRole("status").filter({ hasText: "There is a label Fish already." })).toHaveCount(1);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Merge into Fish" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(labelRow(page, "Fish")).toContainText("2 taught");
  await expect(labelRow(page, "Cup")).toHaveCount(0);
  expect(await lost()).toEqual([]);
});

test("single keys can be switched off, and stay so", async ({ page }) => {
  const [hat, other] = clothing(["hat"], 2).hat ?? [];
  if (!hat || !other) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat, other]);
  await teach(page, hat, "Hat");
  await page.keyboard.press("?");
  await tabTo(page, ".details input[type=checkbox]");
  await page.keyboard.press("Space");
  await expect(page.getByText("Take back a lesson, or that it was accepted", { exact: true })).toBeVisible();
  await expect(page.getByText("Find a label, file or folder", { exact: true })).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.reload();
  await ready(page);
  await photo(page, other).focus();
  await page.keyboard.press("1");
  await page.keyboard.press("u");
  await page.keyboard.press("?");
  // What needs no single key goes on, and comes after those in the same line.
  await page.keyboard.press("Backspace");
  await photo(page, hat).focus();
  await page.keyboard.press("Backspace");
  await expect(labelRow(page, "Hat")).not.toContainText("taught");
  await expect(photo(page, other)).toHaveAttribute("aria-label", /not named yet/);
  await page.keyboard.press("Control+z");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  await expect(page.getByRole("heading", { name: "Keys" })).toHaveCount(0);
});
