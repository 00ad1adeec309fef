/** The collection of this page was deleted: how it comes back, and where to go else. */
import { goesAt } from "../engine/catalogue";
import { act } from "../parts/act";
import type { Content } from "../parts/notice";
import type { Page } from "../state/page";
import * as words from "./words";

/** As a notice; null where it was not. */
export function deletedHere(page: Page): Content | null {
  const { collections } = page.engine;
  const current = collections.current.value;
  if (!current || current.deleted === null) return null;
  const [other] = collections.live.value;
  const acts = [
    act(words.bringItBack, () => void back(page)),
    ...(other ? [act(words.goToOther(other.name), () => void page.switcher.go(other.id), true)] : []),
  ];
  return { icon: "bin", warn: true, words: words.deletedHere(current.name, goesAt(current.deleted)), acts };
}

async function back(page: Page): Promise<void> {
  const current = page.engine.collections.current.peek();
  if (!current) return;
  await page.switcher.restore(current);
  // What was not opened is opened now.
  if (page.engine.phase.peek().kind === "deleted") location.reload();
}
