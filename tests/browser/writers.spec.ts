// Many tabs write to one collection, and each takes it from the others in the middle of their work.

import { expect, test } from "./fixtures";
import { prepare } from "./package";

const LESSONS = 200;
const TAKEN = 50;

for (const tabs of [2, 5]) {
  test(`${tabs} tabs: ${LESSONS} lessons, taken over ${TAKEN} times, and every one is there once`, async ({
    context,
  }) => {
    test.setTimeout(90_000);
    const pages = await Promise.all(Array.from({ length: tabs }, () => context.newPage()));
    for (const page of pages) {
      await page.goto("/tests/browser/blank.html");
      await page.evaluate(prepare);
    }
    const each = { lessons: LESSONS / tabs, taken: Math.ceil(TAKEN / tabs) };
    const worked = await Promise.all(
      pages.map((page, tab) =>
        page.evaluate(
          async ([tab, lessons, taken, tabs]) => {
            const random = (below: number) => Math.floor(Math.random() * below);
            const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
            const label = `Tab ${tab}`;
            /** A file with one lesson, as another device would have made it. */
            const file = async (name: string, seed: number) => {
              const other = await window.Learner.open({ storage: "memory" });
              const [id] = await other.addPhotos([{ ...window.look(tab, seed), name }]);
              await other.teach(id ?? 0, label);
              const bytes = await other.export();
              await other.close();
              return bytes;
            };
            const acknowledged: string[] = [];
            let took = 0;
            let refused = 0;
            let learner = await window.Learner.open();
            const take = async () => {
              took++;
              await learner.close();
              learner = await window.Learner.open();
            };
            for (let n = 0; n < lessons || took < taken; ) {
              const name = `${tab}-${n}`;
              try {
                if (n >= lessons || random(8) === 0) await take();
                if (n >= lessons) {
                  await pause(random(200));
                  continue;
                }
                if (n % 10 === 9) {
                  await learner.import(await file(name, n), "merge");
                } else {
                  const [id] = await learner.addPhotos([{ ...window.look(tab, n), name }]);
                  await learner.teach(id ?? 0, label);
                }
                acknowledged.push(name);
                n++;
              } catch (thrown) {
                if ((thrown as { code?: string }).code !== "storage/busy") throw thrown;
                refused++;
                // Longer the more there are, or nobody would come to write between two takes.
                await pause(random(200 * tabs));
                await take();
              }
            }
            await learner.close();
            return { acknowledged, took, refused };
          },
          [tab, each.lessons, each.taken, tabs] as const,
        ),
      ),
    );
    expect(worked.reduce((sum, it) => sum + it.took, 0)).toBeGreaterThanOrEqual(TAKEN);
    expect(worked.reduce((sum, it) => sum + it.refused, 0)).toBeGreaterThan(0);
    const acknowledged = worked.flatMap((it) => it.acknowledged);
    expect(acknowledged.length).toBe(LESSONS);

    const seen = await Promise.all(
      pages.map((page) =>
        page.evaluate(async () => {
          const learner = await window.Learner.open({ readOnly: true });
          const names = new Map(learner.labels().map(({ id, name }) => [id, name]));
          const photos = learner.photos().map(({ name, label }) => [name, names.get(label ?? -1)]);
          const answers = [...learner.predictAll().rankedProbabilities];
          const lessons = learner.labels().map((it) => it.lessons);
          const problems = learner.problems();
          await learner.close();
          return { photos, answers, lessons, problems };
        }),
      ),
    );
    const [first] = seen;
    const expected = acknowledged.map((name) => [name, `Tab ${name.split("-")[0]}`]);
    expect(first?.photos.sort()).toEqual(expected.sort());
    expect(first?.lessons.sort()).toEqual([0, ...Array(tabs).fill(each.lessons)].sort());
    expect(first?.problems).toEqual([]);
    for (const other of seen) expect(other.answers).toEqual(first?.answers);
  });
}

test("who takes a collection over lets the other end what it does, and waits for none that hangs", async ({
  context,
}) => {
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) {
    await page.goto("/tests/browser/blank.html");
    await page.evaluate(prepare);
  }
  await first.evaluate(async () => {
    const learner = await window.Learner.open();
    await learner.addPhotos([{ ...window.look(0, 0), name: "first" }]);
    await learner.close();
  });
  // An action is under way whenever the other comes.
  const importFile = () =>
    first.evaluate(async () => {
      const learner = await window.Learner.open();
      Object.assign(window, { learner });
      const other = await window.Learner.open({ storage: "memory" });
      const looks = Array.from({ length: 1000 }, (_, seed) => ({ ...window.look(1, seed % 250), name: "a" }));
      for (const [at, look] of looks.entries())
        look.key = look.key.map((_, i) => (at >> (8 * (i % 2))) & 255);
      await other.addPhotos(looks);
      const file = await other.export();
      const imported = learner.import(file, "replace");
      new BroadcastChannel("begun").postMessage("begun");
      return (await imported).photos;
    });
  const takeOver = () =>
    second.evaluate(async () => {
      const begun = new BroadcastChannel("begun");
      await new Promise((resolve) => begun.addEventListener("message", resolve));
      const learner = await window.Learner.open();
      const photos = learner.photos().length;
      await learner.close();
      return photos;
    });
  for (let round = 0; round < 3; round++) {
    const taking = takeOver();
    // It listens by then.
    await second.evaluate(() => undefined);
    expect(await Promise.all([importFile(), taking])).toEqual([1000, 1000]);
    const after = await first.evaluate(() => {
      const { learner } = window as unknown as { learner: import("keepsake").Learner };
      return window.code(() => learner.addLabel("Hat"));
    });
    expect(after).toBe("storage/busy");
  }

  // This one never answers.
  await first.evaluate(() => {
    void navigator.locks.request("keepsake:writer:photos", () => new Promise(() => undefined));
  });
  const waited = await second.evaluate(async () => {
    const start = performance.now();
    const learner = await window.Learner.open();
    await learner.addLabel("Hat");
    await learner.close();
    return performance.now() - start;
  });
  expect(waited).toBeGreaterThan(2_500);
  expect(waited).toBeLessThan(20_000);
});
