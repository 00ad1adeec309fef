/** A label's sign on this page: as on the other, but of this page's labels. */
import { tint } from "../parts/dot";
import { NONE } from "../state/labels";
import { useStudio } from "./context";

export function Sign({ label }: { label: number }) {
  const studio = useStudio();
  if (label === NONE) return <span class="dot none" aria-hidden="true" />;
  return (
    <span class={`dot ${tint(label)}`} aria-hidden="true">
      {studio.letters.value.get(label)}
    </span>
  );
}
