// The backup that happens by itself: a file that a person chose once, where the browser lets a page write
// to one (File System Access). Each time all is written to a file beside it that takes its place when it is
// whole, so that a crash in the middle leaves the old one. What it was before this visit is kept, too, in
// the browser's own files: a page that has lost its lessons must not take the last copy with it.

import { signal } from "@preact/signals";
import { BackupNotes } from "./backup";
import { FIRST, keyOf } from "./collection-address";
import type { BackupFile } from "./engine";
import { problem } from "./failure";
import { type Asking, kept } from "./handles";
import { picked } from "./picked";

/** Quiet that a writing waits for, in milliseconds, and how much more for a collection that takes long. */
const QUIET_MS = 3_000;
const TIMES_ITS_LENGTH = 10;
/** Lessons come one after the other: it waits for quiet no longer than this. */
const LONGEST_MS = 60_000;

const KEY = "backup";
/** What such a file was before a visit, among the browser's own files. */
export const EARLIER = /^backup-before(-[a-z0-9-]+)?\.keepsake$/;

function earlierName(collection: string): string {
  return collection === FIRST ? "backup-before.keepsake" : `backup-before-${collection}.keepsake`;
}

type Handle = FileSystemFileHandle & Asking;
declare global {
  interface Window {
    showSaveFilePicker?(options: {
      readonly id: string;
      readonly suggestedName: string;
      readonly types: readonly { description: string; accept: Record<string, string[]> }[];
    }): Promise<FileSystemFileHandle>;
  }
}

/** What it needs from the engine. */
export interface BackupOf {
  /** Which collection it is: each has a file of its own. */
  readonly collection: string;
  readonly notes: BackupNotes;
  /** What another collection is called, to say whose file was chosen. */
  nameOf(collection: string): string | undefined;
  /** All there is, as one file. */
  file(): Promise<Blob>;
  /** A sentence why what is here now should not take the place of a backup; null if it may. */
  unfit(): string | null;
  /** It was written. */
  written(): void;
}

export class KeptBackup {
  readonly state = signal<BackupFile>({ kind: window.showSaveFilePicker ? "none" : "unsupported" });

  #handle: Handle | undefined;
  #earlierKept = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitsSince: number | null = null;
  #took = 0;
  #writing: Promise<void> = Promise.resolve();

  readonly #key: string;

  constructor(private readonly of: BackupOf) {
    this.#key = keyOf(KEY, of.collection);
    // A page that is hidden may not come back: what waits for quiet is written at once.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.#waitsSince !== null) void this.#write();
    });
  }

  /** Finds the file that was chosen on an earlier visit. */
  async find(): Promise<void> {
    if (!window.showSaveFilePicker) return;
    this.#handle = await kept<Handle | undefined>("readonly", (table) => table.get(this.#key)).catch(
      () => undefined,
    );
    if (this.#handle && (await this.#ready()) && this.of.notes.isBehind()) this.changed();
  }

  /** Lets the person choose a file, and writes it. In a gesture only. */
  async choose(suggestedName: string, description: string): Promise<void> {
    const types = [{ description, accept: { "application/x-keepsake": [".keepsake"] } }];
    const picking = window.showSaveFilePicker?.({ id: "keepsake-backup", suggestedName, types });
    const handle = await picked(picking);
    if (!handle) return;
    await this.#refuseAnothers(handle);
    this.#handle = handle as Handle;
    this.#earlierKept = false;
    // Nothing is in it before it is written, and nobody is told otherwise.
    this.#waitsSince ??= performance.now();
    await kept("readwrite", (table) => table.put(handle, this.#key));
    await this.#write();
  }

  /** A collection's backup is never written over with another's, also not of one that was deleted. */
  async #refuseAnothers(chosen: FileSystemFileHandle): Promise<void> {
    for (const [collection, handle] of await backupFiles()) {
      if (collection === this.of.collection || !(await handle.isSameEntry(chosen))) continue;
      const name = this.of.nameOf(collection);
      throw {
        code: "backup/of-another",
        message: `${name ? `“${name}”` : "Another collection"} is kept in ${chosen.name}. Choose another file for this one.`,
      };
    }
  }

  /** Asks to be let at the file again, and writes it. In a gesture only. */
  async allow(): Promise<void> {
    const answer = await this.#handle?.requestPermission({ mode: "readwrite" });
    if (answer === "granted") await this.#write();
  }

  /** The file stays as it is from now on. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#handle = undefined;
    this.#waitsSince = null;
    await kept("readwrite", (table) => table.delete(this.#key));
    this.state.value = { kind: "none" };
  }

  /** Something was stored: the file is behind. */
  changed(): void {
    if (!this.#handle) return;
    const now = performance.now();
    this.#waitsSince ??= now;
    this.of.notes.setBehind(true);
    const { value } = this.state;
    if (value.kind === "kept") this.state.value = { ...value, upToDate: false };
    clearTimeout(this.#timer);
    const quiet = Math.max(QUIET_MS, this.#took * TIMES_ITS_LENGTH);
    this.#timer = setTimeout(
      () => void this.#write(),
      Math.max(0, Math.min(quiet, this.#waitsSince + LONGEST_MS - now)),
    );
  }

  /** What the file was before this visit. */
  async earlier(): Promise<File | undefined> {
    const folder = await navigator.storage.getDirectory();
    const name = earlierName(this.of.collection);
    const handle = await folder.getFileHandle(name).catch(() => undefined);
    return handle?.getFile();
  }

  /** Whether it may be written; says so where it may not. */
  async #ready(): Promise<boolean> {
    const handle = this.#handle;
    if (!handle) return false;
    const allowed = (await handle.queryPermission({ mode: "readwrite" })) === "granted";
    const { name } = handle;
    if (!allowed) this.state.value = { kind: "asks", name };
    else if (this.state.peek().kind !== "kept") await this.#tellKept(name);
    return allowed;
  }

  async #tellKept(name: string): Promise<void> {
    const earlier = (await this.earlier()) !== undefined;
    this.state.value = { kind: "kept", name, upToDate: this.#waitsSince === null, earlier };
  }

  /** Writes the file, after what is being written. Never rejects: what goes wrong is told. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#writing = this.#writing.then(() => this.#writeNow());
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    const { name } = handle;
    const started = performance.now();
    try {
      if (!(await this.#ready())) return;
      this.#waitsSince = null;
      const file = await this.of.file();
      // Some damage is only found while all is read for it.
      const unfit = this.of.unfit();
      if (unfit !== null) throw { code: "backup/unfit", message: unfit };
      if (!this.#earlierKept) await keepEarlier(handle, earlierName(this.of.collection));
      this.#earlierKept = true;
      await replace(handle, file);
      // Another may have been chosen meanwhile, or none.
      if (this.#handle !== handle) return;
      this.#took = performance.now() - started;
      if (this.#waitsSince === null) this.of.notes.setBehind(false);
      this.of.written();
      await this.#tellKept(name);
    } catch (thrown) {
      this.#waitsSince ??= started;
      this.state.value = { kind: "failed", name, problem: problem(thrown) };
    }
  }

  /** Tries again what could not be written. */
  tryAgain(): Promise<void> {
    return this.#write();
  }
}

/** The files that collections are kept in. */
async function backupFiles(): Promise<ReadonlyMap<string, FileSystemFileHandle>> {
  const keys = await kept<IDBValidKey[]>("readonly", (table) => table.getAllKeys());
  const files = new Map<string, FileSystemFileHandle>();
  for (const key of keys.map(String)) {
    const [what, collection = FIRST] = key.split(":");
    if (what !== KEY) continue;
    const handle = await kept<FileSystemFileHandle | undefined>("readonly", (table) => table.get(key));
    if (handle) files.set(collection, handle);
  }
  return files;
}

/** Forgets the file of a collection that is deleted; the file itself stays. */
export async function forgetBackup(collection: string): Promise<void> {
  new BackupNotes(collection).forget();
  await kept("readwrite", (table) => table.delete(keyOf(KEY, collection)));
  const folder = await navigator.storage.getDirectory?.();
  await folder?.removeEntry(earlierName(collection)).catch(() => undefined);
}

/** The whole file is written beside the old one, which it replaces when it is closed. */
async function replace(handle: FileSystemFileHandle, file: Blob): Promise<void> {
  const writing = await handle.createWritable();
  try {
    await writing.write(file);
    await writing.close();
  } catch (thrown) {
    await writing.abort().catch(() => undefined);
    throw thrown;
  }
}

async function keepEarlier(handle: FileSystemFileHandle, name: string): Promise<void> {
  const before = await handle.getFile();
  if (before.size === 0) return;
  const folder = await navigator.storage.getDirectory();
  await replace(await folder.getFileHandle(name, { create: true }), before);
}
