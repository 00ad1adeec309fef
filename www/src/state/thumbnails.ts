/**
 * Small pictures as they are stored: read when a tile needs one, released when long unseen. What was asked for
 * last is read first, and what nobody waits for any more is not read: who scrolls past thousands sees at
 * once the pictures of where they stop.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PhotoId } from "../engine/engine";

/** About ten screens of a large display; each is some 20 KB of the browser's, not of the page's process. */
const KEPT = 1_000;
/** Read at once: one is decoded while the next is on its way, and few are read in vain. */
const AT_ONCE = 6;

export class Thumbnails {
  readonly #read: (photo: PhotoId) => Promise<Blob | undefined>;
  /** In the order of last use: a Map keeps insertion order. */
  readonly #known = new Map<PhotoId, Signal<Blob | undefined>>();
  /** How many tiles show each photo. */
  readonly #held = new Map<PhotoId, number>();
  /** What is to be read, by the turn in which it was asked for: a screen's tiles are asked for in one. */
  readonly #turns: Set<PhotoId>[] = [];
  #turn: Set<PhotoId> | null = null;
  readonly #reading = new Set<PhotoId>();

  constructor(read: (photo: PhotoId) => Promise<Blob | undefined>) {
    this.#read = read;
  }

  /** The picture, undefined until it was read. */
  of(photo: PhotoId): ReadonlySignal<Blob | undefined> {
    const picture = this.#known.get(photo) ?? signal<Blob | undefined>(undefined);
    this.#known.delete(photo);
    this.#known.set(photo, picture);
    this.#release();
    this.#ask(photo);
    return picture;
  }

  /** Somebody shows the photo, until the function that this returns is called. */
  hold(photo: PhotoId): () => void {
    this.#held.set(photo, (this.#held.get(photo) ?? 0) + 1);
    // It may have been let go of since it was asked for.
    this.#ask(photo);
    return () => {
      const left = (this.#held.get(photo) ?? 1) - 1;
      if (left > 0) this.#held.set(photo, left);
      else {
        this.#held.delete(photo);
        for (const turn of this.#turns) turn.delete(photo);
      }
    };
  }

  #ask(photo: PhotoId): void {
    const picture = this.#known.get(photo);
    if (!picture || picture.peek() !== undefined || this.#reading.has(photo)) return;
    if (this.#turns.some((turn) => turn.has(photo))) return;
    if (!this.#turn) {
      const turn = new Set<PhotoId>();
      this.#turn = turn;
      this.#turns.push(turn);
      queueMicrotask(() => {
        if (turn === this.#turn) this.#turn = null;
        this.#next();
      });
    }
    this.#turn.add(photo);
  }

  #next(): void {
    while (this.#reading.size < AT_ONCE) {
      const turn = this.#turns.at(-1);
      if (!turn) return;
      const [photo] = turn;
      if (photo === undefined) {
        this.#turns.pop();
        // What is still asked for in the same turn begins another.
        if (turn === this.#turn) this.#turn = null;
        continue;
      }
      turn.delete(photo);
      const picture = this.#known.get(photo);
      if (picture) void this.#fetch(photo, picture);
    }
  }

  async #fetch(photo: PhotoId, picture: Signal<Blob | undefined>): Promise<void> {
    this.#reading.add(photo);
    try {
      const blob = await this.#read(photo);
      if (blob && this.#known.get(photo) === picture) picture.value = blob;
      else if (!blob) this.#forget(photo, picture);
    } catch {
      // A picture that could not be read now is asked for again when its tile comes back.
      this.#forget(photo, picture);
    }
    this.#reading.delete(photo);
    this.#next();
  }

  /** Unless it was asked for again in the meantime. */
  #forget(photo: PhotoId, picture: Signal<Blob | undefined>): void {
    if (this.#known.get(photo) === picture) this.#known.delete(photo);
  }

  #release(): void {
    for (const photo of this.#known.keys()) {
      if (this.#known.size <= KEPT) return;
      this.#known.delete(photo);
    }
  }
}
