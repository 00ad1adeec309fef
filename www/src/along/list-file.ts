// The undo list on the disk, while it is being written. It is only ever made longer.

import { freeName, removeHalf } from "./disk";
import { UNDO_LIST } from "./plan";
import { HEAD, type Line, textOf } from "./undo-list";

/** A list that is being written. */
export class UndoList {
  #file: FileSystemFileHandle | undefined;
  #name = UNDO_LIST;

  constructor(readonly root: FileSystemDirectoryHandle) {}

  get name(): string {
    return this.#name;
  }

  /** Puts lines at its end. They are on the disk when this resolves. */
  async append(lines: readonly Line[]): Promise<void> {
    if (!this.#file) {
      this.#name = (await freeName(this.root, UNDO_LIST, "")).name;
      this.#file = await this.root.getFileHandle(this.#name, { create: true });
    }
    const { size: position } = await this.#file.getFile();
    const data = new TextEncoder().encode(position === 0 ? HEAD + textOf(lines) : textOf(lines));
    const stream = await this.#file.createWritable({ keepExistingData: true });
    try {
      await stream.write({ type: "write", position, data });
      await stream.close();
    } catch (thrown) {
      await stream.abort().catch(() => undefined);
      throw thrown;
    }
    const { size } = await this.#file.getFile();
    if (size !== position + data.length) throw new Error("The undo list is not what was written.");
  }

  async remove(): Promise<void> {
    if (this.#file) await this.root.removeEntry(this.#file.name).catch(() => undefined);
  }
}

/** Whether a file is called as an undo list. */
export function isListName(name: string): boolean {
  return name.startsWith(STEM) && name.endsWith(ENDING);
}

const ENDING = ".csv";
const STEM = UNDO_LIST.slice(0, -ENDING.length);

/** Removes what is left of a list that was being written when the browser was killed. */
export async function removeHalfLists(root: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const name of root.keys()) if (isListName(name)) names.push(name);
  for (const name of names) await removeHalf(root, name);
}
