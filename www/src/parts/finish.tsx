/** How far the job is: the count over the photos, what of them is shown, and in which order. */
import { useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../state/context";
import { SORTS } from "../state/order";
import { STATES } from "../state/sections";
import * as words from "../words";
import "./finish.css";
import { Icon } from "./icon";
import { Progress } from "./long-work";
import { useOutside } from "./outside";
import { Toggle } from "./toggle";

export function FinishBand() {
  const page = usePage();
  const { finish } = page;
  const { left, unsure, differing } = finish.counts.value;
  const total = finish.total.value;
  const done = finish.done.value;
  const only = finish.differing.value;
  return (
    <div class="finish" role="group" aria-label={words.finish}>
      <div class="line">
        <p>
          <b>{words.doneOf(done, total)}</b> <span class="quiet">{words.stillLeft(left, unsure)}</span>
        </p>
        {(differing > 0 || only) && (
          <button
            type="button"
            class="btn bare differ"
            aria-pressed={only}
            onClick={() => finish.showDiffering(!only)}
          >
            {words.lookDifferent(differing)}
          </button>
        )}
        {total > 0 && done === total && (
          <button type="button" class="btn primary" onClick={() => page.takeAlong()}>
            {words.takeAlong}
          </button>
        )}
        <Toggle
          text={words.hideDone}
          on={finish.hidden.value}
          turn={(on) => finish.hide(on)}
          extra="hide-done"
        />
        <SortAndShow />
      </div>
      <Progress name={words.photosDone} done={done} total={total} />
    </div>
  );
}

/** A short list under its button; a sheet on a phone. */
function SortAndShow() {
  const { finish, bursts } = usePage();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) root.current?.querySelector<HTMLElement>("input:checked")?.focus();
  }, [open]);
  useOutside(open, root, () => setOpen(false));
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const sort = finish.sort.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only Escape is heard here, for what is inside
    <div
      class="menu-root"
      ref={root}
      onKeyDown={(event) => {
        if (!open || event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        ref={button}
        class="btn bare sortbtn"
        aria-expanded={open}
        aria-controls="sorts"
        title={words.sortAndShow}
        onClick={() => setOpen(!open)}
      >
        <Icon name="sort" small />
        <span class="only-wide">{words.sorts[sort]}</span>
        <span class="sr">{words.sortAndShow}</span>
        <Icon name="down" small extra="only-wide" />
      </button>
      {open && (
        <div class="menu sorts" id="sorts" role="group" aria-label={words.sortAndShow}>
          <button type="button" class="grab" aria-label={words.close} onClick={close} />
          <fieldset>
            <legend>{words.sort}</legend>
            {SORTS.map((by) => (
              <label class="pick" key={by}>
                {/* Also what is picked already: that sorts again what stayed where it was. */}
                <input type="radio" name="sort" checked={by === sort} onClick={() => finish.sortBy(by)} />
                <span>{words.sorts[by]}</span>
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{words.show}</legend>
            {STATES.map((state) => (
              <label class="pick" key={state}>
                <input
                  type="checkbox"
                  checked={finish.show.value.has(state)}
                  onChange={() => finish.toggle(state)}
                />
                <span>{words.states[state]}</span>
                <span class="count">{words.number(finish.counts.value[state])}</span>
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{words.alikePhotos}</legend>
            <label class="pick">
              <input
                type="checkbox"
                checked={bursts.on.value}
                onChange={(event) => {
                  bursts.on.value = event.currentTarget.checked;
                }}
              />
              <span>{words.foldBursts}</span>
            </label>
          </fieldset>
        </div>
      )}
    </div>
  );
}
