/** The list of collections: a tap opens one; rename, make, delete and bring back happen in its rows. */
import "./style.css";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Collection, goesAt } from "../engine/catalogue";
import { LONGEST } from "../engine/collection-names";
import { chooseBackup } from "../parts/add";
import { Icon } from "../parts/icon";
import { usePage } from "../state/context";
import * as words from "./words";

interface ListProps {
  close(refocus: boolean): void;
}

/** What is open in the list. */
type What = "acts" | "rename" | "sure" | "together";
type Open = { readonly what: What; readonly id: string } | "new" | null;

export function List({ close }: ListProps) {
  const page = usePage();
  const { switcher } = page;
  const { live, deleted } = page.engine.collections;
  const [open, setOpen] = useState<Open>(null);
  const [showDeleted, setShowDeleted] = useState(false);
  const root = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    root.current?.querySelector<HTMLElement>("[aria-current]")?.focus();
  }, []);

  // What had the focus may have gone with what it did; the list is still what the person is in.
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const list = root.current;
    if (!list) return;
    if (before.current && !before.current.isConnected && !list.contains(document.activeElement)) {
      list.querySelector<HTMLElement>("[aria-current], button:not(.grab)")?.focus();
    }
    before.current = list.contains(document.activeElement) ? document.activeElement : null;
  });

  const keys = (event: KeyboardEvent) => {
    // No key means a photo while the list is open.
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      return close(true);
    }
    if (event.target instanceof HTMLInputElement) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...(root.current?.querySelectorAll<HTMLElement>(".go-to, .line, .acts button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  };

  return (
    <div
      class="switch"
      role="dialog"
      aria-label={words.collections}
      ref={root}
      tabIndex={-1}
      onKeyDown={keys}
      onFocusIn={(event) => {
        before.current = event.target instanceof Element ? event.target : null;
      }}
    >
      <button type="button" class="grab" aria-label={words.close} onClick={() => close(true)} />
      <ul>
        {live.value.map((collection) => (
          <Row key={collection.id} collection={collection} open={open} setOpen={setOpen} />
        ))}
      </ul>
      <hr />
      {open === "new" ? (
        <NameForm
          label={words.nameOfNew}
          placeholder={words.itsName}
          does={words.make}
          mark={
            <span class="plus">
              <Icon name="plus" />
            </span>
          }
          named={(name) => {
            setOpen(null);
            if (name.trim() !== "") void switcher.make(name);
          }}
          leave={() => setOpen(null)}
        />
      ) : (
        <button type="button" class="line" onClick={() => setOpen("new")}>
          <Icon name="plus" />
          {words.makeNew}
        </button>
      )}
      <button type="button" class="line" onClick={() => chooseBackup((file) => void switcher.openFile(file))}>
        <Icon name="open" />
        {words.openFile}
      </button>
      {deleted.value.length > 0 && (
        <>
          <button
            type="button"
            class="line"
            aria-expanded={showDeleted}
            onClick={() => setShowDeleted(!showDeleted)}
          >
            <Icon name="bin" />
            {words.deleted}
            <span class="quiet">{words.keptFor(deleted.value.length)}</span>
          </button>
          {showDeleted && (
            <ul>
              {deleted.value.map((collection) => (
                <Gone key={collection.id} collection={collection} open={open} setOpen={setOpen} />
              ))}
            </ul>
          )}
        </>
      )}
      <p class="working" role="status">
        {switcher.working.value}
      </p>
    </div>
  );
}

interface RowProps {
  readonly collection: Collection;
  readonly open: Open;
  setOpen(open: Open): void;
}

function isOpen(open: Open, what: What, { id }: Collection): boolean {
  return open !== null && open !== "new" && open.what === what && open.id === id;
}

function Row({ collection, open, setOpen }: RowProps) {
  const page = usePage();
  const { switcher } = page;
  const { id, name } = collection;
  const here = id === page.engine.collections.here;
  const joining = isOpen(open, "together", collection);
  const unfolded = isOpen(open, "acts", collection) || joining;
  const others = page.engine.collections.live.value.filter((one) => one.id !== id);
  const joins = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (joining) joins.current?.querySelector<HTMLElement>("button")?.focus();
  }, [joining]);
  const more = useRef<HTMLButtonElement>(null);
  const renaming = isOpen(open, "rename", collection);
  const wasRenaming = useRef(false);
  useLayoutEffect(() => {
    if (wasRenaming.current && !renaming) more.current?.focus();
    wasRenaming.current = renaming;
  }, [renaming]);
  if (renaming) {
    return (
      <li class="coll">
        <NameForm
          label={words.newNameOf(name)}
          value={name}
          does={words.rename}
          mark={<Mosaic collection={collection} />}
          named={(text) => {
            setOpen(null);
            void switcher.rename(collection, text);
          }}
          leave={() => setOpen(null)}
        />
      </li>
    );
  }
  const holds = here
    ? words.holds(page.engine.photos.value.length, Math.max(0, page.engine.labels.value.length - 1))
    : words.holds(collection.photos, collection.labels);
  return (
    <li class="coll">
      <div class="row">
        <button
          type="button"
          class="go-to"
          aria-current={here ? "true" : undefined}
          onClick={() => void switcher.go(id)}
        >
          <Mosaic collection={collection} />
          <span class="txt">
            <b>{name}</b>
            <span class="quiet">{holds}</span>
          </span>
          {here && <Icon name="check" extra="here" />}
        </button>
        <button
          type="button"
          class="icon-btn"
          ref={more}
          aria-label={words.acts(name, others.length > 0)}
          aria-expanded={unfolded}
          onClick={() => setOpen(unfolded ? null : { what: "acts", id })}
        >
          <Icon name="more" />
        </button>
      </div>
      {joining && (
        <div class="acts joins" role="group" aria-label={words.putTogetherWith(name)} ref={joins}>
          <p class="quiet">{words.putTogetherWith(name)}</p>
          {others.map((other) => (
            <button
              type="button"
              class="btn bare"
              key={other.id}
              onClick={() => void switcher.show(collection, other)}
            >
              <Icon name="join" small />
              <span>{other.name}</span>
            </button>
          ))}
        </div>
      )}
      {unfolded && !joining && (
        <div class="acts">
          <button type="button" class="btn bare" onClick={() => setOpen({ what: "rename", id })}>
            <Icon name="pen" small />
            {words.rename}
          </button>
          <button
            type="button"
            class="btn bare"
            onClick={() => {
              setOpen(null);
              more.current?.focus();
              void switcher.duplicate(collection);
            }}
          >
            <Icon name="copies" small />
            {words.duplicate}
          </button>
          {others.length > 0 && (
            <button type="button" class="btn bare" onClick={() => setOpen({ what: "together", id })}>
              <Icon name="join" small />
              {words.putTogether}
            </button>
          )}
          <button
            type="button"
            class="btn bare"
            onClick={() => {
              setOpen(null);
              void switcher.remove(collection);
            }}
          >
            <Icon name="bin" small />
            {words.remove}
          </button>
        </div>
      )}
    </li>
  );
}

/** One that was deleted and can be brought back. */
function Gone({ collection, open, setOpen }: RowProps) {
  const { switcher, engine } = usePage();
  const { id, name, deleted } = collection;
  const here = id === engine.collections.here;
  const sure = isOpen(open, "sure", collection);
  const root = useRef<HTMLLIElement>(null);
  const wasSure = useRef(false);
  // The focus goes to what is harmless, and back.
  useLayoutEffect(() => {
    if (sure !== wasSure.current)
      root.current?.querySelector<HTMLElement>(".acts button:last-child")?.focus();
    wasSure.current = sure;
  }, [sure]);
  return (
    <li class="coll" ref={root}>
      <div class="row gone">
        <span class="go-to">
          <Mosaic collection={collection} />
          <span class="txt">
            <b>{name}</b>
            <span class="quiet">
              {words.holds(collection.photos, collection.labels)}
              {deleted !== null && `, ${words.goesOn(goesAt(deleted))}`}
            </span>
          </span>
        </span>
      </div>
      {sure ? (
        <div class="acts sure">
          <p>{words.really(name)}</p>
          <button type="button" class="btn" onClick={() => void switcher.deleteForGood(collection)}>
            {words.yes}
          </button>
          <button type="button" class="btn bare" onClick={() => setOpen(null)}>
            {words.no}
          </button>
        </div>
      ) : (
        <div class="acts">
          <button
            type="button"
            class="btn bare"
            aria-label={words.bringBackOne(name)}
            onClick={() => void switcher.restore(collection)}
          >
            <Icon name="undo" small extra="flip" />
            {words.bringBack}
          </button>
          {/* What this page has open goes when it is left. */}
          {!here && (
            <button
              type="button"
              class="btn bare"
              aria-label={words.forGoodOne(name)}
              onClick={() => setOpen({ what: "sure", id })}
            >
              <Icon name="bin" small />
              {words.forGood}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

interface NameFormProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** What Enter does. */
  readonly does: string;
  readonly mark: preact.JSX.Element;
  named(name: string): void;
  leave(): void;
}

/** A name in the row itself: Enter keeps it, Escape leaves it. */
function NameForm({ label, placeholder, value, does, mark, named, leave }: NameFormProps) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  return (
    <form
      class="renamer"
      onSubmit={(event) => {
        event.preventDefault();
        named(input.current?.value ?? "");
      }}
    >
      {mark}
      <label class="field strong">
        <span class="sr">{label}</span>
        <input
          ref={input}
          autocomplete="off"
          enterkeyhint="done"
          maxLength={LONGEST}
          placeholder={placeholder}
          defaultValue={value}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.stopPropagation();
            leave();
          }}
        />
      </label>
      <button type="submit" class="btn">
        {does}
      </button>
    </form>
  );
}

/** Four small pictures. */
export function Mosaic({ collection: { pictures } }: { collection: Collection }) {
  const addresses = useMemo(
    () => pictures.map((bytes) => URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }))),
    [pictures],
  );
  useLayoutEffect(() => () => addresses.forEach(URL.revokeObjectURL), [addresses]);
  return (
    <span class="mosaic" aria-hidden="true">
      {addresses.map((address) => (
        <img key={address} src={address} alt="" width="24" height="24" />
      ))}
    </span>
  );
}
