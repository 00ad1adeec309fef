// A label's name may have sixty characters. On a wide screen it can be read wherever it stands.

import { expect, type Page, test } from "./fixtures";
import { imported, labelRow, open, teach } from "./support";

/** As long as a name may be. */
const LONG = "Outdoor furniture, garden tools and everything for the ponds";

/** What of the page's own text holds the name and does not show all of it. */
function cut(page: Page): Promise<readonly string[]> {
  return page.evaluate((name) => {
    const holds = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) =>
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.includes(name),
      ),
    );
    // What is only read out has no room of its own; what stands under a photo is the photo's own line.
    const shown = holds.filter((element) => !element.closest(".sr, .rest .of, .tile, [role=status]"));
    if (shown.length === 0) return ["the name is nowhere"];
    return shown
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
      .filter((one) => getComputedStyle(one).display !== "inline")
      .map((one) => one.outerHTML.slice(0, 160));
  }, LONG);
}

test("a long name is not cut at 1440 pixels: among the labels, over its photos, in both choices", async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  expect([...LONG]).toHaveLength(60);
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page);
  await page.getByRole("button", { name: /Try it with these/ }).click();
  await expect(page.getByText("Reading photos")).toHaveCount(0, { timeout: 60_000 });
  await imported(page);
  await teach(page, "drawing-1.png", LONG);
  await teach(page, "drawing-2.png", "Fish");
  await expect(labelRow(page, LONG)).toBeVisible();
  await page.locator("#main").evaluate((main) => main.scrollTo(0, 0));
  await expect(page.getByRole("button", { name: `The rest of ${LONG} is right` })).toBeVisible();
  await page.screenshot({ path: info.outputPath("sections.png") });
  expect(await cut(page), "among the labels and over its photos").toEqual([]);

  const guessed = page.locator("[data-tile] > button.photo").and(page.getByRole("button", { name: / sure/ }));
  await guessed.first().click();
  await page.getByRole("dialog").getByRole("combobox").click();
  expect(await cut(page), "in the choice").toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("+");
  await expect(page.getByRole("button", { name: new RegExp(LONG) }).last()).toBeVisible();
  await page.screenshot({ path: info.outputPath("closely.png") });
  expect(await cut(page), "looking closely").toEqual([]);
});
