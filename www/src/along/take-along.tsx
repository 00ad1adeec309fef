/** "Take it along": on the left as what, on the right what will happen, is happening, has happened. */
import "./style.css";
import type { Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { chooseOriginals } from "../parts/add";
import { Dot, OpenDot } from "../parts/dot";
import { Icon, type IconName } from "../parts/icon";
import { Key } from "../parts/key";
import { Progress } from "../parts/long-work";
import { Toggle } from "../parts/toggle";
import { usePage } from "../state/context";
import type { Page } from "../state/page";
import { Along, type Earlier as Moved } from "./along";
import { canWriteFolders } from "./folders";
import { canStream } from "./outlet";
import type { Folder, Item, Step } from "./plan";
import { intoFolders, needsOriginals, type Result, type Way, type Work } from "./run";
import * as words from "./words";

const WAYS: readonly (readonly [Way, IconName])[] = [
  ["folders", "folder"],
  ["zip", "save"],
  ["tags", "pin"],
  ["table", "photos"],
  ["script", "next"],
];

/** What is shown of a long list. */
const SHOWN = 50;

/** One for each page: what was chosen and what is under way stay when the screen is left. */
const all = new WeakMap<Page, Along>();
function alongOf(page: Page): Along {
  let along = all.get(page);
  if (!along) {
    along = new Along(page);
    all.set(page, along);
  }
  return along;
}

export function AlongScreen() {
  const page = usePage();
  const along = alongOf(page);
  const { engine } = page;
  useEffect(() => document.getElementById("along")?.focus(), []);
  // Anew when photos came or went, and when an original may be at hand that was not.
  const ids = engine.photos.value.map(({ id }) => id).join();
  const news = engine.originalsNews.value;
  const running = along.work.value !== null;
  const moves = along.moves.value;
  useEffect(() => {
    if (running) return;
    const abort = new AbortController();
    void (moves ? along.lookForPlaces(abort.signal) : along.look(abort.signal));
    return () => abort.abort();
  }, [ids, news, running, moves]);
  const { work, result, trouble, inside } = along;
  const { files } = along;
  useEffect(() => {
    if (running || !inside.value) return;
    const abort = new AbortController();
    void along.lookInside(abort.signal);
    return () => abort.abort();
  }, [files, inside.value, running]);
  return (
    <main class="along" id="along" tabIndex={-1} aria-labelledby="along-title">
      <div class="crumb">
        <button type="button" class="btn bare to" onClick={() => page.leaveAlong()}>
          <Icon name="back" small extra="flip" />
          <span>{words.back}</span>
          <Key of="close" />
        </button>
        <h1 id="along-title">{words.title}</h1>
      </div>
      <div class="cols">
        <Ways along={along} />
        <div class="right">
          {trouble.value && (
            <div class="notice warn" role="alert">
              <Icon name="warn" />
              <p>
                <b>{words.failed}</b> {trouble.value.message}
              </p>
            </div>
          )}
          {work.value ? (
            <Running along={along} work={work.value} />
          ) : result.value ? (
            <Ended along={along} result={result.value} />
          ) : (
            <Planned along={along} />
          )}
          {!work.value && <Pasts along={along} />}
          {!work.value && along.way.value === "folders" && canWriteFolders && <Earlier along={along} />}
        </div>
      </div>
    </main>
  );
}

function Ways({ along }: { along: Along }) {
  return (
    <fieldset class="ways" disabled={along.work.value !== null}>
      <legend class="sr">{words.asWhat}</legend>
      {WAYS.map(([way, icon]) => {
        const off = way === "folders" && !canWriteFolders;
        return (
          <label class="way" key={way}>
            <Icon name={icon} />
            <span class="txt">
              <b>{words.ways[way].what}</b>
              <span class="quiet">{off ? words.noFolders : words.ways[way].todo}</span>
            </span>
            <input
              type="radio"
              name="along-way"
              checked={along.way.value === way}
              disabled={off}
              onChange={() => {
                along.way.value = way;
                along.result.value = null;
              }}
            />
          </label>
        );
      })}
    </fieldset>
  );
}

interface SegProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly choose: (value: T) => void;
}

function Seg<T extends string>({ legend, name, options, value, choose }: SegProps<T>) {
  return (
    <fieldset class="seg">
      <legend class="sr">{legend}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={value === option} onChange={() => choose(option)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

interface KeptProps<T extends string> extends Pick<SegProps<T>, "legend" | "name" | "options"> {
  readonly of: Signal<T>;
}

/** A choice that a signal keeps. */
function Kept<T extends string>({ of, ...seg }: KeptProps<T>) {
  return (
    <Seg
      {...seg}
      value={of.value}
      choose={(value) => {
        of.value = value;
      }}
    />
  );
}

function Planned({ along }: { along: Along }) {
  const way = along.way.value;
  const choice = along.choice.value;
  const total = along.page.engine.photos.value.length;
  const looking = along.looking.value;
  const originals = needsOriginals(way);
  const moves = along.moves.value;
  const will = along.will.value;
  const shown = countIn(along.plan.value.folders, will);
  return (
    <>
      <section class="which" aria-labelledby="along-which">
        <h2 id="along-which">{words.which}</h2>
        <div class="row">
          <Seg
            legend={words.which}
            name="along-which"
            options={[
              ["all", words.all(total)],
              ["done", words.doneOnly(along.page.finish.done.value)],
            ]}
            value={choice.doneOnly ? "done" : "all"}
            choose={(which) => {
              along.choice.value = { ...choice, doneOnly: which === "done" };
            }}
          />
          {!choice.doneOnly && (
            <Toggle
              text={words.leaveOutUnsure}
              on={choice.leaveOutUnsure}
              turn={(leaveOutUnsure) => {
                along.choice.value = { ...choice, leaveOutUnsure };
              }}
            />
          )}
          {intoFolders(way) && (
            <Toggle
              text={words.keepFolders}
              on={choice.keepFolders}
              turn={(keepFolders) => {
                along.choice.value = { ...choice, keepFolders };
              }}
            />
          )}
          {originals && !moves && (
            <Toggle
              text={words.inside}
              on={along.inside.value}
              turn={(inside) => {
                along.inside.value = inside;
              }}
            />
          )}
        </div>
      </section>
      <section class="plan" aria-labelledby="along-plan">
        <header>
          <h2 id="along-plan">{words.heading[way](will.length, shown.length)}</h2>
          {way === "folders" && (
            <Seg
              legend={words.copyOrMove}
              name="along-move"
              options={words.copyMove}
              value={along.moving.value ? "move" : "copy"}
              choose={(how) => {
                along.moving.value = how === "move";
              }}
            />
          )}
          {way === "tags" && (
            <Kept of={along.program} legend={words.program} name="along-program" options={words.programs} />
          )}
          {way === "script" && (
            <Kept of={along.shell} legend={words.shell} name="along-shell" options={words.shells} />
          )}
          {way === "table" && (
            <Kept of={along.format} legend={words.format} name="along-format" options={words.formats} />
          )}
        </header>
        {looking && originals && (
          <div class="prog">
            <Progress name={words.lookingName} done={looking.done} total={looking.total} />
            <p class="quiet">{words.looking(looking.done, looking.total)}</p>
          </div>
        )}
        <Folders folders={shown} />
        <Facts along={along} will={will.length} folders={shown.length} />
        <div class="go">
          {will.length > 0 ? (
            <>
              <Go along={along} />
              <span class="quiet">{words.before}</span>
            </>
          ) : (
            !looking && <p>{words.nothing}</p>
          )}
        </div>
      </section>
    </>
  );
}

function Go({ along }: { along: Along }) {
  const way = along.way.value;
  const asks = along.asksToMove.value;
  if (along.moves.value && asks.length > 0) {
    return (
      <button type="button" class="btn primary" onClick={() => void along.allowMoving()}>
        <Icon name="folder" small />
        {words.allowMoving(asks.map(({ name }) => name))}
      </button>
    );
  }
  return (
    <button type="button" class="btn primary" onClick={() => void along.go()}>
      <Icon name={way === "folders" ? "folder" : "save"} small />
      {along.moves.value ? words.chooseAndMove : words.go[way]}
    </button>
  );
}

function Facts({ along, will, folders }: { along: Along; will: number; folders: number }) {
  const way = along.way.value;
  const plan = along.plan.value;
  const { bytes, companions, absent, missing } = along.at.value;
  const originals = needsOriginals(way);
  const { notDone, unsure } = plan;
  const untagged = plan.items.length - will;
  const moves = along.moves.value;
  const inside = along.inside.value && !moves;
  return (
    <ul class="plan-facts">
      {originals && will > 0 && <Fact icon="disk">{words.size(bytes, companions)}</Fact>}
      {originals && !along.looking.value && missing.length > 0 && <Missing along={along} items={missing} />}
      {originals && inside && will > 0 && <Tags along={along} />}
      {intoFolders(way) && <Names of={plan.numbered} say={words.numbered} />}
      {intoFolders(way) && <Names of={plan.renamed} say={words.renamed} />}
      {originals && absent > 0 && <Fact icon="warn">{words.companionsAbsent(absent)}</Fact>}
      {notDone > 0 && <Fact icon="x">{words.leftOut(notDone)}</Fact>}
      {unsure > 0 && <Fact icon="x">{words.leftOutUnsure(unsure)}</Fact>}
      {way === "folders" && <Fact icon="undo">{moves ? words.originalsMove : words.originalsStay}</Fact>}
      {moves && <Fact icon="shield">{words.originalsMoveHow}</Fact>}
      {way === "folders" && <Fact icon="shield">{words.neverOverwrites}</Fact>}
      {way === "folders" && (
        <Fact icon="fresh">{moves ? words.movedToday : inside ? words.todayTagged : words.today}</Fact>
      )}
      {way === "zip" && will > 0 && <Fact icon="folder">{words.unpack(folders)}</Fact>}
      {way === "zip" && !canStream && along.parts.value > 1 && (
        <Fact icon="warn">{words.parts(along.parts.value)}</Fact>
      )}
      {way === "script" && <ScriptFacts along={along} />}
      {way === "tags" && untagged > 0 && <Fact icon="x">{words.noLabel(untagged)}</Fact>}
      {way === "tags" && <Fact icon="pin">{words.programHint[along.program.value]}</Fact>}
      {way === "tags" && <Fact icon="folder">{words.unpackTags}</Fact>}
    </ul>
  );
}

function Tags({ along }: { along: Along }) {
  const { of, cannot, unknown, kinds } = along.tags.value;
  const without = along.at.value.here.length - of;
  if (unknown > 0) return <Fact icon="pin">{words.lookingInside(of - unknown, of)}</Fact>;
  return (
    <>
      {of > cannot && <Fact icon="pin">{`${words.holdTags(of - cannot)} ${words.insideHint}`}</Fact>}
      {cannot > 0 && <Fact icon="x">{words.cannotHold(cannot, of, kinds)}</Fact>}
      {without > 0 && <Fact icon="x">{words.noLabel(without)}</Fact>}
    </>
  );
}

function ScriptFacts({ along }: { along: Along }) {
  const left = along.script.value.left.length;
  return (
    <>
      {left > 0 && <Fact icon="x">{words.leadsOut(left)}</Fact>}
      <Fact icon="shield">{words.scriptNeverOverwrites}</Fact>
      <Fact icon="warn">{words.scriptNoUndo}</Fact>
      <li>
        <Icon name="folder" small />
        <span>
          {words.scriptHint.before} <code>{words.scriptHint[along.shell.value](along.scriptName)}</code>
        </span>
      </li>
    </>
  );
}

function Fact({ icon, children }: { icon: IconName; children: string }) {
  return (
    <li>
      <Icon name={icon} small />
      <span>{children}</span>
    </li>
  );
}

function Names({ of, say }: { of: readonly Step[]; say: (n: number) => string }) {
  if (of.length === 0) return null;
  return (
    <li>
      <Icon name="tabs" small />
      <details class="names">
        <summary>
          {say(of.length)} <span class="link">{words.show}</span>
        </summary>
        <ul>
          {of.slice(0, SHOWN).map(({ from, to }) => (
            <li key={to}>
              {from} <span class="quiet">{words.becomes}</span> {to}
            </li>
          ))}
          {of.length > SHOWN && <li class="quiet">{words.more(of.length - SHOWN)}</li>}
        </ul>
      </details>
    </li>
  );
}

function Missing({ along, items }: { along: Along; items: readonly Item[] }) {
  const { page, asks } = along;
  const find = chooseOriginals(page);
  const moves = along.moves.value;
  const refused = along.refused.value;
  const first = items[0]?.photo.name ?? "";
  if (moves && refused.length > 0) {
    return (
      <li class="missing">
        <Icon name="warn" small />
        <span>{words.notAllowed(refused.map(({ name }) => name))}</span>
        <button type="button" class="btn" onClick={() => void along.allowMoving()}>
          {words.askAgain}
        </button>
      </li>
    );
  }
  return (
    <li class="missing">
      <Icon name="warn" small />
      <span>{(moves ? words.cannotMove : words.missing)(items.length, first)}</span>
      {asks.value !== null ? (
        <button type="button" class="btn" onClick={() => void page.attempt(() => page.engine.allowFolders())}>
          {words.allowFolder}
        </button>
      ) : (
        <button type="button" class="btn" onClick={find.choose}>
          {find.text}
        </button>
      )}
    </li>
  );
}

/** The folders of a plan with how many of these photos are in each; those with none left out. */
function countIn(folders: readonly Folder[], items: readonly Item[]): readonly Folder[] {
  const counts = new Map<Folder["label"], number>();
  for (const { label } of items) counts.set(label, (counts.get(label) ?? 0) + 1);
  return folders
    .map((folder) => ({ ...folder, photos: counts.get(folder.label) ?? 0 }))
    .filter(({ photos }) => photos > 0);
}

function Folders({ folders, work }: { folders: readonly Folder[]; work?: Work }) {
  const done = work?.perLabel.value;
  return (
    <ul class="folders" style={{ "--rows": Math.ceil(folders.length / 2) }}>
      {folders.map(({ label, name, photos }) => {
        const here = done?.get(label) ?? 0;
        return (
          <li key={label} class={work && here === 0 ? "wait" : ""}>
            {label === null ? <OpenDot sign="?" /> : <Dot label={label} />}
            <span class="n">{name}</span>
            <span class="c">
              {work && here === photos && <Icon name="check" small />}
              {work && here > 0 && here < photos ? words.of(here, photos) : words.count(photos)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Running({ along, work }: { along: Along; work: Work }) {
  // The plan as it was when it began: naming goes on.
  const [folders] = useState(() => countIn(along.plan.value.folders, along.running(work)));
  const done = work.done.value;
  const rate = done / Math.max(work.seconds, 0.001);
  return (
    <section class="plan" aria-labelledby="along-work">
      <header>
        <h2 id="along-work">{words.working(work.way, done, work.total)}</h2>
        <button type="button" class="btn" onClick={() => work.stop()}>
          <Icon name="stop" small />
          {words.stop}
        </button>
      </header>
      <div class="prog">
        <Progress name={words.workName} done={done} total={work.total} />
        <p class="quiet">
          <span>{done > 0 && words.perSecond(rate)}</span>
          <span>{done > 0 && words.secondsLeft((work.total - done) / rate)}</span>
        </p>
      </div>
      <Folders folders={folders} work={work} />
      <p class="quiet">{words.stopKeeps[work.way]}</p>
    </section>
  );
}

function Ended({ along, result }: { along: Along; result: Result }) {
  const { before, place, after, again } = words.where(result);
  return (
    <section class="plan" aria-labelledby="along-end">
      <div class="sr" role="status">
        {words.result(result)}
      </div>
      <header>
        <h2 id="along-end">
          <Icon name="check" extra="ok" />
          {words.result(result)}
        </h2>
      </header>
      <p>
        {before} <b>{place}</b> {after} <span class="quiet">{again}</span>
      </p>
      {result.already > 0 && <p>{words.already(result.already)}</p>}
      {result.within !== null && <p>{words.within(result.within)}</p>}
      {result.stopped && <p>{words.wasStopped}</p>}
      {result.tags && <p>{words.tagged(result.tags.tagged, result.photos)}</p>}
      <Faults of={result.stayed} say={words.stayed} why={words.why} />
      <Faults
        of={result.faults}
        say={result.way === "back" ? words.leftThere : words.faults}
        why={words.why}
      />
      <Faults of={result.tags?.untagged ?? []} say={words.untagged} why={words.whyNoTag} />
      <div class="go">
        <button
          type="button"
          class="btn"
          onClick={() => {
            along.result.value = null;
          }}
        >
          {words.onceMore}
        </button>
      </div>
    </section>
  );
}

interface FaultsProps<W extends string> {
  readonly of: readonly { readonly path: string; readonly why: W }[];
  readonly say: (n: number) => string;
  readonly why: Readonly<Record<W, string>>;
}

function Faults<W extends string>({ of, say, why: reasons }: FaultsProps<W>) {
  if (of.length === 0) return null;
  return (
    <div class="faults">
      <p>{say(of.length)}</p>
      <ul>
        {of.slice(0, SHOWN).map(({ path, why }) => (
          <li key={path + why}>
            {path} <span class="quiet">{reasons[why]}</span>
          </li>
        ))}
        {of.length > SHOWN && <li class="quiet">{words.more(of.length - SHOWN)}</li>}
      </ul>
    </div>
  );
}

function Pasts({ along }: { along: Along }) {
  const past = along.past.value;
  if (past.length === 0) return null;
  const list = past.find(({ by }) => by !== null)?.by;
  return (
    <section class="past" aria-labelledby="along-past">
      <h2 id="along-past">{words.past}</h2>
      <ul>
        {past.map((one) => (
          <li key={one.result.at}>
            <span class="when">{words.time(one.result.at)}</span>
            <span class="what">
              {words.result(one.result)}
              {one.undone && (
                <span class="quiet" role="status">
                  {" "}
                  {"faults" in one.undone
                    ? `${words.result(one.undone)}.`
                    : words.undone(one.undone.removed, one.undone.kept)}
                </span>
              )}
            </span>
            {one.by && !one.undone ? (
              <button
                type="button"
                class="btn"
                aria-label={words.undoOf(words.result(one.result))}
                onClick={() => void along.undo(one)}
              >
                <Icon name="undo" small extra="flip" />
                {words.undo}
              </button>
            ) : (
              <span class="quiet">{one.result.where}</span>
            )}
          </li>
        ))}
      </ul>
      {list && (
        <p class="quiet">
          {words.listBeside} <b>{list.listName}</b>.
        </p>
      )}
    </section>
  );
}

/** What an undo list says that lies beside photos which were moved before this visit. */
function Earlier({ along }: { along: Along }) {
  const lists = along.earlier.value;
  return (
    <section class="past" aria-labelledby="along-earlier">
      <h2 id="along-earlier">{words.earlier.what}</h2>
      {lists && lists.length > 0 ? (
        <ul>
          {lists.map((one) => (
            <EarlierList along={along} one={one} key={one.list.name} />
          ))}
        </ul>
      ) : (
        <>
          <ul>
            {along.remembered.value.map((one) => (
              <li key={one.at}>
                <span class="when">{words.day(one.at)}</span>
                <span class="what">{words.movedInto(one.root.name)}</span>
                <button
                  type="button"
                  class="btn"
                  aria-label={`${words.earlier.see}: ${words.movedInto(one.root.name)}`}
                  onClick={() => void along.findRemembered(one)}
                >
                  {words.earlier.see}
                </button>
              </li>
            ))}
          </ul>
          <p class="quiet" role={lists ? "status" : undefined}>
            {lists ? words.earlier.none : words.earlier.todo}
          </p>
          <div>
            <button type="button" class="btn" onClick={() => void along.findEarlier()}>
              <Icon name="folder" small />
              {words.earlier.choose}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function EarlierList({ along, one }: { along: Along; one: Moved }) {
  const { list, sources } = one;
  const missing = list.sources.find((name) => !sources.has(name));
  const what = words.movedThen(list.moved.length, list.sources);
  return (
    <li>
      <span class="when">{words.day(list.at)}</span>
      <span class="what">
        {what}
        {list.odd > 0 && <span class="quiet"> {words.oddLines(list.odd)}</span>}
      </span>
      {missing === undefined ? (
        <button
          type="button"
          class="btn"
          aria-label={`${words.bringBack}: ${what}`}
          onClick={() => void along.bringBackEarlier(one)}
        >
          <Icon name="undo" small extra="flip" />
          {words.bringBack}
        </button>
      ) : (
        <button type="button" class="btn" onClick={() => void along.chooseSource(one, missing)}>
          {words.chooseSource(missing)}
        </button>
      )}
    </li>
  );
}
