/** Long work: always n of N, the rate, the time left, and Stop. */
import { usePage } from "../state/context";
import * as words from "../words";
import { Icon } from "./icon";

export function ImportLine() {
  const page = usePage();
  const importing = page.engine.importing.value;
  if (!importing) return null;
  const { done, total } = importing;
  return (
    <div class="import" role="group" aria-label={words.readingGroup}>
      <div class="line">
        <p>
          <b>{words.reading(importing)}</b> <span class="quiet">{words.pace(importing)}</span>
        </p>
        <button type="button" class="btn" onClick={() => page.engine.stopImport()}>
          <Icon name="stop" small />
          {words.stop}
        </button>
      </div>
      <div
        class="progress"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-label={words.photosRead}
      >
        <i style={{ "--c": total > 0 ? done / total : 0 }} />
      </div>
      <p class="quiet hint">{words.stopHint}</p>
    </div>
  );
}
