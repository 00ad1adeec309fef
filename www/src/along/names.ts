// Names that every file system and every unpacker takes as they are: nothing in them is a path, a device
// of Windows, hidden, too long, or another spelling of a name that is taken.

/** What a name may be long: in bytes of UTF-8 on Linux, which is never less than Windows' and macOS' limit. */
export const LONGEST = 255;
/** What comes after the last dot is kept whole where it is no longer than that. */
const LONGEST_EXTENSION = 20;

// Windows' own: separators, wildcards, control characters; and marks that make a name read otherwise than it is.
const ILLEGAL = /[\p{Cc}<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** Names of devices on Windows, with any ending. */
export const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)/i;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (text: string): number => encoder.encode(text).length;

/** One part of a path, made safe. What is safe already stays as it is. */
export function safeName(name: string): string {
  // Halves of characters are no text: encoding them leaves a sign in their place.
  const text = decoder.decode(encoder.encode(name)).normalize("NFC");
  let safe = text.replace(ILLEGAL, "_").replace(/^\s+|[\s.]+$/g, "");
  if (safe === "") safe = "_";
  if (safe.startsWith(".")) safe = `_${safe.slice(1)}`;
  if (DEVICE.test(safe)) safe = `_${safe}`;
  return shortened(safe, "");
}

/** What stands before the last dot, and from there on; a name that begins with its only dot has no ending. */
export function split(name: string): readonly [stem: string, extension: string] {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
}

/** The name with something put before its ending, cut where it would be too long. */
export function withSuffix(name: string, suffix: string): string {
  return shortened(name, suffix);
}

function shortened(name: string, suffix: string): string {
  const [stem, extension] = split(name);
  const [kept, end] = bytesOf(extension) <= LONGEST_EXTENSION ? [stem, suffix + extension] : [name, suffix];
  return cut(kept, LONGEST - bytesOf(end)) + end;
}

/** As much of a text as fits into so many bytes. */
export function cut(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += bytesOf(character);
    if (used > bytes) break;
    kept += character;
  }
  return kept.replace(/[\s.]+$/, "") || "_";
}

/** The same for all names that some file system takes for one. */
export function folded(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}
