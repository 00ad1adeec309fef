// Places that photos were moved to, remembered for the next visit: the undo list in each says what.

import { type Asking, kept } from "../engine/handles";

/** A folder that photos were moved to. */
export interface Moved {
  readonly root: FileSystemDirectoryHandle & Asking;
  /** When that began, in milliseconds since 1970. */
  readonly at: number;
}

const KEY = "moved";
/** The last ones. */
const MOST = 12;

/** Those of earlier visits and of this one, the last one first. */
export async function recall(): Promise<readonly Moved[]> {
  return (await kept<readonly Moved[] | undefined>("readonly", (table) => table.get(KEY))) ?? [];
}

/** From the moment on at which the first photo is moved: nobody knows how a visit ends. */
export async function remember(root: Moved["root"]): Promise<void> {
  const others = await without(root);
  await put([{ root, at: Date.now() }, ...others].slice(0, MOST));
}

/** Nothing is left there to be brought back. */
export async function forget(root: FileSystemDirectoryHandle): Promise<void> {
  await put(await without(root));
}

async function without(root: FileSystemDirectoryHandle): Promise<readonly Moved[]> {
  const all = await recall();
  const is = await Promise.all(all.map((one) => one.root.isSameEntry(root)));
  return all.filter((_, at) => !is[at]);
}

function put(all: readonly Moved[]): Promise<unknown> {
  return kept("readwrite", (table) => table.put(all, KEY));
}
