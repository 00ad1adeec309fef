// From what a person drops or chooses to a flat list of files: folders are walked, what the system
// puts into folders for itself is left out.

const SYSTEM_FILES = /^(\.|Thumbs\.db$|desktop\.ini$|ehthumbs)/i;

/** All files among `dropped`, folders walked in the order of their names. */
export async function flatten(dropped: readonly (File | FileSystemEntry)[]): Promise<File[]> {
  const files: File[] = [];
  for (const one of dropped) {
    if (one instanceof File) {
      if (!SYSTEM_FILES.test(one.name)) files.push(one);
    } else await walk(one, files);
  }
  return files;
}

async function walk(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (SYSTEM_FILES.test(entry.name)) return;
  if (entry.isFile) {
    const file = entry as FileSystemFileEntry;
    files.push(await new Promise<File>((resolve, reject) => file.file(resolve, reject)));
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const entries: FileSystemEntry[] = [];
    // A reader answers in portions; an empty one means that was all.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) break;
      entries.push(...some);
    }
    entries.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    for (const child of entries) await walk(child, files);
  }
}
