/** The key that does the same as what it stands on; nothing where that key is switched off. */
import type { LabelId } from "../engine/engine";
import { type ActionId, hint } from "../state/actions";
import { usePage } from "../state/context";

export function Key({ of }: { of: ActionId }) {
  const keys = hint(of, usePage().singleKeys.value);
  return keys === null ? null : <kbd>{keys}</kbd>;
}

/** The digit that teaches a label. */
export function Digit({ of }: { of: LabelId }) {
  const page = usePage();
  const digit = page.singleKeys.value ? page.digits.value.get(of) : undefined;
  return digit === undefined ? null : <kbd>{digit}</kbd>;
}

/** A title with the keys after it: "Undo (U)". */
export function useTitle(title: string, action: ActionId): string {
  const keys = hint(action, usePage().singleKeys.value);
  return keys === null ? title : `${title} (${keys})`;
}
