/** Photos as large as they are: their files found, and the ones beside read ahead. */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Engine, FileFacts, PhotoId } from "../engine/engine";
import { kindOf } from "../engine/kinds";
import type { Original, Search } from "../engine/originals";

export interface Large {
  /** Undefined until it was asked. */
  readonly facts?: FileFacts;
  /** Undefined while it is looked for. */
  readonly original?: Original;
  /** How far that is, where files are read for it. */
  readonly search?: Search;
  /** The file's address, where it is here. */
  readonly address?: string;
  /** That is not the file itself, which the browser does not show, but a picture made of it. */
  readonly drawn?: boolean;
  /** The browser could not show it: it cannot read such files, or the file is gone. */
  readonly fault?: "unreadable" | "gone";
}

interface Entry {
  readonly large: Signal<Large>;
  readonly abort: AbortController;
  reading?: Promise<void>;
  /** Keeps the picture decoded. */
  image?: HTMLImageElement;
}

/** The one that is looked at, and two on either side: each may be fifty megabytes of pixels. */
const KEPT = 5;

export class LargePictures {
  /** In the order of last use. */
  readonly #entries = new Map<PhotoId, Entry>();

  constructor(
    private readonly engine: Pick<Engine, "facts" | "here" | "original" | "drawn" | "originalsNews">,
  ) {
    effect(() => {
      void engine.originalsNews.value;
      for (const [photo, { large }] of this.#entries) {
        const { original, fault } = large.peek();
        if (original && (original.kind !== "here" || fault === "gone")) this.#begin(photo);
      }
    });
  }

  of(photo: PhotoId): ReadonlySignal<Large> {
    const entry = this.#entries.get(photo) ?? this.#begin(photo);
    this.#entries.delete(photo);
    this.#entries.set(photo, entry);
    for (const old of this.#entries.keys()) {
      if (this.#entries.size <= KEPT) break;
      this.#forget(old);
    }
    return entry.large;
  }

  /** Reads a photo that may be next, down to its pixels. */
  prepare(photo: PhotoId): void {
    this.of(photo);
    const entry = this.#entries.get(photo);
    if (entry && !entry.image) void this.#decode(entry);
  }

  /** Somebody rests on a photo and may look at it: the same, for this one only, if that costs no search. */
  expect(photo: PhotoId): void {
    if (this.#entries.get(photo)?.image || !this.engine.here(photo)) return;
    this.clear();
    this.prepare(photo);
  }

  async #decode(entry: Entry): Promise<void> {
    const image = new Image();
    entry.image = image;
    await entry.reading;
    const { address } = entry.large.peek();
    if (entry.abort.signal.aborted || address === undefined) return;
    image.src = address;
    await image.decode().catch(() => undefined);
  }

  /** The browser could not show the file: another picture of it is shown, or else said why there is none. */
  async failed(photo: PhotoId): Promise<void> {
    const entry = this.#entries.get(photo);
    const original = entry?.large.peek().original;
    if (!entry || original?.kind !== "here") return;
    const { large, abort } = entry;
    if (!large.peek().drawn) {
      const picture = await this.engine.drawn(original.file, abort.signal).catch(() => undefined);
      if (abort.signal.aborted) return;
      if (picture) {
        release(entry);
        large.value = { ...large.peek(), address: URL.createObjectURL(picture), drawn: true };
        return;
      }
    }
    const readable = await original.file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      );
    large.value = { ...large.peek(), fault: readable ? "unreadable" : "gone" };
  }

  /** Nothing is looked at any more. */
  clear(): void {
    for (const photo of this.#entries.keys()) this.#forget(photo);
  }

  #begin(photo: PhotoId): Entry {
    const before = this.#entries.get(photo);
    before?.abort.abort();
    release(before);
    const { facts } = before?.large.peek() ?? {};
    const large = before?.large ?? signal<Large>({});
    if (before) large.value = facts ? { facts } : {};
    const entry: Entry = { large, abort: new AbortController() };
    this.#entries.set(photo, entry);
    entry.reading = this.#read(photo, entry).catch(() => undefined);
    return entry;
  }

  async #read(photo: PhotoId, { large, abort }: Entry): Promise<void> {
    const add = (more: Large) => {
      if (!abort.signal.aborted) large.value = { ...large.peek(), ...more };
    };
    const facts = large.peek().facts ?? (await this.engine.facts(photo));
    add({ facts });
    const original = await this.engine.original(facts, abort.signal, (search) => add({ search }));
    if (original.kind !== "here") return add({ original });
    const { file } = original;
    // No browser shows a RAW file, so it is not even tried: the picture in it is shown.
    const raw = kindOf(file.name) === "raw";
    const drawn = raw ? await this.engine.drawn(file, abort.signal).catch(() => undefined) : undefined;
    if (abort.signal.aborted) return;
    add({ original, address: URL.createObjectURL(drawn ?? file), drawn: drawn !== undefined });
  }

  #forget(photo: PhotoId): void {
    const entry = this.#entries.get(photo);
    entry?.abort.abort();
    release(entry);
    this.#entries.delete(photo);
  }
}

function release(entry: Entry | undefined): void {
  const address = entry?.large.peek().address;
  if (address !== undefined) URL.revokeObjectURL(address);
}
