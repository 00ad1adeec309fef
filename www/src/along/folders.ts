// Photos into folders on the disk (File System Access). Each file is written beside its place and takes it
// when it is whole; it is read again and compared with its original; nothing that is there already is written
// over. What was written is listed in a file beside the folders, also while it goes on, so that the list is
// true whenever it ends. What is compared is what was meant: the original, or its copy with a tag in it.

import type { LabelId } from "../engine/engine";
import { picked } from "../engine/picked";
import { withSuffix } from "./names";
import { type Item, partsOf, type Step, UNDO_LIST } from "./plan";
import type { Fault, Originals, Work } from "./run";
import { csv } from "./table";

declare global {
  interface Window {
    showDirectoryPicker?(options: {
      readonly id: string;
      readonly mode?: "read" | "readwrite";
    }): Promise<FileSystemDirectoryHandle>;
  }
}

export const canWriteFolders = window.showDirectoryPicker !== undefined;

/** Asks where to. In a gesture only. Null where the person chose no place. */
export async function chosenFolder(): Promise<FileSystemDirectoryHandle | null> {
  return (await picked(window.showDirectoryPicker?.({ id: "keepsake-along", mode: "readwrite" }))) ?? null;
}

/** A file that was written. */
interface Written {
  readonly from: string;
  /** With the name that it has: a number more than planned where that one was taken. */
  readonly to: string;
  /** With the label in it, which the original has not. */
  readonly tagged: boolean;
  readonly folder: FileSystemDirectoryHandle;
  readonly handle: FileSystemFileHandle;
  readonly size: number;
  /** As it was when it was read again. */
  readonly modified: number;
}

const PIECE = 8 * 1024 * 1024;
/** The list is written anew after so many files. */
const LIST_EVERY = 50;

export class Copying {
  readonly #written: Written[] = [];
  /** Folders that were not there, the inner ones last. */
  readonly #made: { readonly above: FileSystemDirectoryHandle; readonly name: string }[] = [];
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  #list: FileSystemFileHandle | undefined;
  #listName = UNDO_LIST;
  #listed = 0;

  constructor(readonly root: FileSystemDirectoryHandle) {}

  get files(): number {
    return this.#written.length;
  }

  get listName(): string {
    return this.#listName;
  }

  async run(items: readonly Item[], from: Originals, work: Work): Promise<void> {
    for (const { photo, label, step, companions } of items) {
      if (work.stopped) break;
      const copied = await this.#one(from.file(photo), step, work, label);
      for (const other of copied === undefined ? [] : companions) {
        await this.#one(from.companion(photo, other.from), other, work, null, copied);
      }
      work.next(label, copied !== undefined);
      if (this.#written.length - this.#listed >= LIST_EVERY) await this.#writeList(work);
    }
    if (this.#written.length > this.#listed) await this.#writeList(work);
  }

  /** Copies one file; with a label, as is meant for photos of it. Answers with what was put behind its name since that was taken; undefined: it is not there. */
  async #one(
    original: File | undefined,
    step: Step,
    work: Work,
    label: LabelId | null,
    suffix = "",
  ): Promise<string | undefined> {
    if (!original) {
      work.fault(step.from, "absent");
      return undefined;
    }
    let reading = true;
    try {
      const { content: file, tag } = await work.meaning(original, label);
      reading = false;
      const [above, name] = partsOf(step.to);
      const folder = await this.#folder(above);
      const free = await freeName(folder, name, suffix);
      const handle = await folder.getFileHandle(free.name, { create: true });
      let whole = false;
      try {
        const stream = await handle.createWritable();
        try {
          for (let at = 0; at < file.size; at += PIECE) {
            reading = true;
            const piece = await file.slice(at, at + PIECE).arrayBuffer();
            reading = false;
            await stream.write(piece);
          }
          await stream.close();
        } catch (thrown) {
          await stream.abort().catch(() => undefined);
          throw thrown;
        }
        const copy = await handle.getFile();
        reading = true;
        whole = await same(file, copy);
        reading = false;
        if (!whole) {
          work.fault(step.from, "unlike");
          return undefined;
        }
        const to = [...above, free.name].join("/");
        const { size, lastModified: modified } = copy;
        this.#written.push({ from: step.from, to, tagged: tag === true, folder, handle, size, modified });
        work.wrote(step.from, tag);
        return free.suffix;
      } finally {
        if (!whole) await folder.removeEntry(free.name).catch(() => undefined);
      }
    } catch (thrown) {
      work.fault(step.from, reading ? "unreadable" : reason(thrown));
      return undefined;
    }
  }

  #folder(parts: readonly string[]): Promise<FileSystemDirectoryHandle> {
    const key = parts.join("/");
    const name = parts.at(-1);
    if (name === undefined) return Promise.resolve(this.root);
    let folder = this.#folders.get(key);
    if (!folder) {
      folder = this.#make(parts.slice(0, -1), name);
      this.#folders.set(key, folder);
      // What failed once is tried again for the next file.
      folder.catch(() => this.#folders.delete(key));
    }
    return folder;
  }

  async #make(above: readonly string[], name: string): Promise<FileSystemDirectoryHandle> {
    const parent = await this.#folder(above);
    try {
      return await parent.getDirectoryHandle(name);
    } catch (thrown) {
      if (!isNamed(thrown, "NotFoundError")) throw thrown;
    }
    const folder = await parent.getDirectoryHandle(name, { create: true });
    this.#made.push({ above: parent, name });
    return folder;
  }

  async #writeList(work: Work): Promise<void> {
    try {
      if (!this.#list) {
        this.#listName = (await freeName(this.root, UNDO_LIST, "")).name;
        this.#list = await this.root.getFileHandle(this.#listName, { create: true });
      }
      const lines = this.#written.map(({ from, to, tagged, size }) => [
        tagged ? "copied with tag" : "copied",
        from,
        to,
        size,
      ]);
      const stream = await this.#list.createWritable();
      await stream.write(csv([["what", "from", "to", "bytes"], ...lines]));
      await stream.close();
      this.#listed = this.#written.length;
    } catch (thrown) {
      work.fault(this.#listName, reason(thrown));
      // Not again for each of the next ones.
      this.#listed = this.#written.length;
    }
  }

  /** Deletes what was written and nobody has changed since, and the folders that are empty then. */
  async undo(): Promise<{ readonly removed: number; readonly kept: number }> {
    let [removed, kept] = [0, 0];
    for (const { folder, handle, size, modified } of this.#written) {
      try {
        const file = await handle.getFile();
        if (file.size !== size || file.lastModified !== modified) throw new Error("changed");
        await folder.removeEntry(handle.name);
        removed++;
      } catch (thrown) {
        // Whoever deleted it before was faster.
        if (!isNamed(thrown, "NotFoundError")) kept++;
      }
    }
    if (kept === 0 && this.#list) await this.root.removeEntry(this.#list.name).catch(() => undefined);
    // A folder with something in it refuses, and stays.
    for (const { above, name } of [...this.#made].reverse()) {
      await above.removeEntry(name).catch(() => undefined);
    }
    return { removed, kept };
  }
}

/** The first name that nothing has: the name itself, then with numbers. */
async function freeName(
  folder: FileSystemDirectoryHandle,
  name: string,
  suffix: string,
): Promise<{ readonly name: string; readonly suffix: string }> {
  for (let n = 1; ; n++) {
    const more = n === 1 ? suffix : `${suffix}-${n}`;
    const wanted = more === "" ? name : withSuffix(name, more);
    try {
      await folder.getFileHandle(wanted);
    } catch (thrown) {
      if (isNamed(thrown, "NotFoundError")) return { name: wanted, suffix: more };
      // A folder has the name.
      if (!isNamed(thrown, "TypeMismatchError")) throw thrown;
    }
  }
}

async function same(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (let at = 0; at < a.size; at += PIECE) {
    const [one, other] = await Promise.all(
      [a, b].map(async (blob) => new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer())),
    );
    if (!one || !other || one.length !== other.length) return false;
    for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  }
  return true;
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof DOMException && thrown.name === name;
}

function reason(thrown: unknown): Fault["why"] {
  if (isNamed(thrown, "NotAllowedError") || isNamed(thrown, "NoModificationAllowedError")) return "refused";
  if (isNamed(thrown, "QuotaExceededError")) return "full";
  return "unwritten";
}
