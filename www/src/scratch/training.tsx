/** What it learns just now, or learned last, and how it learns. */
import "../parts/toggle.css";
import type { ScratchPreset } from "keepsake/burn";
import { Icon } from "../parts/icon";
import { number } from "../words";
import { useStudio } from "./context";
import { Curve } from "./curve";
import type { Training } from "./studio";
import * as words from "./words";

export function TrainingPanel() {
  const studio = useStudio();
  const training = studio.training.value;
  const state = studio.state.value;
  if (studio.fresh.value) return <Choice />;
  return (
    <section class="train" aria-labelledby="train-head">
      <header>
        <h2 id="train-head">{headline(training)}</h2>
        {studio.learning.value && (
          <div class="end">
            <button type="button" class="btn" onClick={() => void studio.stop()}>
              <Icon name="stop" small />
              {words.stop}
            </button>
          </div>
        )}
      </header>
      {training ? <Figures training={training} /> : state && <p>{words.presets[state.preset].todo}</p>}
      {studio.waiting.value.length > 0 && <p class="quiet">{words.waiting(studio.waiting.value.length)}</p>}
      {studio.learning.value && training && (
        <p class="quiet foot-say">
          {training.known && `${words.knownAlready(training.name)} `}
          {words.stopHint}
        </p>
      )}
      {state && <p class="quiet foot-say">{words.honest[state.preset]}</p>}
      {state && state.preset !== "exact" && !state.rehearsal && (
        <p class="quiet foot-say">{words.withoutRehearsal}</p>
      )}
    </section>
  );
}

function headline(training: Training | null): string {
  if (!training) return words.howItLearns;
  if (!training.ended)
    return training.known ? words.learningToDream(training.name) : words.learning(training.name);
  return training.ended.lesson.stopped ? words.stopped(training.name) : words.learned(training.name);
}

function Figures({ training }: { training: Training }) {
  const state = useStudio().state.value;
  const { progress, perSecond, ended, losses } = training;
  const step = progress?.step ?? 0;
  const steps = progress?.steps ?? 0;
  const left = perSecond === null ? null : (steps - step) / perSecond;
  const device = state && words.device(state);
  const exact = state?.preset === "exact";
  const dreaming = progress?.phase === "generator";
  return (
    <>
      <dl class="figures">
        <Figure name={words.step} value={number(step)} more={steps > 0 ? words.of(steps) : ""} />
        {!exact && (
          <Figure
            name={words.speed}
            value={perSecond === null ? "–" : number(Math.round(perSecond))}
            more={words.aSecond}
          />
        )}
        {ended ? (
          <Figure name={words.took} value={ended.seconds.toFixed(1)} more={words.seconds} />
        ) : (
          <Figure
            name={words.left}
            value={left === null ? "–" : number(Math.ceil(left))}
            more={words.seconds}
          />
        )}
        {device && <Figure name={words.on} value={device.name} more={device.detail} />}
      </dl>
      <div
        class="progress"
        role="progressbar"
        aria-label={words.steps}
        aria-valuemin={0}
        aria-valuemax={Math.max(steps, 1)}
        aria-valuenow={step}
      >
        <i style={{ "--c": ended ? 1 : steps > 0 ? step / steps : 0 }} />
      </div>
      {exact ? (
        <p class="quiet foot-say">{words.exactNoCurve}</p>
      ) : (
        losses.length > 1 && (
          <figure class="plot">
            <figcaption>
              {dreaming ? words.dreaming : words.mistakes}{" "}
              <span class="quiet">{dreaming ? words.dreamHint : words.lossHint}</span>
            </figcaption>
            <Curve losses={losses} steps={steps} />
          </figure>
        )
      )}
    </>
  );
}

function Figure({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} <small>{more}</small>
      </dd>
    </div>
  );
}

const PRESETS: readonly ScratchPreset[] = ["exact", "rehearse", "article"];

/** Before anything is taught: how shall it learn? */
function Choice() {
  const studio = useStudio();
  const state = studio.state.value;
  if (!state) return null;
  return (
    <section class="train" aria-labelledby="train-head">
      <header>
        <h2 id="train-head">{words.howItLearns}</h2>
      </header>
      <p>{words.nothingYet}</p>
      <div class="ways" role="radiogroup" aria-labelledby="train-head">
        {PRESETS.map((preset) => (
          <label class="way" key={preset}>
            <input
              type="radio"
              name="preset"
              checked={state.preset === preset}
              onChange={() => void studio.choose(preset, state.rehearsal)}
            />
            <span>
              <b>{words.presets[preset].what}</b>
              <span class="quiet">{words.presets[preset].todo}</span>
            </span>
          </label>
        ))}
      </div>
      {state.preset !== "exact" && (
        <div class="foot-say">
          <label class="toggle">
            <input
              type="checkbox"
              role="switch"
              checked={state.rehearsal}
              aria-checked={state.rehearsal}
              onChange={(event) => void studio.choose(state.preset, event.currentTarget.checked)}
            />
            <span class="sw" />
            {words.rehearse}
          </label>
          <span class="quiet">{words.withoutRehearsal}</span>
        </div>
      )}
    </section>
  );
}
