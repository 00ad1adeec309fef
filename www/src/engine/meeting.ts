// What two collections are to each other, and what they make together.

import type { AlbumPredictions, Label } from "keepsake";
import { canGuess } from "./engine";

/** Who is right about a photo that was taught differently. */
export type Decides = "first" | "second" | "nobody";

/** What is in a collection: photos under each label as the page sorts them. */
export interface Held {
  readonly photos: number;
  readonly labels: readonly { readonly name: string; readonly photos: number }[];
  readonly none: number;
  /** Under no label. */
  readonly notSure: number;
}

/** A photo that was taught differently. */
export interface Disagreement {
  readonly name: string;
  readonly picture: Blob | null;
  /** What it was taught in the first, and in the second. */
  readonly first: string;
  readonly second: string;
}

export interface Meeting {
  readonly first: Held;
  readonly second: Held;
  /** Photos that are in both. */
  readonly both: number;
  /** All that disagree; of many only the first have pictures. */
  readonly disagree: readonly Disagreement[];
  readonly result: Held;
}

/** So many pictures of photos that disagree are shown. */
export const SHOWN = 24;

/** As the learner compares names. */
export function alike(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Photos under each label, as the page sorts them: as taught, as accepted, else the likeliest if that is sure. */
export function counted(
  labels: readonly Pick<Label, "id" | "name" | "lessons">[],
  of: Pick<AlbumPredictions, "photos" | "taught" | "accepted" | "notSure" | "rankedLabels">,
): Held {
  const counts = new Map(labels.map(({ id }) => [id, 0]));
  const guessing = canGuess(labels);
  let notSure = 0;
  for (let at = 0; at < of.photos.length; at++) {
    const said = [of.taught[at], of.accepted[at]].find((label) => label !== undefined && label >= 0);
    const label = said ?? (guessing && !of.notSure[at] ? (of.rankedLabels[3 * at] ?? -1) : -1);
    const before = counts.get(label);
    if (before === undefined) notSure++;
    else counts.set(label, before + 1);
  }
  return {
    photos: of.photos.length,
    labels: labels.flatMap(({ id, name }) => (id === 0 ? [] : [{ name, photos: counts.get(id) ?? 0 }])),
    none: counts.get(0) ?? 0,
    notSure,
  };
}

/** Labels of the two that are one, and those that only one has; by the names of the first. */
export function matched({ first, second }: Pick<Meeting, "first" | "second">): {
  readonly same: readonly { readonly name: string; readonly first: number; readonly second: number }[];
  readonly onlyFirst: Held["labels"];
  readonly onlySecond: Held["labels"];
} {
  const find = (of: Held, name: string) => of.labels.find((label) => alike(label.name, name));
  const same = first.labels.flatMap(({ name, photos }) => {
    const other = find(second, name);
    return other ? [{ name, first: photos, second: other.photos }] : [];
  });
  return {
    same,
    onlyFirst: first.labels.filter(({ name }) => !find(second, name)),
    onlySecond: second.labels.filter(({ name }) => !find(first, name)),
  };
}
