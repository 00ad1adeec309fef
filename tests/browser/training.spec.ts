// Training on a graphics card is training on the processor: the other half of
// tests/scratch/keras_parity.rs. The card is the one that every Chromium has, a program that plays one,
// so only a few steps are taken.

import type * as Burn from "keepsake/burn";
import { expect, test } from "./fixtures";

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const adapter = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...adapter] });
  },
});
test.describe.configure({ timeout: 600_000 });

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

test("what was learned on the card is stored, and goes on on the processor", async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  const found = await page.evaluate(async () => {
    const address = "/pkg/keepsake_burn.js";
    const burn: typeof Burn = await import(address);
    await burn.default();
    /** A bar, upright or lying. */
    const bar = (upright: boolean) => {
      const context = new OffscreenCanvas(28, 28).getContext("2d");
      if (!context) throw new Error("There is no canvas.");
      context.fillStyle = "white";
      context.fillRect(0, 0, 28, 28);
      context.fillStyle = "black";
      if (upright) context.fillRect(11, 3, 6, 22);
      else context.fillRect(3, 11, 22, 6);
      return context.getImageData(0, 0, 28, 28);
    };
    const options = { name: "on-a-card", preset: "article", rehearsal: false, maxIter: 3 } as const;
    const card = await burn.Scratch.open({ ...options, device: "webgpu" });
    const { device } = card.state();
    let steps = 0;
    await card.teach(bar(true), "Upright", () => {
      steps++;
    });
    await card.teach(bar(false), "Lying");
    const there = (await card.predict(bar(false))).ranked;
    await card.close();
    const cpu = await burn.Scratch.open({ ...options, device: "cpu" });
    const here = (await cpu.predict(bar(false))).ranked;
    await cpu.delete();
    return { device, steps, there, here };
  });
  expect(found.device).toBe("webgpu");
  expect(found.steps).toBe(3);
  expect(found.there.map(({ name }) => name).sort()).toEqual(found.here.map(({ name }) => name).sort());
  for (const { name, probability } of found.there) {
    expect(found.here.find((guess) => guess.name === name)?.probability, name).toBeCloseTo(probability, 3);
  }
  expect(found.there[0]?.name).toBe("Lying");
});
