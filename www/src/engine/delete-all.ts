// Everything that the page keeps of a person on this device, deleted. Files of their own stay, and so does
// the page itself, which works without a network as before.

import { EARLIER } from "./backup-file";

/** All collections of both learners, and what the page remembers of itself. */
const OURS = /^keepsake[:.-]/;

/** Rejects with `page/open-elsewhere` where another tab has a part of it open; that goes when it is closed. */
export async function deleteAll(): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) => (name && OURS.test(name) ? [name] : []));
  await Promise.all(names.map(deleteDatabase));
  const folder = await navigator.storage.getDirectory?.();
  if (folder) {
    const names: string[] = [];
    for await (const name of folder.keys()) if (EARLIER.test(name)) names.push(name);
    await Promise.all(names.map((name) => folder.removeEntry(name).catch(() => undefined)));
  }
  for (const kept of [localStorage, sessionStorage]) {
    for (const key of Object.keys(kept)) if (OURS.test(key)) kept.removeItem(key);
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    request.onblocked = () =>
      reject({
        code: "page/open-elsewhere",
        message: "Another tab has a part of it open. Close it, and this one will be empty after a reload.",
      });
  });
}
