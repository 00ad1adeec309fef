/** From a key that was pressed to the action that it is for. */
import { type Action, actions, SCOPES, type Scope, type Spot } from "./actions";
import type { Page } from "./page";
import { isCharacter, isLetter, strokeOf } from "./strokes";

/** Whether a key was typed into something that wants text. */
export function isTyping(event: Event): boolean {
  const target = event.target;
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** The action of one scope that a stroke is for. */
export function actionFor(scope: Scope, stroke: string): Action | undefined {
  const here = actions.filter((action) => action.scope === scope);
  const listed = here.find(({ keys }) => typeof keys !== "string" && keys.includes(stroke));
  if (listed || !isCharacter(stroke)) return listed;
  const typed = stroke.replace(/^Shift\+/, "");
  return here.find(({ keys }) => keys === "characters" || (keys === "letters" && isLetter(typed)));
}

/** A key, wherever the focus is; on a tile of the album `on` says which, and `field` what is open there. */
export function pressed(
  page: Page,
  event: KeyboardEvent,
  on?: Spot["on"],
  field?: HTMLInputElement | null,
): void {
  if (event.defaultPrevented) return;
  const stroke = strokeOf(event);
  const at: Spot = { page, key: event.key, stroke, ...(on && { on }), field: field ?? undefined };
  const closely = page.closely.looking.value !== null;
  const inside = {
    choice: on !== undefined && at.field !== undefined,
    closely,
    // What is done with photos is done with the one that is looked at, too.
    photo: on !== undefined || closely,
    page: true,
    text: true,
  };
  for (const scope of SCOPES) {
    if (!inside[scope]) continue;
    // The photos are out of sight there: no key teaches one.
    if ((page.takingAlong.value || page.switcher.together.value) && scope !== "text") continue;
    if ((scope === "page" || closely) && scope !== "text" && isTyping(event)) continue;
    const action = actionFor(scope, stroke);
    if (!action) continue;
    // Whoever switched the single keys off still types names where a name is asked for.
    if (isCharacter(stroke) && action.keys !== "characters" && !page.singleKeys.value) continue;
    const taken = action.does(at);
    if (taken === false) continue;
    event.stopPropagation();
    if (taken === true) event.preventDefault();
    return;
  }
}
