import { expect, test } from "@playwright/test";
import type { Origin } from "keepsake";
import { joined, Known, keyOf, moved, originOf } from "./known";

const found = (path: string, content = "x", lastModified = 1) => ({
  path,
  file: new File([content], path.split("/").at(-1) ?? "", { lastModified }),
  companions: [],
});
const origin = (path: string, more: Partial<Origin> = {}): Origin => ({
  path,
  size: 1,
  modified: 1,
  companions: [],
  ...more,
});

test("a file is known by path, size and time, all three", () => {
  const known = new Known();
  known.place({ id: 4, origin: origin("a/b.jpg") });
  expect(known.byFile(found("a/b.jpg"))).toBe(4);
  expect(known.byFile(found("b.jpg"))).toBeUndefined();
  expect(known.byFile(found("a/b.jpg", "xx"))).toBeUndefined();
  expect(known.byFile(found("a/b.jpg", "x", 2))).toBeUndefined();
});

test("a photo is known where it lies now and no more where it lay", () => {
  const known = new Known();
  known.place({ id: 4, origin: origin("a.jpg") });
  known.place({ id: 4, origin: origin("b.jpg") });
  expect(known.byFile(found("a.jpg"))).toBeUndefined();
  expect(known.byFile(found("b.jpg"))).toBe(4);
  // Another photo that lay there since is not lost with it.
  known.place({ id: 5, origin: origin("b.jpg") });
  known.place({ id: 4, origin: origin("c.jpg") });
  expect(known.byFile(found("b.jpg"))).toBe(5);
  known.clear();
  expect(known.byFile(found("b.jpg"))).toBeUndefined();
});

test("a file need only be read if a photo can have its content", () => {
  const known = new Known();
  known.place({ id: 4, origin: origin("a.jpg", { size: 3 }) });
  expect(known.mayHold(found("b", "xxx").file)).toBe(true);
  expect(known.mayHold(found("b", "xx").file)).toBe(false);
  known.place({ id: 5, origin: null });
  expect(known.mayHold(found("b", "xx").file)).toBe(true);
});

test("what was moved lies elsewhere now; what was copied stays; the day it was taken is kept", () => {
  const before = origin("a.jpg", { taken: 7 });
  const now = originOf(found("b.jpg"), undefined);
  expect(moved(before, now, new Set([keyOf(found("b.jpg"))]))).toEqual({ ...now, taken: 7 });
  // Another file lies where it lay.
  const others = [found("b.jpg"), found("a.jpg", "xx")].map(keyOf);
  expect(moved(before, now, new Set(others))).toEqual({ ...now, taken: 7 });
  expect(moved(before, now, new Set([found("b.jpg"), found("a.jpg")].map(keyOf)))).toBeNull();
  expect(moved(undefined, now, new Set())).toEqual(now);
});

test("the same file is no news, but for what belongs to it now", () => {
  const before = origin("a.jpg", { companions: ["a.mov"] });
  const present = new Set([keyOf(found("a.jpg"))]);
  expect(moved(before, origin("a.jpg", { companions: ["a.mov"] }), present)).toBeNull();
  const more = origin("a.jpg", { companions: ["a.cr2", "a.mov"] });
  expect(moved(before, more, present)).toEqual(more);
});

test("a camera's raw file and its JPEG are one by folder, name and second, and by nothing less", () => {
  const known = new Known();
  known.place({ id: 4, origin: origin("a/IMG_1.CR2", { taken: 7000 }) });
  known.place({ id: 5, origin: origin("a/IMG_2.jpg", { taken: 7000 }) });
  known.place({ id: 6, origin: origin("a/IMG_3.nef") });
  const beside = (path: string, taken?: number) => known.beside(found(path), taken);
  expect(beside("a/img_1.JPG", 7000)).toBe(4);
  expect(beside("a/IMG_1.heic", 7000)).toBe(4);
  expect(beside("a/IMG_2.DNG", 7000)).toBe(5);
  // Before its second is known, it may be.
  expect(beside("a/IMG_1.jpg")).toBe(4);
  expect(beside("a/IMG_1.jpg", 8000)).toBeUndefined();
  expect(beside("b/IMG_1.jpg", 7000)).toBeUndefined();
  expect(beside("a/IMG_1.nef", 7000)).toBeUndefined();
  expect(beside("a/IMG_2.png", 7000)).toBeUndefined();
  expect(beside("a/IMG_3.jpg", 7000)).toBeUndefined();
  expect(beside("a/IMG_3.jpg")).toBeUndefined();
  // One that lies elsewhere now.
  known.place({ id: 4, origin: origin("b/IMG_1.CR2", { taken: 7000 }) });
  expect(beside("a/IMG_1.jpg", 7000)).toBeUndefined();
  expect(beside("b/IMG_1.jpg", 7000)).toBe(4);
});

test("what lies beside a photo goes along with it, once, with its own", () => {
  const before = origin("IMG_1.CR2", { taken: 7000, companions: ["IMG_1.mov"] });
  const jpeg = { path: "IMG_1.jpg", companions: [{ path: "IMG_1.CR2" }, { path: "IMG_1.xmp" }] };
  const after = joined(before, jpeg);
  expect(after).toEqual({ ...before, companions: ["IMG_1.mov", "IMG_1.jpg", "IMG_1.xmp"] });
  expect(joined(after ?? before, jpeg)).toBeNull();
});
