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
