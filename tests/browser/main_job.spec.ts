// The main job, end to end, as the README promises it: drop photos, name a few, and the rest is
// sorted; correct, undo, take back; reload, and reload without a network. Real photos, the real
// learner, real storage.

import { expect, test } from "./fixtures";
import {
  addPhotos,
  clothing,
  expectTaught,
  labelRow,
  open,
  photo,
  ready,
  reveal,
  saidOf,
  teach,
  watchErrors,
  watchRequests,
} from "./support";

const KINDS = ["hat", "pants", "shoes"] as const;
const NAMES: Record<(typeof KINDS)[number], string> = { hat: "Hat", pants: "Pants", shoes: "Shoes" };

test("teach two photos of each of three kinds, and the others are sorted", async ({
  page,
  context,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const asked = watchRequests(page);
  const errors = watchErrors(page);
  const photos = clothing(KINDS, 9);
  const all = KINDS.flatMap((kind) => photos[kind] ?? []);
  await open(page);
  await addPhotos(page, all);
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("27 photos");

  for (const kind of KINDS) {
    for (const file of photos[kind]?.slice(0, 2) ?? []) await teach(page, file, NAMES[kind]);
  }

  // Every other photo shows what the learner thinks it is, and most of them are right.
  let right = 0;
  for (const kind of KINDS) {
    for (const file of photos[kind]?.slice(2) ?? []) {
      await reveal(page, file);
      const said = await saidOf(page, file);
      expect(said).toMatch(/(Hat|Pants|Shoes) \d+\u00a0%/);
      if (said.includes(`, ${NAMES[kind]} `) || said.includes(`: ${NAMES[kind]} `)) right++;
    }
  }
  expect(right, "of 21 photos that were not taught").toBeGreaterThanOrEqual(16);

  // Correct one: it learns from that, at once.
  const [, , corrected] = photos.hat ?? [];
  if (!corrected) throw new Error("too few photos");
  await teach(page, corrected, "Shoes");
  await teach(page, corrected, "Hat");
  await expect(labelRow(page, "Hat")).toContainText("3 taught");

  // A new label, from a photo.
  const [, , , odd] = photos.pants ?? [];
  if (!odd) throw new Error("too few photos");
  await teach(page, odd, "Trousers");
  await expect(labelRow(page, "Trousers")).toContainText("1 taught");

  // Undo takes label and lesson away; redo brings both back.
  await page
    .getByRole("button", { name: /^Undo: / })
    .first()
    .click();
  await expect(labelRow(page, "Trousers")).toHaveCount(0);
  await page
    .getByRole("button", { name: /^Redo: / })
    .first()
    .click();
  await expectTaught(page, odd, "Trousers");

  // Rename it.
  await page.getByRole("button", { name: "Trousers: rename, merge, delete" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "New name for Trousers" }).fill("Jeans");
  await page.keyboard.press("Enter");
  await expect(labelRow(page, "Jeans")).toContainText("1 taught");

  // Reload: everything is there, answers included.
  const [, , , , witness] = photos.shoes ?? [];
  if (!witness) throw new Error("too few photos");
  await reveal(page, witness);
  const before = await saidOf(page, witness);
  await page.reload();
  await ready(page);
  await expectTaught(page, odd, "Jeans");
  await reveal(page, witness);
  expect(await saidOf(page, witness)).toBe(before);

  // Reload without a network: everything is there, and it learns.
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("Works offline", {
    timeout: 60_000,
  });
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  await expectTaught(page, odd, "Jeans");
  await teach(page, witness, "Shoes");
  await addPhotos(page, clothing(["dress"], 1).dress ?? []);
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("28 photos");

  // Take a lesson back.
  await reveal(page, odd);
  await photo(page, odd).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(labelRow(page, "Jeans")).not.toContainText("taught");

  // Delete the label that has nothing left.
  await labelRow(page, "Jeans").click();
  await page.getByRole("button", { name: "Jeans: rename, merge, delete" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(labelRow(page, "Jeans")).toHaveCount(0);
  await context.setOffline(false);

  // Nothing was asked of anybody but the page's own origin, in the whole run.
  const foreign = asked.filter((url) => !url.startsWith(String(baseURL)) && !/^(blob|data):/.test(url));
  expect(foreign).toEqual([]);
  expect(errors.filter((error) => !error.includes("net::ERR_INTERNET_DISCONNECTED"))).toEqual([]);
});

test("without photos of their own, a person can try it with drawn ones", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("40 photos", {
    timeout: 60_000,
  });
  await teach(page, "drawing-1.png", "Cup");
  await teach(page, "drawing-2.png", "Fish");
  // Within a blink the rest is sorted under the two names.
  await expect(labelRow(page, "Fish")).toContainText("1 taught");
  await reveal(page, "drawing-6.png");
  expect(await saidOf(page, "drawing-6.png")).toMatch(/(Fish|Cup) \d+/);
});
