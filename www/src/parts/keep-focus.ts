/**
 * A button that goes away takes the focus with it, and the next Tab would begin at the top of the
 * page. Notices, the import's line and the line of what was just said come and go by themselves, so
 * this is seen to in one place: whoever stood on such a button then stands before the photos.
 * Who knows a better place puts the focus there first, while it is drawn.
 */
import type { Page } from "../state/page";

export function keepFocus(page: Pick<Page, "focusPhotos">): () => void {
  let last: Element | null = null;
  const came = ({ target }: FocusEvent) => {
    last = target instanceof Element ? target : null;
  };
  // Who left it of their own accord, by a click beside everything, is not brought back.
  const left = ({ target }: FocusEvent) =>
    queueMicrotask(() => {
      if (last === target && last?.isConnected) last = null;
    });
  const changed = new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    page.focusPhotos();
  });
  document.addEventListener("focusin", came);
  document.addEventListener("focusout", left);
  changed.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", came);
    document.removeEventListener("focusout", left);
    changed.disconnect();
  };
}
