/**
 * Everything that a key does on the page, declared once. The keyboard, the panel of keys, the hints on
 * buttons and menus and the letters that no label may have are all read from this list.
 */
import * as words from "../words";
import { CLOSELY } from "./closely";
import { between, type Layout, type Step, step } from "./layout";
import type { Page } from "./page";
import type { TileId } from "./sections";
import { isCharacter, isLetter, keycaps } from "./strokes";

/**
 * Where a key does something, the narrowest first: on a photo whose label choice is open, at a photo that
 * is looked at closely, on a photo, anywhere but in a text, or anywhere at all.
 */
export const SCOPES = ["choice", "closely", "photo", "page", "text"] as const;
export type Scope = (typeof SCOPES)[number];

/** Where the focus is. */
export interface Spot {
  readonly page: Page;
  /** What was typed, as the browser names it. */
  readonly key: string;
  readonly stroke: string;
  /** The tile with the focus, in the layout as it is drawn. */
  readonly on?: { readonly layout: Layout; readonly tile: TileId };
  /** The field of the label choice, while that is open. */
  readonly field?: HTMLInputElement | undefined;
}

/** What became of a key: it was taken, it is not ours, or it is text for the field that has the focus now. */
export type Taken = boolean | "typed";

export type ActionId =
  | "name"
  | "toField"
  | "lookFromChoice"
  | "step"
  | "zoom"
  | "zoomOut"
  | "pan"
  | "nameClosely"
  | "look"
  | "move"
  | "teachNumber"
  | "teachLetter"
  | "teachNone"
  | "choose"
  | "toggle"
  | "unfold"
  | "extend"
  | "chooseAll"
  | "accept"
  | "takeBack"
  | "remove"
  | "undo"
  | "redo"
  | "find"
  | "close"
  | "keys";

export interface Action {
  readonly id: ActionId;
  readonly scope: Scope;
  /** Strokes; or any letter, or any character, that no other action has. */
  readonly keys: readonly string[] | "letters" | "characters";
  /** What the panel of keys says of it; null for what goes without saying. */
  readonly says: string | null;
  /** How the panel shows its keys, where that is not the first of them. */
  readonly shown?: readonly string[];
  does(at: Spot): Taken;
}

/** The sign for "this is right". */
const RIGHT = ".";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "home",
  End: "end",
  "Mod+Home": "first",
  "Mod+End": "last",
};

/** What looks closely: the sign, and the key that it stands on without Shift. */
const CLOSER = ["+", "="];
/** Places that a photo larger than the screen is moved by, a share of what is seen of it. */
const PANS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  "Shift+ArrowLeft": [-1, 0],
  "Shift+ArrowRight": [1, 0],
};
const PAN = 0.4;

export const actions: readonly Action[] = [
  {
    id: "lookFromChoice",
    scope: "choice",
    keys: CLOSER,
    says: null,
    does: lookAt,
  },
  {
    id: "name",
    scope: "choice",
    keys: "characters",
    says: null,
    // Whoever opened the choice and types a name means a name: only a digit that stands beside a
    // label there still teaches it, and the sign for *right* is no name. The focus moves before the
    // character comes in.
    does: (at) => {
      if (at.page.singleKeys.value) {
        if (/\d/.test(at.key) && teachByKey(at)) return true;
        if (at.key === RIGHT && acceptByKey(at)) return true;
      }
      at.field?.focus({ preventScroll: true });
      return "typed";
    },
  },
  {
    id: "toField",
    scope: "choice",
    keys: ["Tab"],
    says: null,
    does: ({ field }) => {
      field?.focus();
      return true;
    },
  },
  {
    id: "step",
    scope: "closely",
    keys: ["ArrowLeft", "ArrowRight"],
    says: words.does.step,
    does: ({ page, stroke }) => {
      page.closely.go((stroke === "ArrowRight") !== isRtl() ? 1 : -1);
      return true;
    },
  },
  {
    id: "zoom",
    scope: "closely",
    keys: CLOSER,
    says: words.does.zoom,
    shown: ["+"],
    does: ({ page }) => {
      page.closely.zoom.value = page.closely.zoom.value === "fit" ? "full" : "fit";
      return true;
    },
  },
  {
    id: "zoomOut",
    scope: "closely",
    keys: ["-"],
    says: null,
    does: ({ page }) => {
      page.closely.zoom.value = "fit";
      return true;
    },
  },
  {
    id: "pan",
    scope: "closely",
    keys: Object.keys(PANS),
    says: null,
    does: ({ stroke }) => {
      const frame = document.querySelector(`#${CLOSELY} .frame.zoomed`);
      const [x, y] = PANS[stroke] ?? [0, 0];
      frame?.scrollBy({ left: x * PAN * frame.clientWidth, top: y * PAN * frame.clientHeight });
      return frame !== null;
    },
  },
  {
    id: "nameClosely",
    scope: "closely",
    keys: ["Enter"],
    says: null,
    does: () => {
      // On a button Enter presses it.
      if (document.activeElement?.matches("button, a")) return false;
      const field = document.querySelector<HTMLElement>(`#${CLOSELY} input`);
      field?.focus();
      return field !== null;
    },
  },
  {
    id: "look",
    scope: "photo",
    keys: CLOSER,
    says: words.does.look,
    shown: ["+"],
    does: lookAt,
  },
  {
    id: "move",
    scope: "photo",
    keys: Object.keys(STEPS),
    says: words.does.move,
    shown: ["←", "→", "↑", "↓"],
    does: (at) =>
      moveTo(at, at.stroke, (to) => {
        at.page.choosing.value = null;
        at.page.focus(to);
      }),
  },
  {
    id: "teachNumber",
    scope: "page",
    keys: DIGITS,
    says: words.does.teachNumber,
    shown: ["1", "…", "9"],
    does: teachByKey,
  },
  {
    id: "teachLetter",
    scope: "page",
    keys: "letters",
    says: words.does.teachLetter,
    shown: ["A", "…", "Z"],
    does: teachByKey,
  },
  { id: "teachNone", scope: "page", keys: ["0"], says: words.does.teachNone, does: teachByKey },
  {
    id: "choose",
    scope: "photo",
    keys: ["Enter"],
    says: words.does.choose,
    does: (at) => {
      const photo = photoOf(at);
      if (photo === undefined) return false;
      if (at.page.chosen.value.size > 0) at.page.openChooserForChosen();
      else at.page.openChooser(photo, true);
      return true;
    },
  },
  {
    id: "toggle",
    scope: "photo",
    keys: ["Space"],
    says: words.does.toggle,
    does: (at) => {
      const photo = photoOf(at);
      if (photo === undefined) return false;
      at.page.toggle(photo);
      at.page.focus(photo);
      return true;
    },
  },
  {
    id: "unfold",
    scope: "photo",
    keys: ["*", "Shift+Enter"],
    says: words.does.unfold,
    does: (at) => {
      const photo = photoOf(at);
      return photo !== undefined && at.page.unfold(photo);
    },
  },
  {
    id: "extend",
    scope: "photo",
    keys: Object.keys(STEPS).map((stroke) => `Shift+${stroke}`),
    says: words.does.extend,
    shown: ["Shift", "→"],
    does: (at) =>
      moveTo(at, at.stroke.replace("Shift+", ""), (to, { layout }) => {
        at.page.extend((from) => between(layout, from, to));
        at.page.focus(to);
      }),
  },
  {
    id: "chooseAll",
    scope: "photo",
    keys: ["Mod+A"],
    says: words.does.chooseAll,
    does: ({ page, on }) => {
      if (!on) return false;
      page.chooseAll();
      page.focus(on.tile);
      return true;
    },
  },
  { id: "accept", scope: "page", keys: [RIGHT], says: words.does.accept, does: acceptByKey },
  {
    id: "takeBack",
    scope: "photo",
    keys: ["Backspace"],
    says: words.does.takeBack,
    does: (at) => onPhotos(at, (photos) => at.page.takeBack(photos)),
  },
  {
    id: "remove",
    scope: "photo",
    keys: ["Delete"],
    says: words.removeFromPage,
    does: (at) => onPhotos(at, (photos) => at.page.removePhotos(photos)),
  },
  {
    id: "undo",
    scope: "page",
    keys: ["U", "Mod+Z"],
    says: words.does.undo,
    does: ({ page }) => {
      void page.undoSaid();
      return true;
    },
  },
  {
    id: "redo",
    scope: "page",
    keys: ["Shift+U", "Shift+Mod+Z"],
    says: words.does.redo,
    does: ({ page }) => {
      void page.redo();
      return true;
    },
  },
  {
    id: "find",
    scope: "page",
    keys: ["/"],
    says: words.find,
    does: () => {
      const field = document.getElementById("find");
      field?.focus();
      return field !== null;
    },
  },
  {
    id: "close",
    scope: "text",
    keys: ["Escape"],
    says: words.does.close,
    does: ({ page }) => {
      if (page.choosing.value) page.closeChooser();
      else if (page.switcher.open.value) page.switcher.open.value = false;
      else if (page.panel.value) page.panel.value = null;
      else if (page.switcher.together.value) page.switcher.leave();
      else if (page.takingAlong.value) page.leaveAlong();
      else if (page.closely.looking.value) page.closely.close();
      else if (page.selecting.value || page.chosen.value.size > 0) page.letGo();
      else page.hush();
      return true;
    },
  },
  {
    id: "keys",
    scope: "page",
    keys: ["?"],
    says: words.does.keys,
    does: ({ page }) => {
      page.panel.value = page.panel.value === "keys" ? null : "keys";
      return true;
    },
  },
];

/** Letters that command something, so that no label is taught by them. */
export const reservedLetters: ReadonlySet<string> = new Set(
  actions.flatMap(({ keys }) => (typeof keys === "string" ? [] : keys.filter(isLetter))),
);

/** The keys of an action as a person sees them; null where none does it while single keys are switched off. */
export function capsOf({ keys, shown }: Action, singleKeys: boolean): readonly string[] | null {
  if (typeof keys === "string") return (singleKeys && shown) || null;
  const stroke = keys.find((key) => singleKeys || !isCharacter(key));
  return stroke === undefined ? null : (shown ?? keycaps(stroke));
}

/** The keys of an action in words, for a title: "U", "Shift U". */
export function hint(id: ActionId, singleKeys: boolean): string | null {
  const action = actions.find((known) => known.id === id);
  return (action && capsOf(action, singleKeys)?.join(" ")) ?? null;
}

function photoOf({ page, on }: Spot): TileId | undefined {
  return on && page.photoById.value.has(on.tile) ? on.tile : undefined;
}

function lookAt(at: Spot): boolean {
  const photo = photoOf(at);
  if (photo === undefined) return false;
  at.page.closely.look(photo);
  return true;
}

/** What an action is for: the photo that is looked at, else the chosen photos, else the one with the focus. */
function photosOf(at: Spot): readonly TileId[] {
  if (at.page.closely.photo !== undefined) return [at.page.closely.photo];
  if (at.page.chosen.value.size > 0) return [...at.page.chosen.value];
  const photo = photoOf(at);
  return photo === undefined ? [] : at.page.photosAt([photo]);
}

function onPhotos(at: Spot, act: (photos: readonly TileId[]) => Promise<void>): boolean {
  const photos = photosOf(at);
  if (photos.length > 0) void act(photos);
  return photos.length > 0;
}

function teachByKey(at: Spot): boolean {
  const label = at.page.labelForKey(at.key);
  return label !== undefined && onPhotos(at, (photos) => at.page.teach(photos, label));
}

function acceptByKey(at: Spot): boolean {
  return onPhotos(at, (photos) => at.page.accept(photos));
}

function moveTo(at: Spot, stroke: string, go: (to: TileId, on: NonNullable<Spot["on"]>) => void): boolean {
  const wanted = STEPS[stroke];
  if (!at.on || wanted === undefined) return false;
  const to = step(at.on.layout, at.on.tile, isRtl() ? mirrored(wanted) : wanted);
  if (to !== undefined) go(to, at.on);
  return true;
}

function isRtl(): boolean {
  return getComputedStyle(document.documentElement).direction === "rtl";
}

function mirrored(step: Step): Step {
  return step === "left" ? "right" : step === "right" ? "left" : step;
}
