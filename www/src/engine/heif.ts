// What a HEIF file says of itself, read without decoding it.

/** Brands of files whose pictures are coded as in HEIC; AVIF, which has other ones, every browser opens. */
const BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/** Bytes that are asked. */
export const HEAD = 64;

/** Whether a file that begins like this is HEIC or HEIF, by its bytes. */
export function isHeif(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(4, 12));
  return text.startsWith("ftyp") && BRANDS.includes(text.slice(4));
}

/** Whether a file's name says that it is one. */
export function isHeifName(name: string): boolean {
  return /\.(heic|heif|hif)$/i.test(name);
}

/** The name of the profile that phones write, as a profile holds it: two bytes a letter. */
const DISPLAY_P3 = new Uint8Array([..."Display P3"].flatMap((letter) => [0, letter.charCodeAt(0)]));
/** Profiles lie among the properties, before the pictures. */
const PROPERTIES = 64 << 10;

/** Whether its colours are those of Display P3: the library gives them as they are stored. */
export function isDisplayP3(file: Uint8Array): boolean {
  const part = file.subarray(0, PROPERTIES);
  for (let at = part.indexOf(0); at >= 0; at = part.indexOf(0, at + 1)) {
    if (DISPLAY_P3.every((byte, i) => part[at + i] === byte)) return true;
  }
  return false;
}
