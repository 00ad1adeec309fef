// The keys of the drawing page: one step back, and forth again.

import { isTyping } from "../state/keyboard";
import { singleKeys } from "../state/single-keys";
import { isCharacter, strokeOf } from "../state/strokes";
import type { Studio } from "./studio";

/** The last line on the pad goes first; on an empty pad, the last lesson. */
function back(studio: Studio): void {
  if (studio.strokes.value.length > 0) studio.undoStroke();
  else void studio.undo();
}

const KEYS: Readonly<Record<string, (studio: Studio) => void>> = {
  U: back,
  "Mod+Z": back,
  "Shift+U": (studio) => void studio.redo(),
  "Shift+Mod+Z": (studio) => void studio.redo(),
};

export function pressed(studio: Studio, event: KeyboardEvent): void {
  if (event.defaultPrevented || isTyping(event)) return;
  const stroke = strokeOf(event);
  const does = KEYS[stroke];
  if (!does || (isCharacter(stroke) && !singleKeys().value)) return;
  event.preventDefault();
  does(studio);
}
