// Two tabs, a full disk, a browser that forgets: ordinary events, and nothing is lost.

import { expect, test } from "./fixtures";
import { addPhotos, clothing, expectTaught, labelRow, open, photo, ready, reveal, teach } from "./support";

/** How long Chromium takes an earlier answer about free space for true. */
const QUOTA_KNOWN_MS = 35_000;

test("one tab teaches, the other follows, and takes over", async ({ page, context }) => {
  test.setTimeout(120_000);
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

test("a full disk: the person is told, earlier lessons stay, and it goes on when there is room", async ({
  page,
  context,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const photos = clothing(["hat", "shoes"], 3);
  const [hat, hat2] = photos.hat ?? [];
  const [shoe] = photos.shoes ?? [];
  if (!hat || !hat2 || !shoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [...(photos.hat ?? []), ...(photos.shoes ?? [])]);
  await teach(page, hat, "Hat");
  const session = await context.newCDPSession(page);
  const origin = new URL(String(baseURL)).origin;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // Chromium goes by the room it last knew of for half a minute.
  await page.waitForTimeout(QUOTA_KNOWN_MS);
  await photo(page, shoe).click();
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.fill("Shoes");
  await field.press("Enter");
  await expect(page.getByText("Not saved: this device is full.")).toBeVisible();
  await expect(labelRow(page, "Shoes")).toHaveCount(0);
  await expectTaught(page, hat, "Hat");

  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await page.keyboard.press("Escape");
  await teach(page, shoe, "Shoes");
  await expect(page.getByText("Not saved: this device is full.")).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expectTaught(page, hat, "Hat");
  await expectTaught(page, shoe, "Shoes");
  await reveal(page, hat2);
});
