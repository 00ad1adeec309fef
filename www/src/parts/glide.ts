/** A photo that changed its mind is seen to move, calmly, and only where motion is welcome. */
import { type Layout, position } from "../state/layout";
import type { TileId } from "../state/sections";

const CALM = 320;
const EASE = "cubic-bezier(.2, .7, .2, 1)";
/** So many tiles that go from one section to another can be followed by the eye; of more, none flies. */
const FEW = 36;

/**
 * Moves every drawn tile from where it stood to where it stands. Of very many that change their section
 * at once, each appears at its new place instead. `scrolled` is by how much the view itself moved in between.
 */
export function glide(album: HTMLElement, before: Layout, after: Layout, scrolled: number): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const far = globalThis.innerHeight;
  // Columns are counted from the side on which reading begins.
  const side = getComputedStyle(album).direction === "rtl" ? -1 : 1;
  const moved = [];
  for (const element of album.querySelectorAll<HTMLElement>("[data-tile]")) {
    const tile = Number(element.dataset.tile);
    const old = position(before, tile);
    const now = position(after, tile);
    if (!old || !now) continue;
    const dx = side * (old.x - now.x);
    const dy = old.y + scrolled - now.y;
    if (dx === 0 && Math.abs(dy) < 1) continue;
    moved.push({ element, dx, dy, elsewhere: sectionOf(before, tile) !== sectionOf(after, tile) });
  }
  const many = moved.filter(({ elsewhere }) => elsewhere).length > FEW;
  for (const { element, dx, dy, elsewhere } of moved) {
    // From beyond the screen it comes by the shortest way in.
    const from = Math.max(-far, Math.min(far, dy));
    const way =
      many && elsewhere
        ? [{ opacity: 0 }, { opacity: 1 }]
        : [
            { transform: `translate(${dx}px, ${from}px)`, zIndex: 1 },
            { transform: "none", zIndex: 1 },
          ];
    element.animate(way, { duration: CALM, easing: EASE });
  }
}

function sectionOf(of: Layout, tile: TileId): string | undefined {
  return of.bands[of.where.get(tile)?.band ?? -1]?.section.key;
}
