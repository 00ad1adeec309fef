/**
 * Photos of one scene as one tile. The learner says which photos are of a scene; here it is said which of
 * them are shown as one: those that stand in the same section and of which nothing differs that a person
 * would want to see. So a tile never hides a doubt, a mistake or a photo that is named otherwise.
 */
import { computed, effect, signal } from "@preact/signals";
import type { Engine, Photo, PhotoId } from "../engine/engine";
import { addTo } from "../engine/groups";
import { ignoringRefusal } from "../engine/refusal";
import { isDone, looksDifferent, type Section, sortedUnder, type TileId } from "./sections";

const KEY = "keepsake:fold-bursts";

/** Where a photo stands in its burst. */
export interface InBurst {
  /** The burst's first photo, by which it is known. */
  readonly burst: PhotoId;
  /** The photo's place in it. */
  readonly at: number;
}

export class Bursts {
  /** Remembered on this device. */
  readonly on = signal(ignoringRefusal(() => localStorage.getItem(KEY)) !== "off");
  /** Bursts that somebody wants to see all photos of. */
  readonly unfolded = signal<ReadonlySet<PhotoId>>(new Set());
  readonly places = computed<ReadonlyMap<PhotoId, InBurst>>(() => {
    const places = new Map<PhotoId, InBurst>();
    for (const photos of this.engine.bursts.value) {
      const [burst] = photos;
      if (burst !== undefined) for (const [at, photo] of photos.entries()) places.set(photo, { burst, at });
    }
    return places;
  });

  constructor(private readonly engine: Pick<Engine, "bursts">) {
    effect(() => {
      const on = this.on.value;
      // Refused, it holds until the page is closed.
      ignoringRefusal(() => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "off")));
    });
  }

  /** Shows all photos of a photo's burst, or again one tile. */
  toggle(photo: PhotoId): void {
    const place = this.places.peek().get(photo);
    if (!place) return;
    const unfolded = new Set(this.unfolded.peek());
    if (!unfolded.delete(place.burst)) unfolded.add(place.burst);
    this.unfolded.value = unfolded;
  }

  /** Of photos that are taught the same: those that are of one scene with one before them. */
  alike(photos: readonly PhotoId[]): readonly PhotoId[] {
    const places = this.on.peek() ? this.places.peek() : new Map<PhotoId, InBurst>();
    const met = new Set<PhotoId>();
    return photos.filter((photo) => {
      const burst = places.get(photo)?.burst;
      if (burst === undefined) return false;
      const again = met.has(burst);
      met.add(burst);
      return again;
    });
  }

  fold(sections: readonly Section[], photos: ReadonlyMap<PhotoId, Photo>, guessing: boolean) {
    const places = this.places.value;
    if (!this.on.value || places.size === 0) return sections;
    return sections.map((section) => foldOne(section, photos, places, this.unfolded.value, guessing));
  }
}

/** The photos that a section's tiles stand for. */
export function photosOf({ tiles, bursts }: Section): readonly PhotoId[] {
  return tiles.flatMap((tile) => bursts.get(tile) ?? [tile]);
}

/**
 * One tile for the photos of a burst that agree, where the first of them stands: of photos in the order of
 * certainty, that is the surest. Of an unfolded burst they stand there one beside the other.
 */
export function foldOne(
  section: Section,
  photos: ReadonlyMap<PhotoId, Photo>,
  places: ReadonlyMap<PhotoId, InBurst>,
  unfolded: ReadonlySet<PhotoId>,
  guessing: boolean,
): Section {
  const groups = new Map<string, Photo[]>();
  for (const tile of section.tiles) {
    const [photo, place] = [photos.get(tile), places.get(tile)];
    if (photo && place) addTo(groups, `${place.burst} ${standing(photo, guessing)}`, photo);
  }
  const tileOf = new Map<TileId, readonly TileId[]>();
  const bursts = new Map<TileId, readonly PhotoId[]>();
  const open = new Map<TileId, number>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first || group.length < 2) continue;
    const at = (photo: Photo) => places.get(photo.id)?.at ?? 0;
    const ids = [...group].sort((a, b) => at(a) - at(b)).map(({ id }) => id);
    const wanted = unfolded.has(places.get(first.id)?.burst ?? -1);
    const shown = wanted ? ids : [group.find(({ taught }) => taught !== null)?.id ?? ids[0] ?? first.id];
    for (const tile of shown) wanted ? open.set(tile, ids.length) : bursts.set(tile, ids);
    for (const id of ids) tileOf.set(id, []);
    tileOf.set(first.id, shown);
  }
  if (tileOf.size === 0) return section;
  const tiles = section.tiles.flatMap((tile) => tileOf.get(tile) ?? [tile]);
  return { ...section, tiles, bursts, open };
}

/** What photos of one tile have in common: what they are, whether that is done, and what the learner says of it. */
function standing(photo: Photo, guessing: boolean): string {
  const likeliest = guessing ? photo.prediction?.likeliest : undefined;
  const doubt = isDone(photo) ? guessing && looksDifferent(photo) : likeliest;
  return `${sortedUnder(photo, guessing)} ${isDone(photo)} ${doubt}`;
}
