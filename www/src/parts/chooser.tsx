/**
 * The label choice: likely labels first, then a field to find or make one, then none of
 * these. Not modal: it stands under its tile, or as a sheet on a phone.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Label, LabelId, Photo, PhotoId } from "../engine/engine";
import { usePage } from "../state/context";
import { folded, matching, NONE } from "../state/labels";
import type { Choosing } from "../state/page";
import { asSorted, isDone } from "../state/sections";
import * as words from "../words";
import { Bar, Dot, OpenDot } from "./dot";
import { Icon } from "./icon";
import { Digit, Key } from "./key";
import { LabelField } from "./label-field";

/** Labels that stand ready, and places for them once the field is opened: half a one says that there are more. */
const SHOWN = 3;
const OPENED = 6.5;

export interface Option {
  readonly key: string;
  readonly name: string;
  /** Null for a label that is to be made. */
  readonly label: LabelId | null;
  readonly probability: number | null;
}

/** The labels most likely for the photos together; without guesses, the ones taught most. */
export function likely(
  photos: readonly Photo[],
  labels: readonly Label[],
  guessing: boolean,
  most = SHOWN,
): readonly Option[] {
  const sums = new Map<LabelId, number>();
  for (const photo of photos) {
    for (const { label, probability } of photo.prediction?.ranked ?? []) {
      sums.set(label, (sums.get(label) ?? 0) + probability);
    }
  }
  const score = (label: Label) => (guessing ? (sums.get(label.id) ?? 0) : label.lessons);
  return labels
    .filter((label) => label.id !== NONE)
    .sort((a, b) => score(b) - score(a) || a.id - b.id)
    .slice(0, most)
    .map((label) => ({
      key: String(label.id),
      name: label.name,
      label: label.id,
      probability: guessing ? score(label) / Math.max(1, photos.length) : null,
    }));
}

export function found(labels: readonly Label[], query: string): readonly Option[] {
  const name = query.trim();
  const matches = matching(labels, name);
  const exact = labels.some((label) => folded(label.name) === folded(name));
  const options: Option[] = matches.map((label) => ({
    key: String(label.id),
    name: label.name,
    label: label.id,
    probability: null,
  }));
  if (!exact) options.push({ key: "make", name, label: null, probability: null });
  return options;
}

interface Props {
  readonly choosing: Choosing;
  /** Where it stands, on wide screens; without, at the lower edge. */
  readonly at: { readonly start: number; readonly top: number; readonly tip: number } | null;
  readonly root: RefObject<HTMLDivElement | null>;
}

export function Chooser({ choosing, at, root }: Props) {
  const page = usePage();
  const [query, setQuery] = useState("");
  const [picked, setPicked] = useState(0);
  const [opened, setOpened] = useState(choosing.typing);
  const input = useRef<HTMLInputElement>(null);

  const photos = choosing.photos.flatMap((id) => page.photoById.value.get(id) ?? []);
  const labels = page.engine.labels.value;
  // Whoever goes to the field sees every label there is, and need not type to find one.
  const most = opened ? labels.length : SHOWN;
  const options =
    query.trim() === "" ? likely(photos, labels, page.guessing.value, most) : found(labels, query);
  const on = Math.min(picked, options.length - 1);
  const places = Math.max(
    1,
    Math.min(opened ? OPENED : SHOWN, labels.filter((label) => label.id !== NONE).length),
  );
  const [first] = photos;
  const name = photos.length === 1 && first ? words.labelFor(first.name) : words.labelForMany(photos.length);
  const done = photos.some(isDone);
  const right = asSorted(photos, page.guessing.value);
  const [asOne] = right.values();

  useLayoutEffect(() => {
    setQuery(choosing.text ?? "");
    setPicked(0);
    setOpened(choosing.typing);
    if (choosing.typing) input.current?.focus({ preventScroll: true });
  }, [choosing]);

  useLayoutEffect(() => {
    if (opened) root.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [on, opened, root]);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target;
      if (!(target instanceof Element) || root.current?.contains(target)) return;
      // A tile opens the choice for itself, and what acts on chosen photos needs them.
      if (!target.closest(".tile, .actions")) page.choosing.value = null;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [page, root]);

  const teach = (option: Option) => void page.teach(choosing.photos, option.label ?? option.name);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") page.closeChooser();
    else if (event.key === "ArrowDown") setPicked(Math.min(on + 1, options.length - 1));
    else if (event.key === "ArrowUp") setPicked(Math.max(on - 1, 0));
    else if (event.key === "Enter" && event.target === input.current) {
      const option = options[on];
      if (option && !event.isComposing) teach(option);
    } else {
      // What is typed here is a name and not a command of the page.
      return event.stopPropagation();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={root}
      class={`chooser${at ? "" : " edge"}`}
      role="dialog"
      tabIndex={-1}
      aria-label={name}
      style={
        at
          ? { insetInlineStart: `${at.start}px`, insetBlockStart: `${at.top}px`, "--tip": `${at.tip}px` }
          : {}
      }
      onKeyDown={onKeyDown}
    >
      <button type="button" class="grab" aria-label={words.close} onClick={() => page.closeChooser()} />
      <div
        role="listbox"
        id="options"
        class="options"
        aria-label={words.likely}
        style={{ "--places": places }}
        hidden={options.length === 0}
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field
          <div
            role="option"
            id={`option-${index}`}
            key={option.key}
            class={`option${index === on ? " on" : ""}`}
            aria-selected={index === on}
            onClick={() => teach(option)}
          >
            <OptionRow option={option} photos={photos} />
          </div>
        ))}
      </div>
      {options.length === 0 && <p class="hint quiet">{words.typeAName}</p>}
      <LabelField
        input={input}
        placeholder={words.findOrMake}
        value={query}
        list="options"
        expanded={options.length > 0}
        active={options.length > 0 ? `option-${on}` : undefined}
        typed={(text) => {
          setQuery(text);
          setPicked(0);
        }}
        onFocus={() => setOpened(true)}
      />
      <button type="button" class="option" onClick={() => void page.teach(choosing.photos, NONE)}>
        <Dot label={NONE} />
        <span>{words.noneOfThese}</span>
        <Digit of={NONE} />
      </button>
      {(done || right.size > 0) && <hr />}
      {asOne !== undefined && (
        <button type="button" class="option" onClick={() => void page.accept(choosing.photos)}>
          <Icon name="check" />
          <span>{photos.length === 1 ? words.right(page.nameOf(asOne)) : words.manyRight(right.size)}</span>
          <Key of="accept" />
        </button>
      )}
      {done && (
        <button type="button" class="option" onClick={() => void page.takeBack(choosing.photos)}>
          <Icon name="undo" extra="flip" />
          <span>{words.takeBack}</span>
          <Key of="takeBack" />
        </button>
      )}
      {choosing.under !== null && <LookRow photo={choosing.under} />}
    </div>
  );
}

/** The last row: out of the choice, to the photo itself. */
function LookRow({ photo }: { photo: PhotoId }) {
  const page = usePage();
  return (
    <>
      <hr />
      <button type="button" class="option" onClick={() => page.closely.look(photo)}>
        <Icon name="eye" />
        <span>{words.lookClosely}</span>
        <Key of="look" />
      </button>
    </>
  );
}

function OptionRow({ option, photos }: { option: Option; photos: readonly Photo[] }) {
  if (option.label === null) {
    return (
      <>
        <OpenDot sign="+" />
        <span class="name wide">{words.make(option.name)}</span>
      </>
    );
  }
  const taught = photos.length === 1 && photos[0]?.taught === option.label;
  const { label, probability } = option;
  return (
    <>
      <Dot label={label} />
      <span class="name">{option.name}</span>
      {probability === null ? <span /> : <Bar parts={[{ label, probability }]} />}
      <span class="p">
        {taught ? <Icon name="pin" small /> : probability === null ? "" : words.percent(probability)}
      </span>
      <Digit of={label} />
    </>
  );
}
