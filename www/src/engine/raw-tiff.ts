// The directories of a TIFF, as RAW files and EXIF have them: where pictures lie, which way up they are, when
// they were taken. Sources: TIFF 6.0, TIFF/EP, CIPA DC-008 (EXIF); for what makers add, what ExifTool knows.

import { type Reader, textOf } from "../along/pieces";

/** Where something lies in a file, in bytes. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** What a file says of its pictures. */
export interface Told {
  /** Where JPEGs may lie: nothing of it is looked at yet. */
  readonly pictures: readonly Place[];
  /** EXIF's number for which way up: 1 to 8. */
  readonly orientation?: number;
  /** As EXIF writes it: "2024:08:14 17:03:59". */
  readonly taken?: string;
}

/** More than these are no camera's, and those that lead round in a circle end here. */
const MOST_DIRECTORIES = 64;
const MOST_ENTRIES = 1024;
const MOST_BELOW = 32;

const ORIENTATION = 0x0112;
const STRIP_PLACES = 0x0111;
const STRIP_LENGTHS = 0x0117;
const DIRECTORIES_BELOW = 0x014a;
const JPEG_PLACE = 0x0201;
const JPEG_LENGTH = 0x0202;
const EXIF = 0x8769;
const TAKEN = 0x9003;
const MAKER = 0x927c;
/** Panasonic's, in an RW2: the picture as a value. */
const JPEG_ITSELF = 0x002e;
/** Olympus's, in what the maker notes: a small picture, and the directory that says where a larger one is. */
const SMALL = 0x0100;
const SETTINGS = 0x2020;
const PREVIEW_PLACE = 0x0101;
const PREVIEW_LENGTH = 0x0102;

/** Bytes of one value, by kind; those of other kinds are not asked for. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4 };
const UNDEFINED = 7;
const TIME = /^\d{4}.\d\d.\d\d.\d\d.\d\d.\d\d/;

/** How Olympus's notes begin, where their directory is then, and whether places are counted from the notes. */
const OLYMPUS = [
  { begins: "OLYMPUS\0", directory: 12, own: true },
  { begins: "OM SYSTEM\0", directory: 16, own: true },
  { begins: "OLYMP\0", directory: 8, own: false },
] as const;

/** Whether a file begins as a TIFF does, or as Olympus (`IIRO`, `IIRS`, `MMOR`) and Panasonic (`IIU`) do it. */
export function isTiff(head: Uint8Array): boolean {
  return ["II*\0", "MM\0*", "IIRO", "IIRS", "MMOR", "IIU\0"].includes(textOf(head.subarray(0, 4)));
}

/** A directory's entry: its value, or where that is. */
interface Entry {
  readonly kind: number;
  readonly count: number;
  /** Of the value, in the file. */
  readonly at: number;
  readonly length: number;
}

type Entries = ReadonlyMap<number, Entry>;

/** What a directory is read for. */
type Purpose = "picture" | "notes" | "settings";

interface Next {
  readonly at: number;
  readonly purpose: Purpose;
  /** From where in the file its places are counted. */
  readonly base: number;
  readonly little: boolean;
}

/** What the TIFF that lies from `from` up to `to` in a file says. */
export async function inTiff(file: Reader, from: number, to: number): Promise<Told> {
  return new Walk(file, from, to).told();
}

class Walk {
  readonly #pictures: Place[] = [];
  readonly #seen = new Set<number>();
  #next: Next[] = [];
  #orientation: number | undefined;
  #taken: string | undefined;

  constructor(
    private readonly file: Reader,
    private readonly from: number,
    private readonly to: number,
  ) {}

  async told(): Promise<Told> {
    const head = await this.#bytes(this.from, 8);
    if (head) {
      const little = head[0] === 0x49;
      const first = this.from + view(head).getUint32(4, little);
      this.#next.push({ at: first, purpose: "picture", base: this.from, little });
    }
    for (let next = this.#next.shift(); next; next = this.#next.shift()) {
      if (this.#seen.has(next.at) || this.#seen.size >= MOST_DIRECTORIES) continue;
      this.#seen.add(next.at);
      const entries = await this.#directory(next);
      if (entries) await this.#read(entries, next);
    }
    return {
      pictures: this.#pictures,
      ...(this.#orientation !== undefined && { orientation: this.#orientation }),
      ...(this.#taken !== undefined && { taken: this.#taken }),
    };
  }

  /** Bytes that lie in the TIFF; undefined where they do not. */
  async #bytes(at: number, length: number): Promise<Uint8Array | undefined> {
    if (at < this.from || at + length > this.to) return undefined;
    const bytes = await this.file.bytes(at, length);
    return bytes.length === length ? bytes : undefined;
  }

  async #directory({ at, purpose, base, little }: Next): Promise<Entries | undefined> {
    const head = await this.#bytes(at, 2);
    const count = head && view(head).getUint16(0, little);
    if (!count || count > MOST_ENTRIES) return undefined;
    const bytes = await this.#bytes(at + 2, 12 * count);
    if (!bytes) return undefined;
    const entries = new Map<number, Entry>();
    const data = view(bytes);
    for (let entry = 0; entry < bytes.length; entry += 12) {
      const [tag, kind] = [data.getUint16(entry, little), data.getUint16(entry + 2, little)];
      const number = data.getUint32(entry + 4, little);
      const length = number * (SIZES[kind] ?? 0);
      const here = at + 2 + entry + 8;
      const place = length > 4 ? base + data.getUint32(entry + 8, little) : here;
      if (length > 0) entries.set(tag, { kind, count: number, at: place, length });
    }
    const last = purpose === "picture" ? await this.#bytes(at + 2 + bytes.length, 4) : undefined;
    const next = last && view(last).getUint32(0, little);
    if (next) this.#next.push({ at: base + next, purpose, base, little });
    return entries;
  }

  async #read(entries: Entries, { purpose, base, little }: Next): Promise<void> {
    const number = (tag: number) => this.#number(entries.get(tag), little);
    const further = (at: number | undefined, as: Purpose) => {
      if (at !== undefined) this.#next.push({ at: base + at, purpose: as, base, little });
    };
    if (purpose === "notes") {
      this.#value(entries.get(SMALL));
      const settings = entries.get(SETTINGS);
      // An early one is not pointed at: it is the value.
      const inside = settings?.kind === UNDEFINED ? settings.at - base : await number(SETTINGS);
      further(inside, "settings");
      return;
    }
    if (purpose === "settings") {
      this.#picture(base, await number(PREVIEW_PLACE), await number(PREVIEW_LENGTH));
      return;
    }
    this.#picture(base, await number(JPEG_PLACE), await number(JPEG_LENGTH));
    // A picture in many strips or tiles is the sensor's.
    if (entries.get(STRIP_PLACES)?.count === 1) {
      this.#picture(base, await number(STRIP_PLACES), await number(STRIP_LENGTHS));
    }
    this.#value(entries.get(JPEG_ITSELF));
    const turn = await number(ORIENTATION);
    if (turn !== undefined && turn >= 1 && turn <= 8) this.#orientation ??= turn;
    this.#taken ??= await this.#time(entries.get(TAKEN));
    further(await number(EXIF), "picture");
    for (const below of await this.#numbers(entries.get(DIRECTORIES_BELOW), little)) {
      further(below, "picture");
    }
    await this.#notes(entries.get(MAKER), base, little);
  }

  /** What the camera's maker noted: Olympus's says where the picture is. */
  async #notes(entry: Entry | undefined, base: number, little: boolean): Promise<void> {
    const head = entry && (await this.#bytes(entry.at, 16));
    const text = head && textOf(head);
    const olympus = OLYMPUS.find(({ begins }) => text?.startsWith(begins));
    if (!entry || !olympus) return;
    const { directory, own } = olympus;
    const ofItsOwn = text?.slice(directory - 4, directory - 2);
    this.#next.push({
      at: entry.at + directory,
      purpose: "notes",
      base: own ? entry.at : base,
      little: own ? ofItsOwn !== "MM" : little,
    });
  }

  #picture(base: number, at: number | undefined, length: number | undefined): void {
    if (at !== undefined && length !== undefined) this.#pictures.push({ at: base + at, length });
  }

  /** A picture that is a value itself. */
  #value(entry: Entry | undefined): void {
    if (entry?.kind === UNDEFINED) this.#pictures.push({ at: entry.at, length: entry.length });
  }

  async #number(entry: Entry | undefined, little: boolean): Promise<number | undefined> {
    return entry?.count === 1 ? (await this.#numbers(entry, little))[0] : undefined;
  }

  async #numbers(entry: Entry | undefined, little: boolean): Promise<readonly number[]> {
    if (!entry || entry.count > MOST_BELOW) return [];
    const { kind, at, length } = entry;
    const bytes = await this.#bytes(at, length);
    if (!bytes) return [];
    const data = view(bytes);
    if (kind === 3) return range(entry.count).map((i) => data.getUint16(2 * i, little));
    if (kind === 4 || kind === 13) return range(entry.count).map((i) => data.getUint32(4 * i, little));
    return [];
  }

  async #time(entry: Entry | undefined): Promise<string | undefined> {
    const bytes = entry && (await this.#bytes(entry.at, Math.min(entry.length, 19)));
    const text = bytes && textOf(bytes);
    return text && TIME.test(text) ? text : undefined;
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** To read numbers from bytes. */
export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
