// What is known of each photo as a table: CSV (RFC 4180) that a spreadsheet opens, and JSON.

import type { Label, LabelId } from "../engine/engine";
import { isDone } from "../state/sections";
import { type Item, pathOf } from "./plan";

export interface Row {
  readonly path: string;
  /** Empty where the learner is not sure. */
  readonly label: string;
  readonly state: "taught" | "accepted" | "sure" | "not sure";
  /** What the learner thinks, whatever was taught. */
  readonly guess: string;
  readonly probability: number | null;
  readonly second: string;
  /** By the camera's clock. */
  readonly taken: string;
}

const COLUMNS = ["path", "label", "state", "guess", "probability", "second", "taken"] as const;

export function rowsOf(items: readonly Item[], labels: readonly Label[], none: string): readonly Row[] {
  const names = new Map<LabelId, string>(labels.map(({ id, name }) => [id, id === 0 ? none : name]));
  const nameOf = (label: LabelId | null | undefined) =>
    label === null || label === undefined ? "" : (names.get(label) ?? "");
  return items.map(({ photo, label }) => {
    const [first, second] = photo.prediction?.ranked ?? [];
    const done = photo.taught !== null ? "taught" : "accepted";
    const taken = photo.origin?.taken;
    return {
      path: pathOf(photo),
      label: nameOf(label),
      state: isDone(photo) ? done : label === null ? "not sure" : "sure",
      guess: nameOf(first?.label),
      probability: first ? Math.round(first.probability * 1e4) / 1e4 : null,
      second: nameOf(second?.label),
      taken: typeof taken === "number" ? new Date(taken).toISOString().slice(0, 19) : "",
    };
  });
}

/** A cell that a spreadsheet would take for a formula: an apostrophe makes it text. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

export function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of a CSV file, with the mark by which spreadsheets know UTF-8. */
export function csv(lines: readonly (readonly (string | number | null)[])[]): string {
  return `\ufeff${lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("")}`;
}

export function asCsv(rows: readonly Row[]): string {
  return csv([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))]);
}

export function asJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 1)}\n`;
}
