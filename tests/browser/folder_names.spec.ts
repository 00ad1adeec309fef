// A tree of folders that say what is in them: their names are offered as labels, and nothing happens by itself.

import { cpSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, type Locator, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { clothing, expectTaught, imported, labelRow, open, photo, watchErrors } from "./support";
import { bitmap, drop, tree } from "./tree";

const EACH = 4;

/** Real photos, some in folders with names, some where cameras and the calendar put them. */
function holiday(folder: string): Record<"hat" | "shoes" | "dress", string[]> {
  const photos = clothing(["hat", "shoes", "dress"], EACH + 2);
  const [hat = [], shoes = [], dress = []] = [photos.hat, photos.shoes, photos.dress];
  const put = (files: readonly string[], place: string) => {
    mkdirSync(join(folder, place), { recursive: true });
    for (const file of files) cpSync(file, join(folder, place, basename(file)));
  };
  put(hat.slice(0, EACH), "Hats");
  put(shoes.slice(0, 2), "Shoes");
  put(shoes.slice(2, EACH), "then/shoes");
  put(dress.slice(0, EACH), "Evening dress");
  put(hat.slice(EACH), "DCIM/100CANON");
  put(shoes.slice(EACH), "2024-07-01");
  put(dress.slice(EACH), ".");
  return { hat, shoes, dress };
}

const offer = (page: Page): Locator => page.locator(".folder-names summary");
const said = (page: Page, text: string): Locator => page.getByRole("status").filter({ hasText: text });
const lessons = (page: Page, label: string): Locator => labelRow(page, label).locator(".taught");

test("as lessons, by keyboard: said before how many, every photo as its folder, undone together", async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  const errors = watchErrors(page);
  const photos = holiday(info.outputPath("holiday"));
  await open(page);
  await drop(page, info.outputPath("holiday"));
  await imported(page);
  await expect(said(page, "Added 18 photos. Their 3 folder names can be labels.")).toHaveCount(1);
  await expect(offer(page)).toHaveText("Use the 3 folder names");
  // Nothing by itself.
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Nothing to undo" })).toHaveCount(0);

  await offer(page).focus();
  await page.keyboard.press("Enter");
  const names = page.getByRole("list", { name: "Use the 3 folder names" }).getByRole("listitem");
  await expect(names).toHaveText(["Evening dress 4", "Hats 4", "Shoes 4"]);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "As 12 lessons" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(said(page, "Taught 3 labels with 12 photos.")).toHaveCount(1);
  await expect(offer(page)).toHaveCount(0);
  await expect(page.locator(":focus")).not.toHaveCount(0);
  for (const name of ["Hats", "Shoes", "Evening dress"]) await expect(lessons(page, name)).toContainText("4");
  await expectTaught(page, photos.shoes[0] ?? "", "Shoes");
  await expectTaught(page, photos.shoes[3] ?? "", "Shoes");
  await expectTaught(page, photos.dress[1] ?? "", "Evening dress");
  // What lies in a folder without a name of its own is sorted as any other.
  await expect(photo(page, photos.hat[EACH] ?? "")).not.toHaveAttribute("aria-label", /taught/);

  await page.getByRole("button", { name: "Undo all 3" }).click();
  await expect(said(page, "Undone: 3 steps.")).toHaveCount(1);
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(0);
  await expect(labelRow(page, "Hats")).toHaveCount(0);
  // Whoever took it back may want the other way.
  await expect(offer(page)).toHaveText("Use the 3 folder names");
  expect(errors).toEqual([]);
});

test("only as names: labels that are there stay one, nothing is taught, each is one step of undo", async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  holiday(info.outputPath("holiday"));
  await open(page);
  await drop(page, info.outputPath("holiday"));
  await imported(page);
  await page.getByRole("button", { name: "New label" }).click();
  await page.getByRole("textbox", { name: "Name of the new label" }).fill("HATS");
  await page.keyboard.press("Enter");
  await expect(labelRow(page, "HATS")).toBeVisible();
  await offer(page).click();
  await expect(page.getByText("Makes 2 labels; 1 is there already. Nothing is taught.")).toBeVisible();
  await page.getByRole("button", { name: "Only as names" }).click();
  await expect(said(page, "Made 2 labels.")).toHaveCount(1);
  await expect(offer(page)).toHaveCount(0);
  for (const name of ["HATS", "Shoes", "Evening dress"]) await expect(labelRow(page, name)).toHaveCount(1);
  await expect(labelRow(page, "Hats")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(0);

  await page.locator("#main").focus();
  for (const gone of ["Shoes", "Evening dress"]) {
    await page.keyboard.press("u");
    await expect(said(page, `Undone: New label ${gone}.`)).toHaveCount(1);
    await expect(labelRow(page, gone)).toHaveCount(0);
  }
  await expect(labelRow(page, "HATS")).toHaveCount(1);
});

test("sent away it stays away, also where the folder comes again; one folder is no offer", async ({
  page,
}, info) => {
  const folder = tree(info.outputPath("holiday"), { "Beach/1.bmp": bitmap(1), "Beach/2.bmp": bitmap(2) });
  await open(page);
  await drop(page, folder);
  await imported(page);
  await expect(said(page, "Added 2 photos.")).toHaveCount(1);
  await expect(offer(page)).toHaveCount(0);

  tree(folder, { "Town/3.bmp": bitmap(3), "Hills/4.bmp": bitmap(4) });
  await drop(page, folder);
  await expect(offer(page)).toHaveText("Use the 2 folder names");
  await page.getByRole("button", { name: "No folder names" }).click();
  await expect(offer(page)).toHaveCount(0);
  await expect(page.locator(":focus")).not.toHaveCount(0);
  tree(folder, { "Town/5.bmp": bitmap(5), "Hills/6.bmp": bitmap(6) });
  await drop(page, folder);
  await expect(said(page, "Added 2 photos. 4 were here already.")).toHaveCount(1);
  await expect(offer(page)).toHaveCount(0);
});

test("many folders: Stop keeps what is done and offers the rest; more than undo holds are not offered", async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`kind ${at + 1}/${at}.bmp`, bitmap(at)]));
  const folder = tree(info.outputPath("holiday"), files(50));
  await open(page);
  await drop(page, folder);
  await imported(page);
  await offer(page).click();
  // As soon as it works, Stop.
  await page.evaluate(() => {
    new MutationObserver((_, observer) => {
      const stop = document.querySelector<HTMLElement>(".import .btn");
      if (!stop) return;
      observer.disconnect();
      stop.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole("button", { name: "As 50 lessons" }).click();
  await expect(offer(page)).toHaveText("Use the 49 folder names");
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(1);
  await offer(page).click();
  await page.getByRole("button", { name: "As 49 lessons" }).click();
  await expect(said(page, "Taught 49 labels with 49 photos.")).toHaveCount(1, { timeout: 60_000 });
  await page.getByRole("button", { name: "Undo all 49" }).click();
  await expect(said(page, "Undone: 49 steps.")).toHaveCount(1, { timeout: 60_000 });
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(1);

  tree(folder, { "one more/51.bmp": bitmap(51), "and more/52.bmp": bitmap(52) });
  await drop(page, folder);
  await expect(said(page, "Added 2 photos.")).toHaveCount(1);
  await expect(said(page, "folder names")).toHaveCount(0);
});

for (const screen of SCREENS) {
  test(`no violations, ${screen.name}`, async ({ page }, info) => {
    test.setTimeout(120_000);
    holiday(info.outputPath("holiday"));
    await open(page);
    await drop(page, info.outputPath("holiday"));
    await imported(page);
    await showOn(page, screen);
    await expect(offer(page)).toBeVisible();
    await page.screenshot({ path: info.outputPath("closed.png") });
    await expectNoViolations(page, "folder names are offered");
    await offer(page).click();
    await expect(page.getByRole("button", { name: "Only as names" })).toBeVisible();
    await page.screenshot({ path: info.outputPath("open.png") });
    await expectNoViolations(page, "what either way does");
    await page.getByRole("button", { name: "As 12 lessons" }).click();
    await expect(page.getByRole("button", { name: "Undo all 3" })).toBeVisible();
    await page.screenshot({ path: info.outputPath("taught.png") });
    await expectNoViolations(page, "taught");
  });
}
