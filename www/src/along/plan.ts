// What will be taken along, counted before anything is written: which photos, under which names, what comes
// with them, what is left out and why. Pure: a plan is what the learner says now, and stays as it is while
// it is carried out.
//
//   LABEL/photo.jpg                       one folder for each label
//   LABEL/Holiday/day 1/photo.jpg         or with the folders it came from below that

import { canGuess, type Label, type LabelId, type Photo, type PhotoId } from "../engine/engine";
import { addTo } from "../engine/groups";
import { NONE } from "../state/labels";
import { isDone, sortedUnder } from "../state/sections";
import { bytesOf, cut, folded, LONGEST, safeName, split, withSuffix } from "./names";

/** The list of what was written, which lies beside the folders: no label's folder has its name. */
export const UNDO_LIST = "keepsake-undo.csv";

export interface Choice {
  /** Taught and accepted photos only; or also those that are only guessed. */
  readonly doneOnly: boolean;
  /** Photos that are sorted under no label stay out; else they come in a folder of their own. */
  readonly leaveOutUnsure: boolean;
  /** The folders in which a photo lay, below its label's. */
  readonly keepFolders: boolean;
}

/** Names of the folders that stand for no label. */
export interface OwnFolders {
  readonly none: string;
  readonly unsure: string;
}

/** A file and where it goes. */
export interface Step {
  /** Where it lay, as far as that is known: its name alone otherwise. */
  readonly from: string;
  readonly to: string;
}

/** One photo with the files that belong to it. */
export interface Item {
  readonly photo: Photo;
  /** Null: not sure. */
  readonly label: LabelId | null;
  readonly step: Step;
  /** Its RAW, its Live Photo's video, its sidecar: beside it, with its name. */
  readonly companions: readonly Step[];
}

export interface Folder {
  readonly label: LabelId | null;
  readonly name: string;
  readonly photos: number;
}

export interface Plan {
  readonly items: readonly Item[];
  /** In the order of the labels, those without a photo left out. */
  readonly folders: readonly Folder[];
  /** Bytes of the photos of which the size is known. */
  readonly bytes: number;
  readonly companions: number;
  /** Files that get a number, since another one has their name. */
  readonly numbered: readonly Step[];
  /** Files with a name that cannot be written everywhere. */
  readonly renamed: readonly Step[];
  /** Photos that are left out: nobody found them right; no label is theirs. */
  readonly notDone: number;
  readonly unsure: number;
}

export function pathOf(photo: Photo): string {
  return photo.origin?.path || photo.name;
}

/** The parts of a path, the file's name last. */
export function partsOf(path: string): readonly [folders: readonly string[], name: string] {
  const parts = path.split("/").filter((part) => part !== "");
  return [parts.slice(0, -1), parts.at(-1) ?? ""];
}

/** Names given so far, folder by folder, so that no two are one name anywhere. */
class Names {
  readonly #taken = new Map<string, Set<string>>();
  /** Folders that differ only in case are one on Windows and on a Mac: the first spelling is it. */
  readonly #folders = new Map<string, string>();

  /** Takes the first free one of `name`, `name-2`, `name-3`…; `all` are what that makes of the files of a group. */
  free(folder: string, all: (suffix: string) => readonly string[]): readonly string[] {
    const taken = this.#in(folder);
    for (let n = 1; ; n++) {
      const names = all(n === 1 ? "" : `-${n}`);
      const keys = names.map(folded);
      if (keys.some((key) => taken.has(key))) continue;
      for (const key of keys) taken.add(key);
      return names;
    }
  }

  /** A folder, made in another one where it is not there yet. */
  folder(above: string, name: string): string {
    const key = folded(`${above}/${name}`);
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const path = above === "" ? name : `${above}/${name}`;
    this.#in(above).add(folded(name));
    this.#folders.set(key, path);
    return path;
  }

  #in(folder: string): Set<string> {
    const key = folded(folder);
    let taken = this.#taken.get(key);
    if (!taken) {
      taken = new Set();
      this.#taken.set(key, taken);
    }
    return taken;
  }
}

/** Longer than any ending of a file that belongs to a photo. */
const LONGEST_REST = 40;

/** The names of a photo and its companions, all with the same number: they belong together by it. */
function together(name: string, companions: readonly string[]): (suffix: string) => readonly string[] {
  const [stem, extension] = split(name);
  /** What a companion's name has after the photo's: ".cr2", ".jpg.xmp". Null where it is called otherwise. */
  const rests = companions.map((other) => {
    const rest = other.slice(stem.length);
    const belongs = folded(other.slice(0, stem.length)) === folded(stem) && rest.startsWith(".");
    return belongs && bytesOf(rest) <= LONGEST_REST ? rest : null;
  });
  const longest = Math.max(bytesOf(extension), ...rests.map((rest) => bytesOf(rest ?? "")));
  return (suffix) => {
    const own = cut(stem, LONGEST - longest - suffix.length) + suffix;
    const names = [own + extension];
    const keys = new Set([folded(own + extension)]);
    for (const [at, other] of companions.entries()) {
      const rest = rests[at] ?? null;
      let free = rest === null || own === stem ? withSuffix(other, suffix) : own + rest;
      for (let n = 2; keys.has(folded(free)); n++) free = withSuffix(other, `${suffix}-${n}`);
      keys.add(folded(free));
      names.push(free);
    }
    return names;
  };
}

export function planOf(
  photos: readonly Photo[],
  labels: readonly Label[],
  choice: Choice,
  own: OwnFolders,
): Plan {
  const guessing = canGuess(labels);
  const groups = new Map<LabelId | null, Photo[]>();
  let [notDone, unsure] = [0, 0];
  for (const photo of photos) {
    const label = sortedUnder(photo, guessing);
    if (choice.doneOnly && !isDone(photo)) notDone++;
    else if (choice.leaveOutUnsure && label === null) unsure++;
    else addTo(groups, label, photo);
  }
  const named = labels.filter(({ id }) => id !== NONE).sort((a, b) => a.id - b.id);
  const order: readonly (readonly [LabelId | null, string])[] = [
    ...named.map(({ id, name }) => [id, name] as const),
    [NONE, own.none],
    [null, own.unsure],
  ];

  const names = new Names();
  names.free("", () => [UNDO_LIST]);
  const top = new Map<LabelId | null, string>();
  for (const [label, name] of order) {
    if (!groups.has(label)) continue;
    const safe = safeName(name);
    const [free = safe] = names.free("", (suffix) => [cut(safe, LONGEST - suffix.length) + suffix]);
    top.set(label, names.folder("", free));
  }
  // Folders first: a file that has the name of one gives way.
  const folderOf = new Map<PhotoId, string>();
  for (const [label, group] of groups) {
    for (const photo of group) {
      let folder = top.get(label) ?? "";
      const [above] = choice.keepFolders ? partsOf(pathOf(photo)) : [[]];
      for (const part of above) folder = names.folder(folder, safeName(part));
      folderOf.set(photo.id, folder);
    }
  }

  const items: Item[] = [];
  const numbered: Step[] = [];
  const renamed: Step[] = [];
  let [bytes, companions] = [0, 0];
  for (const [label] of order) {
    for (const photo of groups.get(label) ?? []) {
      const folder = folderOf.get(photo.id) ?? "";
      const from = [pathOf(photo), ...(photo.origin?.companions ?? [])];
      const originals = from.map((path) => partsOf(path)[1]);
      const [name = "_", ...others] = originals.map(safeName);
      const free = names.free(folder, together(name, others));
      const steps = free.map((to, at) => ({ from: from[at] ?? "", to: `${folder}/${to}` }));
      for (const [at, step] of steps.entries()) {
        const plain = [name, ...others][at];
        if (free[at] !== plain) numbered.push(step);
        else if (plain !== originals[at]?.normalize("NFC")) renamed.push(step);
      }
      const [step, ...more] = steps;
      if (!step) continue;
      items.push({ photo, label, step, companions: more });
      companions += more.length;
      bytes += photo.origin?.size ?? 0;
    }
  }
  const folders = order
    .filter(([label]) => groups.has(label))
    .map(([label]) => ({
      label,
      name: top.get(label) ?? "",
      photos: groups.get(label)?.length ?? 0,
    }));
  return { items, folders, bytes, companions, numbered, renamed, notDone, unsure };
}
