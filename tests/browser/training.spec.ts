// Training on a graphics card is training on the processor: the other half of
// tests/scratch_keras_parity.rs. The card is the one that every Chromium has, a program that plays one,
// so only a few steps are taken.
import { expect, test } from "@playwright/test";
import type * as Burn from "keepsake/burn";

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const adapter = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...adapter] });
  },
});
test.describe.configure({ timeout: 300_000 });

test("the card learns what the processor learns, step for step", async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  const [cpu, card] = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    await burn.default();
    const losses = async (card: boolean) => {
      const training = await burn.TrainStep.open(3, card);
      return [...(await training.run(4))];
    };
    return [await losses(false), await losses(true)];
  });
  expect(cpu).toHaveLength(4);
  expect(cpu.at(-1)).toBeLessThan(Number(cpu[0]) / 2);
  cpu.forEach((loss, step) => {
    expect(card[step], `loss before step ${step + 1}`).toBeCloseTo(loss, 4);
  });
});
