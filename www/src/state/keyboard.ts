/** Keys on a photo, and keys that work anywhere. */
import { labelForKey } from "./labels";
import { between, type Layout, type Step, step } from "./layout";
import type { Page } from "./page";
import type { TileId } from "./sections";

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "home",
  End: "end",
};

/** Whether a key was typed into something that wants text. */
export function isTyping(event: Event): boolean {
  const target = event.target;
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function plain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** A key on a tile of the album. `chooser` is the open label choice, if any. */
export function albumKey(
  page: Page,
  layout: Layout,
  tile: TileId,
  event: KeyboardEvent,
  chooser: HTMLElement | null,
): void {
  if (act(page, layout, tile, event, chooser)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function act(page: Page, layout: Layout, tile: TileId, event: KeyboardEvent, chooser: HTMLElement | null) {
  const photo = page.photoById.value.get(tile);
  const direction = STEPS[event.key];
  if (direction !== undefined && !event.altKey) {
    const jump = event.ctrlKey || event.metaKey;
    const wanted = jump && direction === "home" ? "first" : jump && direction === "end" ? "last" : direction;
    const rtl = getComputedStyle(document.documentElement).direction === "rtl";
    const to = step(layout, tile, rtl ? mirrored(wanted) : wanted);
    if (to === undefined) return true;
    if (event.shiftKey) page.extend((from) => between(layout, from, to));
    else page.choosing.value = null;
    page.focus(to);
    return true;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
    const shown = layout.bands.flatMap((band) => band.section.tiles);
    page.choose(new Set(shown.filter((id) => page.photoById.value.has(id))));
    page.focus(tile);
    return true;
  }
  if (!photo || !plain(event)) return false;
  const photos = page.chosen.value.size > 0 ? [...page.chosen.value] : [tile];
  const field = chooser?.querySelector("input");
  switch (event.key) {
    case "Enter":
      if (page.chosen.value.size > 0) page.openChooserForChosen();
      else page.openChooser(tile, true);
      return true;
    case " ":
      page.toggle(tile);
      page.focus(tile);
      return true;
    case "Delete":
      void page.removePhotos(photos);
      return true;
    case "Backspace":
      void page.unteach(photos);
      return true;
    case "Tab":
      if (event.shiftKey || !field) return false;
      field.focus();
      return true;
  }
  if (field && [...event.key].length === 1) {
    // Whoever opened the choice and types a name means a name: only a digit that stands
    // beside a label there still teaches it. The focus moves before the character comes in.
    if (/\d/.test(event.key) && teachByKey(page, photos, event)) return true;
    field.focus({ preventScroll: true });
    event.stopPropagation();
    return false;
  }
  return teachByKey(page, photos, event);
}

function mirrored(step: Step): Step {
  return step === "left" ? "right" : step === "right" ? "left" : step;
}

function teachByKey(page: Page, photos: readonly number[], event: KeyboardEvent): boolean {
  if ([...event.key].length !== 1) return false;
  const label = labelForKey(event.key, page.engine.labels.value);
  if (label === undefined) return false;
  void page.teach(photos, label);
  return true;
}

/** A key that no part of the page took. */
export function pageKey(page: Page, event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  if (event.key === "Escape") {
    if (page.choosing.value) page.closeChooser();
    else if (page.panel.value) page.panel.value = null;
    else if (page.selecting.value || page.chosen.value.size > 0) page.letGo();
    else page.hush();
    return;
  }
  if (isTyping(event)) return;
  const key = event.key.toLowerCase();
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if ((command && key === "z") || (plain(event) && key === "u")) {
    void (event.shiftKey ? page.redo() : page.undo());
  } else if (plain(event) && key === "/") {
    document.getElementById("find")?.focus();
  } else if (plain(event) && key === "?") {
    page.panel.value = page.panel.value === "keys" ? null : "keys";
  } else if (plain(event) && page.chosen.value.size > 0) {
    if (!teachByKey(page, [...page.chosen.value], event)) return;
  } else {
    return;
  }
  event.preventDefault();
}
