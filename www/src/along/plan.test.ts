import { expect, test } from "@playwright/test";
import type { Label, LabelId, Photo } from "../engine/engine";
import { guessOf } from "../state/guess-of";
import { anyName, dice } from "./dice";
import { folded, safeName, split } from "./names";
import { type Choice, type Plan, planOf } from "./plan";

const OWN = { none: "None of these", unsure: "Not sure" };
const ALL: Choice = { doneOnly: false, leaveOutUnsure: false, keepFolders: false };
const LABELS: readonly Label[] = [
  { id: 0, name: "", lessons: 0 },
  { id: 1, name: "Dress", lessons: 3 },
  { id: 2, name: "../..", lessons: 2 },
  { id: 3, name: "CON", lessons: 2 },
];

interface Given {
  readonly taught?: LabelId;
  readonly accepted?: LabelId;
  readonly guess?: LabelId;
  readonly notSure?: boolean;
  readonly companions?: readonly string[];
  readonly size?: number;
}

function photo(id: number, path: string, given: Given = {}): Photo {
  const { taught = null, accepted = null, guess, notSure = false, companions = [], size = 10 } = given;
  return {
    id,
    name: path.split("/").at(-1) ?? "",
    taught,
    accepted,
    origin: { path, size, modified: 0, taken: null, companions: [...companions] },
    prediction: guess === undefined ? null : guessOf(guess, 0.9, notSure),
  };
}

const targets = (plan: Plan) => plan.items.map((item) => item.step.to);

test("which photos: all, only those that are done, without the ones that are not sure", () => {
  const photos = [
    photo(1, "a.jpg", { taught: 1 }),
    photo(2, "b.jpg", { accepted: 1, guess: 3 }),
    photo(3, "c.jpg", { guess: 1 }),
    photo(4, "d.jpg", { guess: 1, notSure: true }),
    photo(5, "e.jpg", { taught: 0 }),
  ];
  expect(targets(planOf(photos, LABELS, ALL, OWN))).toEqual([
    "Dress/a.jpg",
    "Dress/b.jpg",
    "Dress/c.jpg",
    "None of these/e.jpg",
    "Not sure/d.jpg",
  ]);
  const done = planOf(photos, LABELS, { ...ALL, doneOnly: true }, OWN);
  expect(targets(done)).toEqual(["Dress/a.jpg", "Dress/b.jpg", "None of these/e.jpg"]);
  expect([done.notDone, done.unsure]).toEqual([2, 0]);
  const sure = planOf(photos, LABELS, { ...ALL, leaveOutUnsure: true }, OWN);
  expect(targets(sure)).not.toContain("Not sure/d.jpg");
  expect([sure.items.length, sure.unsure]).toEqual([4, 1]);
  expect(sure.folders.map(({ name, photos: n }) => [name, n])).toEqual([
    ["Dress", 3],
    ["None of these", 1],
  ]);
});

test("labels that are no names of folders become some, and no two are one", () => {
  const labels: readonly Label[] = [
    { id: 0, name: "", lessons: 0 },
    { id: 1, name: "a/b", lessons: 1 },
    { id: 2, name: "a:b", lessons: 1 },
    { id: 3, name: "CON", lessons: 1 },
    { id: 4, name: "Not sure", lessons: 1 },
    { id: 5, name: "keepsake-undo.csv", lessons: 1 },
  ];
  const photos = [1, 2, 3, 4, 5].map((label) => photo(label, "x.jpg", { taught: label }));
  expect(targets(planOf([...photos, photo(6, "x.jpg")], labels, ALL, OWN))).toEqual([
    "a_b/x.jpg",
    "a_b-2/x.jpg",
    "_CON/x.jpg",
    "Not sure/x.jpg",
    "keepsake-undo.csv-2/x.jpg",
    "Not sure-2/x.jpg",
  ]);
});

test("files of one name get numbers, and what belongs to a photo gets the same one", () => {
  const photos = [
    photo(1, "day 1/IMG_1.JPG", { taught: 1 }),
    photo(2, "day 2/img_1.jpg", {
      taught: 1,
      companions: ["day 2/img_1.cr2", "day 2/img_1.jpg.xmp", "day 2/IMG_1.MOV"],
    }),
    photo(3, "day 3/img_1-2.cr2", { taught: 1 }),
  ];
  const plan = planOf(photos, LABELS, ALL, OWN);
  expect(targets(plan)).toEqual(["Dress/IMG_1.JPG", "Dress/img_1-2.jpg", "Dress/img_1-2-2.cr2"]);
  expect(plan.items[1]?.companions.map(({ to }) => to)).toEqual([
    "Dress/img_1-2.cr2",
    "Dress/img_1-2.jpg.xmp",
    "Dress/img_1-2.MOV",
  ]);
  expect(plan.companions).toBe(3);
  const kept = planOf(photos, LABELS, { ...ALL, keepFolders: true }, OWN);
  expect(targets(kept)).toEqual([
    "Dress/day 1/IMG_1.JPG",
    "Dress/day 2/img_1.jpg",
    "Dress/day 3/img_1-2.cr2",
  ]);
  expect(kept.numbered).toEqual([]);
});

test("a file that has a folder's name gives way; folders that differ in case are one", () => {
  const photos = [
    photo(1, "Day", { taught: 1 }),
    photo(2, "day/a.jpg", { taught: 1 }),
    photo(3, "DAY/A.jpg", { taught: 1 }),
  ];
  expect(targets(planOf(photos, LABELS, { ...ALL, keepFolders: true }, OWN))).toEqual([
    "Dress/Day-2",
    "Dress/day/a.jpg",
    "Dress/day/A-2.jpg",
  ]);
});

test("whatever names there are: every photo once, nothing twice, nothing outside its folder", () => {
  const roll = dice(7);
  const wrong: string[] = [];
  for (let round = 0; round < 100; round++) {
    const labels: Label[] = [{ id: 0, name: "", lessons: 1 }];
    for (let id = 1; id <= 6; id++) labels.push({ id, name: anyName(roll), lessons: 1 });
    const photos: Photo[] = [];
    for (let id = 1; id <= 40; id++) {
      const path = Array.from({ length: 1 + roll(3) }, () => anyName(roll)).join("/");
      const [stem] = split(path);
      const companions = Array.from({ length: roll(3) }, () => (roll(2) ? `${stem}.cr2` : anyName(roll)));
      photos.push(
        photo(id, path, {
          ...(roll(3) ? { taught: roll(7) } : { guess: roll(7), notSure: roll(2) > 0 }),
          companions,
        }),
      );
    }
    const choice = { doneOnly: roll(2) > 0, leaveOutUnsure: roll(2) > 0, keepFolders: roll(2) > 0 };
    const plan = planOf(photos, labels, choice, OWN);
    const say = (rule: string, holds: boolean) => holds || wrong.push(`round ${round}: ${rule}`);
    const files = plan.items.flatMap((item) => [item.step, ...item.companions]);
    const seen = new Set(files.map(({ to }) => folded(to)));
    say("every photo once", plan.items.length + plan.notDone + plan.unsure === photos.length);
    say("folders count", plan.folders.reduce((sum, folder) => sum + folder.photos, 0) === plan.items.length);
    say("bytes", plan.bytes === 10 * plan.items.length);
    say("companions", files.length === plan.items.length + plan.companions);
    say("no name twice", seen.size === files.length);
    for (const item of plan.items) {
      const folder = plan.folders.find(({ label }) => label === item.label)?.name ?? "?";
      for (const { to } of [item.step, ...item.companions]) {
        const parts = to.split("/");
        const above = parts.slice(0, -1);
        say(
          `safe: ${to}`,
          parts.every((part) => part === safeName(part)),
        );
        say(`below its label: ${to}`, parts[0] === folder);
        say(`together: ${to}`, above.join("/") === item.step.to.split("/").slice(0, -1).join("/"));
        // No file is where another one needs a folder.
        say(
          `a file: ${to}`,
          above.every((_, n) => !seen.has(folded(above.slice(0, n + 1).join("/")))),
        );
      }
    }
    const again = planOf(photos, labels, choice, OWN);
    say("the same again", JSON.stringify(again) === JSON.stringify(plan));
  }
  expect(wrong).toEqual([]);
});
