// From the learner's flat arrays to the photos the page draws, and what a change did to them.

import type { AlbumPredictions, Origin } from "keepsake";
import type { Candidate, LabelId, Photo, PhotoId, Prediction } from "./engine";

/** What is known of a photo's file. */
export interface AlbumFile {
  readonly id: PhotoId;
  readonly name: string;
  readonly origin: Origin | null;
}

/** Labels given per photo. */
const RANKED = 3;

/**
 * What is thought of a photo, in the learner's flat arrays. A lesson changes it of all photos, and is looked at
 * in full of those that are drawn: only then there is an object for each label.
 */
class Ranking implements Prediction {
  readonly likeliest: LabelId;
  readonly certainty: number;
  readonly notSure: boolean;
  readonly #of: AlbumPredictions;
  readonly #at: number;
  #ranked: readonly Candidate[] | undefined;

  constructor(of: AlbumPredictions, at: number) {
    this.#of = of;
    this.#at = at;
    this.likeliest = of.rankedLabels[at * RANKED] ?? -1;
    this.certainty = of.rankedProbabilities[at * RANKED] ?? 0;
    this.notSure = of.notSure[at] === 1;
  }

  get ranked(): readonly Candidate[] {
    this.#ranked ??= this.#rank();
    return this.#ranked;
  }

  #rank(): readonly Candidate[] {
    const ranked: Candidate[] = [];
    for (let i = this.#at * RANKED; i < (this.#at + 1) * RANKED; i++) {
      const label = this.#of.rankedLabels[i];
      const probability = this.#of.rankedProbabilities[i];
      if (label === undefined || label < 0 || probability === undefined) break;
      ranked.push({ label, probability });
    }
    return ranked;
  }
}

/**
 * The album as of `predictions`; a photo nothing changed about stays the same object. They are of all photos,
 * or of those after one (`after`), up to which everything stays.
 * Unless `guessing`, nothing is predicted: with one label only, everything would be that one.
 */
export function albumOf(
  before: readonly Photo[],
  files: ReadonlyMap<PhotoId, AlbumFile>,
  predictions: AlbumPredictions,
  guessing: boolean,
  after: PhotoId | null = null,
): Photo[] {
  const photos = after === null ? [] : before.filter(({ id }) => id <= after);
  const known = walking(before);
  for (const [at, id] of predictions.photos.entries()) {
    const { name, origin } = files.get(id) ?? { name: "", origin: null };
    const photo: Photo = { id, name, origin, ...opinion(predictions, at, guessing) };
    const old = known(id);
    if (old && same(old, photo)) photos.push(old);
    else photos.push({ ...photo, prediction: kept(old?.prediction, photo.prediction) });
  }
  return photos;
}

/** These photos as accepted, each as that label, and all others as they were. What is taught stays so. */
export function asAccepted(photos: readonly Photo[], accepted: ReadonlyMap<PhotoId, LabelId>): Photo[] {
  return photos.map((photo) => {
    const label = accepted.get(photo.id);
    if (label === undefined || photo.taught !== null) return photo;
    const { prediction } = photo;
    return { ...photo, accepted: label, prediction: prediction && alone(prediction, false) };
  });
}

/** Photos, other than those acted on, that are now sorted elsewhere. */
export function changedBetween(
  before: readonly Photo[],
  after: readonly Photo[],
  actedOn: readonly number[],
): number {
  const own = new Set(actedOn);
  const old = walking(before);
  let changed = 0;
  for (const photo of after) {
    const was = old(photo.id);
    if (was && was !== photo && !own.has(photo.id) && placeOf(was) !== placeOf(photo)) changed++;
  }
  return changed;
}

/** Finds photos by rising numbers, in an album, which has them in that order. */
function walking(photos: readonly Photo[]): (id: PhotoId) => Photo | undefined {
  let at = 0;
  return (id) => {
    for (;;) {
      const photo = photos[at];
      if (!photo || photo.id > id) return undefined;
      if (photo.id === id) return photo;
      at++;
    }
  };
}

/** Where a photo is sorted: under a label, with those not sure, or (null) nowhere yet. */
function placeOf({ taught, accepted, prediction }: Photo): number | "not sure" | null {
  if (taught !== null) return taught;
  if (accepted !== null) return accepted;
  if (prediction === null) return null;
  return prediction.notSure ? "not sure" : prediction.likeliest;
}

function opinion(
  predictions: AlbumPredictions,
  at: number,
  guessing: boolean,
): Pick<Photo, "taught" | "accepted" | "prediction"> {
  const label = (number: number | undefined) => (number === undefined || number < 0 ? null : number);
  return {
    taught: label(predictions.taught[at]),
    accepted: label(predictions.accepted[at]),
    prediction:
      guessing && (predictions.rankedLabels[at * RANKED] ?? -1) >= 0 ? new Ranking(predictions, at) : null,
  };
}

function same(a: Photo, b: Photo): boolean {
  return (
    a.name === b.name &&
    a.origin === b.origin &&
    a.taught === b.taught &&
    a.accepted === b.accepted &&
    a.prediction?.notSure === b.prediction?.notSure &&
    sameRanks(a.prediction, b.prediction)
  );
}

function sameRanks(p: Prediction | null, q: Prediction | null): boolean {
  if (!p || !q) return p === q;
  return (
    p.likeliest === q.likeliest &&
    p.certainty === q.certainty &&
    p.ranked.length === q.ranked.length &&
    p.ranked.every((one, i) => {
      const other = q.ranked[i];
      return one.label === other?.label && one.probability === other.probability;
    })
  );
}

/**
 * What was thought before, where that is thought still: the photo that was accepted alone would otherwise hold
 * on to the arrays of the whole album.
 */
function kept(before: Prediction | null | undefined, now: Prediction | null): Prediction | null {
  return !before || !now || !sameRanks(before, now) ? now : alone(before, now.notSure);
}

/** Without the arrays of the whole album. */
function alone({ likeliest, certainty, ranked }: Prediction, notSure: boolean): Prediction {
  return { likeliest, certainty, ranked, notSure };
}
