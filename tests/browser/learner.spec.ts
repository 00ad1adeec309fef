// The learner of the package in a real browser: its answers, its storage, and what it says to callers
// who ask for nonsense. What it learns is tested natively; here is what only a browser has.

import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures";
import { prepare } from "./package";

test.beforeEach(async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(prepare);
});

test("the same file taught again is corrected, also after a reload", async ({ page }) => {
  const teach = (label: string) =>
    page.evaluate(async (label) => {
      const learner = await window.Learner.open();
      const lesson = await learner.teach(window.look(3, 5), label);
      const taught = learner.labels().map(({ name, lessons }) => [name, lessons]);
      await learner.close();
      return { lesson, taught };
    }, label);
  const first = await teach("Hat");
  expect(first.lesson).toEqual({ id: 1, label: 1, photo: null, key: `0305${"00".repeat(30)}` });
  await page.reload();
  await page.evaluate(prepare);
  const second = await teach("Boots");
  expect(second.lesson).toEqual({ ...first.lesson, label: 2 });
  expect(second.taught).toEqual([
    ["None of these", 0],
    ["Hat", 0],
    ["Boots", 1],
  ]);
});

test("every lesson is listed, as it is now and after a reload", async ({ page }) => {
  const taught = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    const none = learner.lessons();
    const [id = 0] = await learner.addPhotos([{ ...window.look(0, 0), name: "hat.jpg" }]);
    await learner.teach(id, "Hat");
    const boots = await learner.teach(window.look(1, 1), "Boots");
    const wrong = await learner.teach(window.look(1, 2), "Hat");
    await learner.correct(boots.id, "Shoes");
    await learner.unteach(wrong.id);
    const lessons = learner.lessons();
    await learner.close();
    return { none, lessons, closed: await window.code(() => learner.lessons()) };
  });
  const key = (kind: number, seed: number) => `0${kind}0${seed}${"00".repeat(30)}`;
  expect(taught).toEqual({
    none: [],
    lessons: [
      { id: 1, label: 1, photo: 1, key: key(0, 0) },
      { id: 2, label: 3, photo: null, key: key(1, 1) },
    ],
    closed: "request/closed",
  });
  await page.reload();
  await page.evaluate(prepare);
  const again = await page.evaluate(async () => (await window.Learner.open()).lessons());
  expect(again).toEqual(taught.lessons);
});

test("says why in the bits that it has natively", async ({ page }) => {
  // The other half is in tests/learner/why.rs.
  const lines = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    const looks = [0, 1, 2].flatMap((kind) => [0, 1, 2, 3].map((seed) => window.look(kind, seed)));
    const ids = await learner.addPhotos(looks.map((look, at) => ({ ...look, name: `${at}.jpg` })));
    for (const [kind, name] of ["A", "B", "C"].entries()) {
      await learner.teach(ids.slice(4 * kind, 4 * kind + 2), name);
    }
    const bits = (value: number) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, value);
      return view.getBigUint64(0).toString(16).padStart(16, "0");
    };
    const lines = ids.map((id) => {
      const why = learner.why(id);
      if (!why) return "nothing";
      const speakers = why.speakers.flatMap((of) => [of.lesson, bits(of.speaks), bits(of.share)]);
      return [why.label, bits(why.lead), bits(why.rest), ...speakers].join(" ");
    });
    const fewer = learner.why(ids[3] ?? 0, 1);
    const missing = await window.code(() => learner.why(99));
    const same = JSON.stringify(learner.photo(ids[5] ?? 0)) === JSON.stringify(learner.photos()[5]);
    const key = learner.photo(ids[5] ?? 0).key;
    await learner.close();
    return { lines, fewer: fewer?.speakers.map(({ photo }) => photo), missing, same, key };
  });
  expect(lines.lines).toEqual(readFileSync("tests/reference/why.txt", "utf8").trim().split("\n"));
  expect(lines.fewer).toHaveLength(1);
  expect(lines.same).toBe(true);
  expect(lines.key).toBe(`0101${"00".repeat(30)}`);
  expect(lines.missing).toBe("request/no-such-photo");
});

test("teaches, sorts, corrects, takes back, and finds it all again after a reload", async ({ page }) => {
  const first = await page.evaluate(async () => {
    const learner = await window.Learner.open();
    const photos = [0, 1, 2].flatMap((kind) =>
      [0, 1, 2, 3].map((seed) => ({ ...window.look(kind, seed), name: `${kind}-${seed}.jpg` })),
    );
    const ids = await learner.addPhotos(photos);
    for (const [at, name] of ["Hat", "Boots", "Skirt"].entries()) {
      await learner.teach(ids.slice(at * 4, at * 4 + 2), name);
    }
    const wrong = await learner.teach(ids[2] ?? 0, "Boots");
    const corrected = await learner.correct(wrong.id, "Hat");
    await learner.unteach(corrected.id);
    const all = learner.predictAll();
    const blob = await learner.thumbnail(ids[5] ?? 0);
    const state = {
      ids,
      wrong: wrong.label,
      corrected,
      history: learner.history(),
      labels: learner.labels(),
      photos: learner.photos(),
      taught: [...all.taught],
      likeliest: [...all.rankedLabels].filter((_, at) => at % 3 === 0),
      probabilities: [...all.rankedProbabilities],
      one: await learner.predict(ids[11] ?? 0),
      other: await learner.predict(window.look(1, 99)),
      thumbnail: [blob?.type, ...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer())],
      report: learner.report(),
    };
    await learner.close();
    return state;
  });
  expect(first.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(first.wrong).toBe(2);
  expect(first.corrected).toEqual({ id: 7, label: 1, photo: 3, key: `0002${"00".repeat(30)}` });
  expect(first.history).toEqual({ undo: "Took back a lesson of Hat", redo: null });
  expect(first.labels).toEqual([
    { id: 0, name: "None of these", slot: 0, lessons: 0 },
    { id: 1, name: "Hat", slot: 1, lessons: 2 },
    { id: 2, name: "Boots", slot: 2, lessons: 2 },
    { id: 3, name: "Skirt", slot: 3, lessons: 2 },
  ]);
  const untold = { width: 640, height: 480, accepted: null, origin: null };
  const [one, three] = ["00".repeat(32), `0002${"00".repeat(30)}`];
  expect(first.photos[0]).toEqual({ ...untold, id: 1, key: one, name: "0-0.jpg", lesson: 1, label: 1 });
  expect(first.photos[2]).toEqual({
    ...untold,
    id: 3,
    key: three,
    name: "0-2.jpg",
    lesson: null,
    label: null,
  });
  expect(first.taught).toEqual([1, 1, -1, -1, 2, 2, -1, -1, 3, 3, -1, -1]);
  expect(first.likeliest).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  expect(first.one.name).toBe("Skirt");
  expect(first.one.ranked.map((ranked) => ranked.probability).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect(first.other.label).toBe(2);
  expect(first.thumbnail).toEqual(["image/jpeg", 0xff, 0xd8, 1, 1]);
  expect(first.report.balancedAccuracy).toBe(1);
  expect(first.report.confusion).toEqual([
    [2, 0, 0],
    [0, 2, 0],
    [0, 0, 2],
  ]);

  await page.reload();
  await page.evaluate(prepare);
  const again = await page.evaluate(async () => {
    const learner = await window.Learner.open({ name: "photos", storage: "indexeddb" });
    const state = {
      labels: learner.labels(),
      photos: learner.photos(),
      probabilities: [...learner.predictAll().rankedProbabilities],
      history: learner.history(),
      problems: learner.problems(),
    };
    await learner.close();
    return state;
  });
  expect(again.labels).toEqual(first.labels);
  expect(again.photos).toEqual(first.photos);
  expect(again.probabilities).toEqual(first.probabilities);
  expect(again.history).toEqual(first.history);
  expect(again.problems).toEqual([]);
});

test("calls that do not wait take turns, in order", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const learner = await window.Learner.open({ name: "turns" });
    const [photo = 0] = await learner.addPhotos([{ ...window.look(0, 0), name: "a.jpg" }]);
    const names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    const teaching = names.map((name) => learner.teach(photo, name));
    const during = learner.labels().length;
    const reads = [learner.photos().length, learner.predictAll().photos.length];
    const undone = learner.undo();
    const closing = learner.close();
    const late = await window.code(() => learner.teach(photo, "late"));
    const lessons = await Promise.all(teaching);
    await closing;
    learner.free();
    const reopened = await window.Learner.open({ name: "turns" });
    const labels = reopened.labels().map((label) => `${label.name} ${label.lessons}`);
    await reopened.close();
    return { during, reads, late, lessons, undone: await undone, labels };
  });
  expect(seen.during).toBe(1);
  expect(seen.reads).toEqual([1, 1]);
  expect(seen.late).toBe("request/closed");
  expect(seen.lessons.map((lesson) => [lesson.id, lesson.label])).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [1, n]),
  );
  expect(seen.undone).toBe("Taught H");
  expect(seen.labels).toEqual(["None of these 0", "A 0", "B 0", "C 0", "D 0", "E 0", "F 0", "G 1"]);
});

test("nonsense gets a sentence and a code", async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const learner = await window.Learner.open({ storage: "memory" });
    const [photo = 0] = await learner.addPhotos([{ ...window.look(0, 0), name: "a.jpg" }]);
    // As a program without types would call it.
    // biome-ignore lint/suspicious/noExplicitAny: that is what is tested
    const untyped = learner as any;
    const code = window.code;
    const { name: _, ...nameless } = { ...window.look(0, 1), name: "" };
    const codes = {
      noPhoto: await code(() => learner.teach(99, "Hat")),
      noLabel: await code(() => learner.teach(photo, 99)),
      noLesson: await code(() => learner.correct(99, "Hat")),
      empty: await code(() => learner.teach(photo, "  ")),
      none: await code(() => learner.teach([], "Hat")),
      fraction: await code(() => learner.teach(1.5, "Hat")),
      negative: await code(() => learner.unteach(-1)),
      undefined: await code(() => untyped.teach()),
      string: await code(() => untyped.removePhotos("all")),
      nullName: await code(() => untyped.addLabel(null)),
      raw: await code(() => learner.teach(new Uint8Array([1, 2, 3]), "Hat")),
      nameless: await code(() => untyped.addPhotos([nameless])),
      cut: await code(() => learner.predict({ ...window.look(0, 0), feature: new Uint8Array(6414) })),
      otherEye: await code(() => learner.predict(window.look(0, 0, 8))),
      otherEyeAdded: await code(() => learner.addPhotos([{ ...window.look(0, 1, 8), name: "b.jpg" }])),
      noise: await code(() => learner.rename(0, "Nothing")),
      undo: await code(() => learner.redo()),
      foreign: await code(() => learner.import(new TextEncoder().encode("hello"))),
      how: await code(() => untyped.import(new Uint8Array(), "somehow")),
      storage: await code(() => untyped.constructor.open({ storage: "cloud" })),
      weights: await code(() => window.Learner.open({ storage: "memory", weights: new Uint8Array(100) })),
    };
    await learner.addLabel("Hat");
    const more = {
      exists: await code(() => learner.addLabel("hAT ")),
      photos: learner.photos().length,
    };
    await learner.close();
    return {
      ...codes,
      ...more,
      closed: await code(() => learner.labels()),
      twice: await code(() => learner.close()),
    };
  });
  expect(codes).toEqual({
    noPhoto: "request/no-such-photo",
    noLabel: "request/no-such-label",
    noLesson: "request/no-such-lesson",
    empty: "request/empty-label",
    none: "request/invalid",
    fraction: "request/invalid",
    negative: "request/invalid",
    undefined: "request/invalid",
    string: "request/invalid",
    nullName: "request/invalid",
    raw: "request/invalid",
    nameless: "request/invalid",
    cut: "request/invalid",
    otherEye: "storage/other-backbone",
    otherEyeAdded: "storage/other-backbone",
    noise: "request/noise-is-fixed",
    undo: "request/nothing-to-do",
    foreign: "import/foreign",
    how: "request/invalid",
    storage: "request/invalid",
    weights: "weights/format",
    exists: "request/label-exists",
    photos: 1,
    closed: "request/closed",
    twice: "request/closed",
  });
});

test("a file takes everything to another collection", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const one = await window.Learner.open({ name: "one" });
    const ids = await one.addPhotos(
      [0, 1, 2].map((seed) => ({ ...window.look(seed % 2, seed), name: `${seed}.jpg` })),
    );
    await one.teach(ids[0] ?? 0, "Hat");
    await one.teach(ids[1] ?? 0, "Boots");
    const file = await one.export();
    const two = await window.Learner.open({ name: "two" });
    const summary = await two.import(file, "replace");
    const again = await two.import(file);
    const altered = file.slice();
    altered[100] = (altered[100] ?? 0) ^ 1;
    const refused = await window.code(() => two.import(altered, "replace"));
    const same =
      JSON.stringify([...two.predictAll().rankedProbabilities]) ===
      JSON.stringify([...one.predictAll().rankedProbabilities]);
    const thumbnail = await (await two.thumbnail(2))?.arrayBuffer();
    const state = {
      summary,
      again,
      refused,
      same,
      labels: two.labels().length,
      thumbnail: thumbnail?.byteLength,
    };
    await two.undo();
    const undone = two.photos().length;
    await Promise.all([one.close(), two.close()]);
    return { ...state, undone };
  });
  expect(seen).toEqual({
    summary: { labels: 2, photos: 3, lessons: 2, kept: 0 },
    again: { labels: 0, photos: 0, lessons: 0, kept: 0 },
    refused: "import/damaged",
    same: true,
    labels: 3,
    thumbnail: 4,
    undone: 0,
  });
});

test("of many photos all come back, in pieces as in one file, and what is new is told alone", async ({
  page,
}) => {
  const said = await page.evaluate(async () => {
    // More than are read at once, from the storage and for a file; the file is more than one piece.
    const many = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({
        ...window.look(at % 2, from + at),
        name: `${from + at}.jpg`,
        thumbnail: new Blob([new Uint8Array(3_000).fill(from + at)]),
      }));
    const one = await window.Learner.open({ name: "many" });
    const ids = await one.addPhotos(many(0, 1_003));
    await one.teach(ids[0] ?? 0, "Hat");
    await one.teach(ids[1] ?? 0, "Boots");
    const last = ids.at(-1) ?? 0;
    await one.addPhotos(many(1_003, 1_010), true);
    const all = one.predictAll();
    const news = one.predictAll(last);
    const file = await one.export();
    const blob = await one.exportBlob();
    await one.close();
    const again = await window.Learner.open({ name: "many" });
    const same = new Uint8Array(await blob.arrayBuffer());
    const other = await again.export();
    return {
      news: [...news.photos].join() === [...all.photos].slice(1_003).join(),
      probabilities:
        [...news.rankedProbabilities].join() === [...all.rankedProbabilities].slice(3 * 1_003).join(),
      none: again.predictAll(Number.MAX_SAFE_INTEGER).photos.length,
      photos: again.photos().length,
      size: file.length,
      blob: same.length === file.length && same.every((byte, at) => byte === file[at]),
      reopened: other.length === file.length && other.every((byte, at) => byte === file[at]),
      refused: await window.code(() => again.predictAll(-1)),
    };
  });
  expect(said).toEqual({
    news: true,
    probabilities: true,
    none: 0,
    photos: 1_010,
    size: expect.any(Number),
    blob: true,
    reopened: true,
    refused: "request/invalid",
  });
  expect(said.size).toBeGreaterThan(8 << 20);
});

test("a follower sees what was written and writes nothing", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const writer = await window.Learner.open({ name: "shared" });
    const [photo = 0] = await writer.addPhotos([{ ...window.look(0, 0), name: "a.jpg" }]);
    await writer.teach(photo, "Hat");
    const follower = await window.Learner.open({ name: "shared", readOnly: true });
    const labels = follower.labels().map((label) => label.name);
    const busy = await window.code(() => follower.teach(photo, "Boots"));
    const thumbnail = (await follower.thumbnail(photo))?.size;
    await Promise.all([writer.close(), follower.close()]);
    return { labels, busy, thumbnail };
  });
  expect(seen).toEqual({ labels: ["None of these", "Hat"], busy: "storage/busy", thumbnail: 4 });
});

test("of two that are open for writing the later one writes, and the earlier is told", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const first = await window.Learner.open();
    await first.teach(window.look(0, 0), "Hat");
    const second = await window.Learner.open();
    const told = await window.code(() => first.teach(window.look(1, 0), "Boots"));
    await second.teach(window.look(2, 0), "Skirt");
    const late = await window.code(() => first.import(new Uint8Array(), "replace").catch(() => first.undo()));
    await first.close();
    await second.close();
    const again = await window.Learner.open();
    const labels = again.labels().map(({ id, name, lessons }) => [id, name, lessons]);
    const problems = again.problems();
    await again.close();
    return { told, late, labels, problems };
  });
  expect(seen).toEqual({
    told: "storage/busy",
    late: "storage/busy",
    labels: [
      [0, "None of these", 0],
      [1, "Hat", 1],
      [2, "Skirt", 1],
    ],
    problems: [],
  });
});

test("damaged records are told of, taken from a file, and left out", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    /** Other bytes in a record's place. */
    const damage = async (table: string, key: number) => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open("keepsake:damaged");
        opening.onsuccess = () => resolve(opening.result);
      });
      const transaction = database.transaction(table, "readwrite");
      transaction.objectStore(table).put(new Uint8Array([1, 2, 3]), key);
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      database.close();
    };
    const first = await window.Learner.open({ name: "damaged" });
    await first.addPhotos([
      { ...window.look(0, 0), name: "a.jpg" },
      { ...window.look(1, 0), name: "b.jpg" },
    ]);
    await first.teach(1, "Hat");
    await first.teach(2, "Boots");
    const file = await first.export();
    const whole = { lessons: first.lessons(), photos: first.photos(), labels: first.labels() };
    await first.close();
    for (const [table, key] of [
      ["lessons", 2],
      ["photos", 1],
      ["thumbnails", 2],
    ] as const) {
      await damage(table, key);
    }
    const learner = await window.Learner.open({ name: "damaged" });
    const found = learner.problems().length;
    const picture = await window.code(() => learner.thumbnail(2));
    const problems = learner.problems();
    const mended = await learner.mend(file);
    const back = { lessons: learner.lessons(), photos: learner.photos(), labels: learner.labels() };
    const shown = (await learner.thumbnail(2))?.size;
    await learner.close();
    await damage("lessons", 2);
    const again = await window.Learner.open({ name: "damaged" });
    const left = await again.leaveOut([...again.problems(), { table: "photos", key: 1 }]);
    const after = [again.problems().length, again.lessons().length, again.photos().length];
    const foreign = await window.code(() => again.mend(new Uint8Array([1])));
    await again.close();
    const equal = JSON.stringify(back) === JSON.stringify(whole);
    return { found, picture, problems, mended, equal, shown, left, after, foreign };
  });
  const flaw = "cannot be read: it is cut off.";
  const nothing = { label: null, lessons: 0, photo: null, step: null };
  expect(seen).toMatchObject({
    found: 2,
    picture: "storage/damaged",
    mended: { records: 3, outdated: 0, left: 0 },
    equal: true,
    shown: 4,
    left: 1,
    after: [0, 1, 2],
    foreign: "import/foreign",
  });
  expect(seen.problems).toEqual([
    {
      ...nothing,
      table: "lessons",
      key: 2,
      was: "lesson",
      step: "Taught Boots",
      sentence: `Lesson 2 ${flaw}`,
    },
    {
      ...nothing,
      table: "photos",
      key: 1,
      was: "photo",
      label: 1,
      step: "Added 2 photos",
      sentence: `Photo 1 ${flaw}`,
    },
    {
      ...nothing,
      table: "thumbnails",
      key: 2,
      was: "picture",
      photo: "b.jpg",
      step: "Added 2 photos",
      sentence: `The small picture of photo 2 ${flaw}`,
    },
  ]);
});
