// Two tabs, a full disk, a browser that forgets: ordinary events, and nothing is lost.

import * as drawing from "./drawing";
import { type BrowserContext, expect, type Page, test } from "./fixtures";
import {
  addPhotos,
  chooseFiles,
  clothing,
  expectTaught,
  imported,
  labelRow,
  open,
  photo,
  ready,
  reveal,
  saidOf,
  teach,
} from "./support";

/** How long Chromium takes an earlier answer about free space for true. */
const QUOTA_KNOWN_MS = 35_000;

/** A disk that is full for this origin, until it is freed. */
async function fill(context: BrowserContext, page: Page): Promise<{ free(): Promise<unknown> }> {
  const session = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // Chromium goes by the room it last knew of for half a minute.
  await page.waitForTimeout(QUOTA_KNOWN_MS);
  return { free: () => session.send("Storage.overrideQuotaForOrigin", { origin }) };
}

test("one tab teaches, the other follows, and takes over", async ({ page, context }) => {
  test.setTimeout(180_000);
  const photos = clothing(["hat", "shoes"], 3);
  const [hat, hat2] = photos.hat ?? [];
  const [shoe, shoe2] = photos.shoes ?? [];
  if (!hat || !hat2 || !shoe || !shoe2) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [...(photos.hat ?? []), ...(photos.shoes ?? [])]);
  await teach(page, hat, "Hat");

  const second = await context.newPage();
  await open(second);
  await expect(second.getByText("Another tab is teaching.")).toBeVisible();
  await expectTaught(second, hat, "Hat");
  await teach(page, shoe, "Shoes");
  await expect(labelRow(second, "Shoes")).toContainText("1 taught");

  await second.getByRole("button", { name: "Teach here instead" }).click();
  await expect(second.getByText("Another tab is teaching.")).toHaveCount(0);
  await teach(second, shoe2, "Shoes");
  await expect(page.getByText("Another tab is teaching.")).toBeVisible();
  await expect(labelRow(page, "Shoes")).toContainText("2 taught");

  // When the tab that teaches closes, the other one may again.
  await second.close();
  await expect(page.getByText("Another tab is teaching.")).toHaveCount(0);
  await teach(page, hat2, "Hat");
  await page.reload();
  await ready(page);
  await expectTaught(page, hat2, "Hat");
  await expectTaught(page, shoe2, "Shoes");
});

test("taken over in the middle of lessons and of an import, every lesson is there once", async ({
  page,
  context,
}) => {
  test.setTimeout(240_000);
  const photos = clothing(["hat", "shoes"], 8);
  const [hats, shoes] = [photos.hat ?? [], photos.shoes ?? []];
  const [first, ...others] = hats;
  const [shoe, ...later] = shoes;
  if (!first || !shoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [...hats, shoe]);
  await teach(page, first, "Hat");
  await teach(page, shoe, "Shoes");
  const second = await context.newPage();
  await open(second);
  let [writer, other] = [page, second];
  // Once, also where an import waits.
  const told = (tab: typeof page) => tab.getByText("Another tab is teaching.", { exact: true });
  const take = async () => {
    await other.getByRole("button", { name: "Teach here instead" }).click();
    [writer, other] = [other, writer];
    await expect(told(writer)).toHaveCount(0);
    await expect(told(other)).toBeVisible();
  };
  for (const hat of others) {
    await reveal(writer, hat);
    await photo(writer, hat).click();
    const field = writer.getByRole("dialog").getByRole("combobox");
    await field.fill("Hat");
    const taught = expect(photo(writer, hat)).toHaveAttribute("aria-label", / taught$/, { timeout: 2_000 });
    const [acknowledged] = await Promise.all([
      taught.then(
        () => true,
        () => false,
      ),
      field.press("Enter"),
      take(),
    ]);
    // It is there, or it was refused and is taught here.
    if (!acknowledged && !(await saidOf(writer, hat)).endsWith("taught")) await teach(writer, hat, "Hat");
    await expectTaught(writer, hat, "Hat");
    await other.keyboard.press("Escape");
  }
  await chooseFiles(writer, later);
  await take();
  await addPhotos(writer, later);
  for (const tab of [writer, other]) {
    await expect(labelRow(tab, "Hat")).toContainText(`${hats.length} taught`);
    for (const file of [...hats, ...shoes]) {
      await reveal(tab, file);
      await expect(photo(tab, file)).toHaveCount(1);
    }
  }
  await writer.reload();
  await ready(writer);
  await expect(labelRow(writer, "Hat")).toContainText(`${hats.length} taught`);
});

test("after a reload the last lesson can be taken back", async ({ page }) => {
  const [hat] = clothing(["hat"], 1).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat]);
  await teach(page, hat, "Hat");
  await page.reload();
  await ready(page);
  await expectTaught(page, hat, "Hat");
  await page.getByRole("button", { name: "Undo: Taught Hat" }).click();
  await expect(labelRow(page, "Hat")).toHaveCount(0);
  await expect(photo(page, hat)).not.toHaveAttribute("aria-label", / taught$/);
});

test("a full disk: the person is told, earlier lessons stay, and it goes on when there is room", async ({
  page,
  context,
}) => {
  test.setTimeout(180_000);
  const photos = clothing(["hat", "shoes"], 3);
  const [hat, hat2] = photos.hat ?? [];
  const [shoe] = photos.shoes ?? [];
  if (!hat || !hat2 || !shoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [...(photos.hat ?? []), ...(photos.shoes ?? [])]);
  await teach(page, hat, "Hat");
  const disk = await fill(context, page);
  await photo(page, shoe).click();
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.fill("Shoes");
  await field.press("Enter");
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  await expect(labelRow(page, "Shoes")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expectTaught(page, hat, "Hat");
  // Still full: nothing is claimed, nothing is forgotten, and all can be seen.
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  // Another tab takes the pen: nothing of this one is unsaved any more, and nothing says so.
  const second = await context.newPage();
  await open(second);
  await second.getByRole("button", { name: "Teach here instead" }).click();
  await expect(page.getByText("Another tab is teaching.")).toBeVisible();
  await expect(page.getByText("Not saved")).toHaveCount(0);
  await second.close();
  await expect(page.getByText("Another tab is teaching.")).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  await expectTaught(page, hat, "Hat");
  await photo(page, shoe).click();
  await field.fill("Shoes");
  await field.press("Enter");
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(labelRow(page, "Shoes")).toHaveCount(0);

  await disk.free();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Not saved: this device is full.")).toHaveCount(0);
  await expect(page.getByText("That did not work.")).toHaveCount(0);
  await expectTaught(page, shoe, "Shoes");
  await page.reload();
  await ready(page);
  await expectTaught(page, hat, "Hat");
  await expectTaught(page, shoe, "Shoes");
  await reveal(page, hat2);
});

test("a full disk in an import and in a backup that is opened: all waits, and goes on when there is room", async ({
  page,
  context,
}) => {
  test.setTimeout(180_000);
  const photos = clothing(["hat", "shoes"], 40);
  const [hats, shoes] = [photos.hat ?? [], photos.shoes ?? []];
  const [hat, hat2, shoe] = [hats[0], hats[1], shoes[0]];
  if (!hat || !hat2 || !shoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat, hat2]);
  await teach(page, hat, "Hat");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Save a backup" }).click();
  const backup = await (await download).path();
  await teach(page, hat2, "Cap");

  const disk = await fill(context, page);
  await chooseFiles(page, [...hats.slice(2), ...shoes]);
  const line = page.getByRole("group", { name: "Reading photos" });
  await expect(line.getByText("This device is full.")).toBeVisible({ timeout: 60_000 });
  await expect(line.getByText("78 files wait.")).toBeVisible();
  await expect(page.getByRole("grid", { name: /Could not be read/ })).toHaveCount(0);
  await line.getByRole("button", { name: "Try again" }).click();
  await expect(line.getByText("78 files wait.")).toBeVisible();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "This device" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open one…" }).click();
  await (await chooser).setFiles(backup);
  await page.getByRole("button", { name: "Replace what is here" }).click();
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  await page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
  await expectTaught(page, hat2, "Cap");

  await disk.free();
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.getByText("this device is full.")).toHaveCount(0);
  await imported(page);
  await expect(page.getByText("Not saved")).toHaveCount(0);
  await expectTaught(page, hat, "Hat");
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("80 photos");
  await page.reload();
  await ready(page);
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("80 photos");
  await expectTaught(page, hat, "Hat");
  // As the backup had it.
  await expect(labelRow(page, "Cap")).toHaveCount(0);
});

test("a full disk while drawing: each lesson waits with its name, and is learned when there is room", async ({
  page,
  context,
}) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  await drawing.open(page);
  await drawing.teach(page, "Ring");
  const disk = await fill(context, page);
  for (const kind of ["Cross", "Bars"] as const) {
    await drawing.draw(page, kind);
    await drawing.name(page, kind);
    await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  }
  await expect(page.getByText("2 lessons wait")).toBeVisible();
  await expect(drawing.taught(page, "Ring", 1)).toBeVisible();
  await expect(drawing.taught(page, "Cross", 1)).toHaveCount(0);

  await disk.free();
  await page.getByRole("button", { name: "Try again" }).click();
  for (const kind of ["Cross", "Bars"] as const) await expect(drawing.taught(page, kind, 1)).toBeVisible();
  await expect(page.getByText("Not saved")).toHaveCount(0);
  await page.reload();
  await expect(drawing.pad(page)).toBeVisible({ timeout: 60_000 });
  for (const kind of drawing.NAMES) await expect(drawing.taught(page, kind, 1)).toBeVisible();
});
