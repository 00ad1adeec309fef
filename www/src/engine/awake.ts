// The screen stays on while something long goes on: a phone that falls asleep suspends the page, and the work
// stands still. A browser takes the lock away whenever the page is hidden, so it is asked for again when the
// page is seen. Where it refuses (little battery, an older browser) everything goes on as without it.

import { effect, type ReadonlySignal } from "@preact/signals";

/** Holds the lock while `working`, and the page is seen. Returns what ends that. */
export function stayAwake(working: ReadonlySignal<boolean>): () => void {
  let held: WakeLockSentinel | undefined;
  /** One question at a time: answers come late. */
  let asking: Promise<void> = Promise.resolve();
  const hold = async () => {
    const wanted = working.peek() && document.visibilityState === "visible";
    if (!wanted) {
      await held?.release();
      held = undefined;
    } else if (!held || held.released) held = await navigator.wakeLock?.request("screen");
  };
  const look = () => {
    asking = asking.then(hold).catch(() => undefined);
  };
  document.addEventListener("visibilitychange", look);
  const end = effect(() => {
    void working.value;
    look();
  });
  return () => {
    end();
    document.removeEventListener("visibilitychange", look);
  };
}
