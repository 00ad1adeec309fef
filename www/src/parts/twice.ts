/**
 * Two quick taps on a photo. The first one acts at once and does not wait for a second; what it opened may
 * lie under the finger by then, or have moved the photo away, so the second is caught wherever it falls.
 */
import { useEffect, useRef } from "preact/hooks";
import type { TileId } from "../state/sections";

const QUICK_MS = 350;
const NEAR = 24;

interface Tap {
  readonly tile: TileId;
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

export function useTwice(act: (tile: TileId) => void) {
  const tap = useRef<Tap | null>(null);
  const now = useRef(act);
  now.current = act;
  useEffect(() => {
    const second = (event: MouseEvent) => {
      const first = tap.current;
      tap.current = null;
      // A key that presses a button makes a click, too, at no place.
      if (!first || event.detail === 0 || event.timeStamp - first.at > QUICK_MS) return;
      if (Math.hypot(event.clientX - first.x, event.clientY - first.y) > NEAR) return;
      event.preventDefault();
      event.stopPropagation();
      now.current(first.tile);
    };
    document.addEventListener("click", second, { capture: true });
    return () => document.removeEventListener("click", second, { capture: true });
  }, []);
  return {
    /** Something was tapped, for the first time. */
    first(event: MouseEvent, tile: TileId): void {
      if (event.detail === 0) return;
      tap.current = { tile, at: event.timeStamp, x: event.clientX, y: event.clientY };
    },
  };
}
