/** The drawing pad: mouse, finger and pen draw on it; files are dropped on it or chosen. */
import { useRef, useState } from "preact/hooks";
import { choosePictures } from "../parts/add";
import { Icon } from "../parts/icon";
import { NONE } from "../state/labels";
import * as common from "../words";
import { useStudio } from "./context";
import { PAD, PEN, type Point, path } from "./ink";
import { NameField } from "./name-field";
import { Sign } from "./sign";
import { SmallPicture } from "./small-picture";
import * as words from "./words";

/** Labels that have a button under the pad; others are taught by typing their name. */
const CHIPS = 12;

export function PadBox() {
  const studio = useStudio();
  const empty = studio.shown.value.length === 0;
  return (
    <section class="pad-box" aria-labelledby="pad-head">
      <header>
        <h2 id="pad-head">{words.draw}</h2>
        <div class="end">
          <button
            type="button"
            class="icon-btn only-phone"
            aria-label={words.addPictures}
            onClick={() => choosePictures((files) => void studio.hold(files))}
          >
            <Icon name="photos" />
          </button>
          <button
            type="button"
            class="icon-btn"
            aria-label={words.undoStroke}
            title={words.undoStroke}
            aria-disabled={studio.strokes.value.length === 0}
            onClick={() => studio.undoStroke()}
          >
            <Icon name="undo" extra="flip" />
          </button>
          <button type="button" class="btn bare" aria-disabled={empty} onClick={() => studio.clear()}>
            {words.clear}
          </button>
        </div>
      </header>
      <Pad />
      <Guess />
      <Chips />
    </section>
  );
}

function Pad() {
  const studio = useStudio();
  const surface = useRef<HTMLDivElement>(null);
  const drawing = useRef(false);
  // The stroke under way is drawn apart: the learner is asked when the pen is lifted.
  const [stroke, setStroke] = useState<readonly Point[]>([]);
  const [first] = studio.held.value;
  const [seen] = studio.shown.value;

  const at = (event: PointerEvent): Point => {
    const box = (surface.current as HTMLElement).getBoundingClientRect();
    const scale = PAD / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };
  const lift = (event: PointerEvent) => {
    if (!drawing.current) return;
    drawing.current = false;
    surface.current?.releasePointerCapture(event.pointerId);
    setStroke([]);
    studio.setStrokes([...studio.strokes.value, stroke]);
  };
  const held = studio.held.value.length;
  return (
    <div
      class="pad"
      ref={surface}
      role="img"
      aria-label={words.pad(studio.strokes.value.length, held)}
      onPointerDown={(event) => {
        if (event.button !== 0 || !event.isPrimary) return;
        surface.current?.setPointerCapture(event.pointerId);
        drawing.current = true;
        setStroke([at(event)]);
      }}
      onPointerMove={(event) => {
        if (!drawing.current) return;
        const passed = event.getCoalescedEvents?.() ?? [];
        const points = (passed.length > 0 ? passed : [event]).map(at);
        setStroke((before) => [...before, ...points]);
      }}
      onPointerUp={lift}
      onPointerCancel={lift}
    >
      <svg viewBox={`0 0 ${PAD} ${PAD}`} aria-hidden="true">
        <path class="cells" d="M70 0v280M140 0v280M210 0v280M0 70h280M0 140h280M0 210h280" />
        <g class="ink" stroke-width={PEN}>
          {[...studio.strokes.value, stroke].map((line, i) => (
            <path key={i} d={path(line)} />
          ))}
        </g>
      </svg>
      {first && (
        <div class="held">
          <SmallPicture picture={first} />
          {held > 1 && <span>{words.morePictures(held - 1)}</span>}
        </div>
      )}
      {!seen && stroke.length === 0 && <p class="pad-hint quiet">{words.padHint}</p>}
      {seen && !first && (
        <figure class="sees">
          <SmallPicture picture={seen} />
          <figcaption>{words.itSees}</figcaption>
        </figure>
      )}
    </div>
  );
}

function Guess() {
  const studio = useStudio();
  const guess = studio.guess.value;
  const taught = studio.labels.value.filter((label) => label.taught > 0).length;
  const [first, second] = guess?.ranked ?? [];
  let line = <span class="quiet">{taught === 0 ? words.firstGuess : words.noGuess}</span>;
  if (first && taught === 1) line = <span class="quiet">{words.oneGuess}</span>;
  else if (first) {
    const { name, rest } = words.sure(first.name, first.probability);
    line = (
      <>
        <Sign label={first.label} />
        <span>
          <b>{name}</b>
          {rest}
        </span>
        {second && <span class="quiet next">{words.next(second.name)}</span>}
      </>
    );
  }
  return (
    <p class="guess" role="status">
      {line}
    </p>
  );
}

function Chips() {
  const studio = useStudio();
  const [naming, setNaming] = useState(false);
  const guess = studio.guess.value?.label;
  const all = studio.labels.value;
  // The likeliest first where there are more than fit.
  const rank = new Map(studio.guess.value?.ranked.map(({ label }, place) => [label, place]));
  const place = (label: number) => rank.get(label) ?? all.length;
  const shown =
    all.length <= CHIPS ? all : [...all].sort((a, b) => place(a.id) - place(b.id)).slice(0, CHIPS);
  const named = shown.filter(({ id }) => id !== NONE);
  const none = shown.find(({ id }) => id === NONE);
  return (
    <div class="chips" role="group" aria-label={words.teachAs}>
      {[...named, ...(none && named.length > 0 ? [none] : [])].map((label) => (
        <button
          type="button"
          class={`btn chip${label.id === guess ? " likely" : ""}`}
          key={label.id}
          onClick={() => studio.teach(label.id)}
        >
          <Sign label={label.id} />
          {label.name}
        </button>
      ))}
      {naming ? (
        <NameField
          name={words.nameIt}
          placeholder={words.nameHint}
          done={(name) => {
            setNaming(false);
            if (name !== null) studio.teach(name);
          }}
        />
      ) : (
        <button
          type="button"
          class="btn chip"
          onClick={() => {
            if (studio.shown.value.length === 0) studio.say(words.emptyPad);
            else setNaming(true);
          }}
        >
          <Icon name="plus" small />
          {named.length === 0 ? common.newLabel : words.newLabel}
        </button>
      )}
    </div>
  );
}
