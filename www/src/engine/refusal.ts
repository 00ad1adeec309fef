/** Uses what the page remembers beside the collection. A browser that refuses such storage throws already
 * when it is named, one that is full when it is written: then nothing is remembered. */
export function ignoringRefusal<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
