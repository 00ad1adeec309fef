import { expect, test } from "@playwright/test";
import type { Photo } from "../engine/engine";
import { foldersOf, namesOf, usable } from "./folder-names";

function at(id: number, path: string | null, more: Partial<Photo> = {}): Photo {
  const origin = path === null ? null : { path, size: 1, modified: 1 };
  return { id, name: `${id}.jpg`, taught: null, accepted: null, prediction: null, origin, ...more };
}

const labels = [
  { id: 0, name: "None of these", lessons: 0 },
  { id: 1, name: "Beach", lessons: 2 },
];

test("a name that a camera, a system or the calendar gave says nothing", () => {
  for (const name of [
    ...["DCIM", "dcim", "100APPLE", "100CANON", "101_PANA", "100D5600", "202407__"],
    ...["2024-07-01", "2024", "07", "20240701", "2024.07", "July 2024", "2024-07 Jul", "1"],
    ...["Camera", "camera roll", "Pictures", "Photos", "Bilder", "New folder", "New folder (2)", "JPG"],
    ...["", " ", "\u200b", ".thumbnails", "@eaDir", "__MACOSX", "x".repeat(61)],
  ]) {
    expect(usable(name), name).toBeNull();
  }
  for (const name of ["Beach", "100 cats", "July 2024 Rome", "Photos of us", "日本", "1st day", "Hats (2)"]) {
    expect(usable(name), name).toBe(name);
  }
});

test("a name is what a label's name would be", () => {
  expect(usable("  Old\ttown \u202e ")).toBe("Old town");
  expect(usable("Cafe\u0301")).toBe("Café");
  expect(usable("x".repeat(60))).toBe("x".repeat(60));
});

test("a photo's own folder counts; the one that was dropped only where nothing lies deeper", () => {
  const folders = (...paths: (string | null)[]) => [...foldersOf(paths.map((path, id) => at(id, path)))];
  expect(folders("trip/a.jpg", "trip/b.jpg", "c.jpg", null)).toEqual(["trip"]);
  expect(folders("trip/a.jpg", "trip/Beach/b.jpg", "trip/Hats/c.jpg")).toEqual(["trip/Beach", "trip/Hats"]);
  expect(folders("Beach/a.jpg", "Hats/b.jpg")).toEqual(["Beach", "Hats"]);
  expect(folders("trip/Beach/2024-07-01/a.jpg", "trip/DCIM/100APPLE/b.jpg")).toEqual([]);
  // Within the tree a folder may have folders and photos of its own.
  expect(folders("trip/Rome/a.jpg", "trip/Rome/Food/b.jpg")).toEqual(["trip/Rome", "trip/Rome/Food"]);
});

test("each name once, whatever its case, with the photos that nobody has dealt with", () => {
  const photos = [
    at(1, "trip/Beach/1.jpg"),
    at(2, "later/beach/2.jpg"),
    at(3, "trip/Beach/3.jpg", { taught: 1 }),
    at(4, "trip/Beach/4.jpg", { accepted: 1 }),
    at(5, "trip/Hats/5.jpg"),
    at(6, "elsewhere/Hats/6.jpg"),
    at(7, "trip/none of these/7.jpg"),
    at(8, null),
  ];
  const folders = foldersOf(photos.filter(({ id }) => id !== 6));
  expect(namesOf(folders, photos, labels)).toEqual([
    { name: "Beach", label: 1, photos: [1, 2] },
    { name: "Hats", label: null, photos: [5] },
  ]);
});
