// Files and folders on the disk (File System Access): what copying, moving and bringing back have in common.
// A file is written beside its place and takes it when it is whole, is read again, and is compared with what
// was meant.

import { withSuffix } from "./names";
import type { Fault } from "./run";

/** What is read, or written, at a time. */
const PIECE = 8 * 1024 * 1024;

/** A file that could not be written, with why. */
export class NotWritten extends Error {
  constructor(readonly why: Fault["why"]) {
    super(why);
  }
}

/** A folder that was chosen. Those in it are made when they are first needed. */
export class Tree {
  /** Paths of the folders that were not there, inner ones last. */
  readonly made: string[] = [];
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();

  constructor(readonly root: FileSystemDirectoryHandle) {}

  folder(parts: readonly string[]): Promise<FileSystemDirectoryHandle> {
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
    const parent = await this.folder(above);
    try {
      return await parent.getDirectoryHandle(name);
    } catch (thrown) {
      if (!isNamed(thrown, "NotFoundError")) throw thrown;
    }
    const folder = await parent.getDirectoryHandle(name, { create: true });
    this.made.push([...above, name].join("/"));
    return folder;
  }
}

/** A folder that is there; undefined where it is not. */
export async function folderAt(
  root: FileSystemDirectoryHandle,
  parts: readonly string[],
): Promise<FileSystemDirectoryHandle | undefined> {
  let folder = root;
  for (const part of parts) {
    const next = await ifThere(folder.getDirectoryHandle(part));
    if (!next) return undefined;
    folder = next;
  }
  return folder;
}

/** What is asked for; undefined where nothing, or something of another kind, has that name. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (isNamed(thrown, "NotFoundError") || isNamed(thrown, "TypeMismatchError")) return undefined;
    throw thrown;
  }
}

/** Removes the folders at these paths, the last one first, as far as they are empty. */
export async function removeEmpty(root: FileSystemDirectoryHandle, paths: readonly string[]): Promise<void> {
  for (const path of [...paths].reverse()) {
    const parts = path.split("/");
    const name = parts.pop();
    const above = await folderAt(root, parts).catch(() => undefined);
    // A folder with something in it refuses, and stays.
    if (name !== undefined) await above?.removeEntry(name).catch(() => undefined);
  }
}

/** Writes `content` under a name that is free; what was written, read again. Nothing half stays. */
export async function write(content: Blob, folder: FileSystemDirectoryHandle, name: string): Promise<File> {
  const handle = await folder.getFileHandle(name, { create: true });
  let whole = false;
  try {
    const stream = await handle.createWritable();
    try {
      for (let at = 0; at < content.size; at += PIECE) await stream.write(await piece(content, at));
      await stream.close();
    } catch (thrown) {
      await stream.abort().catch(() => undefined);
      throw thrown;
    }
    const copy = await handle.getFile();
    whole = await same(content, copy);
    if (!whole) throw new NotWritten("unlike");
    return copy;
  } finally {
    if (!whole) await folder.removeEntry(name).catch(() => undefined);
  }
}

/** Removes what Chromium leaves beside a file when it is killed while it writes it: the new content, in part. */
export async function removeHalf(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(`${name}.crswap`).catch(() => undefined);
}

async function piece(content: Blob, at: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer());
  } catch {
    throw new NotWritten("unreadable");
  }
}

/** Whether two files hold the same bytes. Throws where one cannot be read. */
export async function same(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (let at = 0; at < a.size; at += PIECE) {
    const [one, other] = await Promise.all([piece(a, at), piece(b, at)]);
    if (one.length !== other.length) return false;
    for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  }
  return true;
}

/** The first name that nothing has, or that holds what `takes` says: the name itself, then with numbers. */
export async function freeName(
  folder: FileSystemDirectoryHandle,
  name: string,
  suffix: string,
  takes: (there: FileSystemFileHandle) => Promise<boolean> = async () => false,
): Promise<{ readonly name: string; readonly suffix: string; readonly there: FileSystemFileHandle | null }> {
  for (let n = 1; ; n++) {
    const more = n === 1 ? suffix : `${suffix}-${n}`;
    const wanted = more === "" ? name : withSuffix(name, more);
    try {
      const there = await folder.getFileHandle(wanted);
      if (await takes(there)) return { name: wanted, suffix: more, there };
    } catch (thrown) {
      if (isNamed(thrown, "NotFoundError")) return { name: wanted, suffix: more, there: null };
      // A folder has the name.
      if (!isNamed(thrown, "TypeMismatchError")) throw thrown;
    }
  }
}

export function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof DOMException && thrown.name === name;
}

/** Why something could not be written. */
export function whyNot(thrown: unknown): Fault["why"] {
  if (thrown instanceof NotWritten) return thrown.why;
  if (isNamed(thrown, "NotAllowedError") || isNamed(thrown, "NoModificationAllowedError")) return "refused";
  if (isNamed(thrown, "QuotaExceededError")) return "full";
  return "unwritten";
}
