/** Photos on their way in: while they arrive nothing that is already there moves; at the end they are sorted in. */
import { computed, effect, signal } from "@preact/signals";
import type { LabelId, PhotoId } from "../engine/engine";
import * as words from "../words";
import type { Page } from "./page";

/** What was there when an import began. */
interface Before {
  readonly photos: ReadonlyMap<PhotoId, LabelId | null>;
  readonly failures: number;
  readonly leftOut: number;
}

export class Arriving {
  /** Photos with a higher number came in since, and wait in a section of their own. */
  readonly freshAfter = signal<PhotoId>(Number.POSITIVE_INFINITY);
  /** How many are still to come. */
  readonly waiting = computed(() => {
    const importing = this.page.engine.importing.value;
    return importing ? Math.max(0, importing.total - importing.done) : 0;
  });
  /** Labels on which files of the present import were dropped. */
  readonly #droppedOn = new Set<LabelId>();
  /** How many files of it were known already. */
  #known = 0;

  constructor(readonly page: Page) {
    let before: Before | null = null;
    effect(() => {
      const importing = page.engine.importing.value;
      const running = importing !== null;
      if (importing) this.#known = importing.known;
      if (running === (before !== null)) return;
      if (before) {
        const since = before;
        before = null;
        this.#end(since);
      } else {
        before = this.#now();
        this.sortIn();
      }
    });
  }

  /** Files that arrive now were dropped on a label. */
  teachesTo(label: LabelId): void {
    this.#droppedOn.add(label);
  }

  /** Photos read so far take their places; those still to come go on waiting. */
  sortIn(): void {
    const { photos, importing } = this.page.engine;
    const last = photos.value.reduce((max, photo) => Math.max(max, photo.id), -1);
    this.freshAfter.value = importing.value ? last : Number.POSITIVE_INFINITY;
  }

  #now(): Before {
    const { photos, failures, leftOut } = this.page.engine;
    return {
      photos: new Map(photos.peek().map(({ id, taught }) => [id, taught])),
      failures: failures.peek().length,
      leftOut: leftOut.peek().length,
    };
  }

  #end(before: Before): void {
    const { page } = this;
    const now = this.#now();
    const taught = [...this.#droppedOn].flatMap((label) => {
      const n = [...now.photos].filter(([id, as]) => as === label && before.photos.get(id) !== label).length;
      return n > 0 ? [words.said.taughtWhatWasDropped(page.nameOf(label), n)] : [];
    });
    this.#droppedOn.clear();
    page.finish.sortAgain();
    this.sortIn();
    const unsure = page.guessing.peek() ? page.counts.peek().unsure : null;
    const count = {
      added: Math.max(0, now.photos.size - before.photos.size),
      known: this.#known,
      failed: Math.max(0, now.failures - before.failures),
      leftOut: Math.max(0, now.leftOut - before.leftOut),
    };
    const came = page.engine.photos.peek().filter(({ id }) => !before.photos.has(id));
    const names = page.folders.came(came);
    const offer = names > 0 ? ` ${words.folderNames.said(names)}` : "";
    page.say(words.said.added(count, unsure, taught) + offer, taught.length > 0);
  }
}
