/** A button of a few words. */
import type { JSX } from "preact";
import type { Page } from "../state/page";
import * as words from "../words";

export function act(text: string, does: () => void, bare = false): JSX.Element {
  return (
    <button type="button" key={text} class={bare ? "btn bare" : "btn"} onClick={does}>
      {text}
    </button>
  );
}

/** What there is to do where the file that is kept up to date is not; null where it is, or there is none. */
export function mendBackup(page: Page): JSX.Element | null {
  const { engine } = page;
  switch (engine.backupFile.value.kind) {
    case "asks":
      return act(words.allowIt, () => void page.attempt(() => engine.allowBackup()));
    case "failed":
      return act(words.tryAgain, () => void page.attempt(() => engine.writeBackup()));
    default:
      return null;
  }
}

/** Ends that the file is kept up to date. */
export function stopBackup(page: Page, bare = false): JSX.Element {
  return act(words.stopKeeping, () => void page.attempt(() => page.engine.stopBackup()), bare);
}
