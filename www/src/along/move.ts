// The originals into folders on the disk. An original is deleted last, and only when its copy was read again
// and is the same, and the undo list on the disk names it:
//
//   the list: will be written ──► copy, read again ──► the list: was moved ──► the original is deleted
//   (one photo, with all that belongs to it)                 (with what will be written next)
//
// Wherever that ends, each photo is there whole, at one place or at both. A photo and what belongs to it go
// together or not at all.

import { freeName, ifThere, NotWritten, removeHalf, same, Tree, whyNot, write } from "./disk";
import { removeHalfLists, UndoList } from "./list-file";
import { contentOf, type Place, type Source, type Spot } from "./place";
import { type Item, partsOf, pathOf } from "./plan";
import type { Work } from "./run";
import { type Line, staysBelow } from "./undo-list";

/** A file that lies elsewhere now, by its paths from the chosen folders' names on. */
export interface Move {
  readonly before: string;
  readonly after: string;
  readonly file: File;
}

/** One file that goes along. */
interface Part {
  /** Where the album says that it lies. */
  readonly known: string;
  readonly spot: Spot;
  /** As it was when it was read. */
  readonly original: File;
  readonly sha256: string;
  readonly folder: FileSystemDirectoryHandle;
  readonly name: string;
  readonly to: string;
  /** What lies there already: the file itself, or a copy that an earlier move left. */
  readonly there: "itself" | "copy" | null;
}

/** A photo whose copies are whole. */
interface Group {
  readonly item: Item;
  readonly copies: readonly (readonly [Part, File])[];
}

/** Larger files are known again by their time: no browser reads so much at once. */
const READ_WHOLE = 512 * 1024 * 1024;
/** Where photos are known to lie is told after so many, and at the end. */
const TELL_EVERY = 50;

export class Moving {
  /** What was moved, each with the folder it came from. */
  readonly moved = new Map<Line, Source>();
  readonly #tree: Tree;
  readonly #list: UndoList;
  #moves: Move[] = [];
  /** What the lists that lie there already name, by where it went. */
  readonly #earlier: ReadonlyMap<string, Line>;
  /** Folders from which nothing may be deleted any more. */
  readonly #closed = new Set<Source>();

  constructor(
    readonly root: FileSystemDirectoryHandle,
    earlier: readonly Line[],
    private readonly tell: (moves: readonly Move[]) => Promise<void>,
  ) {
    this.#tree = new Tree(root);
    this.#list = new UndoList(root);
    this.#earlier = new Map(earlier.map((line) => [line.to, line]));
  }

  get list(): UndoList {
    return this.#list;
  }

  get listName(): string {
    return this.#list.name;
  }

  /** Folders that were not there before. */
  get made(): readonly string[] {
    return this.#tree.made;
  }

  async run(
    items: readonly Item[],
    places: ReadonlyMap<Item["photo"]["id"], Place>,
    work: Work,
  ): Promise<void> {
    let last: Group | undefined;
    let listed = 0;
    /** Puts on the list what was copied and what comes next; then the originals of what was copied go. */
    const turn = async (next: readonly Part[]): Promise<void> => {
      const folders = this.made.slice(listed).map((to) => line("folder", to));
      const moved = (last?.copies ?? []).map(([part, copy]) => ({ part, line: lineOf(part, copy) }));
      const lines = [...folders, ...moved.map((one) => one.line), ...next.map((part) => lineOf(part))];
      if (lines.length > 0) await this.#list.append(lines);
      listed += folders.length;
      for (const { part, line } of moved) this.moved.set(line, part.spot.root);
      if (last) await this.#finish(last, work);
      last = undefined;
    };
    await removeHalfLists(this.root).catch(() => undefined);
    try {
      for (const item of items) {
        if (work.stopped) break;
        const parts = await this.#parts(item, places.get(item.photo.id), work);
        if (!parts) {
          work.next(item.label, false);
          continue;
        }
        await turn(parts.filter(({ there }) => there === null));
        last = await this.#copy(item, parts, work);
        if (!last) work.next(item.label, false);
      }
      await turn([]);
    } catch (thrown) {
      // Without the list nothing more goes: what was copied last has its original where it was.
      work.fault(this.#list.name, whyNot(thrown));
      if (last) work.stay(pathOf(last.item.photo), "no-list");
    }
    await this.#tell(1);
  }

  /** The files of a photo with the names that they will have. Undefined: it stays, and that is said. */
  async #parts(item: Item, place: Place | undefined, work: Work): Promise<readonly Part[] | undefined> {
    let known = pathOf(item.photo);
    try {
      if (!place) throw new NotWritten("absent");
      await this.#mayDelete(place.root);
      const photo = await read(place);
      if (photo.sha256 !== place.key) throw new NotWritten("changed");
      const main = await this.#placed(photo, item.step, "");
      const parts = [main.part];
      for (const step of item.companions) {
        const spot = place.companions.get(step.from);
        known = step.from;
        if (spot) parts.push((await this.#placed(await read(spot), step, main.suffix)).part);
        else if (main.part.there === null) work.fault(known, "absent");
      }
      return parts;
    } catch (thrown) {
      this.#leave(item, known, thrown, work);
      return undefined;
    }
  }

  async #mayDelete(root: Source): Promise<void> {
    const allowed =
      !this.#closed.has(root) && (await root.queryPermission({ mode: "readwrite" })) === "granted";
    if (!allowed) throw new NotWritten("closed");
  }

  /** What belongs together stays together. */
  #leave({ photo }: Item, known: string, thrown: unknown, work: Work): void {
    work.fault(known, whyNot(thrown));
    if (known !== pathOf(photo)) work.fault(pathOf(photo), "together");
  }

  async #placed(
    read: Pick<Part, "spot" | "original" | "sha256">,
    step: Item["step"],
    suffix: string,
  ): Promise<{ readonly part: Part; readonly suffix: string }> {
    const [above, name] = partsOf(step.to);
    const folder = await this.#tree.folder(above);
    let there: Part["there"] = null;
    const free = await freeName(folder, name, suffix, async (handle) => {
      if (await handle.isSameEntry(read.spot.handle)) there = "itself";
      else {
        const left = await this.#left(handle, [...above, handle.name].join("/"), read);
        if (left === "empty") {
          await removeHalf(folder, handle.name);
          await folder.removeEntry(handle.name);
          return true;
        }
        there = left;
      }
      return there !== null;
    });
    const to = [...above, free.name].join("/");
    return { part: { ...read, known: step.from, folder, name: free.name, to, there }, suffix: free.suffix };
  }

  /** What an earlier move of this file left there when it was cut short; null: it is not of that. */
  async #left(
    handle: FileSystemFileHandle,
    to: string,
    { spot, original }: Pick<Part, "spot" | "original">,
  ): Promise<"copy" | "empty" | null> {
    const line = this.#earlier.get(to);
    if (line?.from !== spot.path) return null;
    const file = await handle.getFile();
    if (line.what === "moving" && file.size === 0 && original.size > 0) return "empty";
    return (await same(original, file).catch(() => false)) ? "copy" : null;
  }

  /** Copies what belongs together. Undefined: it cannot be, and no copy of it stays. */
  async #copy(item: Item, parts: readonly Part[], work: Work): Promise<Group | undefined> {
    const copies: (readonly [Part, File])[] = [];
    for (const part of parts) {
      if (part.there === "itself") continue;
      try {
        // Refused since it was read.
        await this.#mayDelete(part.spot.root);
        const { original, folder, name } = part;
        copies.push([part, part.there === "copy" ? await again(part) : await write(original, folder, name)]);
      } catch (thrown) {
        this.#leave(item, part.known, thrown, work);
        for (const [one] of copies) {
          if (one.there === null) await one.folder.removeEntry(one.name).catch(() => undefined);
        }
        return undefined;
      }
    }
    return { item, copies };
  }

  /** Deletes the originals of a photo. What is not deleted is said: it is there twice. */
  async #finish({ item, copies }: Group, work: Work): Promise<void> {
    const gone: Move[] = [];
    // What belongs to the photo first: as long as that is there, it is found by it.
    for (const [part, copy] of [...copies].reverse()) {
      try {
        await remove(part, copy);
        const after = `${this.root.name}/${part.to}`;
        gone.push({ before: part.known, after, file: await again(part) });
      } catch (thrown) {
        const why = whyNot(thrown);
        if (why === "refused") this.#closed.add(part.spot.root);
        work.stay(part.known, why === "refused" ? "closed" : why);
        // The photo itself, too, where it was something that belongs to it.
        if (part !== copies[0]?.[0]) work.stay(pathOf(item.photo), "together");
        break;
      }
    }
    if (copies.length === 0) work.already++;
    this.#moves.push(...gone);
    work.next(item.label, true);
    await this.#tell(TELL_EVERY);
  }

  async #tell(least: number): Promise<void> {
    if (this.#moves.length < least) return;
    await this.tell(this.#moves);
    this.#moves = [];
  }
}

async function read(spot: Spot): Promise<Pick<Part, "spot" | "original" | "sha256">> {
  // What stands on the list under such a path could not be brought back.
  if (!staysBelow(spot.path)) throw new NotWritten("odd-path");
  try {
    const original = await spot.handle.getFile();
    return { spot, original, sha256: original.size > READ_WHOLE ? "" : await contentOf(original) };
  } catch {
    throw new NotWritten("unreadable");
  }
}

async function again({ folder, name }: Part): Promise<File> {
  return (await folder.getFileHandle(name)).getFile();
}

/** Deletes an original, if it and its copy are what they were when they were compared. */
async function remove({ spot, original, folder, name }: Part, copy: File): Promise<void> {
  const now = await ifThere(spot.handle.getFile());
  if (!now) return;
  if (!unchanged(now, original)) throw new NotWritten("changed");
  if (!unchanged(await (await folder.getFileHandle(name)).getFile(), copy)) throw new NotWritten("unlike");
  await spot.folder.removeEntry(spot.handle.name);
}

export function unchanged(now: File, then: File): boolean {
  return now.size === then.size && now.lastModified === then.lastModified;
}

function lineOf({ spot, to, sha256, original }: Part, copy?: File): Line {
  const { size: bytes } = original;
  return copy
    ? { what: "moved", from: spot.path, to, sha256, modified: copy.lastModified, bytes }
    : { what: "moving", from: spot.path, to, sha256, modified: null, bytes };
}

function line(what: "folder", to: string): Line {
  return { what, from: "", to, sha256: "", modified: null, bytes: 0 };
}
