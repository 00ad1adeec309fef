// Leaving the page in the middle of something: the browser asks first, and whoever leaves all the same
// is told on the next visit how many files were not read. Kept for this tab only.

import { keyOf } from "./collection-address";
import { ignoringRefusal } from "./refusal";

const UNREAD = "keepsake:unread";

/** `busy`: something of the collection is not stored yet. `unread`: files that wait to be read. */
export function guardLeaving(collection: string, busy: () => boolean, unread: () => number): void {
  addEventListener("beforeunload", (event) => {
    if (busy()) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    const files = unread();
    if (files > 0) ignoringRefusal(() => sessionStorage.setItem(keyOf(UNREAD, collection), String(files)));
  });
}

/** How many files the last visit of this tab left unread that were for this collection; asked once. */
export function leftUnread(collection: string): number {
  const key = keyOf(UNREAD, collection);
  return (
    ignoringRefusal(() => {
      const files = Number(sessionStorage.getItem(key));
      sessionStorage.removeItem(key);
      return files;
    }) ?? 0
  );
}
