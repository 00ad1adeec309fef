/** All photos are looked at again by another network: how far, and Stop. */
import { usePage } from "../state/context";
import * as words from "../words";
import { Icon } from "./icon";

export function RenewalLine() {
  const { engine } = usePage();
  const renewing = engine.renewing.value;
  if (!renewing) return null;
  const { done, total } = renewing;
  return (
    <div class="import" role="group" aria-label={words.renewing}>
      <div class="line">
        <p>
          <b>{words.renewing}</b> <span class="quiet">{words.ofTotal(done, total)}</span>
        </p>
        <button type="button" class="btn" onClick={() => engine.stopRenewing()}>
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
        aria-label={words.renewing}
      >
        <i style={{ "--c": done / total }} />
      </div>
      <p class="quiet hint">{words.renewingHint}</p>
    </div>
  );
}
