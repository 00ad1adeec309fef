/** Whoever rests on a photo may look at it closely next: it is read ahead, so that it is there at once. */
import { effect } from "@preact/signals";
import type { Machine } from "../engine/pool";
import type { Page } from "./page";

/** The memory of a device, in GB, below which no photo is decoded that nobody asked for. */
const ENOUGH_GB = 4;

/** So long somebody stands on a tile before it is read, in milliseconds. */
const REST_MS = 400;

export function readAheadAtRest(page: Page): void {
  const { deviceMemory = 8 }: Machine = navigator;
  if (deviceMemory < ENOUGH_GB) return;
  effect(() => {
    const tile = page.active.value;
    const away = page.closely.looking.value !== null || page.takingAlong.value;
    // Who names one does not look closely. An import has the processor for itself.
    const busy = page.choosing.value !== null || page.engine.importing.value !== null;
    if (tile === null || away || busy) return undefined;
    const soon = setTimeout(() => page.large.expect(tile), REST_MS);
    return () => clearTimeout(soon);
  });
}
