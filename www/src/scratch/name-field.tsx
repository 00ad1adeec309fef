/** A name to be typed in place of the button that asked for it. Enter takes it, Escape lets it go. */
import { useEffect, useRef } from "preact/hooks";

interface Props {
  readonly name: string;
  readonly placeholder: string;
  readonly done: (name: string | null) => void;
}

export function NameField({ name, placeholder, done }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => input.current?.focus(), []);
  // Enter, Escape and leaving the field each end it; only the first of them counts.
  const end = (typed: string | null) => {
    if (ended.current) return;
    ended.current = true;
    done(typed);
  };
  return (
    <label class="field strong name-field">
      <span class="sr">{name}</span>
      <input
        ref={input}
        autocomplete="off"
        placeholder={placeholder}
        onBlur={() => end(null)}
        onKeyDown={(event) => {
          if (event.key === "Escape") end(null);
          if (event.key === "Enter") end(event.currentTarget.value.trim() || null);
        }}
      />
      <kbd>Enter</kbd>
    </label>
  );
}
