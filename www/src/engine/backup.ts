// When a person last took a copy of everything, so that the page can say how much would be lost, and
// remind. A convenience, not part of what must never be lost: it lives beside the collection, not in it.

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

/** Notes that a copy was taken now, holding this many lessons. */
export function note(lessons: number): void {
  write({ at: Date.now(), lessons });
}

/** The last copy, and how many lessons came since. */
export function last(lessons: number): Storage["backup"] {
  const kept = read();
  if (!kept || kept.at === 0) return null;
  return { at: kept.at, lessonsSince: Math.max(0, lessons - kept.lessons) };
}

/** Whether it is time to be reminded. */
export function due(lessons: number): boolean {
  const kept = read();
  return lessons - Math.max(kept?.lessons ?? 0, kept?.later ?? 0) >= MANY;
}

/** The person puts it off. */
export function putOff(lessons: number): void {
  write({ ...(read() ?? { at: 0, lessons: 0 }), later: lessons });
}

export function isBehind(): boolean {
  return ignoringRefusal(() => localStorage.getItem(BEHIND) !== null) ?? false;
}

export function setBehind(behind: boolean): void {
  // Refused, it is written after the next lesson.
  ignoringRefusal(() => (behind ? localStorage.setItem(BEHIND, "1") : localStorage.removeItem(BEHIND)));
}

function write(kept: Kept): void {
  // Refused, the copy itself was still made.
  ignoringRefusal(() => localStorage.setItem(KEY, JSON.stringify(kept)));
}

function read(): Kept | null {
  const kept: unknown = ignoringRefusal(() => JSON.parse(localStorage.getItem(KEY) ?? "null"));
  if (typeof kept !== "object" || kept === null) return null;
  if (!("at" in kept && "lessons" in kept)) return null;
  if (typeof kept.at !== "number" || typeof kept.lessons !== "number") return null;
  const later = "later" in kept && typeof kept.later === "number" ? kept.later : 0;
  return { at: kept.at, lessons: kept.lessons, later };
}
