/** Names of collections: cut as labels' names are, and no two alike. */

/** As long as a label's name may be. */
export const LONGEST = 60;

/** A name as it is kept: without space around it, on one line, cut; "" where nothing is left. */
export function tidy(text: string): string {
  const line = text.normalize("NFC").replace(/\s+/g, " ").trim();
  return [...line].slice(0, LONGEST).join("").trimEnd();
}

/** As names are compared: two that nobody can tell apart are one. */
function folded(name: string): string {
  return name.normalize("NFKC").toLocaleLowerCase();
}

/** The name, or with the first number that makes it another than all that are taken: "Hats", "Hats 2". */
export function numbered(name: string, taken: Iterable<string>): string {
  const known = new Set([...taken].map(folded));
  let next = name;
  for (let n = 2; known.has(folded(next)); n++) {
    const end = ` ${n}`;
    next =
      [...name]
        .slice(0, LONGEST - end.length)
        .join("")
        .trimEnd() + end;
  }
  return next;
}

/** A collection's name as a part of a file's: no separators, nothing that a system keeps for itself. */
export function forFile(name: string): string {
  const safe = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no file's name may hold
    .replace(/[\u0000-\u001f\u007f\\/:*?"<>|]/g, " ")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  return [...safe].slice(0, LONGEST).join("").trim() || "keepsake";
}
