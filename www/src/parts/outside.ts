/** What stands open under its button closes when the person points, or goes, elsewhere. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function useOutside(open: boolean, root: RefObject<HTMLElement | null>, leave: () => void): void {
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) leave();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
    };
  }, [open]);
}
