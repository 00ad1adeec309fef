// When a person last took a copy of everything, so that the page can say how much would be lost.
// A convenience, not part of what must never be lost: it lives beside the collection, not in it.

import type { Storage } from "./engine";

const KEY = "keepsake:backup";

interface Kept {
  readonly at: number;
  readonly lessons: number;
}

/** Notes that a copy was taken now, holding this many lessons. */
export function note(lessons: number): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), lessons } satisfies Kept));
  } catch {
    // Storage is blocked or full: the copy itself was still made.
  }
}

/** The last copy, and how many lessons came since. */
export function last(lessons: number): Storage["backup"] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    if (!("at" in kept && "lessons" in kept)) return null;
    if (typeof kept.at !== "number" || typeof kept.lessons !== "number") return null;
    return { at: kept.at, lessonsSince: Math.max(0, lessons - kept.lessons) };
  } catch {
    return null;
  }
}
