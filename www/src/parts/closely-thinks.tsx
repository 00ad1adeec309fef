/** What the learner thinks of the photo that is looked at, what else it may be, and why it thinks so. */
import type { Why } from "keepsake";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Photo } from "../engine/engine";
import { usePage } from "../state/context";
import { NONE } from "../state/labels";
import * as words from "../words";
import { found, likely, type Option } from "./chooser";
import { Dot, OpenDot, tint } from "./dot";
import { Icon } from "./icon";
import { Digit, Key } from "./key";
import { LabelField } from "./label-field";
import { useThumbnail } from "./thumbnail";

/** Lessons shown under "why". */
const SHOWN = 3;

/** The name it goes by here, and how sure that is. */
export function Verdict({ photo }: { photo: Photo }) {
  const page = usePage();
  const name = (label: number) => page.nameOf(label);
  const ranked = page.guessing.value ? (photo.prediction?.ranked ?? []) : [];
  const [first, second] = ranked;
  const settled = photo.taught ?? photo.accepted;
  if (settled !== null) {
    const taught = photo.taught !== null;
    return (
      <section class="verdict">
        <h1>
          <Dot label={settled} big />
          {name(settled)}
        </h1>
        <p class="quiet">
          <Icon name={taught ? "pin" : "check"} small />
          {taught ? words.taughtIt : words.acceptedIt}
        </p>
        <div class="act">
          <TakeBack photo={photo} />
          {taught && <span class="quiet">{words.restFollow}</span>}
        </div>
      </section>
    );
  }
  if (!first) {
    return (
      <section class="verdict">
        <h1>
          <OpenDot sign="?" />
          {words.notNamed}
        </h1>
        <p class="quiet">{words.noGuess}</p>
      </section>
    );
  }
  if (photo.prediction?.notSure && second) {
    const [a, b] = [name(first.label), name(second.label)];
    return (
      <section class="verdict">
        <h1>
          <span class="dots">
            <Dot label={first.label} big />
            <Dot label={second.label} big />
          </span>
          {words.either(a, b)}
        </h1>
        <p class="quiet">{words.notSureOf(a, first.probability, b, second.probability)}</p>
      </section>
    );
  }
  return (
    <section class="verdict">
      <h1>
        <Dot label={first.label} big />
        {name(first.label)}
      </h1>
      <p class="quiet">{words.sureOf(first.probability, second ? name(second.label) : null)}</p>
      <div class="act">
        <button type="button" class="btn primary" onClick={() => void page.accept([photo.id])}>
          <Icon name="check" small />
          {words.right(name(first.label))}
          <Key of="accept" />
        </button>
        <span class="quiet">{words.marksDone}</span>
      </div>
    </section>
  );
}

/** What was taught or accepted can be taken back. */
function TakeBack({ photo }: { photo: Photo }) {
  const page = usePage();
  return (
    <button type="button" class="btn" onClick={() => void page.takeBack([photo.id])}>
      <Icon name="undo" small extra="flip" />
      {words.takeBack}
      <Key of="takeBack" />
    </button>
  );
}

/** Labels to choose from, likely ones first, and a field for any other. */
export function TeachIt({ photo }: { photo: Photo }) {
  const page = usePage();
  const [picked, setPicked] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const labels = page.engine.labels.value;
  const query = page.closely.text.value;
  const typed = query.trim() !== "";
  const options = typed ? found(labels, query) : likely([photo], labels, page.guessing.value);
  const on = Math.min(picked, options.length - 1);
  const teach = (option: Option) => void page.teach([photo.id], option.label ?? option.name);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      page.closely.text.value = "";
      page.closely.focus();
    } else if (event.key === "ArrowDown") setPicked(Math.min(on + 1, options.length - 1));
    else if (event.key === "ArrowUp") setPicked(Math.max(on - 1, 0));
    else if (event.key === "Enter") {
      const option = options[on];
      if (option && typed && !event.isComposing) teach(option);
    } else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  };

  const heading =
    photo.taught !== null ? words.orAnother : photo.prediction === null ? words.teachIt : words.orTeach;
  return (
    <section class="teachit">
      <h2>{heading}</h2>
      <div class="answers">
        {typed ? (
          <div role="listbox" id="closely-options" class="options" aria-label={words.likely}>
            {options.map((option, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field
              <div
                role="option"
                id={`closely-option-${index}`}
                key={option.key}
                class={`answer${index === on ? " on" : ""}`}
                aria-selected={index === on}
                onClick={() => teach(option)}
              >
                <Answer option={option} />
              </div>
            ))}
          </div>
        ) : (
          options.map((option) => (
            <button type="button" key={option.key} class="answer" onClick={() => teach(option)}>
              <Answer option={option} />
            </button>
          ))
        )}
        <LabelField
          input={input}
          placeholder={words.anotherLabel}
          value={query}
          list={typed ? "closely-options" : undefined}
          expanded={typed}
          active={typed && options.length > 0 ? `closely-option-${on}` : undefined}
          typed={(text) => {
            page.closely.text.value = text;
            setPicked(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <button type="button" class="btn bare none-row" onClick={() => void page.teach([photo.id], NONE)}>
        <Dot label={NONE} />
        {words.noneOfThese}
        <Digit of={NONE} />
      </button>
    </section>
  );
}

function Answer({ option }: { option: Option }) {
  const { label, name, probability } = option;
  if (label === null) {
    return (
      <>
        <OpenDot sign="+" />
        <span class="n">{words.make(name)}</span>
      </>
    );
  }
  return (
    <>
      <Dot label={label} big />
      <span class="n">{name}</span>
      <span class="p">{probability === null ? "" : words.percent(probability)}</span>
      <Digit of={label} />
    </>
  );
}

/** The lessons that speak most for where it stands, and how much each does. */
export function Because({ photo }: { photo: Photo }) {
  const page = usePage();
  const why = useWhy(photo);
  // A taught photo is its own best reason, and tells nobody anything.
  const speakers = why?.speakers.filter((of) => of.photo !== photo.id && of.photo !== null).slice(0, SHOWN);
  if (!why || !speakers || speakers.length === 0) return null;
  return (
    <section class="because">
      <h2>{words.whyThese}</h2>
      <ul>
        {speakers.map((of) => (
          <li key={of.lesson}>
            <Reason photo={of.photo ?? 0} label={of.label} share={of.share} />
          </li>
        ))}
      </ul>
      <p class="quiet">{words.whyShares(page.nameOf(why.label))}</p>
    </section>
  );
}

function Reason({ photo, label, share }: { photo: number; label: number; share: number }) {
  const page = usePage();
  const address = useThumbnail(photo);
  const name = page.photoById.value.get(photo)?.name ?? "";
  const named = page.nameOf(label);
  return (
    <button
      type="button"
      aria-label={words.whyPhoto(name, named, share)}
      onClick={() => page.closely.goTo(photo)}
    >
      <span class={`mounted ${tint(label)}`}>
        {address === undefined ? (
          <span class="none" />
        ) : (
          <img src={address} alt="" width="104" height="104" />
        )}
      </span>
      <span class="by">
        <Dot label={label} />
        <span class="n">{named}</span>
        <span class="quiet">{words.shareOf(share)}</span>
      </span>
    </button>
  );
}

/** Asked anew when the photo's answer changes, which it does when anything is taught. */
function useWhy(photo: Photo): Why | undefined {
  const page = usePage();
  const [answer, setAnswer] = useState<{ readonly photo: number; readonly why: Why | undefined }>();
  const labels = page.engine.labels.value;
  useEffect(() => {
    let over = false;
    page.engine.why(photo.id, SHOWN + 1).then(
      (why) => {
        if (!over) setAnswer({ photo: photo.id, why });
      },
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [photo, labels]);
  return answer?.photo === photo.id ? answer.why : undefined;
}
