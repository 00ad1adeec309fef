// How long it takes in the browser, in one thread, from a photo's file to the network's input and the
// thumbnail: by our decoder, by the browser's into a canvas, and by `ImageDecoder` at a reduced size.
//
//   cargo xtask bench photo --photos DIR [--json FILE] [--count N] [--rounds N]
//
// JSON: {"12mp": {"ours", "bitmap", "image_decoder"}, "48mp": {…}, "small": {…}}, CPU milliseconds of
// the renderer process for one photo, medians; the three take turns in one page. Photos of 12 and 48
// megapixels are made of the given ones, enlarged, with noise, by the browser: 4:2:0, quality 90.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "./renderer.mjs";
import { fail, openBrowser, progress, readOptions, round, writeJson } from "./session.mjs";

const HELP = `Usage: cargo xtask bench photo --photos DIR [--json FILE] [--count N] [--rounds N]

Times opening a photo in the browser: from the file's bytes to the network's 224 × 224 input and the
thumbnail as a JPEG. Our decoder, createImageBitmap and a canvas, and ImageDecoder take turns.

Options:
  --photos DIR  JPEG photos, in folders or not
  --json FILE   Write {"12mp": {"ours", "bitmap", "image_decoder"}, "48mp": …, "small": …}
  --count N     Photos of each size [default: 4]
  --rounds N    Samples of each [default: 7]`;

const options = readOptions(HELP, { count: 4, rounds: 7 }, { photos: undefined });
const SIZES = { "12mp": [4032, 3024], "48mp": [8064, 6048], small: null };

/** JPEG files below a folder, evenly picked. */
function photos(folder, count) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.jpe?g$/i.test(file))
    .sort();
  if (files.length < count) fail(`${folder} holds ${files.length} JPEG files, and ${count} are needed`);
  const step = files.length / count;
  return Array.from({ length: count }, (_, i) => readFileSync(join(folder, files[Math.floor(i * step)])));
}

const { browser, page, clock } = await openBrowser();
try {
  await page.evaluate(async () => {
    const keepsake = await import("/pkg/keepsake.js");
    await keepsake.default();
    const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
    const eye = await keepsake.Eye.open(weights);
    const blobs = {};

    /** Keeps a photo as it is, or enlarged with noise. */
    globalThis.keep = async (set, text, size) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      let blob = new Blob([bytes], { type: "image/jpeg" });
      if (size) blob = await enlarged(blob, ...size);
      blobs[set] ??= { ours: [], bitmap: [] };
      blobs[set].ours.push(blob);
      blobs[set].bitmap.push(await unknown(blob));
      return blob.size;
    };

    async function enlarged(blob, width, height) {
      const bitmap = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      const scale = Math.max(width / bitmap.width, height / bitmap.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, bitmap.width * scale, bitmap.height * scale);
      // A strip at a time: pixels of 48 megapixels are 195 MB.
      for (let y = 0; y < height; y += 256) {
        const strip = context.getImageData(0, y, width, Math.min(256, height - y));
        const values = strip.data;
        for (let i = 0; i < values.length; i++) {
          if ((i & 3) < 3) values[i] += (Math.random() + Math.random() + Math.random() - 1.5) * 12;
        }
        context.putImageData(strip, 0, y);
      }
      return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    }

    /** The same photo with a colour profile that our decoder leaves to the browser, which ignores it. */
    async function unknown(blob) {
      const profile = new TextEncoder().encode("ICC_PROFILE\0\x01\x01of no kind");
      const segment = new Uint8Array([0xff, 0xe2, 0, profile.length + 2, ...profile]);
      return new Blob([blob.slice(0, 2), segment, blob.slice(2)], { type: "image/jpeg" });
    }

    /** The file through `ImageDecoder`, the square read and the thumbnail written, not yet resized. */
    const canvas = new OffscreenCanvas(448, 448);
    const thumbnail = new OffscreenCanvas(320, 320);
    async function decoder(blob) {
      const data = await blob.arrayBuffer();
      await crypto.subtle.digest("SHA-256", data);
      const whole = new ImageDecoder({ data: data.slice(0), type: "image/jpeg" });
      await whole.tracks.ready;
      whole.close();
      const size = await sizeOf(blob);
      const scale = [8, 4, 2, 1].find((s) => Math.min(...size) / s >= 448) ?? 1;
      const [desiredWidth, desiredHeight] = size.map((side) => Math.ceil(side / scale));
      const decoder = new ImageDecoder({ data, type: "image/jpeg", desiredWidth, desiredHeight });
      const { image } = await decoder.decode();
      const side = Math.min(image.displayWidth, image.displayHeight);
      const left = (image.displayWidth - side) / 2;
      const top = (image.displayHeight - side) / 2;
      const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
      context.drawImage(image, left, top, side, side, 0, 0, 448, 448);
      context.getImageData(0, 0, 448, 448);
      thumbnail.getContext("2d", { willReadFrequently: true }).drawImage(canvas, 0, 0, 320, 320);
      image.close();
      decoder.close();
      await thumbnail.convertToBlob({ type: "image/jpeg", quality: 0.8 });
    }

    const sizes = new Map();
    async function sizeOf(blob) {
      if (!sizes.has(blob)) {
        const bitmap = await createImageBitmap(blob);
        sizes.set(blob, [bitmap.width, bitmap.height]);
        bitmap.close();
      }
      return sizes.get(blob);
    }

    globalThis.open = async (set, how) => {
      for (const blob of blobs[set][how === "bitmap" ? "bitmap" : "ours"]) {
        if (how === "image_decoder") await decoder(blob);
        else await eye.prepare(blob);
      }
    };
  });
  const hasDecoder = await page.evaluate(() => "ImageDecoder" in globalThis);
  const ways = ["ours", "bitmap", ...(hasDecoder ? ["image_decoder"] : [])];
  const result = {};
  for (const [set, size] of Object.entries(SIZES)) {
    for (const file of photos(options.photos, options.count)) {
      await page.evaluate(([s, t, z]) => keep(s, t, z), [set, file.toString("base64"), size]);
    }
    const samples = Object.fromEntries(ways.map((way) => [way, []]));
    for (let turn = 0; turn <= options.rounds; turn++) {
      for (const way of ways) {
        const time = await clock.measure(() => page.evaluate(([s, w]) => open(s, w), [set, way]));
        // The first turn compiles.
        if (turn > 0) samples[way].push(time / options.count);
      }
      progress(`${set}: round ${turn} of ${options.rounds}`);
    }
    result[set] = Object.fromEntries(ways.map((way) => [way, round(median(samples[way]))]));
  }
  progress("");
  console.log(`${"ms CPU a photo".padEnd(16)}${ways.map((way) => way.padStart(15)).join("")}`);
  for (const [set, times] of Object.entries(result)) {
    const cells = ways.map((way) => times[way].toFixed(1).padStart(15));
    console.log(`${set.padEnd(16)}${cells.join("")}`);
  }
  writeJson(options.json, result);
} finally {
  await browser.close();
}
