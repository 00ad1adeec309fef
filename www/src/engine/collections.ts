// A person's collections: the catalogue as signals, and what can be done with one besides what the learner
// of this page does with its own. Every tab hears of what another changed.

import { computed, signal } from "@preact/signals";
import { type Collection, change, fresh, isLive, isOver, missing, readAll, type Stored } from "./catalogue";
import { addressed, FIRST, goTo, newId, rememberLast, sayWhich } from "./collection-address";
import { forFile, numbered, tidy } from "./collection-names";
import type { Decides, Meeting } from "./meeting";
import { ignoringRefusal } from "./refusal";

/** What the learner's worker does with collections that are not this page's. */
export interface Keeper {
  list(): Promise<readonly Stored[]>;
  /** Deletes one for good. Rejects with `storage/busy` while a tab has it open for writing. */
  delete(id: string): Promise<void>;
  /** Makes one of what another holds. */
  copy(from: string, to: string): Promise<void>;
  /** Makes one of what a file holds. */
  fill(id: string, file: Uint8Array): Promise<void>;
  /** What two would make together, and makes it. */
  meet(first: string, second: string, decides: Decides): Promise<Meeting>;
  putTogether(first: string, second: string, decides: Decides, to: string): Promise<Meeting>;
  /** Deletes what is kept beside one: what is known of its backups and folders. */
  forget(id: string): Promise<void>;
  /** A copy finds its folders again. */
  copyFolders(from: string, to: string): Promise<void>;
}

/** What is said of a collection in the list of them. */
export type Summary = Pick<Collection, "photos" | "labels"> & Partial<Pick<Collection, "pictures">>;

/** Where the address leads. */
export type Arrival = "here" | "deleted" | "elsewhere";

/** Which collection was deleted just before this page was opened in its place. */
const DELETED = "keepsake:deleted-collection";

export class Collections {
  /** The collection of this page. */
  readonly here = addressed();
  readonly all = signal<readonly Collection[]>([]);
  readonly live = computed(() => this.all.value.filter(isLive));
  readonly deleted = computed(() => this.all.value.filter((one) => !isLive(one)));
  /** Undefined until the catalogue was read, and where it cannot be. */
  readonly current = computed(() => this.all.value.find(({ id }) => id === this.here));
  /** Its new name, when another tab gave it one. */
  readonly renamedElsewhere = signal<string | null>(null);

  readonly #channel = new BroadcastChannel("keepsake-collections");

  constructor(
    private readonly keeper: Keeper,
    /** What a collection is called that nobody named. */
    private readonly usualName: string,
  ) {
    this.#channel.addEventListener("message", () => void this.#hear());
  }

  /** Reads the catalogue and makes what it lacks. Where the address leads to nothing, another page is opened. */
  async arrive(): Promise<Arrival> {
    try {
      this.all.value = await readAll();
      if (!this.current.peek()) await this.#mend();
    } catch {
      // Nothing can be kept here: there is this one collection, as long as the page is open.
      return "here";
    }
    if (!this.current.peek()) {
      const [first] = this.live.peek();
      if (first) goTo(first.id, true);
      return "elsewhere";
    }
    this.#say();
    return this.current.peek()?.deleted === null ? "here" : "deleted";
  }

  /** It is open: the bare address will open it again. */
  opened(): void {
    rememberLast(this.here);
  }

  async #mend(): Promise<void> {
    const stored = await this.keeper.list().catch(() => []);
    const name = (taken: readonly string[]) => numbered(this.usualName, taken);
    for (const one of missing(this.all.peek(), stored, name, Date.now())) {
      // Two tabs may come at once: the first one's stays.
      await change(one.id, (now) => now ?? one);
    }
    await this.#changed();
  }

  nameOf(id: string): string | undefined {
    return this.all.peek().find((one) => one.id === id)?.name;
  }

  /** What its files are called by; null for the one that nobody named. */
  get fileName(): string | null {
    const current = this.current.peek();
    return current && !(this.here === FIRST && current.name === this.usualName)
      ? forFile(current.name)
      : null;
  }

  /** Makes an empty one. */
  async add(name: string): Promise<Collection> {
    return this.#add(newId(), name);
  }

  /** Makes one that holds the same, without its steps of undo. */
  async duplicate(of: Collection): Promise<Collection> {
    const id = newId();
    await this.keeper.copy(of.id, id);
    await this.keeper.copyFolders(of.id, id).catch(() => undefined);
    const { photos, labels, pictures } = this.all.peek().find((one) => one.id === of.id) ?? of;
    return this.#add(id, of.name, { photos, labels, pictures });
  }

  /** Makes one of what a backup holds. Rejects with `import/…` where it cannot be used; nothing was made then. */
  async open(file: File): Promise<Collection> {
    const id = newId();
    await this.keeper.fill(id, new Uint8Array(await file.arrayBuffer()));
    return this.#add(id, file.name.replace(/\.keepsake$/i, ""));
  }

  /** What two would make together; nothing is changed. */
  meet(first: Collection, second: Collection, decides: Decides): Promise<Meeting> {
    return this.keeper.meet(first.id, second.id, decides);
  }

  /** Makes a third of two, and leaves both. */
  async putTogether(
    first: Collection,
    second: Collection,
    decides: Decides,
    name: string,
  ): Promise<Collection> {
    const id = newId();
    const { result } = await this.keeper.putTogether(first.id, second.id, decides, id);
    for (const { id: from } of [first, second])
      await this.keeper.copyFolders(from, id).catch(() => undefined);
    const pictures = [...first.pictures.slice(0, 2), ...second.pictures.slice(0, 2)];
    return this.#add(id, name, { photos: result.photos, labels: result.labels.length, pictures });
  }

  async #add(id: string, name: string, holds: Partial<Collection> = {}): Promise<Collection> {
    const one = { ...fresh(id, this.#free(tidy(name) || this.usualName), Date.now()), ...holds };
    await change(id, () => one);
    await this.#changed();
    return one;
  }

  /** A name without anything in it changes nothing. Resolves to the name that it has then. */
  async rename(id: string, name: string): Promise<string> {
    const wanted = tidy(name);
    if (wanted === "") return this.nameOf(id) ?? "";
    const given = this.#free(wanted, id);
    await change(id, (now) => now && { ...now, name: given });
    await this.#changed();
    return given;
  }

  /** It can be brought back for thirty days. Where it was the last one, there is a new one. */
  async remove(id: string): Promise<void> {
    if (this.live.peek().every((one) => one.id === id)) await this.add(this.usualName);
    await change(id, (now) => now && { ...now, deleted: Date.now() });
    await this.#changed();
  }

  async restore(id: string): Promise<void> {
    const name = this.#free(this.nameOf(id) ?? this.usualName, id);
    await change(id, (now) => now && { ...now, name, deleted: null });
    await this.#changed();
  }

  /** Deletes it for good. Rejects with `storage/busy` while a tab has it open. */
  async deleteForGood(id: string): Promise<void> {
    await this.keeper.delete(id);
    await this.keeper.forget(id);
    await change(id, () => null);
    await this.#changed();
  }

  /** What was deleted long enough ago goes for good; what a tab has open, on a later visit. */
  async cleanUp(): Promise<void> {
    for (const one of this.all.peek()) {
      if (!isOver(one, Date.now()) || one.id === this.here) continue;
      await this.deleteForGood(one.id).catch(() => undefined);
    }
  }

  /** What the list says of this page's collection. */
  async note(summary: Summary): Promise<void> {
    await change(this.here, (now) => now && { ...now, ...summary });
    await this.#changed();
  }

  /** Opens a collection's page. */
  go(id: string): void {
    goTo(id);
  }

  /** Opens another page in the place of the one that is deleted, which says so. */
  goOn(deleted: string): void {
    const [next] = this.live.peek();
    if (!next) return;
    ignoringRefusal(() => sessionStorage.setItem(DELETED, deleted));
    goTo(next.id);
  }

  /** The collection in whose place this page was opened; asked once. */
  justDeleted(): Collection | undefined {
    const id = ignoringRefusal(() => {
      const before = sessionStorage.getItem(DELETED);
      sessionStorage.removeItem(DELETED);
      return before;
    });
    return this.deleted.peek().find((one) => one.id === id);
  }

  /** A name that no other has. */
  #free(name: string, id?: string): string {
    const others = this.live.peek().filter((one) => one.id !== id);
    return numbered(
      name,
      others.map((one) => one.name),
    );
  }

  async #changed(): Promise<void> {
    this.all.value = await readAll();
    this.#say();
    this.#channel.postMessage("changed");
  }

  async #hear(): Promise<void> {
    const before = this.current.peek()?.name;
    const all = await readAll().catch(() => undefined);
    if (!all) return;
    this.all.value = all;
    this.#say();
    const name = this.current.peek()?.name;
    if (before !== undefined && name !== undefined && name !== before) this.renamedElsewhere.value = name;
  }

  #say(): void {
    if (this.live.peek().length > 1 && this.current.peek()) sayWhich(this.here);
  }
}
