/** A photo that changed its mind is seen to move, calmly, and only where motion is welcome. */
import { type Layout, position } from "../state/layout";

const CALM = 320;
const EASE = "cubic-bezier(.2, .7, .2, 1)";

/**
 * Moves every drawn tile from where it stood to where it stands. `scrolled` is by how much
 * the view itself moved in between.
 */
export function glide(album: HTMLElement, before: Layout, after: Layout, scrolled: number): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const far = globalThis.innerHeight;
  // Columns are counted from the side on which reading begins.
  const side = getComputedStyle(album).direction === "rtl" ? -1 : 1;
  for (const element of album.querySelectorAll<HTMLElement>("[data-tile]")) {
    const tile = Number(element.dataset.tile);
    const old = position(before, tile);
    const now = position(after, tile);
    if (!old || !now) continue;
    const dx = side * (old.x - now.x);
    const dy = old.y + scrolled - now.y;
    if (dx === 0 && Math.abs(dy) < 1) continue;
    // From beyond the screen it comes by the shortest way in.
    const from = Math.max(-far, Math.min(far, dy));
    element.animate(
      [
        { transform: `translate(${dx}px, ${from}px)`, zIndex: 1 },
        { transform: "none", zIndex: 1 },
      ],
      {
        duration: CALM,
        easing: EASE,
      },
    );
  }
}
