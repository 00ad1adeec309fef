// The collection was seen by another network than the page's: a new version brought a better one.
// Features of two networks cannot be compared, so every photo is looked at again, by its small picture,
// which is larger than what the network takes, and the lessons go along.

import { signal } from "@preact/signals";
import type { Look, LookAgain, Renewal } from "keepsake";
import type { PhotoId, Renewing } from "./engine";

interface Wiring {
  readonly thumbnail: (photo: PhotoId) => Promise<Blob | undefined>;
  readonly look: (photo: Blob, abort: AbortSignal) => Promise<Look>;
  /** Goes over to what was seen, as one action. */
  readonly renew: (looks: LookAgain[]) => Promise<Renewal>;
}

/** Pictures that are on their way at once. */
const ABREAST = 8;

export class Renewer {
  /** How far it is; null while there is nothing to do. */
  readonly renewing = signal<Renewing | null>(null);
  /** What was done, until somebody has read it. */
  readonly renewed = signal<Renewal | null>(null);
  #abort: AbortController | null = null;

  constructor(private readonly wiring: Wiring) {}

  /** Stopped, everything is as it was before; the next visit begins again. */
  stop(): void {
    this.#abort?.abort();
  }

  async run(photos: readonly PhotoId[]): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.renewing.value = { done: 0, total: photos.length };
    try {
      const looks: LookAgain[] = [];
      const waiting = [...photos];
      const one = async () => {
        for (let photo = waiting.shift(); photo !== undefined; photo = waiting.shift()) {
          const look = await this.#look(photo, abort.signal);
          if (look) looks.push(look);
          this.renewing.value = { done: photos.length - waiting.length, total: photos.length };
        }
      };
      await Promise.all(Array.from({ length: ABREAST }, one));
      // Not one could be looked at: the fault is not the pictures'.
      if (looks.length > 0) this.renewed.value = await this.wiring.renew(looks);
    } catch (thrown) {
      if (!abort.signal.aborted) throw thrown;
    } finally {
      this.renewing.value = null;
      this.#abort = null;
    }
  }

  /** A picture that cannot be opened does not go along. */
  async #look(photo: PhotoId, signal: AbortSignal): Promise<LookAgain | null> {
    try {
      const picture = await this.wiring.thumbnail(photo);
      return picture ? { ...(await this.wiring.look(picture, signal)), photo } : null;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return null;
    }
  }
}

/** Whether two eyes are the same. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
