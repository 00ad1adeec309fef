// Photos in a real browser: its decoder, our decoder where it refuses, and our resize must meet.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type * as Keepsake from "keepsake";
import { dated } from "./dated";
import { expect, type Page, test } from "./fixtures";
import { digests } from "./synthetic";
import { oriented } from "./upright";

declare global {
  /** Opened before each test. */
  var eye: Keepsake.Eye;
  var memory: WebAssembly.Memory;
  /** Fetches one of the test's files. */
  var file: (path: string) => Promise<Blob>;
  /** What an eye says of a photo, comparable and small enough to be handed over. */
  var see: (photo: Keepsake.PhotoSource | Promise<Keepsake.PhotoSource>) => Promise<Seen>;
}

type Seen = {
  width: number;
  height: number;
  feature: string;
  key: string;
  thumbnail: { type: string; side: number };
};

test.beforeEach(async ({ page }) => {
  await page.goto("/tests/browser/blank.html");
  await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const keepsake = (await import(address)) as typeof Keepsake;
    const instance = await keepsake.default();
    const weights = await (await fetch("/weights/lite0.bin")).arrayBuffer();
    const hex = (bytes: Uint8Array) =>
      Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    globalThis.memory = instance.memory;
    globalThis.eye = await keepsake.Eye.open(new Uint8Array(weights));
    globalThis.file = async (path) => {
      const answer = await fetch(`/tests/reference/${path}`);
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.blob();
    };
    globalThis.see = async (photo) => {
      const look = await eye.look(await photo);
      const thumbnail = await createImageBitmap(look.thumbnail);
      if (thumbnail.width !== thumbnail.height) throw new Error("The thumbnail is not square.");
      return {
        width: look.width,
        height: look.height,
        feature: hex(look.feature),
        key: hex(look.key),
        thumbnail: { type: look.thumbnail.type, side: thumbnail.width },
      };
    };
  });
});

/** The code and sentence with which a file of these bytes is refused. */
function refusal(page: Page, bytes: Uint8Array | string): Promise<{ code: string; message: string }> {
  const list = [...(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes)];
  return page.evaluate(async (list) => {
    try {
      await eye.look(new Blob([new Uint8Array(list)], { type: "image/jpeg" }));
    } catch (error) {
      const { name, code, message } = error as Keepsake.KeepsakeError;
      if (!(error instanceof Error) || name !== "KeepsakeError") throw error;
      return { code, message };
    }
    throw new Error("A bad file was accepted.");
  }, list);
}

test("every way in gives the feature of Pillow's own input, bit for bit", async ({ page }) => {
  const tensors = readFileSync("tests/reference/backbone.safetensors");
  const start = 8 + Number(tensors.readBigUInt64LE(0));
  const header = JSON.parse(tensors.toString("utf8", 8, start));
  const first = start + header["input.rgb_u8"].data_offsets[0];
  const input = [...tensors.subarray(first, first + 224 * 224 * 3)];

  const seen = await page.evaluate(async (input) => {
    const pixels = new ImageData(224, 224);
    for (let i = 0; i < 224 * 224; i++) {
      pixels.data.set([...input.slice(3 * i, 3 * i + 3), 255], 4 * i);
    }
    const png = await file("images/chelsea.png");
    const bitmap = await createImageBitmap(png);
    const seen = {
      pillow: await see(pixels),
      blob: await see(png),
      bytes: await see(new Uint8Array(await png.arrayBuffer())),
      bitmap: await see(bitmap),
    };
    // It stays the caller's.
    if (bitmap.width !== 451) throw new Error("The caller's bitmap was closed.");
    return seen;
  }, input);

  expect(seen.pillow).toMatchObject({ width: 224, height: 224 });
  for (const way of [seen.blob, seen.bytes, seen.bitmap]) {
    expect(way.feature).toBe(seen.pillow.feature);
    expect(way).toMatchObject({
      width: 451,
      height: 300,
      thumbnail: { type: "image/jpeg", side: 300 },
    });
  }
  expect(seen.blob.key).toBe(seen.bytes.key);
  expect(seen.blob.key).toMatch(/^[0-9a-f]{64}$/);
});

test("the browser's decoder and ours see the same photo, upright", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const names = ["turned.png", "turned.tif"];
    return Promise.all(names.map((name) => see(file(`formats/${name}`))));
  });
  for (const photo of seen) {
    expect(photo).toMatchObject({ width: 21, height: 33, thumbnail: { side: 21 } });
    expect(photo.feature).toBe(seen[0]?.feature);
  }
});

test("whichever way a PNG or a WebP lies, its input is the native one, bit for bit", async ({ page }) => {
  const found: string[] = [];
  for (const format of ["png", "webp"]) {
    const file = readFileSync(`tests/reference/formats/turned.${format}`);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const digest = await page.evaluate(
        async (bytes) => {
          const { input } = await eye.prepare(new Uint8Array(bytes));
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(input)));
          return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
        },
        [...oriented(file, orientation)],
      );
      found.push(`${format}-${orientation} ${digest}`);
    }
  }
  expect(found).toEqual(digests("tests/reference/formats/upright.txt"));
});

test("a draft is the whole photo, upright and in its colours, as the browser has it", async ({ page }) => {
  const differences = await page.evaluate(async () => {
    const { Eye } = (await import("/pkg/keepsake.js" as string)) as typeof Keepsake;
    /** Its pixels, on so many. */
    const pixels = (bitmap: ImageBitmap, width: number, height: number) => {
      const context = new OffscreenCanvas(width, height).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, width, height);
      return context.getImageData(0, 0, width, height).data;
    };
    /** How large it is, and how far its values are from those of the whole photo: of 100 all but one, at most. */
    const compare = async (name: string, photo: Blob, least: number, whole = photo) => {
      const draft = await Eye.draft(photo, least);
      if (!draft) return `${name}: none`;
      const { width, height } = draft;
      // Half of it, so that neither way of making it smaller tells much.
      const [w, h] = [width >> 1, height >> 1];
      const [ours, theirs] = [pixels(draft, w, h), pixels(await createImageBitmap(whole), w, h)];
      const off = [...ours].map((value, at) => Math.abs(value - (theirs[at] ?? 0))).sort((a, b) => a - b);
      const most = off[Math.floor(off.length * 0.99)] ?? 255;
      return `${name}: ${width} × ${height}, ${most <= 12 ? "the same" : `${most} off`}`;
    };
    const all: string[] = [];
    const turned = new Uint8Array(await (await file("jpeg/turned.jpg")).arrayBuffer());
    // The entry of the orientation: its tag, a 16-bit number, one of them, the value.
    const entries = ["18,1,3,0,1,0,0,0", "1,18,0,3,0,0,0,1,0"];
    const at = turned.findIndex((_, i) =>
      entries.some((entry) =>
        turned
          .slice(i, i + (entry.length + 1) / 2)
          .join()
          .startsWith(entry),
      ),
    );
    const value = turned[at] === 0x12 ? at + 8 : at + 9;
    for (let orientation = 1; orientation <= 8; orientation++) {
      turned[value] = orientation;
      all.push(await compare(`${orientation}`, new Blob([turned], { type: "image/jpeg" }), 400));
    }
    for (const name of ["420", "422", "444", "grey"]) {
      for (const least of [100, 200, 300])
        all.push(await compare(name, await file(`jpeg/${name}.jpg`), least));
    }
    // The same picture in another profile: of this file's Chromium makes nothing.
    const [wide, usual] = [await file("jpeg/display-p3.jpg"), await file("jpeg/420.jpg")];
    all.push(await compare("display-p3", wide, 300, usual));
    for (const name of ["progressive", "cmyk"])
      all.push(await compare(name, await file(`jpeg/${name}.jpg`), 100));
    all.push(await compare("png", await file("images/coffee.png"), 100));
    return all;
  });
  const sizes = ["128 × 114", "257 × 228", "515 × 456"];
  expect(differences).toEqual([
    ...[1, 2, 3, 4].map((one) => `${one}: 515 × 456, the same`),
    ...[5, 6, 7, 8].map((one) => `${one}: 456 × 515, the same`),
    ...["420", "422", "444", "grey"].flatMap((name) => sizes.map((size) => `${name}: ${size}, the same`)),
    "display-p3: 515 × 456, the same",
    "progressive: none",
    "cmyk: none",
    "png: none",
  ]);
});

test("a large photo is reduced: upright, with a thumbnail, in little memory", async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(4000, 3000);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("There is no canvas.");
    context.drawImage(await createImageBitmap(await file("images/coffee.png")), 0, 0, 4000, 3000);
    const large = await canvas.convertToBlob({ type: "image/jpeg" });
    const before = memory.buffer.byteLength;
    const photos = [];
    for (let i = 0; i < 4; i++) photos.push(await see(large));
    return { photos, grown: memory.buffer.byteLength - before };
  });
  expect(seen.photos[0]).toMatchObject({ width: 4000, height: 3000, thumbnail: { side: 320 } });
  expect(new Set(seen.photos.map((photo) => photo.feature)).size).toBe(1);
  // Planes of 750 × 750 values, not 4000 × 3000 pixels.
  expect(seen.grown).toBeLessThan(8_000_000);
});

test("a large JPEG gives the input that it gives natively, bit for bit", async ({ page }) => {
  const lines = readFileSync("tests/reference/jpeg/digests.txt", "utf8").trim().split("\n");
  const committed = lines.filter((line) => !line.startsWith("#"));
  const names = committed.map((line) => line.split(" ")[0] ?? "");
  const found = await page.evaluate(async (names) => {
    const digests: string[] = [];
    for (const name of names) {
      const { input } = await eye.prepare(await file(`jpeg/${name}.jpg`));
      const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(input));
      const bytes = Array.from(new Uint8Array(digest));
      digests.push(`${name} ${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`);
    }
    return digests;
  }, names);
  expect(found).toEqual(committed);
});

test("large JPEGs that are not for our decoder are the browser's", async ({ page }) => {
  const seen = await page.evaluate(() =>
    Promise.all(["progressive", "cmyk", "turned"].map((name) => see(file(`jpeg/${name}.jpg`)))),
  );
  const sizes = seen.map(({ width, height }) => [width, height]);
  expect(sizes).toEqual([
    [1031, 913],
    [1031, 913],
    [913, 1031],
  ]);
});

test("a file is named, and its day told, without being decoded", async ({ page }) => {
  const taken = Date.UTC(2024, 7, 14, 17, 3, 59);
  // By our decoder and by the browser's; and one whose picture is cut off, which nobody decodes.
  const small = dated(readFileSync("tests/reference/formats/turned.jpg"), "2024:08:14 17:03:59");
  const large = dated(readFileSync("tests/reference/jpeg/420.jpg"), "2024:08:14 17:03:59");
  for (const bytes of [small, large, small.subarray(0, small.length - 9)]) {
    const said = await page.evaluate(async (text) => {
      const { Eye } = (await import("/pkg/keepsake.js" as string)) as typeof Keepsake;
      const file = new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
      const identity = await Eye.identify(file);
      const look = await eye.look(file).catch(() => null);
      return {
        taken: identity.taken,
        look: look?.taken,
        key: [...identity.key],
        same: look && [...look.key],
      };
    }, bytes.toString("base64"));
    expect(said.taken).toBe(taken);
    expect(said.key).toEqual([...createHash("sha256").update(bytes).digest()]);
    if (said.same) expect([said.look, said.same]).toEqual([taken, said.key]);
  }
  const refused = await page.evaluate(async () => {
    const { Eye } = (await import("/pkg/keepsake.js" as string)) as typeof Keepsake;
    const undated = await Eye.identify(await file("formats/palette.png"));
    const code = await Eye.identify(new Blob(["a letter"])).catch(
      (error: Keepsake.KeepsakeError) => error.code,
    );
    return { undated: undated.taken, code };
  });
  expect(refused).toEqual({ undated: undefined, code: "photo/not-an-image" });
});

test("each bad file has its sentence, and the eye goes on", async ({ page }) => {
  const codes = async (bytes: Uint8Array | string) => (await refusal(page, bytes)).code;
  expect(await codes("")).toBe("photo/empty");
  expect(await codes("a text that somebody named holiday.jpg")).toBe("photo/not-an-image");
  expect((await refusal(page, "%PDF-1.7")).message).toContain("a PDF document");

  const jpeg = readFileSync("tests/reference/formats/turned.jpg");
  expect(await codes(jpeg.subarray(0, jpeg.length / 2))).toBe("photo/damaged");
  const png = readFileSync("tests/reference/images/chelsea.png");
  expect(await codes(png.subarray(0, 50_000))).toBe("photo/damaged");

  const bomb = Buffer.from(png.subarray(0, 1000));
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  const refused = await refusal(page, bomb);
  expect(refused.code).toBe("photo/too-many-pixels");
  expect(refused.message).toContain("60000 × 60000");

  const heic = await refusal(page, "\0\0\0\x18ftypheic\0\0\0\0mif1heic");
  expect(heic.code).toBe("photo/unsupported");
  expect(heic.message).toContain("HEIC");

  const after = await page.evaluate(() => see(file("formats/palette.png")));
  expect(after).toMatchObject({ width: 33, height: 21 });
});

test("what is no photo at all is refused", async ({ page }) => {
  const codes = await page.evaluate(() => {
    const things: unknown[] = [5, null, undefined, "photo.jpg", {}, new ArrayBuffer(9)];
    const look = (thing: unknown) =>
      eye.look(thing as Blob).then(
        () => "accepted",
        (error: Keepsake.KeepsakeError) => error.code,
      );
    return Promise.all(things.map(look));
  });
  expect(codes).toEqual(Array(6).fill("request/invalid"));
});

test("many photos at once, and an eye that is freed before they are done", async ({ page }) => {
  const sizes = await page.evaluate(async () => {
    const blob = await file("images/rocket.png");
    const looks = Array.from({ length: 20 }, () => eye.look(blob));
    eye.free();
    return (await Promise.all(looks)).map((look) => look.width);
  });
  expect(sizes).toEqual(Array(20).fill(300));
});

test("a look is a preparation, the network's outputs and a feature of them, bit for bit", async ({
  page,
}) => {
  const seen = await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const { Eye } = (await import(address)) as typeof Keepsake;
    const blob = await file("images/chelsea.png");
    const look = await eye.look(blob);
    const { input, ...prepared } = await eye.prepare(blob);
    const feature = Eye.feature(eye.outputs(input));
    const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((v, i) => v === b[i]);
    return {
      input: input.length,
      feature: same(feature, look.feature),
      key: same(prepared.key, look.key),
      eye: same(prepared.eye, look.eye),
      size: [prepared.width, prepared.height],
      thumbnail: (await createImageBitmap(prepared.thumbnail)).width,
    };
  });
  expect(seen).toEqual({
    input: 224 * 224 * 3,
    feature: true,
    key: true,
    eye: true,
    size: [451, 300],
    thumbnail: 300,
  });
});

test("outputs that are not the network's, or not numbers, make no feature", async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const { Eye } = (await import(address)) as typeof Keepsake;
    const code = (outputs: Float32Array) => {
      try {
        Eye.feature(outputs);
        return "accepted";
      } catch (error) {
        return (error as Keepsake.KeepsakeError).code;
      }
    };
    const broken = new Float32Array(3208).fill(0.5);
    broken[3000] = Number.NaN;
    return [new Float32Array(0), new Float32Array(3209), broken].map(code);
  });
  expect(codes).toEqual(["request/invalid", "request/invalid", "compute/failed"]);
});

test("weights that were altered are refused", async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const address = "/pkg/keepsake.js";
    const { Eye } = (await import(address)) as typeof Keepsake;
    const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
    const altered = weights.slice();
    altered[1_000_000] = (altered[1_000_000] ?? 0) ^ 1;
    const code = (bytes: Uint8Array) =>
      Eye.open(bytes).then(
        () => "opened",
        (error: Keepsake.KeepsakeError) => error.code,
      );
    return Promise.all([code(altered), code(weights.slice(0, 1000)), code(new Uint8Array(1000))]);
  });
  expect(codes).toEqual(["weights/damaged", "weights/damaged", "weights/format"]);
});
