import { expect, test } from "@playwright/test";
import { type Dropped, type Found, filesIn } from "./files";
import { gather } from "./gather";
import { hidden, kindOf, split } from "./kinds";

const found = (...paths: string[]): Found[] => paths.map((path) => ({ path, file: new File([], path) }));

/** Photos with their companions, and what is left out. */
function sorted(...paths: string[]) {
  const { photos, leftOut } = gather(found(...paths));
  return {
    photos: photos.map(({ path, companions }) => [path, ...companions.map((one) => one.path)]),
    leftOut: leftOut.map(({ path, kind }) => `${path}: ${kind}`),
  };
}

test("a photo's raw file, its Live Photo's video and its sidecars belong to it", () => {
  expect(
    sorted("d/IMG_1.JPG", "d/IMG_1.cr2", "d/IMG_2.HEIC", "d/img_2.MOV", "d/IMG_1.xmp", "d/IMG_2.HEIC.xmp"),
  ).toEqual({
    photos: [
      ["d/IMG_1.JPG", "d/IMG_1.cr2", "d/IMG_1.xmp"],
      ["d/IMG_2.HEIC", "d/img_2.MOV", "d/IMG_2.HEIC.xmp"],
    ],
    leftOut: [],
  });
});

test("a raw file alone is a photo, and its sidecar goes along wherever it belongs", () => {
  expect(sorted("a.nef", "a.nef.xmp").photos).toEqual([["a.nef", "a.nef.xmp"]]);
  expect(sorted("a.nef.xmp", "a.nef", "a.jpg").photos).toEqual([["a.jpg", "a.nef.xmp", "a.nef"]]);
});

test("the same name in another folder is another photo's", () => {
  expect(sorted("jpg/a.jpg", "raw/a.nef", "clips/a.mov")).toEqual({
    photos: [["jpg/a.jpg"], ["raw/a.nef"]],
    leftOut: ["clips/a.mov: video"],
  });
});

test("two pictures of one name are two photos, and what belongs goes with what the camera wrote", () => {
  expect(sorted("a.png", "a.jpg", "a.dng").photos).toEqual([["a.png"], ["a.jpg", "a.dng"]]);
});

test("a name that says nothing is asked by its bytes; one that says it is something else is left out", () => {
  expect(sorted("a", "b.1", "c.mp3", "d.zip", "e.pdf", "f.xmp", "g.db")).toEqual({
    photos: [["a"], ["b.1"]],
    leftOut: ["c.mp3: sound", "d.zip: archive", "e.pdf: document", "f.xmp: sidecar", "g.db: other"],
  });
});

test("an extension is what comes after the last dot of the name itself", () => {
  expect(split("a.b/c")).toEqual({ stem: "a.b/c", extension: "" });
  expect(split("a.b/.c")).toEqual({ stem: "a.b/.c", extension: "" });
  expect(split("a.tar.GZ")).toEqual({ stem: "a.tar", extension: "gz" });
  expect(kindOf("2024.mov/photo.JPEG")).toBe("photo");
  expect(kindOf("constructor")).toBe("unknown");
  expect(kindOf("a.constructor")).toBe("unknown");
});

test("hidden is what systems put there for themselves, on every part of a path", () => {
  for (const path of [
    ".a.jpg",
    "._a.jpg",
    "d/.thumbnails/a.jpg",
    "d/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
    "__MACOSX/d/a.jpg",
    "d/Thumbs.db",
    "d/desktop.ini",
    "$RECYCLE.BIN/a.jpg",
    "d/IMG_1.AAE",
  ]) {
    expect(hidden(path), path).toBe(true);
  }
  for (const path of ["a.jpg", "d/eaDir/a.jpg", "d/thumbs.db.jpg", "d. /a..jpg", "d/aae"]) {
    expect(hidden(path), path).toBe(false);
  }
});

async function pathsIn(...dropped: Dropped[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const one of filesIn(dropped)) if ("path" in one) paths.push(one.path);
  return paths;
}

const file = (name: string) => new File(["x"], name);
const entry = (name: string) =>
  ({
    isFile: true,
    name,
    file: (resolve: (file: File) => void) => resolve(file(name)),
  }) as unknown as FileSystemEntry;
const folder = (name: string, ...inside: FileSystemEntry[]) => {
  const portions = [inside, []];
  return {
    isFile: false,
    name,
    createReader: () => ({ readEntries: (resolve: (all: unknown) => void) => resolve(portions.shift()) }),
  } as unknown as FileSystemEntry;
};
const handle = (name: string) =>
  ({ kind: "file", name, getFile: async () => file(name) }) as unknown as FileSystemHandle;
const folderHandle = (name: string, ...inside: FileSystemHandle[]) =>
  ({
    kind: "directory",
    name,
    values: async function* () {
      yield* inside;
    },
  }) as unknown as FileSystemHandle;
/** As the browser's choice of a folder gives it. */
const chosen = (path: string) =>
  Object.defineProperty(file(path.split("/").at(-1) ?? ""), "webkitRelativePath", { value: path });

test("the same folder gives the same paths whichever way it came, and nothing that is hidden", async () => {
  const paths = ["trip/day 1/b.jpg", "trip/a2.jpg", "trip/a10.jpg"];
  const dropped = folder(
    "trip",
    entry("a10.jpg"),
    entry("a2.jpg"),
    entry(".DS_Store"),
    folder("@eaDir", entry("x.jpg")),
    folder("day 1", entry("b.jpg"), entry("b.aae")),
  );
  const opened = folderHandle(
    "trip",
    handle("a10.jpg"),
    handle("a2.jpg"),
    folderHandle(".thumbnails", handle("x.jpg")),
    folderHandle("day 1", handle("b.jpg")),
  );
  const listed = [...paths, "trip/@eaDir/x.jpg", "trip/.thumbnails/x.jpg", "trip/b.AAE"].map(chosen);
  const sortedPaths = [...paths].sort();
  expect((await pathsIn(dropped)).sort()).toEqual(sortedPaths);
  expect((await pathsIn(opened)).sort()).toEqual(sortedPaths);
  expect((await pathsIn(...listed)).sort()).toEqual(sortedPaths);
  expect(await pathsIn(file("single.jpg"), entry("other.jpg"))).toEqual(["single.jpg", "other.jpg"]);
});

test("a path is the same however its accents are written", async () => {
  expect(await pathsIn(folder("e\u0301te\u0301", entry("a.jpg")))).toEqual(["\u00e9t\u00e9/a.jpg"]);
});
