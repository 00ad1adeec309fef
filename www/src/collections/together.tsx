/** Two collections become a third: what they have in common, where they disagree, and what they make. */
import "./style.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Collection } from "../engine/catalogue";
import { LONGEST } from "../engine/collection-names";
import { type Decides, type Disagreement, type Meeting, matched, SHOWN } from "../engine/meeting";
import { Icon } from "../parts/icon";
import { Key } from "../parts/key";
import { usePage } from "../state/context";
import { asProblem } from "../state/page";
import * as pageWords from "../words";
import { Mosaic } from "./list";
import * as listWords from "./words";

const words = listWords.together;

export function TogetherScreen() {
  const page = usePage();
  const two = page.switcher.together.value;
  return two && <Two key={two.map(({ id }) => id).join()} first={two[0]} second={two[1]} />;
}

interface TwoProps {
  readonly first: Collection;
  readonly second: Collection;
}

function Two({ first, second }: TwoProps) {
  const page = usePage();
  const { switcher } = page;
  const { collections } = page.engine;
  const [decides, setDecides] = useState<Decides>("nobody");
  const [meeting, setMeeting] = useState<Meeting | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [going, setGoing] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => document.getElementById("together")?.focus(), []);
  // Counted anew when who decides is another; what is shown stays until then.
  useEffect(() => {
    let wanted = true;
    collections.meet(first, second, decides).then(
      (told) => {
        if (!wanted) return;
        setFailed(null);
        setMeeting(told);
      },
      (thrown) => wanted && setFailed(asProblem(thrown).message),
    );
    return () => {
      wanted = false;
    };
  }, [first.id, second.id, decides]);
  const go = async (event: Event) => {
    event.preventDefault();
    if (going) return;
    setGoing(true);
    try {
      const chosen = name.current?.value.trim() || words.and(first.name, second.name);
      await switcher.putTogether(decides, chosen);
    } catch (thrown) {
      setFailed(asProblem(thrown).message);
    }
    setGoing(false);
  };
  return (
    <main class="together" id="together" tabIndex={-1} aria-labelledby="together-title">
      <div class="crumb">
        <button type="button" class="btn bare to" onClick={() => switcher.leave()}>
          <Icon name="back" small extra="flip" />
          <span>{words.back}</span>
          <Key of="close" />
        </button>
        <h1 id="together-title">{words.title}</h1>
      </div>
      <div role="alert">
        {failed !== null && (
          <div class="notice warn">
            <Icon name="warn" />
            <p>
              <b>{words.failed}</b> {failed}
            </p>
          </div>
        )}
      </div>
      <div class="cols">
        <div class="meets">
          <div class="two">
            <One collection={first} />
            <Icon name="plus" />
            <One collection={second} />
          </div>
          {meeting && (
            <Meets first={first} second={second} meeting={meeting} decides={decides} choose={setDecides} />
          )}
        </div>
        <div role="status" class={meeting ? "sr" : "quiet"}>
          {going
            ? words.going
            : meeting
              ? words.result(meeting.result.photos, meeting.result.labels.length)
              : failed === null && words.counting}
        </div>
        {meeting && failed === null && (
          <form class="makes" aria-labelledby="together-result" onSubmit={(event) => void go(event)}>
            <h2 id="together-result">{words.result(meeting.result.photos, meeting.result.labels.length)}</h2>
            <label class="named">
              <span>{words.itsName}</span>
              <span class="field strong">
                <input
                  ref={name}
                  autocomplete="off"
                  maxLength={LONGEST}
                  defaultValue={words.and(first.name, second.name)}
                  onKeyDown={(event) => event.key !== "Escape" && event.stopPropagation()}
                />
              </span>
            </label>
            <ul class="counts">
              {meeting.result.labels.map((label) => (
                <Count key={label.name} name={label.name} photos={label.photos} />
              ))}
              <Count name={pageWords.noneOfThese} photos={meeting.result.none} />
              <Count name={pageWords.notSure} photos={meeting.result.notSure} />
            </ul>
            <div class="quiet">
              <p>{words.inBoth(meeting.both)}</p>
              <p>{words.stay(first.name, second.name)}</p>
            </div>
            <div>
              <button type="submit" class="btn primary" aria-disabled={going}>
                <Icon name="join" small />
                {going ? words.going : words.go}
              </button>
            </div>
          </form>
        )}
      </div>
    </main>
  );
}

function One({ collection }: { collection: Collection }) {
  return (
    <span class="one">
      <Mosaic collection={collection} />
      <span class="txt">
        <b>{collection.name}</b>
        <span class="quiet">{pageWords.photos(collection.photos)}</span>
      </span>
    </span>
  );
}

function Count({ name, photos }: { name: string; photos: number }) {
  return (
    <li>
      <span>{name}</span> <span class="c">{pageWords.number(photos)}</span>
    </li>
  );
}

interface MeetsProps extends TwoProps {
  readonly meeting: Meeting;
  readonly decides: Decides;
  choose(decides: Decides): void;
}

function Meets({ first, second, meeting, decides, choose }: MeetsProps) {
  const { same, onlyFirst, onlySecond } = matched(meeting);
  const only = [
    [first, onlyFirst],
    [second, onlySecond],
  ] as const;
  const options: readonly (readonly [Decides, string])[] = [
    ["first", words.decides(first.name)],
    ["second", words.decides(second.name)],
    ["nobody", words.askMe],
  ];
  return (
    <>
      <section aria-labelledby="together-same">
        <header>
          <h2 id="together-same">
            {words.sameName} <small>{pageWords.number(same.length)}</small>
          </h2>
          <span class="quiet">{same.length > 0 ? words.becomeOne : words.nothingSame}</span>
        </header>
        {same.length > 0 && (
          <table class="pairs">
            <thead>
              <tr>
                <th scope="col">
                  <span class="sr">{words.label}</span>
                </th>
                <th scope="col">{first.name}</th>
                <th scope="col">{second.name}</th>
              </tr>
            </thead>
            <tbody>
              {same.map((label) => (
                <tr key={label.name}>
                  <th scope="row">{label.name}</th>
                  <td>{pageWords.number(label.first)}</td>
                  <td>{pageWords.number(label.second)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {only.map(
        ([{ id, name }, labels]) =>
          labels.length > 0 && (
            <section key={id} aria-labelledby={`together-${id}`}>
              <h2 id={`together-${id}`}>
                {words.onlyIn(name)} <small>{pageWords.number(labels.length)}</small>
              </h2>
              <ul class="names">
                {labels.map((label) => (
                  <li key={label.name}>
                    {label.name} <span class="quiet">{pageWords.number(label.photos)}</span>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
      {meeting.disagree.length > 0 && (
        <section aria-labelledby="together-disagree">
          <header>
            <h2 id="together-disagree">
              {words.disagree} <small>{pageWords.number(meeting.disagree.length)}</small>
            </h2>
            <span class="quiet">{words.differently}</span>
          </header>
          <ul class="disagree">
            {meeting.disagree.slice(0, SHOWN).map((one, at) => (
              <Disagrees key={at} one={one} />
            ))}
          </ul>
          {meeting.disagree.length > SHOWN && (
            <p class="quiet">{words.more(meeting.disagree.length - SHOWN)}</p>
          )}
          <fieldset class="seg">
            <legend class="sr">{words.whoDecides}</legend>
            {options.map(([option, text]) => (
              <label key={option}>
                <input
                  type="radio"
                  name="together-decides"
                  checked={decides === option}
                  onChange={() => choose(option)}
                />
                {text}
              </label>
            ))}
          </fieldset>
          {decides === "nobody" && <p class="quiet">{words.askMeMeans}</p>}
        </section>
      )}
    </>
  );
}

function Disagrees({ one: { name, picture, first, second } }: { one: Disagreement }) {
  const address = useMemo(() => picture && URL.createObjectURL(picture), [picture]);
  useEffect(() => () => void (address && URL.revokeObjectURL(address)), [address]);
  return (
    <li>
      {address ? (
        <img src={address} alt={words.taught(name, first, second)} width="96" height="96" />
      ) : (
        <span class="none" />
      )}
      <span>{words.either(first, second)}</span>
    </li>
  );
}
