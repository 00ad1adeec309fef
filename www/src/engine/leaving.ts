// Leaving the page in the middle of something: the browser asks first, and whoever leaves all the same
// is told on the next visit how many files were not read. Kept for this tab only.

import { ignoringRefusal } from "./refusal";

const UNREAD = "keepsake:unread";

/** `busy`: something is not stored yet. `unread`: files that wait to be read. */
export function guardLeaving(busy: () => boolean, unread: () => number): void {
  addEventListener("beforeunload", (event) => {
    if (busy()) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    const files = unread();
    if (files > 0) ignoringRefusal(() => sessionStorage.setItem(UNREAD, String(files)));
  });
}

/** How many files the last visit of this tab left unread; asked once. */
export function leftUnread(): number {
  return (
    ignoringRefusal(() => {
      const files = Number(sessionStorage.getItem(UNREAD));
      sessionStorage.removeItem(UNREAD);
      return files;
    }) ?? 0
  );
}
