/** A label's sign, and the bar of certainty: the same everywhere. */
import type { LabelId, Prediction } from "../engine/engine";
import { usePage } from "../state/context";
import { colour, NONE } from "../state/labels";

/** The class that carries a label's colour to everything inside. */
export function tint(label: LabelId): string {
  return label === NONE ? "" : `l${colour(label)}`;
}

export function Dot({ label, big }: { label: LabelId; big?: boolean }) {
  const page = usePage();
  const size = big ? " big" : "";
  if (label === NONE) return <span class={`dot none${size}`} aria-hidden="true" />;
  return (
    <span class={`dot ${tint(label)}${size}`} aria-hidden="true">
      {page.letters.value.get(label)}
    </span>
  );
}

/** A sign that stands for no label: a question, an exclamation mark, a number. */
export function OpenDot({ sign }: { sign: string }) {
  return (
    <span class="dot open" aria-hidden="true">
      {sign}
    </span>
  );
}

export function Bar({ parts }: { parts: Prediction["ranked"] }) {
  return (
    <span class="bar" aria-hidden="true">
      {parts.map((part) => (
        <i key={part.label} class={tint(part.label) || "l-none"} style={{ "--c": part.probability }} />
      ))}
    </span>
  );
}
