import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "@playwright/test";
import { OneBuffer, PIECE } from "./one-buffer";
import { python } from "./python";
import { unzipFindsNoFault } from "./unzip";
import { crc32, Zip } from "./zip";

const LIST = `
import json,sys,zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    bad = z.testzip() if len(sys.argv) < 3 else None
    print(json.dumps([bad, [[i.filename, i.file_size, list(i.date_time), i.flag_bits] for i in z.infolist()[:50]], len(z.infolist())]))
`;

let folder = "";
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keepsake-zip-"));
});
test.afterEach(() => rmSync(folder, { recursive: true }));

async function written(files: readonly (readonly [string, Blob, number])[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  const zip = new Zip({ write: (piece) => void pieces.push(piece.slice()) });
  for (const [name, content, modified] of files) await zip.add(name, content, modified);
  await zip.end();
  const path = join(folder, "a.zip");
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

test("the checksum is CRC-32, in one piece or several", () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32(bytes)).toBe(0xcbf4_3926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf4_3926);
  expect(crc32(new Uint8Array())).toBe(0);
});

test("Python and unzip read what was written: names, times, empty files, files in several pieces", async () => {
  const large = new Blob([Uint8Array.from({ length: 20_000_001 }, (_, at) => at * 7)]);
  const noon = new Date(2024, 6, 14, 12, 30, 20).getTime();
  const path = await written([
    ["Dress/日本.jpg", new Blob(["abc"]), noon],
    [`Hat/${"ü".repeat(125)}.jpg`, new Blob([]), new Date(1969, 1, 1).getTime()],
    ["Hat/=1+1.jpg", large, noon],
    ["Hat/one piece.jpg", large.slice(0, PIECE), noon],
  ]);
  const [bad, files] = python(LIST, "", path) as [string | null, [string, number, number[], number][]];
  expect(bad).toBeNull();
  expect(files).toEqual([
    ["Dress/日本.jpg", 3, [2024, 7, 14, 12, 30, 20], 0x800],
    [`Hat/${"ü".repeat(125)}.jpg`, 0, [1980, 1, 1, 0, 0, 0], 0x800],
    ["Hat/=1+1.jpg", 20_000_001, [2024, 7, 14, 12, 30, 20], 0x800],
    ["Hat/one piece.jpg", PIECE, [2024, 7, 14, 12, 30, 20], 0x800],
  ]);
  unzipFindsNoFault(path);
});

test("without unzip on the machine that is all that is said; a fault it finds is not let pass", () => {
  const path = join(folder, "broken.zip");
  writeFileSync(path, "no ZIP");
  const places = process.env.PATH;
  try {
    if ((process.env.PATH ?? "").split(delimiter).some((place) => existsSync(join(place, "unzip"))))
      expect(() => unzipFindsNoFault(path)).toThrow();
    process.env.PATH = folder;
    expect(unzipFindsNoFault(path)).toBe(false);
  } finally {
    process.env.PATH = places;
  }
});

test("a file that cannot be read to its end is not in it, and the rest is whole", async () => {
  const size = 9_000_000;
  let reads = 0;
  const vanishing = {
    size,
    slice: (from: number, to: number) => ({
      arrayBuffer: async () => {
        // Read once for the checksum, and gone in the middle of the second time.
        if (++reads > 3) throw new DOMException("gone", "NotReadableError");
        return new ArrayBuffer(Math.min(to, size) - from);
      },
    }),
  } as unknown as Blob;
  const pieces: Uint8Array[] = [];
  const zip = new Zip({ write: (piece) => void pieces.push(piece.slice()) });
  await zip.add("a.jpg", new Blob(["a"]), 0);
  await expect(zip.add("b.jpg", vanishing, 0)).rejects.toThrow("gone");
  await zip.add("c.jpg", new Blob(["c"]), 0);
  await zip.end();
  const path = join(folder, "a.zip");
  writeFileSync(path, Buffer.concat(pieces));
  const [bad, files] = python(LIST, "", path) as [string | null, [string][]];
  expect(bad).toBeNull();
  expect(files.map(([name]) => name)).toEqual(["a.jpg", "c.jpg"]);
});

test("all files go through one piece of memory, of any size and after one that failed", async () => {
  const taken: Buffer[] = [];
  const through = new OneBuffer();
  const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 13));
  for (const length of [1, PIECE, 0, PIECE + 1, 2 * PIECE, 3]) {
    for await (const piece of through.pieces(new Blob([bytes(length)]))) {
      taken.push(Buffer.from(piece));
      expect(piece.buffer.byteLength).toBe(PIECE);
    }
    expect(Buffer.concat(taken.splice(0)).equals(bytes(length))).toBe(true);
  }
  const shorter = { size: 10, stream: () => new Blob(["abc"]).stream() } as unknown as Blob;
  const read = async () => {
    for await (const piece of through.pieces(shorter)) expect(piece.length).toBe(3);
  };
  await expect(read()).rejects.toThrow("shorter");
  for await (const piece of through.pieces(new Blob(["abcd"])))
    expect(Buffer.from(piece).toString()).toBe("abcd");
});

test("70,000 files", async () => {
  test.setTimeout(300_000);
  const one = new Blob(["x"]);
  const path = await written(Array.from({ length: 70_000 }, (_, at) => [`${at}.jpg`, one, 0] as const));
  const [bad, , count] = python(LIST, "", path) as [string | null, unknown, number];
  expect([bad, count]).toEqual([null, 70_000]);
});

test("files of more than 4 GB, and what comes after them", async () => {
  test.setTimeout(300_000);
  const size = 2 ** 32 + 5;
  const zeros = new ArrayBuffer(8 * 1024 * 1024);
  const huge = {
    size,
    slice: (from: number, to: number) => ({
      arrayBuffer: async () => (to <= size ? zeros : zeros.slice(0, size - from)),
    }),
  } as unknown as Blob;
  const path = join(folder, "huge.zip");
  const file = openSync(path, "w");
  let at = 0;
  // Its zeros are a hole in the file: nothing is written for them.
  const zip = new Zip({
    write: (piece) => {
      writeSync(file, piece, 0, piece.length, at);
      at += piece.length;
    },
    refer: (content) => {
      if (content !== huge) writeSync(file, "after", at);
      at += content.size;
      ftruncateSync(file, at);
    },
  });
  await zip.add("huge.mov", huge, 0);
  await zip.add("after.jpg", new Blob(["after"]), 0);
  await zip.end();
  closeSync(file);
  const [, files] = python(LIST, "", path, "unread") as [null, [string, number][]];
  expect(files.map(([name, length]) => [name, length])).toEqual([
    ["huge.mov", size],
    ["after.jpg", 5],
  ]);
  const after =
    "import json,sys,zipfile; print(json.dumps(zipfile.ZipFile(sys.argv[1]).read('after.jpg').decode()))";
  expect(python(after, "", path)).toBe("after");
});
