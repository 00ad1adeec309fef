// RAW files laid out as cameras lay them out, around pictures that are given: for tests only.

export type Bytes = Uint8Array<ArrayBuffer>;

export const RAW_KINDS = ["dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf", "pef", "srw"] as const;
export type RawKind = (typeof RAW_KINDS)[number];

/** What is in it. */
export interface Inside {
  /** JPEGs: what is to be found, and a smaller one. Without, there is only what the sensor saw. */
  readonly large?: Bytes;
  readonly small?: Bytes;
  /** EXIF's number for which way up. */
  readonly orientation: number;
  readonly taken: string;
  /** Which byte of a number comes first; some kinds have but one order. */
  readonly little: boolean;
  /** Bytes of the sensor's. */
  readonly sensor: number;
}

export function bytes(...parts: readonly (string | Uint8Array)[]): Bytes {
  const all = parts.map((part) =>
    typeof part === "string" ? Uint8Array.from(part, (sign) => sign.charCodeAt(0)) : part,
  );
  const joined = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** What a sensor saw, in a lossless JPEG of more pixels than any other picture of the file. */
export function lossless(length: number): Bytes {
  const head = bytes(
    "\xff\xd8\xff\xc3\0\x0e\x0e\x17\x70\x1f\x40\x02\0\x11\0\x01\x11\0\xff\xda\0\x08\x02\0\0\x01\0\x01\0\0",
  );
  const data = new Uint8Array(Math.max(length, head.length + 2));
  data.set(head);
  data.set(bytes("\xff\xd9"), data.length - 2);
  return data;
}

const [BYTES, ASCII, SHORT, LONG, DIRECTORY] = [7, 2, 3, 4, 13];
type Entry = readonly [tag: number, kind: number, value: readonly number[] | Bytes];

const short = (tag: number, ...value: number[]): Entry => [tag, SHORT, value];
const long = (tag: number, ...value: number[]): Entry => [tag, LONG, value];

/** A TIFF that grows: what is put into it says where it lies. */
class Tiff {
  #parts: Bytes[] = [];
  #at = 0;
  readonly #head: Bytes;

  /** `head`: up to, and without, where the first directory is. */
  constructor(
    private readonly little: boolean,
    head: string,
    more = "",
  ) {
    this.#head = bytes(head, "\0\0\0\0", more);
    this.#parts.push(this.#head);
    this.#at = this.#head.length;
  }

  put(what: Bytes): number {
    const at = this.#at;
    const padded = what.length % 2 === 1 ? bytes(what, "\0") : what;
    this.#parts.push(padded);
    this.#at += padded.length;
    return at;
  }

  directory(entries: readonly Entry[], next = 0): number {
    const sorted = [...entries].sort(([a], [b]) => a - b);
    const rows = sorted.map(([tag, kind, value]) => this.#entry(tag, kind, value));
    return this.put(bytes(number(this.little, SHORT, rows.length), ...rows, number(this.little, LONG, next)));
  }

  /** The first directory is this one. */
  done(first: number): Bytes {
    this.#head.set(number(this.little, LONG, first), 4);
    return bytes(...this.#parts);
  }

  #entry(tag: number, kind: number, value: readonly number[] | Bytes): Bytes {
    const { little } = this;
    const data =
      value instanceof Uint8Array ? value : bytes(...value.map((one) => number(little, kind, one)));
    const field =
      data.length > 4 ? number(little, LONG, this.put(data)) : bytes(data, "\0\0\0\0").slice(0, 4);
    return bytes(
      number(little, SHORT, tag),
      number(little, SHORT, kind),
      number(little, LONG, value.length),
      field,
    );
  }
}

function number(little: boolean, kind: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(kind === SHORT ? 2 : 4));
  if (kind === SHORT) view.setUint16(0, value, little);
  else view.setUint32(0, value, little);
  return new Uint8Array(view.buffer);
}

/** EXIF's own directory, with what the maker notes. */
function exif(tiff: Tiff, taken: string, ...more: readonly Entry[]): Entry {
  return long(0x8769, tiff.directory([[0x9003, ASCII, bytes(taken, "\0")], ...more]));
}

const jpegAt = (tiff: Tiff, jpeg: Bytes | undefined): readonly Entry[] =>
  jpeg ? [long(0x0201, tiff.put(jpeg)), long(0x0202, jpeg.length)] : [];
const stripAt = (tiff: Tiff, strip: Bytes | undefined, compression = 6): readonly Entry[] =>
  strip ? [short(0x0103, compression), long(0x0111, tiff.put(strip)), long(0x0117, strip.length)] : [];
/** A small picture without compression, as Nikon and others put it first. */
const uncompressed = (tiff: Tiff) => stripAt(tiff, new Uint8Array(160 * 120 * 3).fill(0x80), 1);

export function made(kind: RawKind, inside: Inside): Bytes {
  return KINDS[kind](inside);
}

const KINDS: Readonly<Record<RawKind, (inside: Inside) => Bytes>> = {
  dng: ({ large, small, orientation, taken, little, sensor }) => {
    const tiff = new Tiff(little, little ? "II*\0" : "MM\0*");
    const below = [
      tiff.directory([long(0x00fe, 0), ...stripAt(tiff, lossless(sensor), 7)]),
      tiff.directory([long(0x00fe, 1), short(0x0106, 6), ...stripAt(tiff, small, 7)]),
      tiff.directory([long(0x00fe, 1), short(0x0106, 6), ...stripAt(tiff, large, 7)]),
    ];
    const first = tiff.directory([
      short(0x0112, orientation),
      long(0x014a, ...below),
      ...uncompressed(tiff),
      exif(tiff, taken),
    ]);
    return tiff.done(first);
  },
  cr2: ({ large, small, orientation, taken, sensor }) => {
    const tiff = new Tiff(true, "II*\0", "CR\x02\0\0\0\0\0");
    const fourth = tiff.directory(stripAt(tiff, lossless(sensor)));
    const third = tiff.directory(uncompressed(tiff), fourth);
    const second = tiff.directory(jpegAt(tiff, small), third);
    const entries = [short(0x0112, orientation), ...stripAt(tiff, large), exif(tiff, taken)];
    return tiff.done(tiff.directory(entries, second));
  },
  nef: ({ large, small, orientation, taken, little, sensor }) => {
    const tiff = new Tiff(little, little ? "II*\0" : "MM\0*");
    const below = [
      tiff.directory([short(0x0103, 6), ...jpegAt(tiff, small)]),
      tiff.directory(stripAt(tiff, new Uint8Array(sensor), 34713)),
      tiff.directory([short(0x0103, 6), ...jpegAt(tiff, large)]),
    ];
    const entries = [short(0x0112, orientation), long(0x014a, ...below), ...uncompressed(tiff)];
    return tiff.done(tiff.directory([...entries, exif(tiff, taken)]));
  },
  arw: ({ large, small, orientation, taken, sensor }) => {
    const tiff = new Tiff(true, "II*\0");
    const below = tiff.directory(stripAt(tiff, new Uint8Array(sensor), 32767));
    const second = tiff.directory(jpegAt(tiff, small));
    const entries = [short(0x0112, orientation), long(0x014a, below), ...jpegAt(tiff, large)];
    return tiff.done(tiff.directory([...entries, exif(tiff, taken)], second));
  },
  orf: ({ large, small, orientation, taken, little, sensor }) => {
    const tiff = new Tiff(little, little ? "IIRO" : "MMOR");
    const strip = stripAt(tiff, new Uint8Array(sensor), 1);
    const head = exif(tiff, taken, [0x927c, BYTES, olympus(little, large, small)]);
    return tiff.done(tiff.directory([short(0x0112, orientation), ...strip, head]));
  },
  rw2: ({ large, orientation, taken, sensor }) => {
    const tiff = new Tiff(true, "IIU\0");
    const picture: Entry[] = large ? [[0x002e, BYTES, large]] : [];
    const strip = stripAt(tiff, new Uint8Array(sensor), 34316);
    const entries = [...picture, short(0x0112, orientation), ...strip, exif(tiff, taken)];
    return tiff.done(tiff.directory(entries));
  },
  pef: ({ large, small, orientation, taken, sensor }) => {
    const tiff = new Tiff(false, "MM\0*");
    const third = tiff.directory([short(0x0103, 6), ...jpegAt(tiff, large)]);
    const second = tiff.directory([short(0x0103, 6), ...jpegAt(tiff, small)], third);
    const strip = stripAt(tiff, new Uint8Array(sensor), 65535);
    return tiff.done(tiff.directory([short(0x0112, orientation), ...strip, exif(tiff, taken)], second));
  },
  srw: ({ large, small, orientation, taken, sensor }) => {
    const tiff = new Tiff(true, "II*\0");
    const below = [
      tiff.directory([short(0x0103, 6), ...jpegAt(tiff, large)]),
      tiff.directory(stripAt(tiff, new Uint8Array(sensor), 32770)),
    ];
    const second = tiff.directory(jpegAt(tiff, small));
    const entries = [short(0x0112, orientation), long(0x014a, ...below), exif(tiff, taken)];
    return tiff.done(tiff.directory(entries, second));
  },
  raf: ({ large, orientation, taken, sensor }) => {
    const head = new Uint8Array(148);
    head.set(bytes("FUJIFILMCCD-RAW 0201FF129502"));
    const picture = large ? withExif(large, orientation, taken) : new Uint8Array(64);
    new DataView(head.buffer).setUint32(84, head.length);
    new DataView(head.buffer).setUint32(88, picture.length);
    return bytes(head, picture, new Uint8Array(sensor));
  },
  cr3: ({ large, small, orientation, taken, sensor }) => {
    const which = new Tiff(true, "II*\0");
    const cmt1 = which.done(which.directory([short(0x0112, orientation)]));
    const when = new Tiff(true, "II*\0");
    const cmt2 = when.done(when.directory([[0x9003, ASCII, bytes(taken, "\0")]]));
    const jpegBox = (kind: string, head: string, jpeg: Bytes | undefined) =>
      jpeg ? box(kind, head, jpeg) : new Uint8Array();
    const preview = jpegBox("PRVW", "\0\0\0\0\0\x01\x06\x54\x04\x38\0\x01\0\0\0\0", small);
    const track = (at: number, length: number) =>
      box(
        "trak",
        box("tkhd", new Uint8Array(84)),
        box(
          "mdia",
          box(
            "minf",
            box(
              "stbl",
              box("stsd", "\0\0\0\0\0\0\0\x01", box("CRAW", new Uint8Array(82))),
              box("stsz", be32(0), be32(0), be32(1), be32(length)),
              box("co64", be32(0), be32(1), be32(0), be32(at)),
            ),
          ),
        ),
      );
    const sensorData = lossless(sensor);
    const length = large?.length ?? 0;
    const head = (at: number): Bytes =>
      bytes(
        box("ftyp", "crx ", be32(1), "crx isom"),
        box(
          "moov",
          box(
            "uuid",
            hex("85c0b687820f11e08111f4ce462b6a48"),
            box("CNCV", "CanonCR3_001/00.09.00/00.00.00"),
            box("CMT1", cmt1),
            box("CMT2", cmt2),
            jpegBox("THMB", "\0\0\0\0\0\xa0\0\x78\0\0\0\0\0\x01\0\0", small),
          ),
          ...(large ? [track(at, length)] : []),
          track(at + length, sensorData.length),
        ),
        box("uuid", hex("eaf42b5e1c984b88b9fbb7dc406e4d16"), be32(0), be32(1), preview),
      );
    const before = head(0).length + 16;
    const mdat = bytes(large ?? "", sensorData);
    // As Canon writes it: the length in eight bytes.
    return bytes(head(before), be32(1), "mdat", be32(0), be32(16 + mdat.length), mdat);
  },
};

/** What Olympus notes: its places are counted from its own first byte, and its directory comes first. */
function olympus(little: boolean, large: Bytes | undefined, small: Bytes | undefined): Bytes {
  const row = (tag: number, kind: number, count: number, value: number) =>
    bytes(
      number(little, SHORT, tag),
      number(little, SHORT, kind),
      number(little, LONG, count),
      number(little, LONG, value),
    );
  const directory = (...rows: readonly Bytes[]) =>
    bytes(number(little, SHORT, rows.length), ...rows, number(little, LONG, 0));
  const head = bytes("OLYMPUS\0", little ? "II\x03\0" : "MM\0\x03");
  const thumbnail = small ?? new Uint8Array(8);
  const thumbnailAt = head.length + directory(row(0, 0, 0, 0), row(0, 0, 0, 0)).length;
  const settingsAt = thumbnailAt + thumbnail.length;
  const settings = (at: number) =>
    large
      ? directory(row(0x0101, LONG, 1, at), row(0x0102, LONG, 1, large.length))
      : directory(row(0x0100, LONG, 1, 0));
  const largeAt = settingsAt + settings(0).length;
  const first = directory(
    row(0x0100, BYTES, thumbnail.length, thumbnailAt),
    row(0x2020, DIRECTORY, 1, settingsAt),
  );
  return bytes(head, first, thumbnail, settings(largeAt), large ?? "");
}

/** A JPEG with EXIF of its own. */
export function withExif(jpeg: Bytes, orientation: number | undefined, taken: string | undefined): Bytes {
  const tiff = new Tiff(true, "II*\0");
  const turn = orientation === undefined ? [] : [short(0x0112, orientation)];
  const time = taken === undefined ? [] : [exif(tiff, taken)];
  const content = bytes("Exif\0\0", tiff.done(tiff.directory([...turn, ...time])));
  const length = content.length + 2;
  return bytes(
    jpeg.subarray(0, 2),
    Uint8Array.of(0xff, 0xe1, length >> 8, length & 255),
    content,
    jpeg.subarray(2),
  );
}

function be32(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return new Uint8Array(view.buffer);
}

function hex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function box(kind: string, ...inside: readonly (string | Uint8Array)[]): Bytes {
  const content = bytes(...inside);
  return bytes(be32(8 + content.length), kind, content);
}
