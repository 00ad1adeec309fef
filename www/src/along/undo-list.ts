// The undo list, a file beside the photos: what was written, and from where. It is only ever made longer,
// and a line stands in it before what it is needed for is done, so that it is true whenever it ends. Read
// again it is anybody's file: a path in it leads nowhere but below the folder that was chosen.
//
//   what,from,to,sha256,modified,bytes
//   moving,Holiday/day 1/beach.jpg,Beach/beach.jpg,5e1f…,,204800              will be written there
//   moved,Holiday/day 1/beach.jpg,Beach/beach.jpg,5e1f…,2026-03-02T09:41:00.123Z,204800
//   folder,,Beach,,,                                                          was not there before

import { DEVICE } from "./names";
import { csv } from "./table";

export const WHAT = ["copied", "copied with tag", "moving", "moved", "folder"] as const;
export type What = (typeof WHAT)[number];

export interface Line {
  readonly what: What;
  /** From the name of the folder on that was dropped or chosen. */
  readonly from: string;
  /** Below the folder in which the list lies. */
  readonly to: string;
  /** Of the content, in hex. Empty: not known. */
  readonly sha256: string;
  /** When what was written was last changed, in milliseconds since 1970. Null: not known. */
  readonly modified: number | null;
  readonly bytes: number;
}

const COLUMNS = ["what", "from", "to", "sha256", "modified", "bytes"] as const;

/** How a list begins. */
export const HEAD = csv([COLUMNS]);

/** Lines as they stand in it. */
export function textOf(lines: readonly Line[]): string {
  const rows = lines.map(({ what, from, to, sha256, modified, bytes }) => [
    what,
    quoted(from),
    quoted(to),
    sha256,
    modified === null ? "" : new Date(modified).toISOString(),
    bytes,
  ]);
  // The mark stands at the beginning of the file only.
  return csv(rows).slice(1);
}

/** A table puts an apostrophe before what could be a formula: one that is there already gets another. */
const quoted = (path: string): string => (path.startsWith("'") ? `'${path}` : path);
const unquoted = (path: string): string => (path.startsWith("'") ? path.slice(1) : path);

/** What a list says, as far as it can be believed. */
export interface Listed {
  /** What was moved, or was about to be; for each place the last line. */
  readonly moved: readonly Line[];
  /** Folders that were made, inner ones last. */
  readonly folders: readonly string[];
  /** Lines that say nothing that can be done. */
  readonly odd: number;
}

export function readList(content: string): Listed {
  const [columns = [], ...rows] = rowsOf(content.replace(/^\ufeff/, ""));
  const at = COLUMNS.map((column) => columns.indexOf(column));
  const moved = new Map<string, Line>();
  const folders = new Set<string>();
  let odd = 0;
  for (const row of rows) {
    const [what = "", from = "", to = "", sha256 = "", modified = "", bytes = ""] = at.map(
      (n) => row[n] ?? "",
    );
    if (what.startsWith("copied")) continue;
    const line = {
      what: what as What,
      from: unquoted(from),
      to: unquoted(to),
      sha256: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : "",
      modified: modified === "" ? null : Date.parse(modified),
      bytes: /^\d{1,15}$/.test(bytes) ? Number(bytes) : -1,
    };
    if (what === "folder" && staysBelow(line.to)) folders.add(line.to);
    else if (
      (what === "moving" || what === "moved") &&
      // The folder it came from, and at least a name.
      line.from.includes("/") &&
      staysBelow(line.from) &&
      staysBelow(line.to) &&
      line.bytes >= 0
    ) {
      moved.set(line.to, line);
    } else odd++;
  }
  return { moved: [...moved.values()], folders: [...folders], odd };
}

/** Whether a path leads to something below a folder, on every system. */
export function staysBelow(path: string): boolean {
  return path.split("/").every(
    (part) =>
      part !== "" &&
      // Windows takes "... " for "..", too.
      !/^[. ]+$/.test(part) &&
      !/[\p{Cc}\\]/u.test(part) &&
      !/^[a-z]:/i.test(part) &&
      !DEVICE.test(part),
  );
}

/** The cells of a CSV file (RFC 4180), line by line; empty lines left out. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell in quotes or without, and what ends it.
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/gy;
  while (cells.lastIndex < text.length) {
    const found = cells.exec(text);
    // Something that is no CSV: what was read until then is what there is.
    if (!found) break;
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}
