// Which of the built files only those fetch who use a part of the page.

import type { Group } from "./src/sw/files";

/** By the file's name in `assets`. */
const GROUPS: readonly (readonly [RegExp, readonly Group[]])[] = [
  [/^keepsake_burn/, ["drawings", "card"]],
  [/^(drawings|scratch\.worker)/, ["drawings"]],
  [/^card\.worker/, ["card"]],
  [/^take-along/, ["along"]],
  [/^raw/, ["raw"]],
  // What reads a file here and there.
  [/^pieces/, ["along", "raw"]],
  [/^(heif\.worker|libheif)/, ["heic"]],
];

/** The parts that a file belongs to: none where every visit needs it. */
export function groupsOf(asset: string): readonly Group[] {
  return GROUPS.find(([names]) => names.test(asset))?.[1] ?? [];
}
