// Chance for tests, the same in every run.

/** Numbers from 0 to below `n`, by mulberry32. */
export function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Parts of names that somebody's file system lets be, and somebody else's does not. */
const PARTS = [
  "a",
  "A",
  "ß",
  "SS",
  "é",
  "e\u0301",
  "日本",
  "👩‍👩‍👧",
  "\ud800",
  " ",
  ".",
  "..",
  "/",
  "\\",
  ":",
  "*",
  "?",
  '"',
  "<",
  "|",
  "\u0000",
  "\n",
  "\u202e",
  "=1+1",
  "@x",
  "-rf",
  "CON",
  "nul",
  "com1",
  "LPT¹",
  "-2",
  ".jpg",
  ".JPG",
  ".tar.gz",
  "x".repeat(90),
];

export function anyName(roll: (n: number) => number): string {
  let name = "";
  for (let n = 1 + roll(4); n > 0; n--) name += PARTS[roll(PARTS.length)];
  return name;
}

/** The text with a sign in the place of each half of a character. */
export function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
