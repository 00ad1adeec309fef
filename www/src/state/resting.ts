/** Whoever rests on a photo may look at it closely next: it is read ahead, so that it is there at once. */
import { effect } from "@preact/signals";
import type { Page } from "./page";

/** So long somebody stands on a tile before it is read, in milliseconds. */
const REST_MS = 400;

export function readAheadAtRest(page: Page): void {
  effect(() => {
    const tile = page.active.value;
    const away = page.closely.looking.value !== null || page.takingAlong.value;
    // An import has the processor for itself.
    if (tile === null || away || page.engine.importing.value !== null) return undefined;
    const soon = setTimeout(() => page.large.expect(tile), REST_MS);
    return () => clearTimeout(soon);
  });
}
