// Drawing, naming and teaching on the page that learns from nothing, as a person does it.

import { expect, type Locator, type Page } from "./fixtures";

type Lines = readonly (readonly (readonly [number, number])[])[];

/** A polygon's corners; many make a ring. */
function ring(corners: number): Lines {
  const turn = (2 * Math.PI) / corners;
  const corner = (i: number): [number, number] => [
    0.5 + 0.3 * Math.cos(i * turn),
    0.5 + 0.3 * Math.sin(i * turn),
  ];
  return [Array.from({ length: corners + 1 }, (_, i) => corner(i))];
}

/** Three kinds of drawing, as lines on a pad of 1 × 1. */
const KINDS: Record<"Ring" | "Cross" | "Bars", Lines> = {
  Ring: ring(16),
  Cross: [
    [
      [0.2, 0.2],
      [0.8, 0.8],
    ],
    [
      [0.8, 0.2],
      [0.2, 0.8],
    ],
  ],
  Bars: [0.25, 0.5, 0.75].map((y) => [
    [0.2, y],
    [0.8, y],
  ]),
};
export type Kind = keyof typeof KINDS;
export const NAMES: readonly Kind[] = ["Ring", "Cross", "Bars"];

export async function open(page: Page): Promise<void> {
  await page.goto("/?from-nothing");
  await expect(pad(page)).toBeVisible({ timeout: 120_000 });
}

export function pad(page: Page): Locator {
  return page.getByRole("img", { name: /^Drawing pad/ });
}

/** A drawing's lines on a pad that lies here; every turn a little elsewhere, smaller and askew. */
export function strokes(
  kind: Kind,
  pad: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  turn: number,
): Lines {
  const size = 1 - 0.12 * (turn % 3);
  const askew = 0.04 * ((turn % 5) - 2);
  const at = ([x, y]: readonly [number, number]): readonly [number, number] => [
    pad.x + pad.width * (0.5 + (x - 0.5 + askew * (y - 0.5)) * size + 0.02 * (turn % 2)),
    pad.y + pad.height * (0.5 + (y - 0.5) * size),
  ];
  return KINDS[kind].map((line) => line.map(at));
}

/** Draws with the mouse; every turn a little elsewhere, smaller and askew. */
export async function draw(page: Page, kind: Kind, turn = 0): Promise<void> {
  // On an empty pad it is marked as having nothing to do.
  await page.getByRole("button", { name: "Clear", exact: true }).click({ force: true });
  await pad(page).scrollIntoViewIfNeeded();
  const box = await pad(page).boundingBox();
  if (!box) throw new Error("the pad is not shown");
  for (const line of strokes(kind, box, turn)) {
    const [first, ...rest] = line;
    if (!first) continue;
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...point, { steps: 4 });
    await page.mouse.up();
  }
}

/** Names what is on the pad: by its button, or by typing a new name. */
export async function name(page: Page, label: string): Promise<void> {
  const chips = page.getByRole("group", { name: "Teach this as" });
  const known = chips.getByRole("button", { name: label });
  if ((await known.count()) > 0) return known.click();
  await chips.getByRole("button", { name: /^New/ }).click();
  const field = chips.getByRole("textbox");
  await field.fill(label);
  await field.press("Enter");
}

export async function teach(page: Page, kind: Kind, turn = 0): Promise<void> {
  await draw(page, kind, turn);
  await name(page, kind);
  await expect(page.getByRole("heading", { name: `Learned ${kind}` })).toBeVisible({ timeout: 120_000 });
}

export async function expectKnown(page: Page, kind: Kind, turn: number): Promise<void> {
  await draw(page, kind, turn);
  await expect(page.locator(".guess")).toContainText(`${kind},`);
}

export function taught(page: Page, label: string, pictures: number): Locator {
  const words = `${label}, ${pictures} ${pictures === 1 ? "picture" : "pictures"}`;
  return page.getByRole("navigation", { name: "Labels" }).getByRole("button", { name: words });
}
