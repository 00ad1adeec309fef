/**
 * To the end of the job: what is done and what is left, what of it is shown and in which order, and which
 * sections are folded to one line.
 */
import { batch, computed, signal } from "@preact/signals";
import { canGuess, type Engine, type PhotoId } from "../engine/engine";
import type { Sort } from "./order";
import { looksDifferent, type PhotoState, type Section, STATES, stateOf } from "./sections";

const EVERYTHING: ReadonlySet<PhotoState> = new Set(STATES);
const UNDONE: ReadonlySet<PhotoState> = new Set<PhotoState>(["left", "unsure"]);

export class Finish {
  readonly sort = signal<Sort>("certain");
  readonly show = signal(EVERYTHING);
  /** Only accepted photos that look different now are shown. */
  readonly differing = signal(false);
  /** Photos that were just dealt with stay where they are as long as the line about it. */
  readonly lingering = signal<ReadonlySet<PhotoId>>(new Set());
  /** Somebody wanted to see the end before anything was accepted. */
  readonly asked = signal(false);
  /** Sections that somebody folded, or unfolded, by hand. */
  readonly #folds = signal<ReadonlyMap<string, boolean>>(new Map());
  /** How often somebody asked for everything to be sorted again. */
  readonly #sorted = signal(0);

  /** How many photos there are of each state, and how many accepted ones look different now. */
  readonly counts = computed(() => {
    const guessing = canGuess(this.engine.labels.value);
    const counts = { left: 0, unsure: 0, accepted: 0, taught: 0, differing: 0 };
    for (const photo of this.engine.photos.value) {
      counts[stateOf(photo, guessing)] += 1;
      if (guessing && looksDifferent(photo)) counts.differing += 1;
    }
    return counts;
  });
  readonly total = computed(() => this.engine.photos.value.length);
  readonly done = computed(() => this.counts.value.accepted + this.counts.value.taught);
  /** Whether the band with the count stands over the photos. */
  readonly on = computed(() => this.total.value > 0 && (this.asked.value || this.counts.value.accepted > 0));
  readonly hidden = computed(() => !this.show.value.has("accepted") && !this.show.value.has("taught"));
  /** Changes when the photos are to be sorted from the start. */
  readonly order = computed(
    () => `${this.sort.value} ${[...this.show.value]} ${this.differing.value} ${this.#sorted.value}`,
  );

  constructor(readonly engine: Engine) {}

  hide(hidden: boolean): void {
    this.#showing(() => {
      this.show.value = hidden ? UNDONE : EVERYTHING;
    });
  }

  toggle(state: PhotoState): void {
    const show = new Set(this.show.value);
    if (!show.delete(state)) show.add(state);
    this.#showing(() => {
      this.show.value = show;
    });
  }

  showDiffering(only: boolean): void {
    this.#showing(() => {
      this.differing.value = only;
    });
  }

  /** Sorts by it, and sorts again what stayed where it was. */
  sortBy(sort: Sort): void {
    batch(() => {
      this.sort.value = sort;
      this.sortAgain();
    });
  }

  sortAgain(): void {
    this.#sorted.value += 1;
  }

  fold(section: Section): void {
    this.#folds.value = new Map(this.#folds.value).set(section.key, !section.folded);
  }

  linger(photos: Iterable<PhotoId>): void {
    this.lingering.value = new Set([...this.lingering.value, ...photos]);
  }

  /** What was dealt with may go, but for what the person stands on. */
  leave(active: PhotoId | null): void {
    if (this.lingering.value.size === 0) return;
    const stays = active !== null && this.lingering.value.has(active) ? [active] : [];
    this.lingering.value = new Set(stays);
  }

  /**
   * Folds what is finished, but not under the hands of the one who finishes it, nor where somebody
   * looks for something.
   */
  folded(sections: readonly Section[], busy: string | null, looking: boolean): readonly Section[] {
    const { value: folds } = this.#folds;
    const { value: lingering } = this.lingering;
    return sections.map((section) => {
      const finished =
        (section.kind === "label" || section.kind === "folder") &&
        section.count > 0 &&
        section.done === section.count;
      const free = section.key !== busy && !section.tiles.some((id) => lingering.has(id));
      const fold =
        folds.get(section.key) ?? (this.on.value && finished && free && !looking && !this.differing.value);
      return fold && section.tiles.length > 0 ? { ...section, tiles: [], folded: true } : section;
    });
  }

  /** Another choice of what is shown ends what lingers. */
  #showing(change: () => void): void {
    batch(() => {
      this.lingering.value = new Set();
      change();
    });
  }
}
