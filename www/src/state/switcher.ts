/** The list of collections, and what a person does with them there. */
import { batch, effect, signal } from "@preact/signals";
import * as words from "../collections/words";
import type { Collection } from "../engine/catalogue";
import type { Decides } from "../engine/meeting";
import type { Page } from "./page";

export class Switcher {
  /** The list is open. */
  readonly open = signal(false);
  /** Two that are to be put together, in the place of the photos. */
  readonly together = signal<readonly [Collection, Collection] | null>(null);
  /** What takes a while, in words. */
  readonly working = signal<string | null>(null);

  constructor(readonly page: Page) {
    const { collections, phase } = page.engine;
    effect(() => {
      const name = collections.renamedElsewhere.value;
      if (name !== null) page.say(words.said.renamedElsewhere(name));
    });
    const stop = effect(() => {
      if (phase.value.kind !== "ready") return;
      // Not within the effect itself.
      queueMicrotask(() => {
        stop();
        const deleted = collections.justDeleted();
        if (deleted) this.#sayDeleted(deleted, () => this.restore(deleted, true));
      });
    });
  }

  get #collections() {
    return this.page.engine.collections;
  }

  /** Opens a collection in the place of this one. */
  async go(id: string): Promise<void> {
    this.open.value = false;
    if (id === this.#collections.here) return;
    await this.page.engine.summarise();
    this.#collections.go(id);
  }

  /** Makes an empty one and opens it. */
  async make(name: string): Promise<void> {
    const made = await this.page.attempt(() => this.#collections.add(name));
    if (made) await this.go(made.id);
  }

  async rename(collection: Collection, name: string): Promise<void> {
    if (name.trim() === collection.name) return;
    const given = await this.page.attempt(() => this.#collections.rename(collection.id, name));
    if (given && given !== collection.name) this.page.say(words.said.renamed(given));
  }

  async duplicate(collection: Collection): Promise<void> {
    const copy = await this.#work(words.copying(collection.photos), () =>
      this.#collections.duplicate(collection),
    );
    if (copy) this.page.say(words.said.duplicated(copy.name));
  }

  /** Shows what two would make. */
  async show(first: Collection, second: Collection): Promise<void> {
    await this.page.engine.summarise();
    const now = ({ id }: Collection) => this.#collections.all.peek().find((one) => one.id === id);
    const [one, other] = [now(first), now(second)];
    if (!one || !other) return;
    batch(() => {
      this.open.value = false;
      this.page.panel.value = null;
      this.page.choosing.value = null;
      if (this.page.closely.looking.value) this.page.closely.close();
      if (this.page.takingAlong.value) this.page.leaveAlong();
      this.together.value = [one, other];
    });
  }

  leave(): void {
    this.together.value = null;
    this.page.focusPhotos();
  }

  /** Makes a third of the two, and opens it. Rejects where that cannot be. */
  async putTogether(decides: Decides, name: string): Promise<void> {
    const two = this.together.peek();
    if (!two) return;
    const made = await this.#collections.putTogether(...two, decides, name);
    this.together.value = null;
    await this.go(made.id);
  }

  /** Opens a backup as a collection of its own. */
  async openFile(file: File): Promise<void> {
    const made = await this.#work(words.opening(file.name), () => this.#collections.open(file));
    if (made) await this.go(made.id);
  }

  /** It goes at once, and can be brought back. */
  async remove(collection: Collection): Promise<void> {
    const here = collection.id === this.#collections.here;
    if (here) await this.page.engine.summarise();
    const done = await this.page.attempt(async () => {
      await this.#collections.remove(collection.id);
      return true;
    });
    if (!done) return;
    if (here) {
      this.open.value = false;
      this.#collections.goOn(collection.id);
    } else this.#sayDeleted(collection, () => this.restore(collection));
  }

  /** Brings one back; `go`: and opens it. */
  async restore(collection: Collection, go = false): Promise<void> {
    const done = await this.page.attempt(async () => {
      await this.#collections.restore(collection.id);
      return true;
    });
    if (!done) return;
    this.page.say(words.said.back(this.#collections.nameOf(collection.id) ?? collection.name));
    if (go) await this.go(collection.id);
  }

  async deleteForGood(collection: Collection): Promise<void> {
    const done = await this.page.attempt(async () => {
      await this.#collections.deleteForGood(collection.id);
      return true;
    });
    if (done) this.page.say(words.said.gone(collection.name));
  }

  #sayDeleted({ name }: Collection, undo: () => Promise<void>): void {
    this.page.say(words.said.deleted(name), false, [], undo);
  }

  async #work<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.working.peek() !== null) return undefined;
    this.working.value = what;
    const done = await this.page.attempt(work);
    this.working.value = null;
    return done;
  }
}
