import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, test } from "@playwright/test";
import type { LabelId, Photo } from "../engine/engine";
import { anyName, dice, wellFormed } from "./dice";
import { planOf } from "./plan";
import { quotedForPowerShell, quotedForSh, scriptOf } from "./script";

const OWN = { none: "None of these", unsure: "Not sure" };
const HOSTILE = [
  "$(touch x).jpg",
  "`touch x`.jpg",
  "a'b.jpg",
  "'; touch x; '.jpg",
  "\\'; touch x #.jpg",
  "-rf.jpg",
  "--help",
  "日本.jpg",
  "two\nlines.jpg",
  "\n",
  "*.jpg",
  "~.jpg",
  "a b  c.jpg ",
  "$HOME.jpg",
  "%PATH%!x.jpg",
  "‘; touch x; ’.jpg",
  '";touch x;".jpg',
  "&amp;|touch x|.jpg",
  "\u001b[31mred.jpg",
  "é.jpg",
];

let folder = "";
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keepsake-move-"));
});
test.afterEach(() => rmSync(folder, { recursive: true }));

function photo(id: number, path: string, taught: LabelId, companions: readonly string[] = []): Photo {
  const origin = { path, size: 1, modified: 0, taken: null, companions: [...companions] };
  return { id, name: path.split("/").at(-1) ?? "", taught, accepted: null, origin, prediction: null };
}

function script(photos: readonly Photo[], labels: readonly string[], shell: "sh" | "ps1" = "sh") {
  const named = labels.map((name, at) => ({ id: at + 1, name, lessons: 1 }));
  const plan = planOf(photos, named, { doneOnly: false, leaveOutUnsure: false, keepFolders: false }, OWN);
  return { ...scriptOf(plan.items, shell), plan };
}

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** Every file below the folder, and what is in it. */
function files(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[relative(folder, path)] = readFileSync(path, "utf8");
  }
  return found;
}

const SHELLS = ["sh", "bash", "dash", "busybox", "zsh"].filter(
  (shell) => spawnSync(shell, shell === "busybox" ? ["true"] : ["-c", "true"]).status === 0,
);

function run(text: string, shell = "sh"): { readonly status: number | null; readonly said: string } {
  // Beside the photos nothing else lies: the script comes from standard input.
  const { status, stdout, stderr } = spawnSync(shell, shell === "busybox" ? ["sh"] : [], {
    cwd: folder,
    input: text,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

for (const shell of SHELLS) {
  test(`${shell} moves photos of any name and runs none of them`, () => {
    const photos = HOSTILE.map((name, at) => photo(at + 1, `Holi'day $(touch x)/${name}`, 1 + (at % 2)));
    for (const one of photos) put(one.origin?.path ?? "", `photo ${one.id}`);
    const { text, plan, left } = script(photos, ["Hat", "$(touch x)'"]);
    expect(left).toEqual([]);
    const { status, said } = run(text, shell);
    expect(said).toContain(`${HOSTILE.length} moved, 0 not.`);
    expect(status).toBe(0);
    expect(files()).toEqual(
      Object.fromEntries(plan.items.map((item) => [item.step.to, `photo ${item.photo.id}`])),
    );
    expect(said.split("\n").length, "one line each").toBe(HOSTILE.length + 2);
    expect(said).not.toContain("\u001b");
  });
}

test("random names, all of them moved and nothing else", () => {
  test.setTimeout(120_000);
  const roll = dice(23);
  const paths = new Map<string, number>();
  for (let n = 0; n < 300; n++) {
    const name = wellFormed(anyName(roll)).replaceAll(/[/\0]/g, "_");
    if (name === "." || name === ".." || Buffer.byteLength(name) > 255) continue;
    paths.set(`in/${name}`, n + 1);
  }
  const photos = [...paths].map(([path, id]) => photo(id, path, 1));
  for (const [path, id] of paths) put(path, `${id}`);
  const { text, plan } = script(photos, ["Hat"]);
  const { said } = run(text);
  expect(said).toContain(`${photos.length} moved, 0 not.`);
  expect(files()).toEqual(Object.fromEntries(plan.items.map((item) => [item.step.to, `${item.photo.id}`])));
});

test("nothing is written over; what is missing is said; what belongs to a photo goes along; twice is no harm", () => {
  const photos = [
    photo(1, "in/a.jpg", 1, ["in/a.cr2"]),
    photo(2, "in/b.jpg", 1),
    photo(3, "in/c.jpg", 1),
    photo(4, "other/c.jpg", 1),
    photo(5, "Hat/d.jpg", 1),
  ];
  for (const path of ["in/a.jpg", "in/a.cr2", "in/c.jpg", "other/c.jpg", "Hat/d.jpg"]) put(path, path);
  put("Hat/a.jpg", "theirs");
  const { text } = script(photos, ["Hat"]);
  const { status, said } = run(text);
  const after = {
    "Hat/a.jpg": "theirs",
    "in/a.jpg": "in/a.jpg",
    "Hat/a.cr2": "in/a.cr2",
    "Hat/c.jpg": "in/c.jpg",
    "Hat/c-2.jpg": "other/c.jpg",
    "Hat/d.jpg": "Hat/d.jpg",
  };
  expect(files()).toEqual(after);
  expect(status).toBe(1);
  expect(said).toContain("there already, original left where it is: Hat/a.jpg");
  expect(said).toContain("not found, left out: Hat/b.jpg");
  expect(said).toContain("moved: Hat/c-2.jpg");
  run(text);
  expect(files()).toEqual(after);
});

test("a path that leads out of the folder is in no script", () => {
  const out = ["../a.jpg", "/etc/a.jpg", "in/../../a.jpg", "in//a.jpg", "./a.jpg", "a\0b.jpg"];
  const photos = out.map((path, at) => photo(at + 1, path, 1));
  for (const shell of ["sh", "ps1"] as const) {
    const { text, left } = script(photos, ["Hat"], shell);
    expect(left.length, shell).toBe(out.length);
    expect(text).not.toMatch(/^move_photo '/m);
  }
  const windows = [
    "C:/a.jpg",
    "in/..\\..\\a.jpg",
    "in/a.jpg:stream",
    "in/.. /a.jpg",
    "in/.../a.jpg",
    "a\n.jpg",
  ];
  expect(
    script(
      windows.map((path, at) => photo(at + 1, path, 1)),
      ["Hat"],
      "ps1",
    ).left.length,
  ).toBe(windows.length);
});

test("quotes", () => {
  expect(quotedForSh("a'b")).toBe("'a'\\''b'");
  expect(quotedForPowerShell("a'b‘c’d‚e‛f$(x)`")).toBe("'a''b‘‘c’’d‚‚e‛‛f$(x)`'");
});

test("PowerShell's own reader finds each name as it is", () => {
  test.skip(spawnSync("pwsh", ["-v"]).status !== 0, "pwsh is not there");
  const photos = ["$(touch x).jpg", "a'b.jpg", "‘; touch x; ’.jpg", "[a].jpg", "-rf.jpg", "日本.jpg"].map(
    (name, at) => photo(at + 1, `in/${name}`, 1),
  );
  for (const one of photos) put(one.origin?.path ?? "", `photo ${one.id}`);
  const { text, plan } = script(photos, ["Hat"], "ps1");
  const outside = join(folder, "..", `${folder.split("/").at(-1)}.ps1`);
  writeFileSync(outside, text);
  const { stdout } = spawnSync("pwsh", ["-NoProfile", "-File", outside], { cwd: folder, encoding: "utf8" });
  rmSync(outside);
  expect(stdout).toContain("6 moved, 0 not.");
  expect(files()).toEqual(
    Object.fromEntries(plan.items.map((item) => [item.step.to, `photo ${item.photo.id}`])),
  );
  expect(existsSync(join(folder, "x"))).toBe(false);
});
