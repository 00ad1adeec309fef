// What the package does with photos that are right, and with where they came from; and that what an
// earlier version stored in this browser is opened with all in it.

import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { prepare } from "./package";

test.beforeEach(async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
});

test("photos are accepted, undone, found again after a reload, and refused by name", async ({ page }) => {
  const stored = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    const origin = { path: "Rome/a.jpg", size: 3, modified: 4.5, taken: null, companions: ["Rome/a.dng"] };
    const ids = await learner.addPhotos([
      { ...window.look(0, 1), name: "a.jpg", origin },
      { ...window.look(1, 1), name: "b.jpg" },
      { ...window.look(0, 2), name: "c.jpg" },
    ]);
    const [a = 0, b = 0, c = 0] = ids;
    await learner.teach(a, "Hat");
    await learner.teach(b, "Boots");
    const refused = [
      await window.code(() => learner.accept([99], 1)),
      await window.code(() => learner.accept([c], 99)),
      await window.code(() => learner.accept([c], [1, 2])),
      await window.code(() => learner.accept("c" as never, 1)),
      await window.code(() => learner.setOrigins([{ photo: c } as never])),
    ];
    const accepted = [await learner.accept([a, c], [1, 2]), await learner.accept([c], 2)];
    const moved = { path: "moved/c.jpg", size: 5, modified: 6, taken: 7 };
    const news = [
      await learner.setOrigins([{ photo: c, ...moved }]),
      await learner.setOrigins([{ photo: c, ...moved }]),
    ];
    const undo = learner.history().undo;
    const flat = [...learner.predictAll().accepted];
    await learner.close();
    return { refused, accepted, news, undo, flat };
  });
  expect(stored.refused).toEqual([
    "request/no-such-photo",
    "request/no-such-label",
    "request/invalid",
    "request/invalid",
    "request/invalid",
  ]);
  expect(stored.accepted).toEqual([1, 0]);
  expect(stored.news).toEqual([1, 0]);
  expect(stored.undo).toBe("Accepted 1 photo as Boots");
  expect(stored.flat).toEqual([-1, -1, 2]);

  await page.reload();
  await page.evaluate(prepare);
  const again = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    const before = learner.photos();
    await learner.undo();
    const undone = learner.photos()[2]?.accepted;
    await learner.accept([3], 1);
    const taken = await learner.unaccept([1, 2, 3]);
    await learner.close();
    return { before, undone, taken };
  });
  expect(again.before.map(({ accepted }) => accepted)).toEqual([null, null, 2]);
  expect(again.before.map(({ origin }) => origin)).toEqual([
    { path: "Rome/a.jpg", size: 3, modified: 4, taken: null, companions: ["Rome/a.dng"] },
    null,
    { path: "moved/c.jpg", size: 5, modified: 6, taken: 7, companions: [] },
  ]);
  expect(again.undone).toBeNull();
  expect(again.taken).toBe(1);
});

test("a database of version 1 is opened with all in it, and goes on", async ({ page }) => {
  // The frames of a journal are the values of a database: kind, table, key and length are in each.
  const journal = readFileSync("tests/reference/formats-kept/2/photos.journal");
  const frames: { table: number; key: number; bytes: number[] }[] = [];
  for (let at = 0; at < journal.length; ) {
    const end = at + 28 + journal.readUInt32LE(at + 16);
    const key = Number(journal.readBigUInt64LE(at + 8));
    if (journal[at + 5] === 1) {
      frames.push({ table: journal[at + 6] ?? 0, key, bytes: [...journal.subarray(at, end)] });
    }
    at = end;
  }
  const opened = await page.evaluate(async (frames) => {
    const tables = ["", "meta", "labels", "lessons", "photos", "thumbnails"];
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open("keepsake:photos", 1);
      opening.onupgradeneeded = () => {
        for (const name of tables.slice(1)) opening.result.createObjectStore(name);
      };
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const database = opening.result;
        const writing = database.transaction(tables.slice(1), "readwrite");
        for (const { table, key, bytes } of frames) {
          writing.objectStore(tables[table] ?? "").put(new Uint8Array(bytes), key);
        }
        writing.oncomplete = () => {
          database.close();
          resolve();
        };
      };
    });
    const learner = await window.Learner.open();
    const [one, two] = learner.photos();
    const accepted = await learner.accept([two?.id ?? 0], two?.label ?? 1);
    const seen = {
      problems: learner.problems(),
      labels: learner.labels().map(({ name, lessons }) => `${name} ${lessons}`),
      names: [one?.name, two?.name],
      picture: (await learner.thumbnail(two?.id ?? 0))?.size ?? 0,
      accepted,
      undo: learner.history().undo,
    };
    await learner.close();
    return seen;
  }, frames);
  expect(opened).toEqual({
    problems: [],
    labels: ["None of these 1", "Hat 1", "Boots – été 1"],
    names: ["kind 0, 0.jpg", "kind 1, 1.jpg"],
    picture: expect.any(Number),
    accepted: 1,
    undo: "Accepted 1 photo as Hat",
  });
  expect(opened.picture).toBeGreaterThan(0);
});
