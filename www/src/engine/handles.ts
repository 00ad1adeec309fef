// What a person let the page have of their disk, remembered: only IndexedDB takes such a thing.

import { ask, type Kept } from "./one-table";

const KEPT: Kept = { database: "keepsake-page", table: "handles" };

/** What the types of the platform leave out. */
export interface Asking {
  queryPermission(options: { mode: "read" | "readwrite" }): Promise<PermissionState>;
  requestPermission(options: { mode: "read" | "readwrite" }): Promise<PermissionState>;
}

/** One request to where it is remembered. */
export function kept<T>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest): Promise<T> {
  return ask(KEPT, mode, work);
}
