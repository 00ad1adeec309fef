// From what a person drops or chooses to files, one after the other, each with the path at which it lies:
// folders are walked, what is hidden in them (kinds.ts) is passed. All ways in end here, so that the same
// folder gives the same paths whichever way it came.

import { hidden } from "./kinds";

/** A file, and where it lies: its name with the folders above it, from the one that was dropped or chosen. */
export interface Found {
  readonly file: File;
  readonly path: string;
}

/** What a person drops or chooses. */
export type Dropped = File | FileSystemEntry | FileSystemHandle;

/** A file or folder that could not be opened: it was moved meanwhile, or may not be read. */
export class Unreadable {
  readonly code = "photo/unreadable";
  constructor(
    readonly name: string,
    readonly message: string,
  ) {}
}

/**
 * All files among `dropped`, which lie in the folder `above`; folders in the order of their names. What
 * cannot be opened is named and passed.
 */
export async function* filesIn(dropped: readonly Dropped[], above = ""): AsyncGenerator<Found | Unreadable> {
  for (const one of dropped) {
    // A folder that was chosen comes as its files, each with its path.
    const path = pathOf(
      above,
      one instanceof File && above === "" ? one.webkitRelativePath || one.name : one.name,
    );
    if (hidden(path)) continue;
    if (one instanceof File) yield { file: one, path };
    else yield* walk(one, path);
  }
}

/** One system writes “é” as one character, another as two: a path is the same in both. */
function pathOf(above: string, name: string): string {
  return (above === "" ? name : `${above}/${name}`).normalize("NFC");
}

async function* walk(
  entry: FileSystemEntry | FileSystemHandle,
  path: string,
): AsyncGenerator<Found | Unreadable> {
  let inside: Dropped[];
  try {
    const file = await fileOf(entry);
    if (file) {
      yield { file, path };
      return;
    }
    inside = await list(entry as FileSystemDirectoryEntry | FileSystemDirectoryHandle);
  } catch (thrown) {
    yield new Unreadable(entry.name, thrown instanceof Error ? thrown.message : String(thrown));
    return;
  }
  inside.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  yield* filesIn(inside, path);
}

/** The file that an entry stands for; undefined where it is a folder. */
async function fileOf(entry: FileSystemEntry | FileSystemHandle): Promise<File | undefined> {
  if ("kind" in entry) return entry.kind === "file" ? (entry as FileSystemFileHandle).getFile() : undefined;
  if (!entry.isFile) return undefined;
  return new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
}

async function list(folder: FileSystemDirectoryEntry | FileSystemDirectoryHandle): Promise<Dropped[]> {
  const entries: Dropped[] = [];
  if ("kind" in folder) {
    for await (const entry of folder.values()) entries.push(entry);
    return entries;
  }
  const reader = folder.createReader();
  // A reader answers in portions; an empty one means that was all.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}
