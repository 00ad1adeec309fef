// Somebody who is faster than the learner: what they do while a lesson is under way is theirs.

import { basename } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { addPhotos, clothing, labelRow, open, photo, teach } from "./support";

const KINDS = ["dress", "hat", "pants", "shoes", "t-shirt", "shorts"] as const;
/** From now on every lesson takes so many milliseconds longer on its way to the learner. */
async function slowLessons(page: Page, delay: number): Promise<void> {
  await page.evaluate((delay) => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, ...given: unknown[]) {
      const send = () => Reflect.apply(post, this, given);
      const [message] = given as [{ path?: string[] }];
      if (message.path?.[0] === "teach") setTimeout(send, delay);
      else send();
    };
  }, delay);
}

async function addLabels(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole("button", { name: "New label", exact: true }).click();
    await page.getByRole("textbox", { name: "Name of the new label" }).fill(name);
    await page.keyboard.press("Enter");
    await expect(labelRow(page, name)).toBeVisible();
  }
}

/** What each photo was taught, by its file's name. */
async function taught(page: Page): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const label of ["One", "Two", "Three"]) {
    await labelRow(page, label).click();
    for (let last = -1; Object.keys(result).length > last; ) {
      last = Object.keys(result).length;
      for (const tile of await page.locator("[data-tile] > button.photo").all()) {
        const [file, name, how] = ((await tile.getAttribute("aria-label")) ?? "").split(", ");
        if (file && name && how === "taught") result[file] = name;
      }
      await page.locator("#main").evaluate((main) => main.scrollBy(0, main.clientHeight / 2));
      await page.waitForTimeout(100);
    }
  }
  return result;
}

test("sixty keys in two seconds on sixty photos: every photo is taught what was typed on it", async ({
  page,
}) => {
  test.setTimeout(240_000);
  const photos = clothing(KINDS, 10);
  const all = KINDS.flatMap((kind) => photos[kind] ?? []);
  expect(all).toHaveLength(60);
  await open(page);
  await addPhotos(page, all);
  await addLabels(page, "One", "Two", "Three");
  await slowLessons(page, 300);
  // What a person sees: the photo that has the focus when the key goes down.
  await page.evaluate(() => {
    const typed: [string, string][] = [];
    Object.assign(window, { typed });
    document.addEventListener(
      "keydown",
      ({ key }) => typed.push([document.activeElement?.getAttribute("aria-label")?.split(",")[0] ?? "", key]),
      { capture: true },
    );
  });
  await page.locator("[data-tile] > button.photo").first().focus();
  const presses: Promise<void>[] = [];
  for (let i = 0; i < 60; i++) {
    presses.push(page.keyboard.press(String((i % 3) + 1)));
    await page.waitForTimeout(30);
  }
  await Promise.all(presses);

  for (const label of ["One", "Two", "Three"]) {
    await expect(labelRow(page, label)).toContainText("20 taught", { timeout: 60_000 });
  }
  const typed = await page.evaluate(() => (window as unknown as { typed: [string, string][] }).typed);
  const names: Record<string, string> = { 1: "One", 2: "Two", 3: "Three" };
  const wanted = Object.fromEntries(typed.map(([file, key]) => [file, names[key]]));
  expect(Object.keys(wanted).sort()).toEqual(all.map((file) => basename(file)).sort());
  expect(await taught(page)).toEqual(wanted);
});

test("undo takes back the last of the lessons that were typed before it", async ({ page }) => {
  const photos = clothing(["hat", "shoes"], 3);
  await open(page);
  await addPhotos(page, Object.values(photos).flat());
  await addLabels(page, "One", "Two");
  await slowLessons(page, 300);
  await page.locator("[data-tile] > button.photo").first().focus();
  for (const key of ["1", "2", "2", "u"]) await page.keyboard.press(key);
  await expect(page.getByText(/^Undone/).first()).toBeVisible();
  await expect(labelRow(page, "One")).toContainText("1 taught");
  await expect(labelRow(page, "Two")).toContainText("1 taught");
});

test("what is typed or chosen while a lesson is under way stays", async ({ page }) => {
  const photos = clothing(["hat", "shoes"], 4);
  const [hat, otherHat, third] = photos.hat ?? [];
  const [shoe, otherShoe] = photos.shoes ?? [];
  if (!hat || !otherHat || !third || !shoe || !otherShoe) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, Object.values(photos).flat());
  await teach(page, hat, "Hat");
  await teach(page, shoe, "Shoes");
  await slowLessons(page, 2_000);

  // A name that is typed into a choice opened meanwhile.
  await photo(page, otherHat).focus();
  await page.keyboard.press("1");
  await photo(page, otherShoe).click();
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.fill("Boots, may");
  await expect(labelRow(page, "Hat")).toContainText("2 taught");
  await expect(field).toHaveValue("Boots, may");
  await expect(field).toBeFocused();
  await page.keyboard.type("be");
  await expect(field).toHaveValue("Boots, maybe");
  await page.keyboard.press("Escape");

  // A selection that is begun meanwhile.
  await photo(page, third).focus();
  await page.keyboard.press("1");
  await photo(page, otherShoe).focus();
  await page.keyboard.press("Space");
  await expect(labelRow(page, "Hat")).toContainText("3 taught");
  await expect(page.getByText("1 photo", { exact: true })).toBeVisible();
  await expect(photo(page, otherShoe)).toBeFocused();
});

test("a name that is refused is still in the field", async ({ page }) => {
  const [hat] = clothing(["hat"], 2).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await addPhotos(page, [hat]);
  await photo(page, hat).click();
  const field = page.getByRole("dialog").getByRole("combobox");
  const long = "A name that goes on and on until nobody remembers how it began, and on";
  await field.fill(long);
  await field.press("Enter");
  await expect(page.getByRole("alert")).toContainText("at most");
  await expect(field).toHaveValue(long);
  await expect(field).toBeFocused();
});
