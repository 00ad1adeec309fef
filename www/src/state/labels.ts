/** A label's sign: its colour, its letter and the keys that teach it. */
import type { Label, LabelId } from "../engine/engine";

/** *None of these*: always there, never renamed. */
export const NONE: LabelId = 0;

const COLOURS = 12;

/** The number of the label's colour, 1 to 12, in the order in which labels were made. */
export function colour(label: LabelId): number {
  return ((label - 1) % COLOURS) + 1;
}

/**
 * The letter on each label's dot: the first of its name that no earlier label has and that is not
 * `reserved`. Without any such, one that another has, too.
 */
export function letters(
  labels: readonly Pick<Label, "id" | "name">[],
  reserved: ReadonlySet<string>,
): ReadonlyMap<LabelId, string> {
  const taken = new Set<string>();
  const result = new Map<LabelId, string>();
  for (const label of labels) {
    if (label.id === NONE) continue;
    const own = [...label.name.toLocaleUpperCase()].filter(
      (c) => /[\p{L}\p{N}]/u.test(c) && !reserved.has(c),
    );
    const letter = own.find((c) => !taken.has(c)) ?? own[0] ?? "·";
    taken.add(letter);
    result.set(label.id, letter);
  }
  return result;
}

/** The labels a digit teaches: 1 to 9 in order, 0 for *none of these*. */
export function digits(labels: readonly Label[]): ReadonlyMap<LabelId, string> {
  const result = new Map<LabelId, string>([[NONE, "0"]]);
  for (const label of labels) {
    if (label.id === NONE) continue;
    if (result.size > 9) break;
    result.set(label.id, String(result.size));
  }
  return result;
}

/** The label that a key teaches, by its digit or by its letter. */
export function labelForKey(
  key: string,
  labels: readonly Label[],
  reserved: ReadonlySet<string>,
): LabelId | undefined {
  const typed = key.toLocaleUpperCase();
  for (const [label, digit] of digits(labels)) if (digit === typed) return label;
  for (const [label, letter] of letters(labels, reserved))
    if (letter === typed && !/\d/.test(letter)) return label;
  return undefined;
}

/** Text as it is compared when a person looks for it. */
export function folded(text: string): string {
  return text.normalize("NFKC").toLocaleLowerCase().trim();
}

/** Labels whose name holds the text, those that begin with it first. */
export function matching(labels: readonly Label[], text: string): readonly Label[] {
  const wanted = folded(text);
  const rank = (label: Label) => {
    const at = folded(label.name).indexOf(wanted);
    return at < 0 ? 2 : Math.min(at, 1);
  };
  return labels
    .filter((label) => label.id !== NONE && rank(label) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.id - b.id);
}
