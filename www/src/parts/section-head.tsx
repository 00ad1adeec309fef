/** A section's header: what it holds, how many, and for a label what can be done with it. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Label, LabelId } from "../engine/engine";
import { photosOf } from "../state/bursts";
import { usePage } from "../state/context";
import { folded, NONE } from "../state/labels";
import { isDone, type Section } from "../state/sections";
import * as words from "../words";
import { Dot, OpenDot } from "./dot";
import { Icon } from "./icon";
import { Menu, type MenuItem } from "./menu";

export function headingId(section: Section): string {
  return `heading-${section.key}`;
}

export function SectionHead({ section }: { section: Section }) {
  const page = usePage();
  const { count } = section;
  const heading = (title: string, dot: string | null, say = "") => (
    <>
      {dot && <OpenDot sign={dot} />}
      <h2 id={headingId(section)}>
        {title} <small>{words.number(count)}</small>
      </h2>
      {say && <span class="say opt">{say}</span>}
    </>
  );
  switch (section.kind) {
    case "failed":
      return (
        <header>
          {heading(words.couldNotBeRead, "!", words.othersFine(page.engine.photos.value.length))}
          <div class="end">
            <button type="button" class="btn bare" onClick={() => page.engine.leaveOut()}>
              {words.leaveOut}
            </button>
          </div>
        </header>
      );
    case "unsure":
      return (
        <header>
          <OpenDot sign="?" />
          <FoldHeading section={section} title={words.notSure} />
          {count > 0 && <span class="say opt">{words.teachesMost}</span>}
        </header>
      );
    case "folder":
      return (
        <header>
          <Icon name="folder" />
          <FoldHeading section={section} title={section.folder || words.noFolder} />
          <DoneLeft section={section} />
        </header>
      );
    case "rest":
      return <header>{heading(words.notNamed, "?")}</header>;
    case "fresh":
      return <header>{heading(words.justAdded, "+", words.justAddedSay)}</header>;
    case "all":
      return <header>{heading(words.allPhotos, null)}</header>;
    case "label":
      return section.label === null ? null : <LabelHead section={section} label={section.label} />;
  }
}

/** The section's name, which folds it to one line and unfolds it. */
function FoldHeading({ section, title }: { section: Section; title: string }) {
  const { finish } = usePage();
  return (
    <h2 id={headingId(section)}>
      <button type="button" class="fold" aria-expanded={!section.folded} onClick={() => finish.fold(section)}>
        <span class="title-name">{title}</span> <small>{words.number(section.count)}</small>
        <Icon name="down" small extra="chev" />
      </button>
    </h2>
  );
}

/** Once the end is in sight: how far this section is. */
function DoneLeft({ section }: { section: Section }) {
  const { finish } = usePage();
  if (!finish.on.value || section.count === 0) return null;
  const left = section.count - section.done;
  return (
    <span class="say">
      {left === 0 && <Icon name="check" small />}
      {words.doneLeft(section.done, left)}
    </span>
  );
}

function LabelHead({ section, label }: { section: Section; label: LabelId }) {
  const page = usePage();
  const [renaming, setRenaming] = useState(false);
  const [merging, setMerging] = useState(false);
  /** The label whose name was typed for this one. */
  const [clash, setClash] = useState<Label | null>(null);
  const root = useRef<HTMLElement>(null);
  const name = page.nameOf(label);

  const back = useRef(false);
  useLayoutEffect(() => {
    if (!renaming && back.current) root.current?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.focus();
    back.current = false;
  }, [renaming]);

  const others = page.engine.labels.value.filter((other) => other.id !== label && other.id !== NONE);
  const items: MenuItem[] = merging
    ? others.map((other) => ({
        text: words.mergeInto(other.name),
        act: () => void page.merge(label, other.id),
      }))
    : [
        { text: words.rename, act: () => setRenaming(true) },
        ...(others.length > 0 ? [{ text: words.merge, act: () => setMerging(true), stays: true }] : []),
        { text: words.chooseAllOf(name), act: () => page.chooseAll([section]) },
        { text: words.remove, act: () => void page.removeLabel(label) },
      ];

  return (
    <header ref={root}>
      <Dot label={label} />
      {renaming ? (
        <>
          <h2 id={headingId(section)} class="sr">
            {name}
          </h2>
          <Rename
            name={name}
            taken={(text) => others.find((other) => folded(other.name) === folded(text)) ?? null}
            clash={setClash}
            rename={(text) => page.rename(label, text)}
            done={(refocus) => {
              back.current = refocus;
              setClash(null);
              setRenaming(false);
            }}
          />
        </>
      ) : (
        <FoldHeading section={section} title={name} />
      )}
      {!renaming && <DoneLeft section={section} />}
      <div class="end">
        {clash && (
          <button type="button" class="btn" onClick={() => void page.merge(label, clash.id)}>
            {words.mergeInto(clash.name)}
          </button>
        )}
        {section.taught > 0 && !clash && !page.finish.on.value && (
          <span class="quiet say">{words.taughtCount(section.taught)}</span>
        )}
        {!clash && <TheRest section={section} name={name} />}
        {label !== NONE && (
          <Menu name={words.labelMenu(name)} items={items} onClose={() => setMerging(false)} />
        )}
      </div>
    </header>
  );
}

/** A longer name is not said twice in one line. */
const SHORT = 24;

/** Accepts what is left of the label, also what was never scrolled to. */
function TheRest({ section, name }: { section: Section; name: string }) {
  const page = usePage();
  const known = page.photoById.value;
  const left = photosOf(section).reduce((sum, id) => {
    const photo = known.get(id);
    return photo && !isDone(photo) ? sum + 1 : sum;
  }, 0);
  if (left === 0) return null;
  const rest = ({ currentTarget }: Event) => {
    // The button goes with what it was for; the section's name stays.
    if (currentTarget instanceof Element)
      currentTarget.closest("header")?.querySelector<HTMLElement>(".fold")?.focus();
    void page.acceptRest(section);
  };
  return (
    <button type="button" class="btn rest" onClick={rest}>
      <Icon name="check" small />
      <span>
        {words.theRest.before}
        <span class={name.length > SHORT ? "sr" : "of"}>{words.theRest.of(name)}</span>
        {words.theRest.after}
        <span class="sr">{words.theRest.count(left)}</span>
      </span>
    </button>
  );
}

interface Renaming {
  readonly name: string;
  /** Another label with that name. */
  taken(text: string): Label | null;
  clash(other: Label | null): void;
  /** Whether it was done. */
  rename(text: string): Promise<boolean>;
  done(refocus: boolean): void;
}

/** Leaving the field is as good as Enter. What cannot be done leaves the field open, with its text. */
function Rename({ name, taken, clash, rename, done }: Renaming) {
  const page = usePage();
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  // Enter, Escape and leaving the field each end it; only the first of them counts.
  const ended = useRef(false);
  const close = () => {
    ended.current = true;
    done(document.activeElement === input.current);
  };
  const end = async () => {
    const text = input.current?.value.trim() ?? "";
    if (ended.current) return;
    const other = taken(text);
    clash(other);
    if (other) return page.say(words.nameIsTaken(other.name));
    ended.current = true;
    if (text === "" || (await rename(text))) close();
    else ended.current = false;
  };
  return (
    <label class="field strong rename">
      <span class="sr">{words.renameLabel(name)}</span>
      <input
        ref={input}
        autocomplete="off"
        defaultValue={name}
        onInput={() => clash(null)}
        onBlur={() => void end()}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") void end();
          if (event.key === "Escape") close();
        }}
      />
      <kbd>Enter</kbd>
    </label>
  );
}
