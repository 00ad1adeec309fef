// The screens that a state is looked at on, and what axe says of it there.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "./fixtures";

export const SCREENS = [
  { name: "wide, light", width: 1440, height: 900, scheme: "light" },
  { name: "wide, dark", width: 1440, height: 900, scheme: "dark" },
  { name: "phone, light", width: 390, height: 844, scheme: "light" },
  { name: "phone, dark", width: 390, height: 844, scheme: "dark" },
] as const;

export async function showOn(page: Page, screen: (typeof SCREENS)[number]): Promise<void> {
  await page.setViewportSize({ width: screen.width, height: screen.height });
  await page.emulateMedia({ colorScheme: screen.scheme, reducedMotion: "reduce" });
}

export async function expectNoViolations(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(found, state).toEqual([]);
}
