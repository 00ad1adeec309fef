/** A switch with its name. */
import "./toggle.css";

interface Props {
  readonly text: string;
  readonly on: boolean;
  turn(on: boolean): void;
  /** Another class. */
  readonly extra?: string;
}

export function Toggle({ text, on, turn, extra }: Props) {
  return (
    <label class={`toggle${extra ? ` ${extra}` : ""}`}>
      <input type="checkbox" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
      <span class="sw" aria-hidden="true" />
      <span>{text}</span>
    </label>
  );
}
