/**
 * Photos as large as they are: their files found, and the ones beside read ahead.
 *
 *   file ──► a large JPEG that is shown: a worker reads it small ──► draft ──► the browser, behind it ──► address
 *        └─► one that was read ahead, or anything else: the browser ───────────────────────────────────► address
 *
 * A browser takes a third of a second for twelve megapixels; a worker has as many of them as the screen shows
 * in a fraction of that. The file itself is what can be made larger, so it follows.
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Engine, FileFacts, PhotoId } from "../engine/engine";
import { codeOf } from "../engine/failure";
import { kindOf } from "../engine/kinds";
import type { Original, Search } from "../engine/originals";

export interface Large {
  /** Undefined until it was asked. */
  readonly facts?: FileFacts;
  /** Undefined while it is looked for. */
  readonly original?: Original;
  /** How far that is, where files are read for it. */
  readonly search?: Search;
  /** The whole photo, smaller, until the browser has decoded its file. */
  readonly draft?: ImageBitmap;
  /** The file's address, where it is here and the browser need not be waited for, or has decoded it. */
  readonly address?: string;
  /** That is not the file itself, which the browser does not show, but a picture made of it. */
  readonly drawn?: boolean;
  /**
   * It could not be shown: the browser cannot read such files, the file is gone, or what opens it could not be
   * fetched.
   */
  readonly fault?: "unreadable" | "gone" | "unfetched";
}

interface Entry {
  readonly large: Signal<Large>;
  readonly abort: AbortController;
  reading?: Promise<void>;
  /** What the browser is given, once it is at hand. */
  source?: { readonly file: Blob; readonly address: string };
  /** Keeps the picture decoded. */
  image?: HTMLImageElement;
}

/** The one that is looked at, and two on either side: each may be fifty megabytes of pixels. */
const KEPT = 5;

/** What opens a file that no browser shows is fetched with the first such file. */
const NOT_FETCHED = ["photo/raw-not-opened", "photo/heic-not-opened"];

/** Pixels from which on a JPEG is read small first: fewer the browser has about as soon. */
const WORTH_A_DRAFT = 4e6;
/** The browser waits so long for that, in milliseconds: an import may have every worker busy. */
const HEAD_START_MS = 200;

export class LargePictures {
  /** In the order of last use. */
  readonly #entries = new Map<PhotoId, Entry>();
  #shown: { readonly photo: PhotoId; readonly wide: (ratio: number) => number } | undefined;
  /** Ends reading that one small. */
  #drafting: AbortController | undefined;

  constructor(
    private readonly engine: Pick<
      Engine,
      "facts" | "here" | "original" | "draft" | "drawn" | "originalsNews"
    >,
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

  /** A photo is shown, so many pixels of the screen wide as its shape allows. */
  show(photo: PhotoId, wide: (ratio: number) => number): void {
    this.#drafting?.abort();
    this.#shown = { photo, wide };
    const entry = this.#entries.get(photo);
    if (entry) this.#open(photo, entry);
  }

  /** Shows what has been found: small first, if the browser is not as soon there. */
  #open(photo: PhotoId, entry: Entry): void {
    const { source, large } = entry;
    const { facts, address } = large.peek();
    if (this.#shown?.photo !== photo || !source || !facts || address !== undefined) return;
    const drafting = new AbortController();
    this.#drafting = drafting;
    const width = Math.ceil(this.#shown.wide(facts.width / facts.height));
    const draft = this.#draft(entry, source.file, width, drafting.signal);
    const headStart = new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
    void Promise.race([draft, headStart]).then(() => {
      // It may be read ahead just now; or somebody went on.
      if (!entry.image && !drafting.signal.aborted) void this.#decode(entry);
    });
  }

  async #draft({ large }: Entry, file: Blob, width: number, signal: AbortSignal): Promise<void> {
    if (large.peek().draft) return;
    const draft = await this.engine.draft(file, width, signal).catch(() => undefined);
    if (signal.aborted || large.peek().address !== undefined) return draft?.close();
    if (!draft) return;
    large.value = { ...large.peek(), draft };
    // To decode keeps the threads busy that draw.
    await drawn();
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
    const { abort, source } = entry;
    if (abort.signal.aborted || !source) return;
    image.src = source.address;
    await image.decode().catch(() => undefined);
    this.#publish(entry);
  }

  /** The browser shows the file; what it cannot show it says then. */
  #publish({ large, abort, source }: Entry): void {
    if (abort.signal.aborted || !source || large.peek().address === source.address) return;
    large.value = { ...large.peek(), address: source.address };
  }

  /** The browser could not show the file: another picture of it is shown, or else said why there is none. */
  async failed(photo: PhotoId): Promise<void> {
    const entry = this.#entries.get(photo);
    const original = entry?.large.peek().original;
    if (!entry || original?.kind !== "here") return;
    const { large, abort } = entry;
    if (!large.peek().drawn) {
      const picture = await this.#drawn(original.file, abort.signal);
      if (abort.signal.aborted) return;
      if (picture === "unfetched") {
        large.value = { ...large.peek(), fault: picture };
        return;
      }
      if (picture) {
        release(entry);
        entry.source = sourceOf(picture);
        const { draft: _, ...rest } = large.peek();
        large.value = { ...rest, address: entry.source.address, drawn: true };
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

  /** What opens it may be had now. */
  again(photo: PhotoId): void {
    if (this.#entries.has(photo)) this.#begin(photo);
  }

  async #drawn(file: File, abort: AbortSignal): Promise<Blob | "unfetched" | undefined> {
    return this.engine.drawn(file, abort).catch((thrown) => {
      return NOT_FETCHED.includes(codeOf(thrown) ?? "") ? "unfetched" : undefined;
    });
  }

  /** Nothing is looked at any more. */
  clear(): void {
    this.#shown = undefined;
    this.#drafting?.abort();
    for (const photo of this.#entries.keys()) this.#forget(photo);
  }

  #begin(photo: PhotoId): Entry {
    const before = this.#entries.get(photo);
    if (this.#shown?.photo === photo) this.#drafting?.abort();
    end(before);
    const { facts } = before?.large.peek() ?? {};
    const large = before?.large ?? signal<Large>({});
    if (before) large.value = facts ? { facts } : {};
    const entry: Entry = { large, abort: new AbortController() };
    this.#entries.set(photo, entry);
    entry.reading = this.#read(photo, entry).catch(() => undefined);
    return entry;
  }

  async #read(photo: PhotoId, entry: Entry): Promise<void> {
    const { large, abort } = entry;
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
    const drawn = raw ? await this.#drawn(file, abort.signal) : undefined;
    if (abort.signal.aborted) return;
    if (drawn === "unfetched") return add({ original, fault: drawn });
    entry.source = sourceOf(drawn ?? file);
    add({ original, drawn: drawn !== undefined });
    const waits = entry.source.file.type === "image/jpeg" && facts.width * facts.height >= WORTH_A_DRAFT;
    if (waits) this.#open(photo, entry);
    else this.#publish(entry);
  }

  #forget(photo: PhotoId): void {
    const entry = this.#entries.get(photo);
    end(entry);
    this.#entries.delete(photo);
  }
}

function end(entry: Entry | undefined): void {
  entry?.abort.abort();
  release(entry);
}

function release(entry: Entry | undefined): void {
  entry?.large.peek().draft?.close();
  if (entry?.source) URL.revokeObjectURL(entry.source.address);
}

function sourceOf(file: Blob): NonNullable<Entry["source"]> {
  return { file, address: URL.createObjectURL(file) };
}

/** What was changed until now is on the screen. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}
