/**
 * Looking closely at one photo after the other. The row that is gone through stays as it was when it was
 * entered: lessons sort photos anew, and whoever looks at the 37th of them goes on to the 38th all the same.
 */
import { batch, effect, signal } from "@preact/signals";
import type { LabelId, PhotoId } from "../engine/engine";
import { photosOf } from "./bursts";
import type { Page } from "./page";
import type { Section, SectionKind } from "./sections";

/** The photos of a section, as they were when somebody began to look at them. */
export interface Row {
  readonly kind: SectionKind;
  readonly label: LabelId | null;
  readonly photos: readonly PhotoId[];
}

export interface Looking {
  readonly photo: PhotoId;
  readonly row: Row;
}

/** Whether a photo is still in the album. */
export type Known = (photo: PhotoId) => boolean;

/** The row of a photo; null where the album does not show it. */
export function rowOf(sections: readonly Section[], photo: PhotoId, known: Known): Row | null {
  for (const section of sections) {
    const photos = photosOf(section);
    if (!photos.includes(photo)) continue;
    return { kind: section.kind, label: section.label, photos: photos.filter(known) };
  }
  return null;
}

/** The photo that comes `by` places later, or earlier, among those still there; undefined beyond the ends. */
export function neighbour({ row, photo }: Looking, by: 1 | -1, known: Known): PhotoId | undefined {
  for (let at = row.photos.indexOf(photo) + by; ; at += by) {
    const next = row.photos[at];
    if (next === undefined || known(next)) return next;
  }
}

/** Where a photo stands in its row: "37 of 412". */
export function standing(
  { row, photo }: Looking,
  known: Known,
): { readonly at: number; readonly of: number } {
  const here = row.photos.filter((one) => one === photo || known(one));
  return { at: here.indexOf(photo) + 1, of: here.length };
}

/** The photos beside one, `each` on either side where there are so many, with the place of each in the row. */
export function beside(
  { row, photo }: Looking,
  each: number,
  known: Known,
): readonly { readonly photo: PhotoId; readonly at: number }[] {
  const here = row.photos.filter((one) => one === photo || known(one));
  const from = Math.max(0, Math.min(here.indexOf(photo) - each, here.length - 2 * each - 1));
  return here.slice(from, from + 2 * each + 1).map((one, i) => ({ photo: one, at: from + i + 1 }));
}

/** How large the photo is shown: as it fits, in its full size, or so many times as large as it fits. */
export type Zoom = "fit" | "full" | number;

/** Where the keys go to while a photo is looked at. */
export const CLOSELY = "closely";

export class Closely {
  readonly looking = signal<Looking | null>(null);
  readonly zoom = signal<Zoom>("fit");
  /** What stands in the field for a label. */
  readonly text = signal("");
  /** Photos that something was done with here, one after the other, and how much of that still holds. */
  #acted: PhotoId[] = [];
  #held = 0;

  constructor(private readonly page: Page) {
    // Whoever looks for something else, or chooses another label, wants to see that.
    let [filter, query] = [page.filter.peek(), page.query.peek()];
    effect(() => {
      const same = filter === page.filter.value && query === page.query.value;
      [filter, query] = [page.filter.value, page.query.value];
      if (!same) this.looking.value = null;
    });
    // A photo that is gone, removed here or in another tab.
    effect(() => {
      const known = page.photoById.value;
      const looking = this.looking.peek();
      if (looking && !known.has(looking.photo)) this.#leaveGone(looking);
    });
  }

  /** The photo that is looked at. */
  get photo(): PhotoId | undefined {
    return this.looking.value?.photo;
  }

  readonly known: Known = (photo) => this.page.photoById.value.has(photo);

  /** Looks at a photo, in the row in which the album shows it now. */
  look(photo: PhotoId): void {
    const shown = this.page.photoById.peek().get(photo);
    if (!shown) return;
    // One that the filter leaves out is looked at by itself.
    const alone: Row = { kind: "label", label: shown.taught, photos: [photo] };
    const row = rowOf(this.page.sections.peek(), photo, this.known) ?? alone;
    batch(() => {
      if (this.looking.peek() === null) [this.#acted, this.#held] = [[], 0];
      this.page.choosing.value = null;
      this.#show({ photo, row });
    });
  }

  /** The photo before or after; false at the ends of the row. */
  go(by: 1 | -1): boolean {
    const looking = this.looking.peek();
    const next = looking && neighbour(looking, by, this.known);
    if (next === undefined || next === null) return false;
    this.#show({ ...looking, photo: next } as Looking);
    return true;
  }

  /** One of the row, or any other that the album shows. */
  goTo(photo: PhotoId): void {
    const row = this.looking.peek()?.row;
    if (row?.photos.includes(photo)) this.#show({ row, photo });
    else this.look(photo);
  }

  /** Back to where one was: the same place in the album, on the last photo that was seen. */
  close(): void {
    const photo = this.looking.peek()?.photo;
    if (photo === undefined) return;
    batch(() => {
      this.looking.value = null;
      this.page.focus(photo);
    });
  }

  /**
   * Something is done with photos. Who names the one that is looked at goes on to the next; the function
   * that is returned comes back to it.
   */
  moveOn(photos: readonly PhotoId[], named: boolean, text: string): () => void {
    const before = this.looking.peek();
    if (!before || !photos.includes(before.photo)) return () => undefined;
    this.#acted = [...this.#acted.slice(0, this.#held), before.photo];
    this.#held = this.#acted.length;
    this.text.value = "";
    if (named) this.go(1);
    const after = this.looking.peek();
    this.focus();
    return () => {
      this.#held--;
      // Who has gone elsewhere meanwhile stays there.
      if (this.looking.peek() !== after) return;
      batch(() => {
        this.#show(before);
        this.text.value = text;
      });
    };
  }

  /** The last action was taken back: comes back to its photo. */
  undone(): void {
    const photo = this.#acted[this.#held - 1];
    if (photo === undefined) return;
    this.#held--;
    if (this.looking.peek() && this.known(photo)) this.goTo(photo);
  }

  /** It was done again. */
  redone(): void {
    if (this.#held < this.#acted.length) this.#held++;
  }

  /** The keys go to the photo, not to a button or a field. */
  focus(): void {
    document.getElementById(CLOSELY)?.focus({ preventScroll: true });
  }

  #show(looking: Looking): void {
    batch(() => {
      this.looking.value = looking;
      this.zoom.value = "fit";
      this.text.value = "";
    });
  }

  #leaveGone(looking: Looking): void {
    const next = neighbour(looking, 1, this.known) ?? neighbour(looking, -1, this.known);
    if (next !== undefined) this.#show({ ...looking, photo: next });
    else this.looking.value = null;
  }
}
