// Who follows another tab reads what that one changed, and everything anew where it missed something.

import { expect, type Page, test } from "./fixtures";
import { prepare } from "./package";
import { labelRow, ready } from "./support";

/** A tab that writes as the page does: it holds the pen, and tells what it changed unless it is `silent`. */
async function writer(page: Page): Promise<void> {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
  await page.evaluate(async () => {
    await new Promise<void>((held) => {
      void navigator.locks.request("keepsake:pen:photos", () => {
        held();
        return new Promise(() => undefined);
      });
    });
    const learner = await window.Learner.open({ name: "photos" });
    await learner.changes();
    const channel = new BroadcastChannel("keepsake:photos");
    Object.assign(window, {
      act: async (what: string, silent: boolean) => {
        const photos = learner.photos();
        const named = (name: string) => photos.find((photo) => photo.name === name)?.id ?? 0;
        const label = (name: string) => learner.labels().find((one) => one.name === name)?.id ?? 0;
        const add = (first: number, count: number) =>
          learner.addPhotos(
            Array.from({ length: count }, (_, at) => ({
              ...window.look((first + at) % 2, first + at),
              name: `${(first + at) % 2 ? "boot" : "hat"}-${first + at}.jpg`,
            })),
          );
        if (what === "add") await add(0, 12);
        if (what === "more") await add(12, 2);
        if (what === "hat") await learner.teach(named("hat-0.jpg"), "Hat");
        if (what === "boot") await learner.teach(named("boot-1.jpg"), "Boots");
        if (what === "wrong") await learner.teach(named("hat-2.jpg"), "Wellies");
        if (what === "accept") await learner.accept([named("hat-4.jpg")], [label("Hat")]);
        if (what === "rename") await learner.rename(label("Boots"), "Wellies");
        if (what === "remove") await learner.removePhotos([named("boot-3.jpg")]);
        if (what === "undo") await learner.undo();
        const changes = await learner.changes();
        if (!silent) channel.postMessage(changes ? { changes, undo: learner.history().undo } : "changed");
      },
    });
  });
}

const act = (page: Page, what: string, silent = false) =>
  page.evaluate(
    ([what, silent]) =>
      (window as unknown as { act(what: string, silent: boolean): Promise<void> }).act(what, silent),
    [what, silent] as const,
  );

const photos = (page: Page) => page.locator("[data-tile] > button.photo");
const photo = (page: Page, name: string) =>
  photos(page).and(page.getByRole("button", { name: new RegExp(`^${name},`) }));

test("a tab that follows shows each change, also after one that it was not told of", async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const other = await context.newPage();
  await writer(other);
  await act(other, "add");
  await page.goto("/");
  await ready(page);
  await expect(page.getByText("Another tab is teaching.")).toBeVisible();
  await expect(photos(page)).toHaveCount(12);
  await act(other, "hat");
  await expect(labelRow(page, "Hat")).toContainText("1 taught");
  await act(other, "boot");
  await expect(photo(page, "boot-1.jpg")).toHaveAttribute("aria-label", "boot-1.jpg, Boots, taught");
  await expect(photo(page, "boot-5.jpg")).toHaveAttribute("aria-label", /, Boots .*% sure/);
  await act(other, "rename");
  await expect(labelRow(page, "Wellies")).toContainText("1 taught");
  await act(other, "more");
  await expect(photos(page)).toHaveCount(14);
  await act(other, "remove");
  await expect(photos(page)).toHaveCount(13);
  await act(other, "undo");
  await expect(photos(page)).toHaveCount(14);
  await expect(photo(page, "boot-3.jpg")).toBeVisible();
  // This one nobody hears of; with the next one it is seen, too.
  await act(other, "accept", true);
  await act(other, "wrong");
  const wrong = photo(page, "hat-2.jpg");
  await expect(wrong).toHaveAttribute("aria-label", "hat-2.jpg, Wellies, taught");
  await expect(photo(page, "hat-4.jpg")).toHaveAttribute("aria-label", /Hat, accepted/);
  await act(other, "undo");
  await expect(wrong).not.toHaveAttribute("aria-label", /taught$/);
  // All that was seen is so.
  await page.reload();
  await ready(page);
  await expect(photos(page)).toHaveCount(14);
  await expect(photo(page, "boot-1.jpg")).toHaveAttribute("aria-label", "boot-1.jpg, Wellies, taught");
  await expect(photo(page, "hat-4.jpg")).toHaveAttribute("aria-label", /Hat, accepted/);
  await expect(wrong).not.toHaveAttribute("aria-label", /taught$/);
});

test("what is followed is what is stored, and a gap is noticed", async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
  const seen = await page.evaluate(async () => {
    const { Learner, look } = window;
    const name = "followed";
    const writer = await Learner.open({ name });
    const first = await writer.changes();
    const ids = await writer.addPhotos(
      Array.from({ length: 9 }, (_, at) => ({ ...look(at % 3, at), name: `${at}` })),
    );
    await writer.changes();
    const reader = await Learner.open({ name, readOnly: true });
    const all = (one: typeof writer) => {
      const { photos, taught, accepted, rankedLabels, rankedProbabilities } = one.predictAll();
      const parts = [photos, taught, accepted, rankedLabels, rankedProbabilities].map((part) => [...part]);
      return JSON.stringify([parts, one.labels(), one.photos(), one.lessons(), one.bursts()]);
    };
    /** Whether it was followed, and then was as one that is opened anew. */
    const follow = async () => {
      const changes = await writer.changes();
      const followed = changes !== undefined && (await reader.follow(changes));
      const fresh = await Learner.open({ name, readOnly: true });
      const equal = all(fresh) === all(reader);
      await fresh.close();
      return followed && equal;
    };
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = ids;
    const steps: (() => Promise<unknown>)[] = [
      () => writer.teach(a, "A"),
      () => writer.teach([b, c], "B"),
      () => writer.teachAlike([d], [e], "A"),
      () => writer.rename(1, "Z"),
      () => writer.teach(b, "Z"),
      () => writer.undo(),
      () => writer.redo(),
      () => writer.mergeLabels(2, 1),
      () => writer.undo(),
      () => writer.removePhotos([a, e]),
      () => writer.undo(),
      () => writer.removeLabel(1),
      () => writer.undo(),
      () => writer.setOrigins([{ photo: c, path: "x/c.jpg", size: 3, modified: 4, companions: ["x/c.dng"] }]),
    ];
    const followed: boolean[] = [];
    for (const step of steps) {
      await step();
      followed.push(await follow());
    }
    // One that was missed, and one that comes too late.
    await writer.accept([f], [1]);
    const missed = await writer.changes();
    await writer.takeBack([f]);
    const next = await writer.changes();
    const before = all(reader);
    const refused = [next && (await reader.follow(next)), missed && (await reader.follow(missed))];
    const untouched = all(reader) === before;
    const code = await window.code(() => reader.follow({} as never));
    await reader.close();
    await writer.close();
    return { first, followed, refused, untouched, code };
  });
  expect(seen.first).toBeUndefined();
  expect(seen.followed).toEqual(Array.from({ length: 14 }, () => true));
  expect(seen.refused).toEqual([false, false]);
  expect(seen.untouched).toBe(true);
  expect(seen.code).toBe("request/invalid");
});
