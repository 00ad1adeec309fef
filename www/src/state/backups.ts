/** Backups: taken, kept up to date in a file, and opened. */
import { batch, signal } from "@preact/signals";
import { saveFile } from "../parts/save";
import * as words from "../words";
import { NONE } from "./labels";
import type { Page } from "./page";

export class Backups {
  /** One that was chosen, until it is said how it shall be opened. */
  readonly toOpen = signal<File | null>(null);

  constructor(readonly page: Page) {}

  async save(): Promise<void> {
    this.#toDownloads(await this.page.attempt(() => this.page.engine.exportFile()));
  }

  /** What the file that is kept was before this visit. */
  async saveEarlier(): Promise<void> {
    this.#toDownloads(await this.page.attempt(() => this.page.engine.earlierBackup()));
  }

  /** Chooses a file that is kept up to date from then on. */
  keep(): void {
    const { engine } = this.page;
    const name = words.backupFileName(engine.collections.fileName);
    void this.page.attempt(() => engine.keepBackup(name, words.backupFileKind));
  }

  /** Opens one; where it would meet something, the details ask how. */
  offer(file: File): void {
    const { photos, labels } = this.page.engine;
    const empty = photos.value.length === 0 && labels.value.every((label) => label.id === NONE);
    batch(() => {
      if (empty) void this.open(file, "replace");
      else [this.toOpen.value, this.page.panel.value] = [file, "device"];
    });
  }

  async open(file: File, how: "replace" | "merge"): Promise<void> {
    const done = await this.page.inTurn(() => this.page.engine.importFile(file, how));
    if (done) this.page.say(words.said.opened(done.lessons), true);
  }

  #toDownloads(file: Blob | undefined): void {
    if (!file) return;
    saveFile(file, words.backupName(this.page.engine.collections.fileName));
    this.page.say(words.said.saved);
  }
}
