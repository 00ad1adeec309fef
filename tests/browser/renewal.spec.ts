// A version with another network: every photo is looked at again, and every lesson goes along.

import type * as Keepsake from "keepsake";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, clothing, expectTaught, labelRow, open, ready, teach } from "./support";

/** Leaves the page, and gives its collection to a network that is not the page's. */
async function seenByAnother(page: Page, leaveOut: number): Promise<void> {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(async (leaveOut) => {
    const address = "/pkg/keepsake.js";
    const keepsake = (await import(address)) as typeof Keepsake;
    await keepsake.default();
    const weights = await (await fetch("/weights/lite0.bin")).arrayBuffer();
    const eye = await keepsake.Eye.open(new Uint8Array(weights));
    const other = Uint8Array.from(eye.id, (byte) => byte ^ 255);
    const learner = await keepsake.Learner.open({ name: "photos" });
    const looks: Keepsake.LookAgain[] = [];
    for (const { id } of learner.photos().slice(leaveOut)) {
      const picture = await learner.thumbnail(id);
      if (picture) looks.push({ ...(await eye.look(picture)), photo: id, eye: other });
    }
    await learner.renew(other, looks);
    await learner.close();
  }, leaveOut);
}

test("the page goes over to its own network, and says so once", async ({ page }) => {
  test.setTimeout(120_000);
  const photos = clothing(["hat", "shoes"], 4);
  const [hat] = photos.hat ?? [];
  const [shoe] = photos.shoes ?? [];
  if (!hat || !shoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, Object.values(photos).flat());
  await teach(page, hat, "Hat");
  await teach(page, shoe, "Shoes");
  await seenByAnother(page, 0);

  await page.goto("/");
  await ready(page);
  await expect(page.getByText("8 photos were looked at again, by this version's network.")).toBeVisible();
  await expect(page.getByText("Your lessons went along.")).toBeVisible();
  await expectTaught(page, hat, "Hat");
  await expectTaught(page, shoe, "Shoes");
  // Its eyes are welcome again.
  const more = Object.values(clothing(["dress"], 2)).flat();
  await addPhotos(page, more);
  await expect(page.locator("[data-tile]")).toHaveCount(10);
  await page.reload();
  await ready(page);
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  await expect(page.getByText(/looked at again/)).toHaveCount(0);
});
