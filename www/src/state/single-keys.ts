// Whether single characters do something by themselves. Who speaks to the computer, or often hits a key
// by mistake, can switch that off; it is remembered on this device.

import { signal } from "@preact/signals";
import { ignoringRefusal } from "../engine/refusal";

const KEY = "keepsake:single-keys";

/** True while single characters are commands. */
export function singleKeys() {
  return signal(ignoringRefusal(() => localStorage.getItem(KEY)) !== "off");
}

export function remember(on: boolean): void {
  // Refused, it holds until the page is closed.
  ignoringRefusal(() => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, "off")));
}
