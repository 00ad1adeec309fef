// From what a person drops or chooses to files, one after the other: folders are walked, what the system
// puts into folders for itself is left out.

const SYSTEM_FILES = /^(\.|Thumbs\.db$|desktop\.ini$|ehthumbs)/i;

/** A file or folder that could not be opened: it was moved meanwhile, or may not be read. */
export class Unreadable {
  readonly code = "photo/unreadable";
  constructor(
    readonly name: string,
    readonly message: string,
  ) {}
}

/** All files among `dropped`, folders in the order of their names. What cannot be opened is named and passed. */
export async function* filesIn(
  dropped: readonly (File | FileSystemEntry)[],
): AsyncGenerator<File | Unreadable> {
  for (const one of dropped) {
    if (SYSTEM_FILES.test(one.name)) continue;
    if (one instanceof File) yield one;
    else yield* walk(one);
  }
}

async function* walk(entry: FileSystemEntry): AsyncGenerator<File | Unreadable> {
  let inside: FileSystemEntry[];
  try {
    if (entry.isFile) {
      const file = entry as FileSystemFileEntry;
      yield await new Promise<File>((resolve, reject) => file.file(resolve, reject));
      return;
    }
    inside = await list(entry as FileSystemDirectoryEntry);
  } catch (thrown) {
    yield new Unreadable(entry.name, thrown instanceof Error ? thrown.message : String(thrown));
    return;
  }
  inside.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  yield* filesIn(inside);
}

async function list(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  // A reader answers in portions; an empty one means that was all.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}
