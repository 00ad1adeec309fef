// Copies of the photos into folders on the disk. Nothing that is there already is written over. What was
// written is listed in a file beside the folders, also while it goes on. What a copy is compared with is what
// was meant: the original, or its copy with a tag in it.

import type { LabelId } from "../engine/engine";
import { picked } from "../engine/picked";
import { freeName, isNamed, NotWritten, removeEmpty, Tree, whyNot, write } from "./disk";
import { UndoList } from "./list-file";
import { type Item, partsOf, type Step } from "./plan";
import type { Originals, Work } from "./run";

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
  /** As it was when it was read again. */
  readonly file: File;
}

/** The list gets so many lines at once. */
const LIST_EVERY = 50;

export class Copying {
  readonly #written: Written[] = [];
  readonly #tree: Tree;
  readonly #list: UndoList;
  #listed = 0;

  constructor(readonly root: FileSystemDirectoryHandle) {
    this.#tree = new Tree(root);
    this.#list = new UndoList(root);
  }

  get listName(): string {
    return this.#list.name;
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
    try {
      const meant = work.meaning(original, label);
      const { content, tag } = await meant.catch(() => Promise.reject(new NotWritten("unreadable")));
      const [above, name] = partsOf(step.to);
      const folder = await this.#tree.folder(above);
      const free = await freeName(folder, name, suffix);
      const file = await write(content, folder, free.name);
      const to = [...above, free.name].join("/");
      this.#written.push({ from: step.from, to, tagged: tag === true, folder, file });
      work.wrote(step.from, tag);
      return free.suffix;
    } catch (thrown) {
      work.fault(step.from, whyNot(thrown));
      return undefined;
    }
  }

  async #writeList(work: Work): Promise<void> {
    const lines = this.#written.slice(this.#listed).map(({ from, to, tagged, file }) => ({
      what: tagged ? ("copied with tag" as const) : ("copied" as const),
      from,
      to,
      sha256: "",
      modified: file.lastModified,
      bytes: file.size,
    }));
    // Where it cannot be written, not again for each of the next ones.
    this.#listed = this.#written.length;
    await this.#list.append(lines).catch((thrown) => work.fault(this.#list.name, whyNot(thrown)));
  }

  /** Deletes what was written and nobody has changed since, and the folders that are empty then. */
  async undo(): Promise<{ readonly removed: number; readonly kept: number }> {
    let [removed, kept] = [0, 0];
    for (const { folder, file: then } of this.#written) {
      try {
        const file = await (await folder.getFileHandle(then.name)).getFile();
        if (file.size !== then.size || file.lastModified !== then.lastModified) throw new Error("changed");
        await folder.removeEntry(then.name);
        removed++;
      } catch (thrown) {
        // Whoever deleted it before was faster.
        if (!isNamed(thrown, "NotFoundError")) kept++;
      }
    }
    if (kept === 0) await this.#list.remove();
    await removeEmpty(this.root, this.#tree.made);
    return { removed, kept };
  }
}
