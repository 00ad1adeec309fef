// axe on each state a person meets, light and dark, wide and on a phone.

import { writeFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { addPhotos, clothing, imported, open, photo, teach } from "./support";

for (const screen of SCREENS) {
  test(`no violations, ${screen.name}`, async ({ page }, info) => {
    test.setTimeout(180_000);
    await showOn(page, screen);
    const photos = clothing(["hat", "shoes"], 5);
    const [hat, otherHat] = photos.hat ?? [];
    const [shoe] = photos.shoes ?? [];
    if (!hat || !otherHat || !shoe) throw new Error("too few photos");
    const broken = info.outputPath("notes.jpg");
    writeFileSync(broken, "not a picture");

    await open(page);
    await expectNoViolations(page, "first visit");
    await addPhotos(page, [...(photos.hat ?? []), ...(photos.shoes ?? []), broken]);
    await imported(page);
    await expectNoViolations(page, "photos without a label, one unreadable");
    await teach(page, hat, "Hat");
    await expectNoViolations(page, "one label");
    await teach(page, shoe, "Shoes");
    await expectNoViolations(page, "taught");
    await photo(page, otherHat).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectNoViolations(page, "choosing a label");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "This device" }).click();
    await expectNoViolations(page, "this device");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(page.getByRole("heading", { name: "Keys" })).toBeVisible();
    await expectNoViolations(page, "keys");
  });
}

test("a length that is not known is not told", async ({ page }) => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route("**/weights/**", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/");
  const bar = page.getByRole("progressbar");
  await expect(bar).toBeVisible();
  await expect(bar).not.toHaveAttribute("aria-valuemax");
  await expect(bar).not.toHaveAttribute("aria-valuenow");
  go();
  await expect(bar).toHaveCount(0, { timeout: 60_000 });
});
