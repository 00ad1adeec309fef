// To the end of the job: what is right is accepted, what is done steps back, and nothing of it is lost.

import { expect, type Locator, type Page, test } from "./fixtures";
import { expectNoViolations, SCREENS, showOn } from "./screens";
import { imported, labelRow, open, teach } from "./support";

/** The drawn pictures of the page itself, with a name for one or two of each kind. */
async function sorted(page: Page): Promise<void> {
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await expect(page.getByText("Reading photos")).toHaveCount(0, { timeout: 60_000 });
  await imported(page);
  // They are drawn one kind after the other.
  for (const [at, name] of ["One", "Two", "Three", "Four"].entries()) {
    await teach(page, `drawing-${at + 1}.png`, name);
  }
  await page.locator("#main").evaluate((main) => main.scrollTo(0, 0));
}

function accepted(page: Page): Locator {
  return page.getByRole("button", { name: /, accepted/ });
}

/** What would be undone: unlike the line about it, that does not go after a while. */
function undo(page: Page, what: string): Locator {
  return page.getByRole("button", { name: `Undo: ${what}`, exact: true });
}

async function more(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** The section of a label that has something left. */
function section(page: Page, label: string): Locator {
  return page.getByRole("region", { name: new RegExp(`^${label} `) });
}

function theRest(page: Page, label: string): Locator {
  return section(page, label).getByRole("button", { name: /^The rest/ });
}

/** How many a button or a line says that there are. */
async function count(of: Locator, pattern: RegExp): Promise<number> {
  const text = (await of.textContent()) ?? "";
  return Number(pattern.exec(text)?.[1]?.replace(",", ""));
}

/** A label that has more than one photo left. */
async function someLabel(page: Page): Promise<string> {
  for (const label of ["One", "Two", "Three", "Four"]) {
    const rest = theRest(page, label);
    if ((await rest.count()) > 0 && (await count(rest, /(\d+) photo/)) > 2) return label;
  }
  throw new Error("nothing was sorted");
}

test("what is left of a label is right: one step, said how many, undone and kept over a reload", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await sorted(page);
  await expect(page.getByRole("progressbar", { name: "Photos done" })).toHaveCount(0);
  const label = await someLabel(page);
  const left = await count(theRest(page, label), /(\d+) photo/);
  await theRest(page, label).click();
  await expect(undo(page, `Accepted ${left} photos as ${label}`)).toBeVisible();
  await expect(section(page, label).getByRole("button", { name: /^The rest/ })).toHaveCount(0);
  // The focus is on the section's name, not lost with the button.
  await expect(section(page, label).locator(".fold")).toBeFocused();
  const bar = page.getByRole("progressbar", { name: "Photos done" });
  await expect(bar).toHaveAttribute("aria-valuenow", String(left + 4));
  await expect(page.getByText(`${left + 4} of 40 done`)).toBeVisible();
  await expect(page.getByText(`${40 - left - 4} left`)).toBeVisible();
  await expect(labelRow(page, label)).toContainText("all done");

  await undo(page, `Accepted ${left} photos as ${label}`).click();
  await expect(bar).toHaveCount(0);
  await expect(accepted(page)).toHaveCount(0);
  await page.keyboard.press("Shift+U");
  await expect(bar).toHaveAttribute("aria-valuenow", String(left + 4));

  await page.reload();
  await expect(bar).toHaveAttribute("aria-valuenow", String(left + 4), { timeout: 60_000 });
  await expect(labelRow(page, label)).toContainText("all done");
  // What is finished is folded to one line, and unfolds.
  const name = section(page, label).locator(".fold");
  await expect(name).toHaveAttribute("aria-expanded", "false");
  await expect(accepted(page)).toHaveCount(0);
  await name.click();
  await expect(accepted(page).first()).toBeVisible();
  // A lesson of another label moves none of them.
  expect(await count(labelRow(page, label).locator(".count"), /(\d+)/)).toBe(left + 1);
});

test("by keyboard: a full stop says right and goes on, Backspace takes it back, and it has a line among the keys", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await sorted(page);
  const label = await someLabel(page);
  const first = section(page, label).locator("[data-tile] > button.photo").first();
  await first.focus();
  const name = await first.getAttribute("aria-label");
  await page.keyboard.press(".");
  await expect(undo(page, `Accepted 1 photo as ${label}`)).toBeVisible();
  // It stays where it is, and the focus goes on to the next that is left.
  await expect(first).toHaveAttribute("aria-label", `${name?.split(",")[0]}, ${label}, accepted`);
  await expect(first).not.toBeFocused();
  await expect(page.locator("[data-tile] > button.photo:focus")).toHaveAttribute("aria-label", /% sure/);
  await first.focus();
  await page.keyboard.press("Backspace");
  await expect(accepted(page)).toHaveCount(0);

  // All of a section at once: Shift and the end, then the full stop.
  await first.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press(".");
  await expect(accepted(page)).toHaveCount(2);
  // Teaching one makes it taught.
  await first.focus();
  await page.keyboard.press("1");
  await expect(accepted(page)).toHaveCount(1);
  await page.keyboard.press("?");
  await expect(page.getByText("This is right: accept it, or all that are chosen")).toBeVisible();
});

test("what is done is hidden, with the line that says so; what lies behind it counts all the same", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await sorted(page);
  const label = await someLabel(page);
  await more(page, "Finish");
  await expect(page.getByText("4 of 40 done")).toBeVisible();
  await page.getByRole("checkbox", { name: "Hide what is done" }).check({ force: true });
  await expect(page.getByRole("button", { name: /, taught/ })).toHaveCount(0);

  const first = section(page, label).locator("[data-tile] > button.photo").first();
  const name = (await first.getAttribute("aria-label"))?.split(",")[0] ?? "";
  await first.focus();
  await page.keyboard.press(".");
  await expect(accepted(page)).toHaveCount(1);
  await expect(page.getByText("5 of 40 done")).toBeVisible();
  // Escape sends the line away, and the photo with it.
  await page.keyboard.press("Escape");
  await expect(accepted(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: new RegExp(`^${name},`) })).toHaveCount(0);

  // Everything that can be right, and everything hidden: the list says so. What is accepted helps with the rest,
  // so photos that nobody was sure of may come after.
  const rest = page.getByRole("button", { name: /^The rest of .* is right/ });
  await expect(async () => {
    if ((await rest.count()) > 0) await rest.first().click({ timeout: 2_000 });
    await expect(rest).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await labelRow(page, label).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Nothing is left here.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Hide what is done" }).uncheck({ force: true });
  await expect(page.getByRole("button", { name: new RegExp(`^${name},`) })).toBeVisible();
});

test("the rest is what the search lets through", async ({ page }) => {
  test.setTimeout(120_000);
  await sorted(page);
  const label = await someLabel(page);
  const left = await count(theRest(page, label), /(\d+) photo/);
  const first = section(page, label).locator("[data-tile] > button.photo").first();
  const file = (await first.getAttribute("aria-label"))?.split(",")[0] ?? "";
  await page.keyboard.press("/");
  await page.keyboard.type(file);
  await expect(page.locator("[data-tile]")).toHaveCount(1);
  await theRest(page, label).click();
  await expect(undo(page, `Accepted 1 photo as ${label}`)).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await expect.poll(() => count(theRest(page, label), /(\d+) photo/)).toBe(left - 1);
});

test("what was accepted stays, and one line says what looks different now", async ({ page }) => {
  test.setTimeout(120_000);
  await sorted(page);
  await section(page, "One").locator("[data-tile] > button.photo").first().focus();
  await theRest(page, "One").click();
  await expect(theRest(page, "One")).toHaveCount(0);
  const { length } = await accepted(page).all();
  // The one lesson of that label is corrected: the learner now takes all of them for the other.
  await teach(page, "drawing-1.png", "Two");
  const line = page.getByRole("button", { name: /accepted photos? looks? different now/ });
  await expect(line).toBeVisible();
  await line.click();
  const different = page.getByRole("button", { name: /, One, accepted, looks like Two now/ });
  await expect(different.first()).toBeVisible();
  const only = await different.count();
  await expect(page.locator("[data-tile]")).toHaveCount(only);
  await expect(line).toHaveText(new RegExp(`^${only} `));
  await line.click();
  await expect(page.locator("[data-tile]")).not.toHaveCount(only);
  expect(await count(labelRow(page, "One").locator(".count"), /(\d+)/)).toBe(length);
});

test("what is on the screen stays where it is through a lesson, until it is asked to be sorted", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await sorted(page);
  await more(page, "Finish");
  const order = async () =>
    section(page, "One")
      .locator("[data-tile]")
      .evaluateAll((all) => all.map((one) => (one instanceof HTMLElement ? one.dataset.tile : "")));
  const before = await order();
  expect(before.length).toBeGreaterThan(4);
  // The second of them is taught what it is: it stays, though it teaches now.
  await section(page, "One").locator("[data-tile] > button.photo").nth(1).focus();
  await page.keyboard.press("1");
  await expect(labelRow(page, "One")).toContainText(`${before.length - 2} left`);
  const after = await order();
  expect(after.filter((tile) => before.includes(tile))).toEqual(
    before.filter((tile) => after.includes(tile)),
  );
  await page.getByRole("button", { name: "Sort and show" }).click();
  await page.getByRole("radio", { name: "Most certain first" }).click();
  await expect.poll(async () => (await order()).indexOf(before[1] ?? "")).toBeGreaterThan(before.length - 4);
});

test("the field of the choice, opened, lists every label; of many photos the doubtful are said before", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await sorted(page);
  await section(page, "One").locator("[data-tile] > button.photo").first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("option")).toHaveCount(3);
  await dialog.getByRole("combobox").click();
  await expect(dialog.getByRole("option")).toHaveCount(4);
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("option").last()).toBeInViewport();
  await page.keyboard.press("Escape");

  await page.locator("[data-tile] > button.photo").first().focus();
  await page.keyboard.press("Control+a");
  const bar = page.getByRole("group", { name: /photos chosen/ });
  await expect(bar).toContainText("40 photos");
  const doubtful = await count(bar, /(\d+) doubtful/);
  expect(doubtful).toBeGreaterThan(0);
  await bar.getByRole("button", { name: "Only the certain ones" }).click();
  await expect(bar).toContainText(`${40 - doubtful} photos`);
});

test("sorted otherwise, and only some kinds shown", async ({ page }) => {
  test.setTimeout(120_000);
  await sorted(page);
  await more(page, "Finish");
  await page.getByRole("button", { name: "Sort and show" }).click();
  await page.getByRole("radio", { name: "Name" }).check();
  const names = async () => {
    const labels = await page
      .locator("[data-tile] > button.photo")
      .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")?.split(",")[0] ?? ""));
    return labels;
  };
  const label = await someLabel(page);
  await labelRow(page, label).click();
  const { compare } = new Intl.Collator("en", { numeric: true });
  await expect(async () => {
    const shown = await names();
    expect(shown).toEqual([...shown].sort(compare));
    expect(shown.length).toBeGreaterThan(2);
  }).toPass({ timeout: 15_000 });
  await labelRow(page, label).click();
  await page.getByRole("button", { name: "Sort and show" }).click();
  for (const kind of ["Left", "Not sure", "Accepted"]) {
    await page.getByRole("checkbox", { name: new RegExp(`^${kind}`) }).uncheck();
  }
  await expect(page.locator("[data-tile]")).toHaveCount(4);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("radio")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Sort and show" })).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("by touch: one is right, all of it is, and the count is there", async ({ page }) => {
    test.setTimeout(120_000);
    await sorted(page);
    const label = await someLabel(page);
    await section(page, label).locator("[data-tile] > button.photo").first().tap();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: `${label} is right` })
      .tap();
    await expect(page.getByText("5 of 40 done")).toBeVisible();
    await theRest(page, label).tap();
    await expect(theRest(page, label)).toHaveCount(0);
    // Everything at once: choose several, all of them, right.
    await more(page, "Choose several photos");
    await page.getByRole("button", { name: "All", exact: true }).tap();
    await expect(
      page
        .locator(".actions")
        .getByText(/\d+ photos/)
        .first(),
    ).toBeVisible();
    await page.getByRole("button", { name: /\d+ (is|are) right/ }).tap();
    await expect(page.getByText(/\d+ not sure|All done/).first()).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
  });
});

for (const screen of SCREENS) {
  test(`no violations, ${screen.name}`, async ({ page }, info) => {
    test.setTimeout(300_000);
    await showOn(page, screen);
    const expectNone = async (state: string) => {
      await page.screenshot({ path: info.outputPath(`${state}.png`) });
      await expectNoViolations(page, state);
    };
    await sorted(page);
    const label = await someLabel(page);
    await section(page, label).locator("[data-tile] > button.photo").first().click();
    await expectNone("choosing");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: `${label} is right` })
      .click();
    await expect(page.getByText("5 of 40 done")).toBeVisible();
    await expectNone("one accepted");
    await page.getByRole("button", { name: "Sort and show" }).click();
    await expectNone("sort and show");
    await page.keyboard.press("Escape");
    await theRest(page, label).click();
    await expect(theRest(page, label)).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expectNone("folded");
    await page.getByRole("checkbox", { name: "Hide what is done" }).check({ force: true });
    await expectNone("hidden");
    await labelRow(page, label).click();
    await expectNone("nothing left");
    await more(page, "Choose several photos");
    await labelRow(page, "All photos").click();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expectNone("all chosen");
  });
}
