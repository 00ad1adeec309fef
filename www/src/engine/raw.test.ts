import { expect, test } from "@playwright/test";
import { dice } from "../along/dice";
import { textOf } from "../along/pieces";
import { preview } from "./raw";
import {
  type Bytes,
  bytes,
  type Inside,
  lossless,
  made,
  RAW_KINDS,
  type RawKind,
  withExif,
} from "./raw-made";

/** A picture's head as cameras write it, and what makes this picture another than others. */
function jpeg(width: number, height: number, more = "", frame = 0xc0): Bytes {
  const size = Uint8Array.of(height >> 8, height & 255, width >> 8, width & 255);
  const tables = bytes("\xff\xdb\0\x43\0", new Uint8Array(64).fill(16));
  const head = bytes(Uint8Array.of(0xff, frame, 0, 11, 8), size, "\x01\x01\x11\0");
  return bytes("\xff\xd8", tables, head, `\xff\xda\0\x08\x01\x01\0\0\x3f\0${more}\xff\xd9`);
}
const LARGE = jpeg(1616, 1080, "the large one");
const SMALL = jpeg(160, 120, "a small one");
const TAKEN = "2024:08:14 17:03:59";
const INSIDE: Inside = {
  large: LARGE,
  small: SMALL,
  orientation: 6,
  taken: TAKEN,
  little: true,
  sensor: 4000,
};
/** Those of which there are files in either order of bytes. */
const EITHER: readonly RawKind[] = ["dng", "nef", "orf"];
const FILES = RAW_KINDS.flatMap((kind) =>
  (EITHER.includes(kind) ? [true, false] : [true]).map((little) => [kind, little] as const),
);

/** What was found, taken apart: what its EXIF says, and the picture without it. */
async function found(raw: Bytes) {
  const blob = await preview(new Blob([raw]));
  if (!blob) return undefined;
  const all = new Uint8Array(await blob.arrayBuffer());
  const view = new DataView(all.buffer);
  expect([view.getUint16(0), view.getUint16(2), blob.type]).toEqual([0xffd8, 0xffe1, "image/jpeg"]);
  const length = view.getUint16(4);
  const text = textOf(all.subarray(6, 4 + length));
  expect(text.slice(0, 10)).toBe("Exif\0\0MM\0*");
  // The first entry of the first directory, as `dressed` writes it.
  expect(view.getUint16(12 + 10)).toBe(0x0112);
  return {
    orientation: view.getUint16(12 + 18),
    taken: /\d{4}:\d\d:\d\d \d\d:\d\d:\d\d/.exec(text)?.[0],
    picture: bytes("\xff\xd8", all.subarray(4 + length)),
  };
}

for (const [kind, little] of FILES) {
  test(`the largest picture of ${kind}, ${little ? "little" : "big"} end first, which way up, and the day`, async () => {
    const raw = made(kind, { ...INSIDE, little });
    expect(await found(raw)).toEqual({ orientation: 6, taken: TAKEN, picture: LARGE });
  });

  test(`${kind}, ${little ? "little" : "big"} end first, without a picture that can be shown says so`, async () => {
    const { large: _, small: __, ...rest } = INSIDE;
    await expect(preview(new Blob([made(kind, { ...rest, little })]))).rejects.toMatchObject({
      code: "photo/raw-no-preview",
    });
  });
}

test("the smaller picture is taken where the large one is cut off, lossless or of a kind that nobody shows", async () => {
  for (const kind of ["dng", "nef", "cr2", "arw"] as const) {
    for (const large of [lossless(500), jpeg(4000, 3000, "", 0xc9), bytes("\xff\xd8\xff")]) {
      expect((await found(made(kind, { ...INSIDE, large })))?.picture, kind).toEqual(SMALL);
    }
  }
  const cr3 = made("cr3", INSIDE);
  const cut = cr3.subarray(0, textOf(cr3).indexOf("the large one"));
  expect((await found(cut))?.picture).toEqual(SMALL);
});

test("which way up the picture's own EXIF says goes before the file's, and the file's day before the picture's", async () => {
  for (const kind of ["rw2", "nef", "cr3"] as const) {
    const both = made(kind, { ...INSIDE, large: withExif(LARGE, 8, "1999:01:01 00:00:00") });
    expect(await found(both), kind).toEqual({ orientation: 8, taken: TAKEN, picture: LARGE });
    const neither = made(kind, { ...INSIDE, large: withExif(LARGE, undefined, undefined) });
    expect(await found(neither), kind).toEqual({ orientation: 6, taken: TAKEN, picture: LARGE });
    const unset = made(kind, { ...INSIDE, large: withExif(LARGE, 1, TAKEN), taken: "    :  :     :  :  " });
    expect(await found(unset), kind).toEqual({ orientation: 1, taken: TAKEN, picture: LARGE });
  }
  const never = made("cr2", { ...INSIDE, orientation: 9, taken: "0" });
  expect(await found(never)).toEqual({ orientation: 1, taken: undefined, picture: LARGE });
});

test("of a large file only heads are read", async () => {
  for (const kind of RAW_KINDS) {
    const raw = new Blob([made(kind, { ...INSIDE, sensor: 8e6 })]);
    let read = 0;
    const slice = raw.slice.bind(raw);
    raw.slice = (from, to, type) => {
      const part = slice(from, to, type);
      const whole = part.arrayBuffer.bind(part);
      part.arrayBuffer = () => {
        read += part.size;
        return whole();
      };
      return part;
    };
    expect(await preview(raw), kind).toBeDefined();
    expect(read, kind).toBeGreaterThan(0);
    expect(read, kind).toBeLessThan(1e6);
  }
});

test("a picture by another name is left to whoever reads such, and what is nothing of all this says so", async () => {
  expect(await preview(new Blob([LARGE]))).toBeUndefined();
  expect(await preview(new Blob([]))).toBeUndefined();
  for (const picture of ["\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBPVP8 ", "\0\0\0\x18ftypheic\0\0\0\0"])
    expect(await preview(new Blob([bytes(picture)]))).toBeUndefined();
  for (const other of [
    "FOVb\0\0\x02\0",
    "II\x1a\0\0\0HEAPCCDR",
    "Dear diary",
    "\0\0\0\x18ftypmp42",
    "II*",
    "F",
  ]) {
    await expect(preview(new Blob([other])), other).rejects.toMatchObject({ code: "photo/raw-no-preview" });
  }
});

test("directories that lead round in a circle, or boxes in boxes without end, come to an end", async () => {
  const nef = made("nef", INSIDE);
  const first = new DataView(nef.buffer).getUint32(4, true);
  // Its next directory is itself.
  const count = new DataView(nef.buffer).getUint16(first, true);
  new DataView(nef.buffer).setUint32(first + 2 + 12 * count, first, true);
  expect((await found(nef))?.picture).toEqual(LARGE);
  // A directory every twelve bytes, each with the next one behind.
  const many = new Uint8Array(100_000);
  many.set(bytes("II*\0\x08\0\0\0"));
  const view = new DataView(many.buffer);
  for (let at = 8; at + 18 < many.length; at += 18) {
    view.setUint16(at, 1, true);
    view.setUint32(at + 14, at + 18, true);
  }
  await expect(preview(new Blob([many]))).rejects.toMatchObject({ code: "photo/raw-no-preview" });
  const box = (inside: Bytes): Bytes => {
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, 8 + inside.length);
    head.set(bytes("moov"), 4);
    return bytes(head, inside);
  };
  let deep: Bytes = new Uint8Array();
  for (let i = 0; i < 3000; i++) deep = box(deep);
  const start = bytes("\0\0\0\x18ftypcrx \0\0\0\x01crx isom");
  await expect(preview(new Blob([bytes(start, deep)]))).rejects.toMatchObject({
    code: "photo/raw-no-preview",
  });
  const wide = bytes(...Array.from({ length: 50_000 }, () => box(new Uint8Array())));
  await expect(preview(new Blob([bytes(start, wide)]))).rejects.toMatchObject({
    code: "photo/raw-no-preview",
  });
});

test("whatever is changed in a file, what is found lies in it, or it is said that nothing is", async () => {
  const chance = dice(17);
  for (const [kind, little] of FILES) {
    const whole = made(kind, { ...INSIDE, little, sensor: 300 });
    for (let run = 0; run < 40; run++) {
      const raw = whole.slice(0, run % 3 === 0 ? chance(whole.length) : whole.length);
      for (let change = 0; change < 1 + run / 20; change++) {
        const at = chance(raw.length);
        raw[at] = [0, 1, 0x7f, 0x80, 0xff, chance(256)][chance(6)] ?? 0;
      }
      try {
        const blob = await preview(new Blob([raw]));
        const size = blob?.size ?? 0;
        expect(size).toBeLessThan(raw.length + 200);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "photo/raw-no-preview" });
      }
    }
  }
});
