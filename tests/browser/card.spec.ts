// The network on WebGPU, by Chromium's software adapter, against what burn computes on the CPU: the
// other half of tests/network/burn_backbone_golden.rs. The adapter takes seconds a photo, so: one batch.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures";

const left = join(import.meta.dirname, "../../test-results/burn");

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const adapter = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...adapter] });
  },
});

test("a batch on WebGPU gives the numbers of the reference, and a card that is gone says so", async ({
  page,
}) => {
  test.skip(!existsSync(left), "`cargo test --features burn` leaves the reference's numbers");
  test.setTimeout(240_000);
  for (const file of ["inputs.rgb", "outputs.f32"]) {
    await page.route(`**/${file}`, (route) => route.fulfill({ body: readFileSync(join(left, file)) }));
  }
  await page.goto("/tests/browser/blank.html");
  const found = await page.evaluate(async () => {
    const read = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
    const address = "/pkg/keepsake_burn.js";
    const burn = await import(address);
    await burn.default();
    const card = await burn.Card.open(await read("/weights/lite0.bin"));
    let lost = false;
    card.lost.then(() => {
      lost = true;
    });
    const inputs = await read("/inputs.rgb");
    const expected = new Float32Array((await read("/outputs.f32")).buffer);
    const outputs: Float32Array = await card.outputs(inputs);
    let features = 0;
    let all = 0;
    for (const [at, value] of outputs.entries()) {
      const difference = Math.abs(value - (expected[at] ?? Number.NaN));
      all = Math.max(all, difference);
      if (at % 3208 < 1280) features = Math.max(features, difference);
    }
    const code = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: { code: string }) => error.code,
      );
    const half = await code(card.outputs(inputs.subarray(1)));
    const underway = code(card.outputs(inputs));
    card.destroy();
    return {
      photos: outputs.length / 3208,
      same: outputs.length === expected.length,
      features,
      all,
      software: card.software,
      half,
      underway: await underway,
      lost,
    };
  });
  console.log(`WebGPU against flex: features differ by ${found.features}, all outputs by ${found.all}`);
  expect(found).toMatchObject({ photos: 3, same: true, software: true, lost: false });
  // Not a number is not less.
  expect(found.features).toBeLessThan(2e-2);
  expect(found.all).toBeLessThan(2e-2);
  expect(found.half).toBe("request/invalid");
  expect(found.underway).toBe("compute/failed");
});
