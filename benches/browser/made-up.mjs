// Features made of numbers: for benchmarks that need thousands of photos and none of what is on them. Pages
// load it from the server, too.

/** Numbers from -1 to 1, the same ones from the same seed. */
export const numbers = (seed) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 31 - 1;
};

/** Numbers in a feature. */
export const LENGTH = 3208;

/** The bytes of a feature of these numbers. */
export function feature(values) {
  return new Uint8Array(Uint16Array.from(values, half).buffer);
}

/** A number of half precision; |value| from 2^-14 to 1, else 0. */
function half(value) {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  if (exponent < -14) return 0;
  const fraction = Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

/** Photos that are handed over at once. */
const PORTION = 200;

/**
 * Stores an album where the page will find it: `kindOf` says of each photo's number which of `labels` kinds it is,
 * and its name begins with that. Each has a small picture of its own. Gives the learner, and the photos' ids.
 */
export async function storeAlbum({ photos, labels, kindOf }) {
  const keepsake = await import("/pkg/keepsake.js");
  await keepsake.default();
  const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
  const eye = (await keepsake.Eye.open(weights)).id;
  const random = numbers(1);
  const centres = Array.from({ length: labels }, () => Float32Array.from({ length: LENGTH }, random));
  const canvas = new OffscreenCanvas(320, 320);
  const context = canvas.getContext("2d");
  const learner = await keepsake.Learner.open({ name: "photos" });
  const ids = [];
  let portion = [];
  for (let number = 0; number < photos; number++) {
    const kind = kindOf(number);
    for (let i = 0; i < 40; i++) {
      context.fillStyle = `hsl(${kind * 36 + random() * 30} 60% ${50 + random() * 40}%)`;
      context.fillRect((random() + 1) * 140, (random() + 1) * 140, 80, 80);
    }
    const seen = centres[kind].map((value) => value * 0.02 + random() * 0.03);
    const key = new Uint8Array(32);
    key.set([number & 255, (number >> 8) & 255, number >> 16]);
    const thumbnail = await canvas.convertToBlob({ type: "image/jpeg" });
    const name = `${kind}-${number}.jpg`;
    portion.push({ name, feature: feature(seen), thumbnail, key, eye, width: 4000, height: 3000 });
    if (portion.length < PORTION && number + 1 < photos) continue;
    ids.push(...(await learner.addPhotos(portion, number >= PORTION)));
    portion = [];
  }
  return { learner, ids };
}
