/** All photos are looked at again by another network: how far, and Stop. */
import { usePage } from "../state/context";
import * as words from "../words";
import { LongWork } from "./long-work";

export function RenewalLine() {
  const { engine } = usePage();
  const renewing = engine.renewing.value;
  if (!renewing) return null;
  const { done, total } = renewing;
  return (
    <LongWork
      name={words.renewing}
      what={words.renewing}
      more={words.ofTotal(done, total)}
      hint={words.renewingHint}
      progress={{ name: words.renewing, done, total }}
      stop={() => engine.stopRenewing()}
    />
  );
}
