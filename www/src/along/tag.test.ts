import { deflateSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { dice } from "./dice";
import { packetAmong, segments, tagsIn } from "./segments";
import { kindWithoutTag, withTag } from "./tag";
import { sidecar } from "./xmp";
import { crc32 } from "./zip";

type Bytes = Uint8Array<ArrayBuffer>;
const text = (from: string): Bytes => Uint8Array.from(Buffer.from(from, "latin1"));
const join = (...parts: readonly (Uint8Array | string)[]): Bytes =>
  Uint8Array.from(Buffer.concat(parts.map((part) => (typeof part === "string" ? text(part) : part))));
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const XAP = "http://ns.adobe.com/xap/1.0/\0";
const utf8 = (from: string): Bytes => Uint8Array.from(Buffer.from(from, "utf8"));

function segment(marker: number, content: Uint8Array): Bytes {
  const length = content.length + 2;
  return join(Uint8Array.of(0xff, marker, length >> 8, length & 255), content);
}
const JFIF = segment(0xe0, text("JFIF\0\x01\x02\0\0\x01\0\x01\0\0"));
const EXIF = segment(0xe1, text(`Exif\0\0MM\0*${"e".repeat(300)}`));
const EXTENDED = segment(0xe1, text(`http://ns.adobe.com/xmp/extension/\0${"0".repeat(40)}more`));
const ICC = segment(0xe2, text(`ICC_PROFILE\0\x01\x01${"i".repeat(500)}`));
const MPF = segment(0xe2, text("MPF\0MM\0*"));
const xmp = (packet: string): Bytes => segment(0xe1, join(XAP, utf8(packet)));
/** What stands behind the picture's start is the picture's own, also what looks like a segment. */
const PICTURE = join(segment(0xda, text("\x01\x01\0\0?\0")), xmp("in the picture"), "data\xff\xd9motion");
const jpeg = (...parts: readonly Uint8Array[]): Bytes => join("\xff\xd8", ...parts, PICTURE);

function chunk(type: string, content: Uint8Array): Bytes {
  const body = join(type, content);
  const [length, crc] = [new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))];
  length.setUint32(0, content.length);
  crc.setUint32(0, crc32(body));
  return join(new Uint8Array(length.buffer), body, new Uint8Array(crc.buffer));
}
const IHDR = chunk("IHDR", text("\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"));
const IDAT = chunk("IDAT", Uint8Array.from(deflateSync(Uint8Array.of(0, 7))));
const itxt = (packet: string, how = "\0\0\0\0"): Bytes =>
  chunk("iTXt", join(`XML:com.adobe.xmp\0${how}`, utf8(packet)));
const png = (...parts: readonly Uint8Array[]): Bytes =>
  join("\x89PNG\r\n\x1a\n", IHDR, ...parts, chunk("IEND", text("")), "behind");

function riff(type: string, content: Uint8Array): Bytes {
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, content.length, true);
  return join(type, new Uint8Array(size.buffer), content, content.length % 2 === 1 ? "\0" : "");
}
const VP8 = riff("VP8 ", text("\x30\x01\0\x9d\x01\x2a\x64\0\x32\x40lossy picture"));
const VP8L = riff("VP8L", text("\x2f\x63\x40\x0c\x10lossless"));
const VP8X = riff("VP8X", text("\x28\0\0\0\x63\0\0\x31\0\0"));
const webp = (...parts: readonly Uint8Array[]): Bytes => join(riff("RIFF", join("WEBP", ...parts)), "behind");

async function tagged(bytes: Bytes, label = "Dress"): Promise<Bytes> {
  const copy = await withTag(new Blob([bytes]), label);
  if (typeof copy === "string") throw new Error(`no tag: ${copy}`);
  return new Uint8Array(await copy.arrayBuffer());
}

const DRESS = [["Dress"], ["Dress"], ["Dress"]];
const BOTH = [
  ["Hat", "Dress"],
  ["Hat", "Dress"],
  ["Hat", "Dress"],
];

const GOOD: readonly (readonly [string, Bytes, readonly string[][]])[] = [
  ["a JPEG with nothing", jpeg(), DRESS],
  ["JFIF, Exif, colours, an extended packet", jpeg(JFIF, EXIF, EXTENDED, ICC), DRESS],
  ["colours before Exif", jpeg(ICC, EXIF), DRESS],
  ["bytes that fill", jpeg(text("\xff\xff"), EXIF, text("\xff")), DRESS],
  ["several pictures", jpeg(EXIF, MPF), DRESS],
  ["a packet behind Exif", jpeg(EXIF, xmp(sidecar("Hat")), EXTENDED, MPF), BOTH],
  ["a packet that says it already", jpeg(EXIF, xmp(sidecar("Dress"))), DRESS],
  ["a PNG", png(chunk("gAMA", text("\0\0\xb1\x8f")), IDAT), DRESS],
  ["a PNG with a packet behind the picture", png(IDAT, IDAT, itxt(sidecar("Hat"))), BOTH],
  [
    "a PNG with other text",
    png(chunk("iTXt", text("XML:com.adobe.xmpx\0")), chunk("tEXt", text("a\0b")), IDAT),
    DRESS,
  ],
  ["a simple WebP", webp(VP8), DRESS],
  ["a simple WebP without loss", webp(VP8L), DRESS],
  ["a WebP with a head", webp(VP8X, riff("ICCP", text("i")), VP8, riff("EXIF", text("odd"))), DRESS],
  [
    "a WebP with a packet",
    webp(VP8X, VP8, riff("XMP ", utf8(sidecar("Hat"))), riff("more", text("x"))),
    BOTH,
  ],
];

test("the tag is there, and everything else is what it was", async () => {
  const before = segments(GOOD.map(([, bytes]) => base64(bytes)));
  const copies = await Promise.all(GOOD.map(([, bytes]) => tagged(bytes)));
  const after = segments(copies.map(base64));
  const tags = tagsIn(after.map((parts) => packetAmong(parts).packet ?? "<none/>"));
  for (const [at, [name, , wanted]] of GOOD.entries()) {
    expect.soft(tags[at], name).toEqual(wanted);
    const [was, is] = [before[at] ?? [], after[at] ?? []].map((parts) =>
      // Of the head of a WebP only the one mark differs, and a simple file had none.
      packetAmong(parts).others.filter(([kind]) => kind !== "VP8X"),
    );
    expect.soft(is, name).toEqual(was);
  }
});

test("where the tag stands: behind JFIF and Exif, before other pictures; behind the head", async () => {
  const orders = segments(
    await Promise.all(
      [jpeg(JFIF, EXIF, ICC), jpeg(ICC), jpeg(EXIF, MPF, JFIF), png(IDAT)].map(async (one) =>
        base64(await tagged(one)),
      ),
    ),
  ).map((parts) => parts.map(([kind, content]) => (content.startsWith("aHR0cDov") ? "xmp" : kind)));
  expect(orders).toEqual([
    ["e0", "e1", "xmp", "e2", "picture"],
    ["xmp", "e2", "picture"],
    ["e1", "xmp", "e2", "e0", "picture"],
    ["IHDR", "iTXt", "IDAT", "IEND", "behind"],
  ]);
});

test("the head of a WebP says that there is a packet, and how large the picture is", async () => {
  const heads = segments(
    await Promise.all([webp(VP8), webp(VP8L), webp(VP8X, VP8)].map(async (one) => base64(await tagged(one)))),
  ).map((parts) => [...Buffer.from(parts[0]?.[1] ?? "", "base64")]);
  expect(heads).toEqual([
    [0x04, 0, 0, 0, 99, 0, 0, 49, 0, 0],
    [0x14, 0, 0, 0, 99, 0, 0, 49, 0, 0],
    [0x2c, 0, 0, 0, 99, 0, 0, 49, 0, 0],
  ]);
});

test("a photo that says the label already is copied as it is", async () => {
  for (const one of [jpeg(EXIF, xmp(sidecar("Hat"))), png(itxt(sidecar("Hat")), IDAT)]) {
    expect(base64(await tagged(one, "Hat"))).toBe(base64(one));
  }
  const once = await tagged(webp(VP8));
  expect(base64(await tagged(once))).toBe(base64(once));
});

test("a file that is not what it should be gets no tag, and why is told", async () => {
  const far = join("\xff\xd8", "\xff".repeat(1 << 20));
  const room = 65_533 - XAP.length - utf8(sidecar("")).length;
  const full = sidecar("x".repeat(Math.floor(room / 3)));
  const raw = chunk("zTXt", text("Raw profile type xmp\0\0x"));
  const bad: readonly (readonly [string, Bytes, string])[] = [
    ["nothing", text(""), "kind"],
    ["a HEIC", text("\0\0\0\x18ftypheic\0\0\0\0"), "kind"],
    ["a TIFF or RAW", text("II*\0\x08\0\0\0more"), "kind"],
    ["only the beginning", text("\xff\xd8\xff"), "odd"],
    ["no picture", join("\xff\xd8", JFIF), "odd"],
    ["a segment beyond the end", join("\xff\xd8", JFIF, "\xff\xe1\xff\xff", "short"), "odd"],
    ["a segment of no length", join("\xff\xd8", "\xff\xe1\0\0", PICTURE), "odd"],
    ["no marker", join("\xff\xd8", JFIF, "no marker"), "odd"],
    ["a picture that ends first", join("\xff\xd8\xff\xd9", PICTURE), "odd"],
    ["a million bytes that fill", far, "odd"],
    ["two packets", jpeg(xmp(sidecar("a")), xmp(sidecar("b"))), "packet"],
    ["a packet behind other pictures", jpeg(MPF, xmp(sidecar("a"))), "odd"],
    ["a packet that is no XMP", jpeg(xmp("no XMP")), "packet"],
    ["a packet that is no UTF-8", jpeg(segment(0xe1, join(XAP, "\xff\xfe\0<"))), "packet"],
    ["a packet that is full", jpeg(xmp(full)), "long"],
    ["a PNG without an end", join("\x89PNG\r\n\x1a\n", IHDR, IDAT), "odd"],
    ["a PNG without a head", join("\x89PNG\r\n\x1a\n", IDAT, chunk("IEND", text(""))), "odd"],
    ["a chunk that is longer than the file", join("\x89PNG\r\n\x1a\n", IHDR, "\xff\xff\xff\xffIDAT"), "odd"],
    [
      "a packet with a wrong checksum",
      png(
        itxt("a").map((byte, at) => (at === 30 ? byte ^ 1 : byte)),
        IDAT,
      ),
      "odd",
    ],
    ["a packet that is compressed", png(itxt(sidecar("a"), "\x01\0\0\0"), IDAT), "packet"],
    ["a packet as it was kept once", png(raw, IDAT), "packet"],
    ["two packets in a PNG", png(itxt(sidecar("a")), itxt(sidecar("b")), IDAT), "packet"],
    ["a WebP that is cut off", webp(VP8).subarray(0, 30), "odd"],
    ["a WebP that ends within a chunk", webp(VP8X, text("VP8 \xff\xff\0\0")), "odd"],
    ["a WebP of no kind", webp(riff("JUNK", text("0123456789ab"))), "odd"],
    [
      "a WebP whose picture is no key frame",
      webp(riff("VP8 ", text("\x31\x01\0\x9d\x01\x2a\x64\0\x32\0"))),
      "odd",
    ],
    ["a simple WebP with more behind it", webp(VP8, riff("EXIF", text("xx"))), "odd"],
    ["a head that is too short", webp(riff("VP8X", text("\0\0")), VP8), "odd"],
    [
      "two packets in a WebP",
      webp(VP8X, VP8, riff("XMP ", utf8(sidecar("a"))), riff("XMP ", text(""))),
      "packet",
    ],
  ];
  const told: unknown[] = [];
  for (const [name, bytes] of bad) {
    const copy = await withTag(new Blob([bytes]), "Dress");
    told.push([name, copy instanceof Blob ? "tagged" : copy]);
  }
  expect(told).toEqual(bad.map(([name, , why]) => [name, why]));
});

test("a label of 21,000 signs is too long for a JPEG, and no trouble for the others", async () => {
  const long = "x".repeat(21_800);
  expect(await withTag(new Blob([jpeg(EXIF)]), long)).toBe("long");
  await tagged(png(IDAT), long);
  await tagged(webp(VP8), long);
});

test("whatever is broken in a file: a copy without a tag, or one with everything else as it was", async () => {
  test.setTimeout(120_000);
  const roll = dice(11);
  let tags = 0;
  for (let n = 0; n < 1_000; n++) {
    const bytes = (GOOD[roll(GOOD.length)]?.[1] ?? text("")).slice(0);
    for (let k = 1 + roll(3); k > 0; k--) bytes[roll(bytes.length)] = roll(256);
    const broken = roll(3) === 0 ? bytes.slice(0, roll(bytes.length)) : bytes;
    const copy = await withTag(new Blob([broken]), "Dress");
    if (typeof copy === "string") continue;
    tags++;
    const made = Buffer.from(await copy.arrayBuffer());
    // In a JPEG and a PNG that had no packet nothing but that one is new.
    if (broken[0] === 0x52 || Buffer.from(broken).includes("<?xpacket")) continue;
    let [before, behind] = [0, 0];
    while (before < broken.length && broken[before] === made[before]) before++;
    while (behind < broken.length && broken.at(-1 - behind) === made.at(-1 - behind)) behind++;
    expect(before + behind, `${n}`).toBeGreaterThanOrEqual(broken.length);
  }
  expect(tags).toBeGreaterThan(100);
});

test("what cannot hold a tag is told by how it begins, and named by how it is called", async () => {
  const kinds = (
    [
      [jpeg(), "a.heic"],
      [text("\0\0\0\x18ftypheic"), "a.jpg"],
      [text("\0\0\0\x18ftypavif"), "a.avif"],
      [text("II*\0"), "a.CR2"],
      [text(""), "no ending"],
    ] as const
  ).map(([bytes, name]) => kindWithoutTag(new Blob([bytes]), name));
  expect(await Promise.all(kinds)).toEqual([null, "HEIC", "AVIF", "CR2", "?"]);
});

test("a large photo is not read for it: a JPEG only at its head", async () => {
  const large = new Blob([jpeg(EXIF), new Uint8Array(50_000_000)]);
  let read = 0;
  const watched = new Proxy(large, {
    get: (of, key) => {
      if (key === "slice")
        return (from: number, to?: number) => {
          const part = of.slice(from, to);
          const bytes = part.arrayBuffer.bind(part);
          part.arrayBuffer = () => {
            read += part.size;
            return bytes();
          };
          return part;
        };
      const value = Reflect.get(of, key) as unknown;
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
  const copy = await withTag(watched, "Dress");
  expect(copy).toBeInstanceOf(Blob);
  expect(read).toBeLessThan(200_000);
});
