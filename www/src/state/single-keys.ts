// Whether single characters do something by themselves. Who speaks to the computer, or often hits a key
// by mistake, can switch that off; it is remembered on this device.

import { signal } from "@preact/signals";

const KEY = "keepsake:single-keys";

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/** True while single characters are commands. */
export function singleKeys() {
  return signal(stored());
}

export function remember(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // Storage is blocked: it holds until the page is closed.
  }
}
