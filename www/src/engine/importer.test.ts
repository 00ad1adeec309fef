import { expect, test } from "@playwright/test";
import type { Look } from "keepsake";
import type { LabelId, PhotoId } from "./engine";
import type { Gathered } from "./gather";
import { Importer, type Met, type Seen } from "./importer";
import { keyOf } from "./known";

const LOOK = {} as Look;
const FULL = { code: "storage/full", message: "There is no room." };

const file = (name: string) => new File(["x"], name, { lastModified: 1 });
const files = (count: number, name = "photo") => Array.from({ length: count }, (_, i) => file(`${name}${i}`));

/** An album as the engine has it, whose disk can be full. */
class Album {
  readonly names: string[] = [];
  readonly added: Gathered[] = [];
  readonly taught = new Map<LabelId, string[]>();
  readonly looked: string[] = [];
  readonly met: (readonly Met[])[] = [];
  /** Photos by the names of files that have their content. */
  readonly contents = new Map<string, PhotoId>();
  /** Files are known by their paths, sizes and times. */
  remembers = false;
  full = false;
  /** Awaited before photos are taught. */
  beforeTeaching: Promise<unknown> = Promise.resolve();
  readonly importer = new Importer({
    width: 3,
    known: (photo) => {
      const id = this.added.findIndex((one) => keyOf(one) === keyOf(photo));
      return this.remembers && id >= 0 ? id : undefined;
    },
    met: async (files) => {
      this.met.push(files);
    },
    look: async ({ file: photo }) => {
      await Promise.resolve();
      const known = this.contents.get(photo.name);
      if (known !== undefined) return { known, taken: 7 };
      this.looked.push(photo.name);
      if (photo.name.startsWith("bad")) throw { code: "photo/not-an-image", message: "No picture." };
      return LOOK;
    },
    add: async (photos: readonly Seen[]) => {
      await Promise.resolve();
      if (this.full) throw FULL;
      this.added.push(...photos.map(({ photo }) => photo));
      return photos.map(({ photo }) => this.names.push(photo.file.name) - 1);
    },
    teach: async (photos: readonly PhotoId[], label) => {
      await this.beforeTeaching;
      if (this.full) throw FULL;
      this.taught.set(label, [
        ...(this.taught.get(label) ?? []),
        ...photos.map((id) => this.names[id] ?? ""),
      ]);
    },
  });
}

test("files added while photos dropped on a label are being taught are read, and that they wait is told", async () => {
  const album = new Album();
  let teach: () => void = () => undefined;
  album.beforeTeaching = new Promise<void>((resolve) => {
    teach = resolve;
  });
  const dropped = album.importer.add(files(2, "hat"), 7);
  await expect.poll(() => album.importer.importing.value?.teaching).toBe(true);
  const added = album.importer.add(files(3), undefined);
  await expect.poll(() => album.importer.importing.value?.total).toBe(5);
  expect(album.importer.importing.value?.done).toBe(2);
  teach();
  await Promise.all([dropped, added]);
  expect(album.names.sort()).toEqual(["hat0", "hat1", "photo0", "photo1", "photo2"]);
  expect(album.taught.get(7)?.sort()).toEqual(["hat0", "hat1"]);
  expect(album.importer.importing.value).toBeNull();
});

test("where nothing can be stored the whole queue waits, and goes on with nothing lost or read twice", async () => {
  const album = new Album();
  album.full = true;
  await album.importer.add([...files(100), file("bad.jpg")], 4);
  const { importing, failures } = album.importer;
  expect(importing.value?.waits?.code).toBe("storage/full");
  expect(album.names).toEqual([]);
  expect(failures.value.filter(({ code }) => code.startsWith("storage/"))).toEqual([]);
  const { total = 0, done = 0 } = importing.value ?? {};
  expect(total - done + failures.value.length).toBe(101);
  // Still full: more may be added, and all of it waits on.
  await album.importer.add(files(5, "late"), undefined);
  expect(importing.value?.waits?.code).toBe("storage/full");
  album.full = false;
  await album.importer.goOn();
  expect(importing.value).toBeNull();
  expect(album.names.length).toBe(105);
  expect(new Set(album.names).size).toBe(105);
  expect(album.looked.length).toBe(106);
  expect(failures.value.map(({ name }) => name)).toEqual(["bad.jpg"]);
  expect(album.taught.get(4)?.length).toBe(100);
});

test("photos whose lesson could not be stored are taught it when it can be", async () => {
  const album = new Album();
  let fill: () => void = () => undefined;
  album.beforeTeaching = new Promise<void>((resolve) => {
    fill = resolve;
  });
  const dropped = album.importer.add(files(2, "hat"), 7);
  await expect.poll(() => album.importer.importing.value?.teaching).toBe(true);
  album.full = true;
  fill();
  await dropped;
  expect(album.importer.importing.value?.waits?.code).toBe("storage/full");
  album.full = false;
  await album.importer.goOn();
  expect(album.taught.get(7)).toEqual(["hat0", "hat1"]);
  expect(album.importer.importing.value).toBeNull();
});

test("stop leaves out what waits for the storage", async () => {
  const album = new Album();
  album.full = true;
  await album.importer.add(files(40), 4);
  album.importer.stop();
  expect(album.importer.importing.value).toBeNull();
  album.full = false;
  await album.importer.add(files(1, "other"), undefined);
  expect(album.names).toEqual(["other0"]);
  expect(album.taught.size).toBe(0);
});

/** Entries of a drop: a file, one that was moved meanwhile, a folder. */
const entry = (name: string) =>
  ({
    isFile: true,
    name,
    file: (resolve: (file: File) => void) => resolve(file(name)),
  }) as unknown as FileSystemEntry;
const gone = (name: string) =>
  ({
    isFile: true,
    name,
    file: (_: unknown, reject: (why: Error) => void) => reject(new Error("It could not be found.")),
  }) as unknown as FileSystemEntry;
const folder = (
  name: string,
  read: (resolve: (entries: unknown[]) => void, reject: (why: Error) => void) => void,
) =>
  ({
    isFile: false,
    isDirectory: true,
    name,
    createReader: () => ({ readEntries: read }),
  }) as unknown as FileSystemEntry;
const holding = (name: string, ...inside: FileSystemEntry[]) => {
  const portions = [inside, []];
  return folder(name, (resolve) => resolve(portions.shift() ?? []));
};

test("an entry that cannot be opened is named among the unread, and takes no other with it", async () => {
  const album = new Album();
  const locked = folder("locked", (_, reject) => reject(new Error("It may not be read.")));
  await album.importer.add(
    [entry("a"), gone("b"), holding("c", entry("d"), locked, entry("e")), entry("f")],
    undefined,
  );
  expect(album.names.sort()).toEqual(["a", "d", "e", "f"]);
  expect(album.importer.failures.value.map(({ name, code }) => [name, code])).toEqual([
    ["b", "photo/unreadable"],
    ["locked", "photo/unreadable"],
  ]);
});

test("what is no photo is left out unopened, once for each path, and a photo takes along what belongs to it", async () => {
  const album = new Album();
  const trip = () =>
    holding(
      "trip",
      entry("a.JPG"),
      entry("a.mov"),
      entry("clip.mp4"),
      holding("@eaDir", entry("a.JPG")),
      holding(
        "day 2",
        entry("a.cr2"),
        entry(".hidden.jpg"),
        entry("notes.txt"),
        entry("bad"),
        entry("bad.jpg"),
      ),
    );
  await album.importer.add([trip()], undefined);
  expect(album.added.map(({ path }) => path).sort()).toEqual(["trip/a.JPG", "trip/day 2/a.cr2"]);
  const [a] = album.added.filter(({ path }) => path === "trip/a.JPG");
  expect(a?.companions.map(({ path }) => path)).toEqual(["trip/a.mov"]);
  expect([...album.importer.leftOut.value.values()]).toEqual([
    { path: "trip/clip.mp4", kind: "video" },
    { path: "trip/day 2/notes.txt", kind: "document" },
    // Its name says nothing, and its bytes that it is none.
    { path: "trip/day 2/bad", kind: "other" },
  ]);
  expect(album.importer.failures.value.map(({ name }) => name)).toEqual(["bad.jpg"]);
  expect(album.looked.sort()).toEqual(["a.JPG", "a.cr2", "bad", "bad.jpg"]);
  await album.importer.add([trip()], undefined);
  expect(album.importer.leftOut.value.size).toBe(3);
  album.importer.forgetLeftOut();
  expect(album.importer.leftOut.value.size).toBe(0);
});

test("an import that was interrupted goes on where it was, and a known file is not opened", async () => {
  const album = new Album();
  album.remembers = true;
  const all = files(100);
  await album.importer.add(all.slice(0, 60), undefined);
  expect(album.looked.length).toBe(60);
  const counts: number[] = [];
  const stop = album.importer.importing.subscribe((now) => now && counts.push(now.known));
  await album.importer.add(all, undefined);
  stop();
  expect(album.looked.length).toBe(100);
  expect(album.names.length).toBe(100);
  expect(counts.at(-1)).toBe(60);
  await album.importer.add(all, undefined);
  expect(album.looked.length).toBe(100);
  expect(album.importer.importing.value).toBeNull();
});

test("known files that are dropped on a label are taught it", async () => {
  const album = new Album();
  album.remembers = true;
  await album.importer.add(files(3), undefined);
  await album.importer.add(files(3), 4);
  expect(album.taught.get(4)).toEqual(["photo0", "photo1", "photo2"]);
});

test("what has a known content is told with its drop's files, and counts as known", async () => {
  const album = new Album();
  await album.importer.add(files(2), undefined);
  album.contents.set("renamed", 1);
  await album.importer.add([file("new"), file("renamed")], 4);
  expect(album.names).toEqual(["photo0", "photo1", "new"]);
  const [met] = album.met.flat();
  expect(met).toMatchObject({ id: 1, taken: 7, photo: { path: "renamed" } });
  expect([...(met?.present ?? [])].length).toBe(2);
  expect(album.taught.get(4)?.sort()).toEqual(["new", "photo1"]);
});

test("what was found in folders so far is told, and stop ends the search at once", async () => {
  const album = new Album();
  // It hands out a file each time, and then hangs as a share does whose network went.
  let left = 50;
  const endless = folder("endless", (resolve) => {
    if (left-- > 0) resolve([entry(`${left}`)]);
  });
  void album.importer.add([holding("photos", entry("a"), entry("b")), endless], undefined);
  await expect.poll(() => album.importer.importing.value?.found).toBeGreaterThanOrEqual(0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  album.importer.stop();
  expect(album.importer.importing.value).toBeNull();
  await album.importer.add([entry("other")], undefined);
  expect(album.names).toEqual(["other"]);
});
