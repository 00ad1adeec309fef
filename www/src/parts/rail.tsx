/** Labels: a rail on wide screens, a strip of chips on a phone. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Label } from "../engine/engine";
import { usePage } from "../state/context";
import { NONE } from "../state/labels";
import type { Filter } from "../state/sections";
import * as words from "../words";
import { Dot, OpenDot } from "./dot";
import { draggedPhotos, filesOf, foldersOf, holdsFiles, holdsPhotos } from "./drop";
import { Icon } from "./icon";

export function Rail() {
  const page = usePage();
  const labels = page.engine.labels.value;
  const named = labels.filter((label) => label.id !== NONE);
  const taught = labels.filter((label) => label.lessons > 0);
  const none = labels.find((label) => label.id === NONE);
  const filter = page.filter.value;
  const { unsure } = page.counts.value;
  const photos = page.engine.photos.value.length;
  const show = (next: Filter) => {
    page.filter.value = next;
  };
  return (
    <nav class="rail" aria-label={words.labels}>
      <ul>
        <li>
          <button
            type="button"
            class="label"
            aria-pressed={filter.kind === "all"}
            onClick={() => show({ kind: "all" })}
          >
            <Icon name="photos" />
            <span class="name">{words.allPhotos}</span>
            <span />
            <span class="count">{words.number(photos)}</span>
          </button>
        </li>
        {page.guessing.value && (
          <li>
            <button
              type="button"
              class="label"
              aria-pressed={filter.kind === "unsure"}
              onClick={() => show({ kind: "unsure" })}
            >
              <OpenDot sign="?" />
              <span class="name">{words.notSure}</span>
              <span />
              <span class="count">{words.number(unsure)}</span>
            </button>
          </li>
        )}
      </ul>
      <h2>
        <span>{words.labels}</span>
      </h2>
      <ul>
        {named.map((label) => (
          <LabelRow key={label.id} label={label} />
        ))}
        {named.length === 0 && <Slot sign="1" text={words.nameOneKind} />}
        {named.length < 2 && <Slot sign="2" text={words.andAnother} />}
        {none && (taught.length > 0 || named.length > 0) && <LabelRow label={none} />}
        <NewLabel />
      </ul>
    </nav>
  );
}

function LabelRow({ label }: { label: Label }) {
  const page = usePage();
  const filter = page.filter.value;
  const pressed = filter.kind === "label" && filter.label === label.id;
  const [over, setOver] = useState(false);
  return (
    <li>
      <button
        type="button"
        class={`label${over ? " drop" : ""}`}
        aria-pressed={pressed}
        onClick={() => {
          page.filter.value = pressed ? { kind: "all" } : { kind: "label", label: label.id };
        }}
        onDragOver={(event) => {
          if (!holdsFiles(event) && !holdsPhotos(event)) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          page.dropping.value = false;
          const photos = draggedPhotos(event);
          if (photos.length > 0) void page.teach(photos, label.id);
          else {
            page.keepFolders(foldersOf(event));
            page.addFiles(filesOf(event), label.id);
          }
        }}
      >
        <Dot label={label.id} />
        <span class="name">{page.nameOf(label.id)}</span>
        {page.finish.on.value ? (
          <Left label={label} />
        ) : label.lessons > 0 ? (
          <span class="taught" title={words.taughtCount(label.lessons)}>
            <Icon name="pin" />
            {words.number(label.lessons)}
            <span class="sr"> {words.taughtCount(label.lessons)}</span>
          </span>
        ) : (
          <span />
        )}
        <span class="count">{words.number(page.counts.value.perLabel.get(label.id) ?? 0)}</span>
      </button>
    </li>
  );
}

/** Once the end is in sight: how many are left under a label, or that none is. */
function Left({ label }: { label: Label }) {
  const { left, perLabel } = usePage().counts.value;
  const n = left.get(label.id) ?? 0;
  if (!perLabel.has(label.id)) return <span />;
  if (n > 0) return <span class="taught left">{words.leftCount(n)}</span>;
  return (
    <span class="taught left" title={words.allDone}>
      <Icon name="check" />
      <span class="sr">{words.allDone}</span>
    </span>
  );
}

/** An empty place for a name: it leads to a photo that waits for one. */
function Slot({ sign, text }: { sign: string; text: string }) {
  const page = usePage();
  return (
    <li>
      <button type="button" class="label slot" onClick={() => page.showUnnamed()}>
        <OpenDot sign={sign} />
        <span class="name">{text}</span>
      </button>
    </li>
  );
}

function NewLabel() {
  const page = usePage();
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  const making = useRef(false);
  useLayoutEffect(() => {
    if (open) input.current?.focus();
    else if (back.current) button.current?.focus();
    back.current = making.current = false;
  }, [open]);
  const close = () => {
    back.current = document.activeElement === input.current;
    setOpen(false);
  };
  /** Makes the label, or stays open with what was typed. Leaving the field is as good as Enter. */
  const end = async () => {
    const name = input.current?.value.trim() ?? "";
    if (making.current) return;
    making.current = true;
    if (name === "" || (await page.addLabel(name))) close();
    making.current = false;
  };
  if (!open) {
    return (
      <li>
        <button type="button" ref={button} class="label slot" onClick={() => setOpen(true)}>
          <Icon name="plus" />
          <span class="name">{words.newLabel}</span>
        </button>
      </li>
    );
  }
  return (
    <li class="new-label">
      <label class="field strong">
        <span class="sr">{words.labelName}</span>
        <input
          ref={input}
          autocomplete="off"
          placeholder={words.newLabel}
          onBlur={() => void end()}
          onKeyDown={(event) => {
            // Here Escape is for the field and nothing else: what was chosen stays chosen.
            event.stopPropagation();
            if (event.key === "Enter") void end();
            if (event.key !== "Escape") return;
            making.current = true;
            close();
          }}
        />
        <kbd>Enter</kbd>
      </label>
    </li>
  );
}
