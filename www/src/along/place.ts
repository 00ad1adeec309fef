// Where the originals lie, so that they can be taken away from there: in the folders that a person dropped or
// chose. A path says where to look first; what a file is, its content says.

import type { FileFacts } from "../engine/engine";
import { addTo } from "../engine/groups";
import type { Asking } from "../engine/handles";
import { hex, sha256 } from "../engine/sha256";
import { folderAt, ifThere } from "./disk";
import { partsOf } from "./plan";

/** A folder that a person dropped or chose. */
export type Source = FileSystemDirectoryHandle & Asking;

/** Where a file lies. */
export interface Spot {
  readonly root: Source;
  readonly folder: FileSystemDirectoryHandle;
  readonly handle: FileSystemFileHandle;
  /** From the root's name on, as the disk spells it. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** Where a photo lies with the files that belong to it. */
export interface Place extends Spot {
  /** SHA-256 of the content that it had when it was added, in hex. */
  readonly key: string;
  /** By the paths they had then; those that are not there left out. */
  readonly companions: ReadonlyMap<string, Spot>;
}

/** Looks for originals in folders, each of which is walked at most once. */
export class Places {
  readonly #inside = new Map<Source, Promise<ReadonlyMap<string, readonly Seen[]>>>();

  constructor(readonly roots: readonly Source[]) {}

  /** Where a photo lies; where its own place holds another content by now, that place. */
  async find(photo: FileFacts): Promise<Place | undefined> {
    const path = photo.origin?.path;
    let changed: Spot | undefined;
    for (const root of this.roots) {
      const there = path === undefined ? undefined : await spotAt(root, path).catch(() => undefined);
      if (there && (await isLike(there, photo))) return withCompanions(there, photo);
      changed ??= there;
    }
    for (const root of this.roots) {
      for (const seen of (await this.#walked(root)).get(photo.name.normalize("NFC")) ?? []) {
        const spot = await spotIn(root, seen.folder, seen.folders, seen.name).catch(() => undefined);
        if (spot && (await isLike(spot, photo))) return withCompanions(spot, photo);
      }
    }
    return changed && withCompanions(changed, photo);
  }

  #walked(root: Source): Promise<ReadonlyMap<string, readonly Seen[]>> {
    let inside = this.#inside.get(root);
    if (!inside) {
      inside = walk(root).catch(() => new Map());
      this.#inside.set(root, inside);
    }
    return inside;
  }
}

/** What lies at a path that begins with the folder's own name. */
async function spotAt(root: Source, path: string): Promise<Spot | undefined> {
  const [[first, ...folders], name] = partsOf(path);
  if (first !== root.name) return undefined;
  const folder = await folderAt(root, folders);
  return folder && spotIn(root, folder, folders, name);
}

async function spotIn(
  root: Source,
  folder: FileSystemDirectoryHandle,
  folders: readonly string[],
  name: string,
): Promise<Spot | undefined> {
  const handle = await ifThere(folder.getFileHandle(name));
  const file = handle && (await ifThere(handle.getFile()));
  if (!file) return undefined;
  return { root, folder, handle, path: [root.name, ...folders, name].join("/"), size: file.size };
}

/** Whether it is the file that was added: by its size and time, else by its content. */
async function isLike({ handle, size }: Spot, { origin, key }: FileFacts): Promise<boolean> {
  if (origin && origin.size !== size) return false;
  const file = await handle.getFile().catch(() => undefined);
  if (!file) return false;
  if (origin?.modified === file.lastModified) return true;
  return contentOf(file).then(
    (content) => content === key,
    () => false,
  );
}

export async function contentOf(file: File): Promise<string> {
  return hex(await sha256(await file.arrayBuffer()));
}

async function withCompanions(spot: Spot, { origin, key }: FileFacts): Promise<Place> {
  const companions = new Map<string, Spot>();
  const [[, ...folders]] = partsOf(spot.path);
  for (const path of origin?.companions ?? []) {
    // Beside the photo and nowhere else, wherever that lies now.
    const [, name] = partsOf(path);
    const found = await spotIn(spot.root, spot.folder, folders, name).catch(() => undefined);
    if (found) companions.set(path, found);
  }
  return { ...spot, key, companions };
}

/** A file of a folder that was walked. */
interface Seen {
  readonly folder: FileSystemDirectoryHandle;
  /** Below the root. */
  readonly folders: readonly string[];
  readonly name: string;
}

/** All files below a folder, by name. None is opened for it. */
async function walk(root: Source): Promise<ReadonlyMap<string, readonly Seen[]>> {
  const found = new Map<string, Seen[]>();
  const rows: Omit<Seen, "name">[] = [{ folder: root, folders: [] }];
  for (let next = rows.pop(); next; next = rows.pop()) {
    const { folder, folders } = next;
    for await (const { kind, name } of folder.values()) {
      if (kind === "file") addTo(found, name.normalize("NFC"), { folder, folders, name });
      else rows.push({ folder: await folder.getDirectoryHandle(name), folders: [...folders, name] });
    }
  }
  return found;
}
