/**
 * Folders of photos that came in, offered as labels: taught as lessons, or only made. Nothing happens by
 * itself, each label is one step of undo, and who says no is not asked about these folders again.
 */
import { batch, computed, signal } from "@preact/signals";
import type { Photo } from "../engine/engine";
import * as words from "../words";
import { type FolderName, foldersOf, MOST_NAMES, namesOf } from "./folder-names";
import type { Page } from "./page";

/** What is left to be done with the names of the folders that are offered. */
export interface Offer {
  readonly names: readonly FolderName[];
  /** Those that have photos to teach, and how many these are. */
  readonly lessons: number;
  readonly teaching: readonly FolderName[];
  /** Those that are no labels yet. */
  readonly fresh: readonly FolderName[];
}

export class FoldersAsLabels {
  readonly #folders = signal<ReadonlySet<string>>(new Set());
  readonly #refused = new Set<string>();
  /** Those that were used last: an undo of all of it offers them again. */
  #used: ReadonlySet<string> = new Set();
  /** How many of the names are done; null while nobody has asked for it. */
  readonly working = signal<{ readonly done: number; readonly total: number } | null>(null);
  #stopped = false;

  /** Null while there is nothing to offer. */
  readonly offered = computed<Offer | null>(() => {
    if (this.#folders.value.size === 0) return null;
    const { photos, labels } = this.page.engine;
    const all = namesOf(this.#folders.value, photos.value, labels.value);
    const names = all.filter((name) => name.photos.length > 0 || name.label === null);
    const teaching = names.filter((name) => name.photos.length > 0);
    const fresh = names.filter(({ label }) => label === null);
    if (teaching.length === 0) return null;
    const lessons = teaching.reduce((sum, name) => sum + name.photos.length, 0);
    return { names, lessons, teaching, fresh };
  });

  constructor(private readonly page: Page) {}

  /** Photos that came in: how many names of their folders are offered, none where there are too few or too many. */
  came(photos: readonly Photo[]): number {
    const untaught = photos.filter(({ taught }) => taught === null);
    const folders = new Set([...foldersOf(untaught)].filter((folder) => !this.#refused.has(folder)));
    const all = new Set([...(this.offered.peek() ? this.#folders.peek() : []), ...folders]);
    const { photos: album, labels } = this.page.engine;
    const names = namesOf(all, album.peek(), labels.peek()).length;
    if (folders.size === 0 || names < 2 || names > MOST_NAMES) return 0;
    this.#folders.value = all;
    return names;
  }

  /** No, thank you. */
  refuse(): void {
    for (const folder of this.#folders.peek()) this.#refused.add(folder);
    this.#folders.value = new Set();
  }

  /** Every photo that nobody dealt with is taught the name of its folder. */
  async teach(): Promise<void> {
    const { engine, finish, arriving, bursts } = this.page;
    let photos = 0;
    const { done, steps } = await this.#each(this.offered.peek()?.teaching ?? [], async (name) => {
      finish.linger(name.photos);
      // As where a tile of several is taught: one of a scene says what all of it would.
      await engine.teach(name.photos, name.label ?? name.name, bursts.alike(name.photos));
      photos += name.photos.length;
    });
    // Under each label they stand as if they had come in taught.
    finish.sortAgain();
    arriving.sortIn();
    if (done > 0) this.page.say(words.folderNames.taught(done, photos), true, steps);
  }

  /** The names become labels, and nothing is taught. */
  async make(): Promise<void> {
    const { engine } = this.page;
    const { done, steps } = await this.#each(this.offered.peek()?.fresh ?? [], ({ name }) =>
      engine.addLabel(name),
    );
    if (done > 0) this.page.say(words.folderNames.made(done), true, steps);
  }

  /** All of it was taken back. */
  undone(): void {
    this.#folders.value = new Set([...this.#folders.peek(), ...this.#used]);
  }

  /** What is done stays, and the rest is offered still. */
  stop(): void {
    this.#stopped = true;
  }

  /** One after the other, with room for what the person does meanwhile; and what each is called among the steps of undo. */
  async #each(names: readonly FolderName[], act: (name: FolderName) => Promise<unknown>) {
    const steps: string[] = [];
    const folders = this.#folders.peek();
    if (this.working.peek() !== null) return { done: 0, steps };
    this.#stopped = false;
    const total = names.length;
    this.working.value = { done: 0, total };
    let done = 0;
    for (const name of names) {
      const acted = await this.page.inTurn(async () => {
        await act(name);
        steps.push(this.page.engine.history.peek().undo ?? "");
        return true;
      });
      if (!acted) break;
      done++;
      this.working.value = { done, total };
      if (this.#stopped) break;
    }
    batch(() => {
      this.working.value = null;
      this.#used = folders;
      if (done === total && this.#folders.peek() === folders) this.#folders.value = new Set();
    });
    return { done, steps };
  }
}
