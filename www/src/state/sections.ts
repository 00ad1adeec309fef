/** Photos in the sections of the page: pure functions of what the engine says. */
import { canGuess, type Failure, type Label, type LabelId, type Photo, type PhotoId } from "../engine/engine";
import { addTo } from "../engine/groups";
import { folded, NONE } from "./labels";
import { byFolder, certainty, folderOf, orders, type Sort } from "./order";

/** A place in the grid: a photo's number, or below zero a file that could not be read. */
export type TileId = number;

export type SectionKind = "failed" | "all" | "unsure" | "label" | "rest" | "fresh" | "folder";

export interface Section {
  /** Stays the same while the section is there. */
  readonly key: string;
  readonly kind: SectionKind;
  readonly label: LabelId | null;
  /** Of a section by folder: the folder, empty where none is known. */
  readonly folder: string | null;
  /** What is shown of it. */
  readonly tiles: readonly TileId[];
  /** Of a tile that stands for several photos: all of them. */
  readonly bursts: ReadonlyMap<TileId, readonly PhotoId[]>;
  /** Of a tile whose burst was unfolded: how many photos that has here. */
  readonly open: ReadonlyMap<TileId, number>;
  /** Places kept for photos that are still being read. */
  readonly waiting: number;
  /** All of it that passes the search, also what is done and hidden, or folded away. */
  readonly count: number;
  readonly taught: number;
  /** Taught and accepted. */
  readonly done: number;
  /** Only its header is shown. */
  readonly folded: boolean;
}

/** What a photo is on the way to the end: a guess that is left, a doubt, accepted, or taught. */
export const STATES = ["left", "unsure", "accepted", "taught"] as const;
export type PhotoState = (typeof STATES)[number];

/** What the rail has chosen to see. */
export type Filter =
  | { readonly kind: "all" }
  | { readonly kind: "unsure" }
  | { readonly kind: "label"; readonly label: LabelId };

export interface Scene {
  readonly photos: readonly Photo[];
  readonly failures: readonly Failure[];
  readonly labels: readonly Label[];
  readonly filter: Filter;
  readonly query: string;
  /** Photos with a higher number came in since and wait in a section of their own. */
  readonly freshAfter: PhotoId;
  readonly waiting: number;
  readonly sort: Sort;
  readonly show: ReadonlySet<PhotoState>;
  /** Only accepted photos that look different now. */
  readonly differing: boolean;
  /** Shown whatever else is hidden. */
  readonly lingering: ReadonlySet<PhotoId>;
}

export function failureTile(failure: Failure): TileId {
  return -1 - failure.id;
}

/** The label under which a photo is sorted: as taught, as accepted, else as guessed; null when not sure. */
export function sortedUnder(photo: Photo, guessing: boolean): LabelId | null {
  if (photo.taught !== null) return photo.taught;
  if (photo.accepted !== null) return photo.accepted;
  if (!guessing || !photo.prediction || photo.prediction.notSure) return null;
  return photo.prediction.likeliest;
}

/** Taught or accepted: nothing is left to do about it. */
export function isDone(photo: Photo): boolean {
  return photo.taught !== null || photo.accepted !== null;
}

/** The photos that can be found right, each as the label that it is sorted under: not those that are done or not sure. */
export function asSorted(photos: readonly Photo[], guessing: boolean): ReadonlyMap<PhotoId, LabelId> {
  const right = new Map<PhotoId, LabelId>();
  for (const photo of photos) {
    const label = isDone(photo) ? null : sortedUnder(photo, guessing);
    if (label !== null) right.set(photo.id, label);
  }
  return right;
}

/** Below this at least one in four is sorted wrongly. */
const CERTAIN = 0.75;

/** A guess that may well be wrong: whoever teaches many at once should look at it. */
export function isDoubtful(photo: Photo, guessing: boolean): boolean {
  const { prediction } = photo;
  return (
    guessing && !isDone(photo) && prediction !== null && (prediction.notSure || certainty(photo) < CERTAIN)
  );
}

/** Whether the learner would now sort an accepted photo elsewhere. */
export function looksDifferent({ accepted, prediction }: Photo): boolean {
  return accepted !== null && prediction !== null && prediction.likeliest !== accepted;
}

export function stateOf(photo: Photo, guessing: boolean): PhotoState {
  if (photo.taught !== null) return "taught";
  if (photo.accepted !== null) return "accepted";
  return guessing && sortedUnder(photo, guessing) === null ? "unsure" : "left";
}

/** How many photos are sorted under each label, how many of those are left, and how many are under none. */
export function counts(photos: readonly Photo[], labels: readonly Label[]) {
  const guessing = canGuess(labels);
  const perLabel = new Map<LabelId, number>();
  const left = new Map<LabelId, number>();
  let unsure = 0;
  for (const photo of photos) {
    const label = sortedUnder(photo, guessing);
    if (label === null) unsure += 1;
    else {
      perLabel.set(label, (perLabel.get(label) ?? 0) + 1);
      if (!isDone(photo)) left.set(label, (left.get(label) ?? 0) + 1);
    }
  }
  return { perLabel, left, unsure };
}

/** Whether nothing is named yet: one plain grid, in the order in which the photos came. */
export function unnamed(labels: readonly Label[]): boolean {
  return labels.every((label) => label.lessons === 0);
}

export function sections(scene: Scene): readonly Section[] {
  const wanted = folded(scene.query);
  const names = new Map(scene.labels.map((label) => [label.id, folded(label.name)]));
  const guessing = canGuess(scene.labels);
  const found = (photo: Photo, label: LabelId | null) =>
    wanted === "" ||
    folded(photo.origin?.path ?? photo.name).includes(wanted) ||
    (label !== null && (names.get(label) ?? "").includes(wanted));
  const visible = (photo: Photo) =>
    scene.lingering.has(photo.id) ||
    (scene.differing ? guessing && looksDifferent(photo) : scene.show.has(stateOf(photo, guessing)));
  const inOrder = (photos: readonly Photo[]) => photos.filter(visible).sort(orders[scene.sort]);

  const everything = scene.filter.kind === "all";
  const result: Section[] = [];
  const failures = scene.failures.filter((failure) => wanted === "" || folded(failure.name).includes(wanted));
  if (everything && !scene.differing && failures.length > 0) {
    const tiles = failures.map(failureTile);
    result.push({ ...EMPTY, key: "failed", kind: "failed", tiles, count: tiles.length });
  }

  const waiting = everything && wanted === "" ? scene.waiting : 0;
  if (unnamed(scene.labels) && everything && scene.photos.every(({ accepted }) => accepted === null)) {
    const photos = scene.photos.filter((photo) => found(photo, null));
    if (photos.length + waiting > 0) result.push({ ...of("all", "all", photos, photos), waiting });
    return result;
  }

  const filter = scene.filter;
  const shows = (label: LabelId | null) =>
    filter.kind === "all" ||
    (filter.kind === "unsure" && label === null) ||
    (filter.kind === "label" && filter.label === label);
  const unsure: Photo[] = [];
  const fresh: Photo[] = [];
  const groups = new Map<LabelId, Photo[]>();
  const folders = new Map<string, Photo[]>();
  for (const photo of scene.photos) {
    const label = sortedUnder(photo, guessing);
    if (!found(photo, label) || !shows(label)) continue;
    // Only what is not done waits: a photo that is belongs to its label at once.
    if (everything && photo.id > scene.freshAfter && !isDone(photo)) fresh.push(photo);
    else if (scene.sort === "folder") addTo(folders, folderOf(photo), photo);
    else if (label === null) unsure.push(photo);
    else addTo(groups, label, photo);
  }

  /** What was chosen in the rail shows itself even when nothing is in it. */
  const put = (section: Section) => {
    if (section.tiles.length > 0 || !everything) result.push(section);
  };
  if (scene.sort === "folder") {
    for (const folder of [...folders.keys()].sort(byFolder)) {
      const photos = folders.get(folder) ?? [];
      put({ ...of(`folder-${folder}`, "folder", photos, inOrder(photos)), folder });
    }
  } else {
    if (shows(null) && guessing) put(of("unsure", "unsure", unsure, inOrder(unsure)));
    const last = (label: Label) => Number(label.id === NONE);
    for (const { id } of [...scene.labels].sort((a, b) => last(a) - last(b) || a.id - b.id)) {
      if (!shows(id)) continue;
      const photos = groups.get(id) ?? [];
      put({ ...of(`label-${id}`, "label", photos, inOrder(photos)), label: id });
    }
    // Nothing is thought of these: they stand as they came.
    const plain = scene.sort === "certain" || scene.sort === "doubtful";
    const rest = plain ? unsure.filter(visible) : inOrder(unsure);
    if (shows(null) && !guessing) put(of("rest", "rest", unsure, rest));
  }
  if (fresh.length + waiting > 0) result.push({ ...of("fresh", "fresh", fresh, fresh), waiting });
  return result;
}

const EMPTY = {
  label: null,
  folder: null,
  tiles: [],
  bursts: new Map<TileId, readonly PhotoId[]>(),
  open: new Map<TileId, number>(),
  waiting: 0,
  count: 0,
  taught: 0,
  done: 0,
  folded: false,
};

/** A section of these photos, of which some are shown. */
function of(key: string, kind: SectionKind, photos: readonly Photo[], shown: readonly Photo[]): Section {
  const taught = photos.reduce((sum, photo) => sum + Number(photo.taught !== null), 0);
  const done = photos.reduce((sum, photo) => sum + Number(isDone(photo)), 0);
  const tiles = shown.map((photo) => photo.id);
  return { ...EMPTY, key, kind, tiles, count: photos.length, taught, done };
}
