// What was moved goes back to where it was, by the undo list: of this visit, or as it lies beside the photos.
// Nothing that is there by now is written over, and a copy that somebody changed since stays where it is. Cut
// short, it can be done again: what is back already is known by its content.

import { folderAt, ifThere, NotWritten, removeEmpty, removeHalf, same, Tree, whyNot, write } from "./disk";
import { isListName, removeHalfLists } from "./list-file";
import { type Move, unchanged } from "./move";
import { contentOf } from "./place";
import { partsOf } from "./plan";
import type { Work } from "./run";
import { type Line, type Listed, readList } from "./undo-list";

/** An undo list that lies in a folder. */
export interface FoundList extends Listed {
  readonly root: FileSystemDirectoryHandle;
  readonly name: string;
  /** When it was last written. */
  readonly at: number;
  /** Names of the folders that it moved files out of. */
  readonly sources: readonly string[];
}

/** More is no list of ours. */
const LONGEST_LIST = 64 * 1024 * 1024;

/** The lists in a folder that say of something that it was moved, the last one first. */
export async function listsIn(root: FileSystemDirectoryHandle): Promise<readonly FoundList[]> {
  const found: FoundList[] = [];
  for await (const { kind, name } of root.values()) {
    if (kind !== "file" || !isListName(name)) continue;
    const file = await root.getFileHandle(name).then((handle) => handle.getFile());
    if (file.size > LONGEST_LIST) continue;
    const listed = readList(await file.text());
    const sources = [...new Set(listed.moved.map(({ from }) => partsOf(from)[0][0] ?? ""))];
    if (sources.length > 0) found.push({ ...listed, root, name, at: file.lastModified, sources });
  }
  return found.sort((a, b) => b.at - a.at);
}

/** What is brought back. */
export interface Returning {
  readonly root: FileSystemDirectoryHandle;
  readonly lines: readonly Line[];
  /** Folders that a move made. */
  readonly made: readonly string[];
  /** The folder that a line came from. */
  source(line: Line): FileSystemDirectoryHandle | undefined;
  /** Everything is back: the list has done its work. */
  done(): Promise<void>;
}

/** Brings files back, the last one first; tells where they lie then. */
export async function bringBack(what: Returning, work: Work): Promise<readonly Move[]> {
  const moves: Move[] = [];
  const trees = new Map<FileSystemDirectoryHandle, Tree>();
  for (const line of [...what.lines].reverse()) {
    if (work.stopped) break;
    try {
      const source = what.source(line);
      if (!source) throw new NotWritten("no-folder");
      let tree = trees.get(source);
      if (!tree) {
        tree = new Tree(source);
        trees.set(source, tree);
      }
      const file = await oneBack(what.root, tree, line);
      work.next(null, file !== undefined);
      if (!file) continue;
      const [folders, name] = partsOf(line.from);
      const after = [source.name, ...folders.slice(1), name].join("/");
      for (const before of [`${what.root.name}/${line.to}`, line.from]) moves.push({ before, after, file });
    } catch (thrown) {
      work.fault(line.to, whyNot(thrown));
      work.next(null, false);
    }
  }
  await removeHalfLists(what.root).catch(() => undefined);
  await removeEmpty(what.root, what.made);
  if (!work.stopped && work.faults.length === 0) await what.done();
  return moves;
}

/** One file; undefined where there was nothing to be brought back. */
async function oneBack(root: FileSystemDirectoryHandle, tree: Tree, line: Line): Promise<File | undefined> {
  const [toFolders, toName] = partsOf(line.to);
  const [fromFolders, fromName] = partsOf(line.from);
  const below = fromFolders.slice(1);
  const folder = await folderAt(root, toFolders);
  const copy = folder && (await fileIn(folder, toName));
  const home = await folderAt(tree.root, below);
  const there = home && (await fileIn(home, fromName));
  // An empty file is what a browser leaves that ended while it wrote.
  const original = there && (there.size > 0 || line.bytes === 0) ? there : undefined;
  if (home && there && !original) await removeHalf(home, fromName);
  if (folder && line.what === "moving") await removeHalf(folder, toName);
  if (!folder || !copy) {
    if (original && (await isWhat(original, line))) return original;
    if (line.what === "moving") return undefined;
    throw new NotWritten("gone");
  }
  if (original) {
    const leftOver = line.what === "moving" && copy.size === 0;
    if (!leftOver && !(await same(original, copy))) throw new NotWritten("occupied");
    // The same file twice under two names is one that must stay.
    if (home && (await isOne(home, fromName, folder, toName))) return original;
    await folder.removeEntry(toName);
    return original;
  }
  if (!(await isWhat(copy, line))) throw new NotWritten("changed-since");
  const back = await write(copy, await tree.folder(below), fromName);
  const now = await fileIn(folder, toName);
  if (!now || !unchanged(now, copy)) throw new NotWritten("changed-since");
  await folder.removeEntry(toName);
  return back;
}

async function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  const handle = await ifThere(folder.getFileHandle(name));
  return handle && ifThere(handle.getFile());
}

async function isOne(
  folder: FileSystemDirectoryHandle,
  name: string,
  other: FileSystemDirectoryHandle,
  otherName: string,
): Promise<boolean> {
  const [one, two] = await Promise.all([folder.getFileHandle(name), other.getFileHandle(otherName)]);
  return one.isSameEntry(two);
}

/** Whether a file is what a line says. */
async function isWhat(file: File, { bytes, sha256, modified }: Line): Promise<boolean> {
  if (file.size !== bytes) return false;
  return sha256 === "" ? file.lastModified === modified : (await contentOf(file)) === sha256;
}
