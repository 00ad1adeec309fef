// Which collection a page is of: its address says so, `?collection=ID`. It is a part of the address that the
// browser keeps through reload, back and forward, and each collection is a page of its own: nothing that one
// page holds (photos, files at hand, the pen, a backup under way) can get into another collection.

import { ignoringRefusal } from "./refusal";

/** The collection that was the only one before there could be several: all that is its keeps its old name. */
export const FIRST = "photos";

const NAME = "collection";
/** What the bare address opens: the collection that was open last. */
const LAST = "keepsake:collection";

/** What names a collection's storage, pen, and all that is kept beside it. */
const ID = /^photos(-[a-z0-9]{1,16})?$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

export function newId(): string {
  return `${FIRST}-${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}

/** Where something is kept that belongs to one collection. */
export function keyOf(name: string, collection: string): string {
  return collection === FIRST ? name : `${name}:${collection}`;
}

/** The collection of this page, by its address. */
export function addressed(): string {
  const named = new URLSearchParams(location.search).get(NAME);
  if (named !== null && isId(named)) return named;
  const last = ignoringRefusal(() => localStorage.getItem(LAST));
  return last && isId(last) ? last : FIRST;
}

/** The bare address will open this one. */
export function rememberLast(collection: string): void {
  ignoringRefusal(() => {
    if (localStorage.getItem(LAST) !== collection) localStorage.setItem(LAST, collection);
  });
}

/** Once there are several, the address says which one this is, without a step in the browser's history. */
export function sayWhich(collection: string): void {
  const query = new URLSearchParams(location.search);
  if (query.get(NAME) === collection) return;
  query.set(NAME, collection);
  history.replaceState(history.state, "", `?${query}${location.hash}`);
}

/** Opens the page of a collection; in the place of this one, where that has none to go back to. */
export function goTo(collection: string, instead = false): void {
  const address = `?${NAME}=${collection}`;
  if (instead) location.replace(address);
  else location.assign(address);
}
