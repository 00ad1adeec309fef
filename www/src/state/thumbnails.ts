/** Small pictures as addresses, made when a tile needs one and released when long unseen. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { PhotoId } from "../engine/engine";

/** About ten screens of a large display; each holds some 20 KB. */
const KEPT = 1_000;

export class Thumbnails {
  readonly #read: (photo: PhotoId) => Promise<Blob | undefined>;
  /** In the order of last use: a Map keeps insertion order. */
  readonly #known = new Map<PhotoId, Signal<string | undefined>>();

  constructor(read: (photo: PhotoId) => Promise<Blob | undefined>) {
    this.#read = read;
  }

  /** The picture's address, undefined until it was read. */
  of(photo: PhotoId): ReadonlySignal<string | undefined> {
    const known = this.#known.get(photo);
    if (known) {
      this.#known.delete(photo);
      this.#known.set(photo, known);
      return known;
    }
    const address = signal<string | undefined>(undefined);
    this.#known.set(photo, address);
    this.#release();
    this.#read(photo).then(
      (blob) => {
        if (blob && this.#known.get(photo) === address) address.value = URL.createObjectURL(blob);
        else if (!blob) this.#forget(photo, address);
      },
      // A picture that could not be read now is asked for again when its tile comes back.
      () => this.#forget(photo, address),
    );
    return address;
  }

  /** Unless it was asked for again in the meantime. */
  #forget(photo: PhotoId, address: Signal<string | undefined>): void {
    if (this.#known.get(photo) === address) this.#known.delete(photo);
  }

  #release(): void {
    for (const [photo, address] of this.#known) {
      if (this.#known.size <= KEPT) return;
      this.#known.delete(photo);
      if (address.value) URL.revokeObjectURL(address.value);
    }
  }
}
