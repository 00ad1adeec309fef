/** Names that folders have already, as labels: which of them say what is on a photo, and what each would do. */
import type { Label, LabelId, Photo, PhotoId } from "../engine/engine";
import { hidden } from "../engine/kinds";
import { folded, NONE } from "./labels";
import { folderOf } from "./order";
import { isDone } from "./sections";

/** One name, of one folder or of several that are called the same. */
export interface FolderName {
  readonly name: string;
  /** The label that has this name already. */
  readonly label: LabelId | null;
  /** Photos in such a folder that nobody has named or found right yet. */
  readonly photos: readonly PhotoId[];
}

/**
 * More names than this are not offered: each is a step of undo, and that many are kept. Whoever has more
 * folders files by something else than what is on the photos.
 */
export const MOST_NAMES = 50;
/** The longest name of a label, in characters: `LONGEST_NAME` of the crate. */
const LONGEST_NAME = 60;

/** What cameras, systems and programs call a folder, whatever lies in it. */
const COMMON = new Set(
  `camera, camera roll, camera uploads, dcim, desktop, documents, downloads, download, export, exports,
   fotos, bilder, images, import, imports, heic, jpeg, jpg, raw, media, misc, my pictures, new folder,
   originals, photos, pics, pictures, png, saved pictures, unsorted, untitled, untitled folder`.split(/,\s+/),
);
/** As cameras number theirs (DCF): 100APPLE, 101_PANA, 100D5600. */
const OF_A_CAMERA = /^[1-9]\d\d[0-9A-Z_]{5}$/;
/** A copy or one of several: “New folder (2)”. */
const NUMBERED = / \(\d+\)$/;

/** Months, long and short, in English and in the language of the browser. */
const MONTHS: ReadonlySet<string> = new Set(
  ["en", undefined].flatMap((language) =>
    (["long", "short"] as const).flatMap((month) => {
      const format = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" });
      return Array.from({ length: 12 }, (_, at) => folded(format.format(Date.UTC(2024, at, 1))));
    }),
  ),
);

/** Nothing but numbers and months: 2024-07-01, “07”, “July 2024”. */
function isDate(name: string): boolean {
  const parts = name.split(/[\s\d._,:()-]+/).filter(Boolean);
  return parts.every((part) => MONTHS.has(folded(part)) || MONTHS.has(`${folded(part)}.`));
}

/** A folder's name as a label has it (`clean_name` of the crate); null where it says nothing of the photos. */
export function usable(folder: string): string | null {
  const name = folder
    .replace(/\s/gu, " ")
    .replace(/[\p{Cc}\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2069\ufeff]/gu, "")
    .normalize("NFC")
    .trim()
    .replace(/ +/g, " ");
  if (name === "" || [...name].length > LONGEST_NAME) return null;
  const plain = name.replace(NUMBERED, "");
  const says = !hidden(name) && !isDate(name) && !OF_A_CAMERA.test(plain) && !COMMON.has(folded(plain));
  return says ? name : null;
}

function lastOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}

/**
 * The folders, by path, that the photos lie in and whose names are worth something. What was dropped is
 * one of them only where its photos lie in it and nowhere deeper: else its name is that of all.
 */
export function foldersOf(photos: readonly Photo[]): ReadonlySet<string> {
  const folders = new Set(photos.map(folderOf));
  folders.delete("");
  const above = new Set([...folders].flatMap((folder) => folder.split("/").slice(0, -1)[0] ?? []));
  return new Set([...folders].filter((folder) => !above.has(folder) && usable(lastOf(folder)) !== null));
}

/** The names of these folders, in their order, with what each would do now. */
export function namesOf(
  folders: ReadonlySet<string>,
  photos: readonly Photo[],
  labels: readonly Label[],
): readonly FolderName[] {
  const known = new Map(labels.map((label) => [folded(label.name), label]));
  const names = new Map<string, { name: string; label: LabelId | null; photos: PhotoId[] }>();
  const byFolder: typeof names = new Map();
  for (const folder of folders) {
    const name = usable(lastOf(folder));
    if (name === null) continue;
    const label = known.get(folded(name));
    // “None of these” is no name of a kind.
    if (label?.id === NONE) continue;
    const same = names.get(folded(name)) ?? {
      name: label?.name ?? name,
      label: label?.id ?? null,
      photos: [],
    };
    names.set(folded(name), same);
    byFolder.set(folder, same);
  }
  for (const photo of photos) if (!isDone(photo)) byFolder.get(folderOf(photo))?.photos.push(photo.id);
  const collator = new Intl.Collator(undefined, { numeric: true });
  return [...names.values()].sort((a, b) => collator.compare(a.name, b.name));
}
