// When a person last took a copy of everything in a collection, so that the page can say how much would be
// lost, and remind. A convenience, not part of what must never be lost: it lives beside the collection, not in it.

import { keyOf } from "./collection-address";
import type { Storage } from "./engine";
import { ignoringRefusal } from "./refusal";

const KEY = "keepsake:backup";
/** The file that the page keeps up to date is not: the last visit ended before it was written. */
const BEHIND = "keepsake:backup-behind";
/** So many lessons may come before a person is reminded, and before the next time. */
const MANY = 50;

interface Kept {
  /** Milliseconds since 1970 of the last copy; 0 before the first. */
  readonly at: number;
  /** How many lessons it held. */
  readonly lessons: number;
  /** How many lessons there were when the person put it off. */
  readonly later?: number;
}

/** What is remembered of one collection's backups. */
export class BackupNotes {
  readonly #key: string;
  readonly #behind: string;

  constructor(collection: string) {
    this.#key = keyOf(KEY, collection);
    this.#behind = keyOf(BEHIND, collection);
  }

  /** Notes that a copy was taken now, holding this many lessons. */
  note(lessons: number): void {
    this.#write({ at: Date.now(), lessons });
  }

  /** The last copy, and how many lessons came since. */
  last(lessons: number): Storage["backup"] {
    const kept = this.#read();
    if (!kept || kept.at === 0) return null;
    return { at: kept.at, lessonsSince: Math.max(0, lessons - kept.lessons) };
  }

  /** Whether it is time to be reminded. */
  due(lessons: number): boolean {
    const kept = this.#read();
    return lessons - Math.max(kept?.lessons ?? 0, kept?.later ?? 0) >= MANY;
  }

  /** The person puts it off. */
  putOff(lessons: number): void {
    this.#write({ ...(this.#read() ?? { at: 0, lessons: 0 }), later: lessons });
  }

  isBehind(): boolean {
    return ignoringRefusal(() => localStorage.getItem(this.#behind) !== null) ?? false;
  }

  setBehind(behind: boolean): void {
    // Refused, it is written after the next lesson.
    ignoringRefusal(() =>
      behind ? localStorage.setItem(this.#behind, "1") : localStorage.removeItem(this.#behind),
    );
  }

  forget(): void {
    for (const key of [this.#key, this.#behind]) ignoringRefusal(() => localStorage.removeItem(key));
  }

  #write(kept: Kept): void {
    // Refused, the copy itself was still made.
    ignoringRefusal(() => localStorage.setItem(this.#key, JSON.stringify(kept)));
  }

  #read(): Kept | null {
    const kept: unknown = ignoringRefusal(() => JSON.parse(localStorage.getItem(this.#key) ?? "null"));
    if (typeof kept !== "object" || kept === null) return null;
    if (!("at" in kept && "lessons" in kept)) return null;
    if (typeof kept.at !== "number" || typeof kept.lessons !== "number") return null;
    const later = "later" in kept && typeof kept.later === "number" ? kept.later : 0;
    return { at: kept.at, lessons: kept.lessons, later };
  }
}
