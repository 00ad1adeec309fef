// A small database of the page's own, beside the learner's: one table, and one request at a time.

/** Where something is kept. */
export interface Kept {
  readonly database: string;
  readonly table: string;
}

/** One request, and what follows from it in the same transaction. */
export function ask<T>(
  { database, table }: Kept,
  mode: IDBTransactionMode,
  work: (table: IDBObjectStore) => IDBRequest,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(table);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const opened = opening.result;
      const transaction = opened.transaction(table, mode, { durability: "strict" });
      const request = work(transaction.objectStore(table));
      transaction.oncomplete = () => {
        opened.close();
        resolve(request.result as T);
      };
      transaction.onabort = () => {
        opened.close();
        reject(transaction.error);
      };
    };
  });
}
