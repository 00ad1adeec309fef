/** A loss over the steps of a training, as it is and smoothed. Lines stretch, words do not. */
import * as words from "./words";

/** Points that are drawn at most: more than these cannot be told apart. */
const POINTS = 300;
/** How much of the smoothed loss a step keeps. */
const KEPT = 0.9;

interface Props {
  readonly losses: readonly number[];
  readonly steps: number;
}

/** Each loss and those before it, weighted less the longer ago they were. */
function smoothed(losses: readonly number[]): readonly number[] {
  let sum = 0;
  let weight = 0;
  return losses.map((loss) => {
    sum = sum * KEPT + loss;
    weight = weight * KEPT + 1;
    return sum / weight;
  });
}

/** The least of 1, 2, 5 times a power of ten that is no less. */
function rounded(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].find((factor) => factor * power >= highest) ?? 10) * power;
}

export function Curve({ losses, steps }: Props) {
  const smooth = smoothed(losses);
  const last = smooth.at(-1) ?? 0;
  const top = rounded(Math.max(...losses, 1e-3));
  const x = (step: number) => (step / Math.max(steps - 1, 1)) * 100;
  const y = (loss: number) => 100 - (Math.max(loss, 0) / top) * 100;
  const every = Math.max(1, Math.ceil(losses.length / POINTS));
  const line = (values: readonly number[]) => {
    const points = values.flatMap((value, step) =>
      step % every === 0 || step === values.length - 1
        ? [`${x(step).toFixed(2)} ${y(value).toFixed(2)}`]
        : [],
    );
    return points.length > 0 ? `M${points.join("L")}` : "";
  };
  const end = { "--x": `${x(losses.length - 1)}%`, "--y": `${y(last)}%` };
  return (
    <div
      class="curve"
      role="img"
      aria-label={words.curve(losses[0] ?? 0, losses.at(-1) ?? 0, losses.length, steps)}
    >
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="gridl" d="M0 0H100M0 50H100" />
        <path class="axis" d="M0 100H100" />
        <path class="raw" d={line(losses)} />
        <path class="smooth" d={line(smooth)} />
      </svg>
      <b class={`tip${x(losses.length - 1) > 85 ? " before" : ""}`} style={end}>
        <span>{last.toFixed(2)}</span>
      </b>
      {[top, top / 2, 0].map((value) => (
        <span class="ty" key={value} style={{ "--y": `${y(value)}%` }}>
          {Number(value.toPrecision(2))}
        </span>
      ))}
      <span class="tx" style={{ "--x": "0%" }}>
        0
      </span>
      <span class="tx last" style={{ "--x": "100%" }}>
        {words.lastStep(steps)}
      </span>
    </div>
  );
}
