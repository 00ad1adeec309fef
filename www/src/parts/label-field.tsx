/** Where a label is found by typing, or made: a field over, or under, the list of what there is. */
import type { Ref } from "preact";
import * as words from "../words";
import { Icon } from "./icon";

interface Props {
  readonly input: Ref<HTMLInputElement>;
  readonly placeholder: string;
  readonly value: string;
  /** The id of the list; undefined while there is none. */
  readonly list: string | undefined;
  readonly expanded: boolean;
  /** The id of what Enter takes, where the list has that. */
  readonly active: string | undefined;
  typed(text: string): void;
  readonly onFocus?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

export function LabelField({ input, placeholder, value, list, expanded, active, typed, ...hears }: Props) {
  return (
    <label class="field strong">
      <Icon name="search" small />
      <span class="sr">{words.findOrMake}</span>
      <input
        ref={input}
        role="combobox"
        aria-expanded={expanded}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active}
        autocomplete="off"
        autocapitalize="words"
        enterkeyhint="done"
        placeholder={placeholder}
        value={value}
        onInput={(event) => typed(event.currentTarget.value)}
        {...hears}
      />
      <kbd>Enter</kbd>
    </label>
  );
}
