/** Photos in the sections of the page: pure functions of what the engine says. */
import { canGuess, type Failure, type Label, type LabelId, type Photo, type PhotoId } from "../engine/engine";
import { folded, NONE } from "./labels";

/** A place in the grid: a photo's number, or below zero a file that could not be read. */
export type TileId = number;

export type SectionKind = "failed" | "all" | "unsure" | "label" | "rest" | "fresh";

export interface Section {
  /** Stays the same while the section is there. */
  readonly key: string;
  readonly kind: SectionKind;
  readonly label: LabelId | null;
  readonly tiles: readonly TileId[];
  /** Places kept for photos that are still being read. */
  readonly waiting: number;
  readonly taught: number;
}

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
}

export function failureTile(failure: Failure): TileId {
  return -1 - failure.id;
}

/** The label under which a photo is sorted: as taught, as accepted, else as guessed; null when not sure. */
export function sortedUnder(photo: Photo, guessing: boolean): LabelId | null {
  if (photo.taught !== null) return photo.taught;
  if (photo.accepted !== null) return photo.accepted;
  if (!guessing || !photo.prediction || photo.prediction.notSure) return null;
  return photo.prediction.ranked[0]?.label ?? null;
}

function certainty(photo: Photo): number {
  return photo.prediction?.ranked[0]?.probability ?? 0;
}

/** Taught photos first, then the most certain: a confident mistake is the one worth seeing. */
function byCertainty(a: Photo, b: Photo): number {
  const taught = Number(b.taught !== null) - Number(a.taught !== null);
  return taught || certainty(b) - certainty(a) || a.id - b.id;
}

function section(
  key: string,
  kind: SectionKind,
  photos: readonly Photo[],
  label: LabelId | null = null,
  waiting = 0,
): Section {
  const taught = photos.reduce((sum, photo) => sum + Number(photo.taught !== null), 0);
  return { key, kind, label, tiles: photos.map((photo) => photo.id), waiting, taught };
}

/** How many photos are sorted under each label, and how many under none. */
export function counts(photos: readonly Photo[], labels: readonly Label[]) {
  const guessing = canGuess(labels);
  const perLabel = new Map<LabelId, number>();
  let unsure = 0;
  for (const photo of photos) {
    const label = sortedUnder(photo, guessing);
    if (label === null) unsure += 1;
    else perLabel.set(label, (perLabel.get(label) ?? 0) + 1);
  }
  return { perLabel, unsure };
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
    folded(photo.name).includes(wanted) ||
    (label !== null && (names.get(label) ?? "").includes(wanted));

  const everything = scene.filter.kind === "all";
  const result: Section[] = [];
  const failures = scene.failures.filter((failure) => wanted === "" || folded(failure.name).includes(wanted));
  if (everything && failures.length > 0) {
    const tiles = failures.map(failureTile);
    result.push({ key: "failed", kind: "failed", label: null, tiles, waiting: 0, taught: 0 });
  }

  const waiting = everything && wanted === "" ? scene.waiting : 0;
  if (unnamed(scene.labels) && everything) {
    const photos = scene.photos.filter((photo) => found(photo, null));
    if (photos.length + waiting > 0) result.push(section("all", "all", photos, null, waiting));
    return result;
  }

  const unsure: Photo[] = [];
  const fresh: Photo[] = [];
  const groups = new Map<LabelId, Photo[]>();
  for (const photo of scene.photos) {
    const label = sortedUnder(photo, guessing);
    if (!found(photo, label)) continue;
    // Only what nobody taught waits: a taught photo belongs to its label at once.
    if (everything && photo.id > scene.freshAfter && photo.taught === null) fresh.push(photo);
    else if (label === null) unsure.push(photo);
    else {
      const group = groups.get(label);
      if (group) group.push(photo);
      else groups.set(label, [photo]);
    }
  }

  const filter = scene.filter;
  const shows = (label: LabelId | null) =>
    filter.kind === "all" ||
    (filter.kind === "unsure" && label === null) ||
    (filter.kind === "label" && filter.label === label);
  if (shows(null) && guessing && (unsure.length > 0 || !everything)) {
    result.push(section("unsure", "unsure", unsure.sort(byCertainty)));
  }
  const last = (label: Label) => Number(label.id === NONE);
  for (const label of [...scene.labels].sort((a, b) => last(a) - last(b) || a.id - b.id)) {
    const photos = groups.get(label.id) ?? [];
    // A label that was chosen in the rail shows itself even when nothing is in it.
    if (shows(label.id) && (photos.length > 0 || !everything)) {
      result.push(section(`label-${label.id}`, "label", photos.sort(byCertainty), label.id));
    }
  }
  if (shows(null) && !guessing && (unsure.length > 0 || !everything)) {
    result.push(section("rest", "rest", unsure));
  }
  if (fresh.length + waiting > 0) result.push(section("fresh", "fresh", fresh, null, waiting));
  return result;
}
