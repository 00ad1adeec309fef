import { expect, test } from "@playwright/test";
import { anyName, dice } from "./dice";
import { csv } from "./table";
import { HEAD, type Line, readList, staysBelow, textOf } from "./undo-list";

const SHA = "ab".repeat(32);
const COLUMNS = ["what", "from", "to", "sha256", "modified", "bytes"];
const list = (...lines: (string | number)[][]) => readList(csv([COLUMNS, ...lines]));

test("what was moved, by the last line of each place; folders; copies are no moves", () => {
  const read = list(
    ["folder", "", "Hat", "", "", 0],
    ["moving", "Holiday/a.jpg", "Hat/a.jpg", SHA, "", 3],
    ["moved", "Holiday/a.jpg", "Hat/a.jpg", SHA, "2026-03-02T09:41:00.123Z", 3],
    ["moving", "Holiday/b.jpg", "Hat/b.jpg", SHA, "", 4],
    ["copied", "Holiday/c.jpg", "Hat/c.jpg", "", "", 5],
    ["copied with tag", "Holiday/d.jpg", "Hat/d.jpg", "", "", 5],
  );
  expect(read.odd).toBe(0);
  expect(read.folders).toEqual(["Hat"]);
  expect(read.moved).toEqual([
    {
      what: "moved",
      from: "Holiday/a.jpg",
      to: "Hat/a.jpg",
      sha256: SHA,
      modified: Date.UTC(2026, 2, 2, 9, 41, 0, 123),
      bytes: 3,
    },
    { what: "moving", from: "Holiday/b.jpg", to: "Hat/b.jpg", sha256: SHA, modified: null, bytes: 4 },
  ]);
});

const LEADS_OUT = [
  "..",
  "../a.jpg",
  "Hat/../../a.jpg",
  "/etc/passwd",
  "Hat//a.jpg",
  "Hat/",
  "",
  ".",
  "Hat/./a.jpg",
  "..\\a.jpg",
  "Hat\\..\\a.jpg",
  "C:\\a.jpg",
  "C:/a.jpg",
  "c:a.jpg",
  "\\\\host\\share\\a.jpg",
  "CON",
  "Hat/nul.jpg",
  "Hat/COM1",
  "Hat/.. ",
  "Hat/...",
  "Hat/a\0.jpg",
  "Hat/a\n.jpg",
];

test("a path that leads elsewhere is passed over, whichever it is", () => {
  for (const path of LEADS_OUT) {
    expect(staysBelow(path), path).toBe(false);
    expect(list(["moved", "Holiday/a.jpg", path, SHA, "", 3]), path).toMatchObject({ moved: [], odd: 1 });
    expect(list(["moved", `Holiday/${path}`, "Hat/a.jpg", SHA, "", 3]), path).toMatchObject({
      moved: [],
      odd: 1,
    });
    expect(list(["folder", "", path, "", "", 0]), path).toMatchObject({ folders: [], odd: 1 });
  }
  // Without a folder there is none to bring it back to.
  expect(list(["moved", "a.jpg", "Hat/a.jpg", SHA, "", 3])).toMatchObject({ moved: [], odd: 1 });
  for (const path of ["Hat/a.jpg", "a", "Hat/..a", "Hat/.hidden", "=1+1/a.jpg", "日本/ü.jpg", "console/a"]) {
    expect(staysBelow(path), path).toBe(true);
  }
});

test("sizes, digests and lines that say nothing", () => {
  for (const line of [
    ["moved", "Holiday/a.jpg", "Hat/a.jpg", SHA, "", -1],
    ["moved", "Holiday/a.jpg", "Hat/a.jpg", SHA, "", "many"],
    ["moved", "Holiday/a.jpg", "Hat/a.jpg", SHA, "", "9".repeat(40)],
    ["deleted", "Holiday/a.jpg", "Hat/a.jpg", SHA, "", 3],
    ["moved"],
  ]) {
    expect(list(line)).toEqual({ moved: [], folders: [], odd: 1 });
  }
  expect(list(["moved", "Holiday/a.jpg", "Hat/a.jpg", "AB", "no day", 3]).moved).toMatchObject([
    { sha256: "", modified: Number.NaN },
  ]);
  for (const text of ["", "\ufeff", "\0\0\0", "what", '"', `"a" b,c`, "moved,Holiday/a.jpg,Hat/a.jpg"]) {
    expect(readList(text).moved, text).toEqual([]);
  }
});

test("every line comes back as it was written", () => {
  const random = dice(5);
  const name = () => anyName(random).replaceAll("/", "'");
  let written = 0;
  for (let turn = 0; turn < 500; turn++) {
    const line: Line = {
      what: "moved",
      from: `${name()}/${name()}`,
      to: `${name()}/${name()}`,
      sha256: SHA,
      modified: 1_000 * turn,
      bytes: turn,
    };
    const goes = staysBelow(line.from) && staysBelow(line.to);
    const read = readList(HEAD + textOf([line, { ...line, to: "x" }]));
    const lines = goes ? [line, { ...line, to: "x" }] : staysBelow(line.from) ? [{ ...line, to: "x" }] : [];
    expect(read.moved).toEqual(lines);
    written += Number(goes);
  }
  expect(written).toBeGreaterThan(50);
});

test("a long list is read in a moment, and one that is made to be slow, too", () => {
  const many = Array.from({ length: 20_000 }, (_, n) => ["moved", `H/${n}.jpg`, `Hat/${n}.jpg`, SHA, "", 3]);
  const start = performance.now();
  expect(list(...many).moved.length).toBe(20_000);
  readList(`${COLUMNS.join(",")}\r\n${'"'.repeat(1_000_001)}`);
  readList(`${COLUMNS.join(",")}\r\n${'"a'.repeat(500_000)}`);
  expect(performance.now() - start).toBeLessThan(5_000);
});
