// Where a photo's own file is. The page keeps small pictures and no originals: whoever wants to see a photo
// large needs its file, which is at hand
//
//   on the visit on which it was added;
//   later where it lies in a folder that was dropped or chosen, which the browser lets the page remember
//   (File System Access) and asks about once a visit;
//   else when its folder, or its file, is chosen again.
//
// A name only says where to look. That a file is the photo is told by its path, size and time, as when it was
// added, else by its content: nothing is ever shown in another's place.

import { signal } from "@preact/signals";
import type { Origin } from "keepsake";
import { keyOf } from "./collection-address";
import type { PhotoId } from "./engine";
import type { Found } from "./files";
import { addTo } from "./groups";
import { type Asking, kept } from "./handles";
import { hex, sha256 } from "./sha256";

/** What a photo is found again by. */
export interface Sought {
  readonly id: PhotoId;
  readonly name: string;
  /** The file as it was added, where that is known: "Holiday/day 1/beach.jpg". */
  readonly origin: Pick<Origin, "path" | "size" | "modified"> | null;
  /** SHA-256 of its content, in hex. */
  readonly key: string;
}

/** Where a photo's file is. */
export type Original =
  | { readonly kind: "here"; readonly file: File }
  /** The browser wants the person to allow the remembered folder again. */
  | { readonly kind: "asks"; readonly folder: string }
  /** Nobody said where it is; or no folder that may be read holds it. */
  | { readonly kind: "absent"; readonly looked: boolean };

/** Files that are looked through for one that goes by another name. */
export interface Search {
  readonly done: number;
  readonly total: number;
}

/** A folder that is remembered. */
export type Folder = FileSystemDirectoryHandle & Asking;

const KEY = "folders";
/** Folders remembered: the last ones. A browser asks about each. */
const FOLDERS = 12;

export class Originals {
  /** Counts up whenever a file may be at hand that was not. */
  readonly news = signal(0);

  /** Told by their content. */
  readonly #files = new Map<PhotoId, File>();
  readonly #byKey = new Map<string, File>();
  readonly #companions = new Map<PhotoId, ReadonlyMap<string, File>>();
  /** Chosen again, by name; those whose content is not known yet are in `#unread`, too. */
  readonly #named = new Map<string, File[]>();
  readonly #unread = new Set<File>();
  #folders: Promise<readonly Folder[]> | undefined;
  readonly #key: string;
  /** What lies in each folder, by the file's name. */
  readonly #inside = new Map<Folder, Promise<ReadonlyMap<string, readonly FileSystemFileHandle[]>>>();

  constructor(collection: string) {
    this.#key = keyOf(KEY, collection);
  }

  /** A file of this visit, and what belongs to it. */
  keep(photo: PhotoId, file: File, companions: readonly Found[] = []): void {
    this.#files.set(photo, file);
    if (companions.length === 0) return;
    this.#companions.set(photo, new Map(companions.map((one) => [one.path, one.file])));
  }

  /** Files that lie beside a photo's own, which is at `path` and may be among them. */
  keepBeside(photo: PhotoId, path: string, files: readonly Found[]): void {
    const companions = new Map(this.#companions.get(photo));
    for (const one of files) {
      if (one.path === path) this.#files.set(photo, one.file);
      else companions.set(one.path, one.file);
    }
    this.#companions.set(photo, companions);
  }

  /** A photo's file, if it was added on this visit. */
  here(photo: PhotoId): File | undefined {
    return this.#files.get(photo);
  }

  /** A file that belongs to a photo, if it was added on this visit. */
  companion(photo: PhotoId, path: string): File | undefined {
    return this.#companions.get(photo)?.get(path);
  }

  /** Folders that a person dropped or chose, remembered for the next visit; others come as files only. */
  async keepFolders(given: readonly (FileSystemHandle | null)[]): Promise<void> {
    const folders = given.filter((one): one is Folder => one?.kind === "directory");
    if (folders.length === 0) return;
    const before = await this.folders();
    const known = async (folder: Folder, among: readonly Folder[]) =>
      (await Promise.all(among.map((one) => one.isSameEntry(folder)))).includes(true);
    const all = [...before];
    for (const folder of folders) if (!(await known(folder, all))) all.push(folder);
    // One that is chosen again is walked again: there may be more in it now.
    this.#inside.clear();
    this.#folders = Promise.resolve(all.slice(-FOLDERS));
    this.news.value++;
    await kept("readwrite", (table) => table.put(all.slice(-FOLDERS), this.#key)).catch(() => undefined);
  }

  /** Files were moved: folders are walked again when something is looked for in them. */
  moved(): void {
    this.#inside.clear();
  }

  /** Files that were chosen for photos that are here already. */
  offer(files: readonly File[]): void {
    for (const file of files) {
      addTo(this.#named, file.name.normalize("NFC"), file);
      this.#unread.add(file);
    }
    if (files.length > 0) this.news.value++;
  }

  /** Asks to be let at the remembered folders again. In a gesture only. */
  async allow(): Promise<void> {
    for (const folder of await this.folders()) {
      if ((await folder.queryPermission({ mode: "read" })) !== "prompt") continue;
      await folder.requestPermission({ mode: "read" });
    }
    this.news.value++;
  }

  /**
   * Where a photo's file is. `searching` is told how far it is where files have to be read for that, since
   * none goes by the photo's name; the search ends with `abort`.
   */
  async find(
    photo: Sought,
    abort: AbortSignal,
    searching: (search: Search) => void = () => undefined,
  ): Promise<Original> {
    const known = this.#files.get(photo.id) ?? this.#byKey.get(photo.key);
    if (known) return here(known);
    const name = photo.name.normalize("NFC");
    for (const file of this.#named.get(name) ?? []) {
      if (await this.#is(file, photo)) return here(file);
    }
    let asks: string | undefined;
    const folders = await this.folders();
    for (const folder of folders) {
      const state = await folder.queryPermission({ mode: "read" }).catch(() => "denied");
      if (state === "prompt") asks ??= folder.name;
      if (state !== "granted") continue;
      const file = await this.#inFolder(folder, photo, name);
      if (file) return here(file);
    }
    const file = await this.#byContent(photo, abort, searching);
    if (file) return here(file);
    if (asks !== undefined) return { kind: "asks", folder: asks };
    return { kind: "absent", looked: this.#named.size + folders.length > 0 };
  }

  async #inFolder(folder: Folder, photo: Sought, name: string): Promise<File | undefined> {
    // Where it lay last: no need to walk the folder, nor to read all of the file.
    const { origin } = photo;
    const there = origin && (await at(folder, origin.path));
    if (there?.size === origin?.size && there?.lastModified === origin?.modified && there) return there;
    if (there && (await this.#is(there, photo))) return there;
    let inside = this.#inside.get(folder);
    if (!inside) {
      inside = walk(folder).catch(() => new Map());
      this.#inside.set(folder, inside);
    }
    for (const handle of (await inside).get(name) ?? []) {
      const file = await handle.getFile().catch(() => undefined);
      if (file && (await this.#is(file, photo))) return file;
    }
    return undefined;
  }

  /** Whether a file is the photo: told by its content, once. */
  async #is(file: File, photo: Sought): Promise<boolean> {
    const key = await digest(file).catch(() => undefined);
    this.#unread.delete(file);
    if (key === undefined) return false;
    this.#byKey.set(key, file);
    return key === photo.key;
  }

  /** A file that was renamed: those that were chosen are read until it is found. */
  async #byContent(
    photo: Sought,
    abort: AbortSignal,
    searching: (search: Search) => void,
  ): Promise<File | undefined> {
    const files = [...this.#unread];
    for (const [done, file] of files.entries()) {
      if (abort.aborted) return undefined;
      searching({ done, total: files.length });
      if (this.#unread.has(file) && (await this.#is(file, photo))) return file;
    }
    return this.#byKey.get(photo.key);
  }

  /** What is remembered from an earlier visit, too. */
  folders(): Promise<readonly Folder[]> {
    this.#folders ??= kept<readonly Folder[] | undefined>("readonly", (table) => table.get(this.#key)).then(
      (folders) => folders ?? [],
      () => [],
    );
    return this.#folders;
  }
}

/** A copy of a collection finds its photos in the same folders, besides those that it has. */
export async function copyFolders(from: string, to: string): Promise<void> {
  const of = (collection: string) =>
    kept<readonly Folder[] | undefined>("readonly", (table) => table.get(keyOf(KEY, collection)));
  const folders = [...((await of(to)) ?? []), ...((await of(from)) ?? [])].slice(-FOLDERS);
  if (folders.length > 0) await kept("readwrite", (table) => table.put(folders, keyOf(KEY, to)));
}

export async function forgetFolders(collection: string): Promise<void> {
  await kept("readwrite", (table) => table.delete(keyOf(KEY, collection)));
}

function here(file: File): Original {
  return { kind: "here", file };
}

/** The file at a path that begins with the folder's own name; undefined where none lies there. */
async function at(folder: Folder, path: string): Promise<File | undefined> {
  const [first, ...below] = path.split("/");
  const name = below.pop();
  if (first !== folder.name || name === undefined) return undefined;
  try {
    let inside: FileSystemDirectoryHandle = folder;
    for (const part of below) inside = await inside.getDirectoryHandle(part);
    return await (await inside.getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}

/** All files below a folder, by name. No file is opened for it. */
async function walk(folder: FileSystemDirectoryHandle) {
  const found = new Map<string, FileSystemFileHandle[]>();
  const folders = [folder];
  for (let next = folders.pop(); next; next = folders.pop()) {
    for await (const entry of next.values()) {
      if (entry.kind === "directory") folders.push(entry as FileSystemDirectoryHandle);
      else addTo(found, entry.name.normalize("NFC"), entry as FileSystemFileHandle);
    }
  }
  return found;
}

async function digest(file: File): Promise<string> {
  return hex(await sha256(await file.arrayBuffer()));
}
