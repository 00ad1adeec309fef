/** Long work: always n of N, the rate, the time left, and Stop; or why it waits, and what to do. */
import type { Importing } from "../engine/engine";
import { usePage } from "../state/context";
import * as words from "../words";
import { Icon } from "./icon";

export function ImportLine() {
  const page = usePage();
  const importing = page.engine.importing.value;
  if (!importing) return null;
  const { done, total, waits } = importing;
  const { what, more } = told(importing);
  return (
    <div class={waits ? "import warn" : "import"} role="group" aria-label={words.readingGroup}>
      <div class="line">
        <p role={waits ? "alert" : undefined}>
          {waits && <Icon name="warn" small />}
          <b>{what}</b> <span class="quiet">{more}</span>
        </p>
        {waits && (
          <button type="button" class="btn" onClick={() => void page.attempt(() => page.engine.saveAgain())}>
            {words.tryAgain}
          </button>
        )}
        <button type="button" class="btn" onClick={() => page.engine.stopImport()}>
          <Icon name="stop" small />
          {words.stop}
        </button>
      </div>
      {total > 0 && (
        <div
          class="progress"
          role="progressbar"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={done}
          aria-label={words.photosRead}
        >
          <i style={{ "--c": done / total }} />
        </div>
      )}
      <p class="quiet hint">{waits ? words.waitHint : words.stopHint}</p>
    </div>
  );
}

/** What it does now, and what is to be known besides. */
function told(importing: Importing): { readonly what: string; readonly more: string } {
  const { done, total, found, teaching, waits } = importing;
  if (waits) {
    const { what, todo } = words.importWaits(importing);
    return { what, more: todo };
  }
  if (teaching) return { what: words.teachingDropped, more: words.filesWait(total - done) };
  if (found === null) return { what: words.reading(importing), more: words.pace(importing) };
  if (done === total) return { what: words.looking(found), more: "" };
  return { what: words.reading(importing), more: words.looking(found) };
}
