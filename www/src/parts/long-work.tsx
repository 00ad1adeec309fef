/** Long work: what is done, how far it is, and Stop. */
import type { ComponentChildren } from "preact";
import * as words from "../words";
import { Icon } from "./icon";

interface ProgressProps {
  readonly name: string;
  readonly done: number;
  /** Null while it is not known: then no length is told. */
  readonly total: number | null;
}

export function Progress({ name, done, total }: ProgressProps) {
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={name}
      aria-valuemin={0}
      {...(total ? { "aria-valuemax": total, "aria-valuenow": done } : {})}
    >
      <i style={{ "--c": total ? done / total : 0 }} />
    </div>
  );
}

interface Props {
  /** Of the whole. */
  readonly name: string;
  readonly what: string;
  readonly more: string;
  readonly hint: string;
  readonly progress: ProgressProps | null;
  /** It waits, for something that the person can see to. */
  readonly waits?: boolean;
  readonly stop: () => void;
  /** Buttons before Stop. */
  readonly children?: ComponentChildren;
}

export function LongWork({ name, what, more, hint, progress, waits = false, stop, children }: Props) {
  return (
    <div class={waits ? "import warn" : "import"} role="group" aria-label={name}>
      <div class="line">
        <p role={waits ? "alert" : undefined}>
          {waits && <Icon name="warn" small />}
          <b>{what}</b> <span class="quiet">{more}</span>
        </p>
        {children}
        <button type="button" class="btn" onClick={stop}>
          <Icon name="stop" small />
          {words.stop}
        </button>
      </div>
      {progress && <Progress {...progress} />}
      <p class="quiet hint">{hint}</p>
    </div>
  );
}
