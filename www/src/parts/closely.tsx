/** One photo, large and whole: beside it what the learner thinks of it, and why. */
import "../style-closely.css";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Photo, PhotoId } from "../engine/engine";
import { beside, CLOSELY, type Looking, neighbour, type Row, standing } from "../state/closely";
import { usePage } from "../state/context";
import type { Page } from "../state/page";
import * as words from "../words";
import { Facts } from "./closely-facts";
import { Sight } from "./closely-sight";
import { Because, TeachIt, Verdict } from "./closely-thinks";
import { Icon } from "./icon";
import { Key, useTitle } from "./key";
import { Menu, type MenuItem } from "./menu";
import { Notice } from "./notice";
import { useThumbnail } from "./thumbnail";

/** Photos shown on either side of the one that is looked at. */
const BESIDE = 4;
/** A photo that was read is drawn within this time; the ones beside it wait for that, in milliseconds. */
const DRAWN_MS = 600;

export function CloselyScreen() {
  const page = usePage();
  const looking = page.closely.looking.value;
  const photo = looking && page.photoById.value.get(looking.photo);
  useLayoutEffect(() => page.closely.focus(), [page]);
  useEffect(() => () => page.large.clear(), [page]);
  return looking && photo ? <Look looking={looking} photo={photo} /> : null;
}

function Look({ looking, photo }: { looking: Looking; photo: Photo }) {
  const page = usePage();
  const { known } = page.closely;
  const { at, of } = standing(looking, known);
  const large = page.large.of(photo.id).value;
  const title = useTitle(words.previousPhoto, "step");

  // The next ones are read ahead once this one is there: earlier they would only keep it waiting.
  const [seen, setSeen] = useState<PhotoId | null>(null);
  const absent = large.original !== undefined && large.original.kind !== "here";
  const settled = seen === photo.id || absent || large.fault !== undefined;
  useEffect(() => {
    if (!settled) return;
    const near = [neighbour(looking, 1, known), neighbour(looking, -1, known)];
    const soon = setTimeout(() => {
      for (const one of near) if (one !== undefined) page.large.prepare(one);
    }, DRAWN_MS);
    return () => clearTimeout(soon);
  }, [looking, settled]);

  const before = neighbour(looking, -1, known) !== undefined;
  const after = neighbour(looking, 1, known) !== undefined;
  const spoken = words.tileName(photo, page.guessing.value, (id) => page.nameOf(id));
  return (
    <main class="look" id={CLOSELY} tabIndex={-1} aria-label={words.lookClosely}>
      <div class="sr" role="status">
        {words.nowAt(at, of, spoken)}
      </div>
      <header class="crumb">
        <button type="button" class="btn bare to" onClick={() => page.closely.close()}>
          <Icon name="back" small extra="flip" />
          <span>{words.backTo}</span>
          <Key of="close" />
        </button>
        <p>
          <b>{words.standing(at, of)}</b> <span class="quiet">{words.inRow(rowName(page, looking.row))}</span>
        </p>
        <UndoOnPhone />
        <Menu name={words.moreForPhoto} items={items(page, photo)} />
      </header>
      <div class="told">
        <Notice />
      </div>
      <div class="sight">
        <button
          type="button"
          class="icon-btn"
          aria-label={words.previousPhoto}
          title={title}
          aria-disabled={!before}
          onClick={() => page.closely.go(-1)}
        >
          <Icon name="prev" extra="flip" />
        </button>
        <Sight key={photo.id} photo={photo} large={large} seen={() => setSeen(photo.id)} />
        <button
          type="button"
          class="icon-btn"
          aria-label={words.nextPhoto}
          aria-disabled={!after}
          onClick={() => page.closely.go(1)}
        >
          <Icon name="next" extra="flip" />
        </button>
      </div>
      <ul class="film" aria-label={words.besideIt}>
        {beside(looking, BESIDE, known).map((one) => (
          <li key={one.photo}>
            <Near photo={one.photo} at={one.at} of={of} current={one.photo === photo.id} />
          </li>
        ))}
      </ul>
      <aside class="thinks" aria-label={words.whatItThinks}>
        <Verdict photo={photo} />
        <TeachIt photo={photo} />
        <Because photo={photo} />
        <Facts photo={photo} large={large} />
      </aside>
    </main>
  );
}

function Near({ photo, at, of, current }: { photo: number; at: number; of: number; current: boolean }) {
  const page = usePage();
  const address = useThumbnail(photo);
  const name = page.photoById.value.get(photo)?.name ?? "";
  return (
    <button
      type="button"
      aria-label={words.placeOf(at, of, name)}
      aria-current={current ? "true" : undefined}
      onClick={() => page.closely.goTo(photo)}
    >
      {address === undefined ? <span class="none" /> : <img src={address} alt="" width="56" height="56" />}
    </button>
  );
}

function UndoOnPhone() {
  const page = usePage();
  const what = page.engine.history.value.undo;
  return (
    <button
      type="button"
      class="icon-btn only-phone"
      aria-label={words.undo(what)}
      aria-disabled={what === null}
      onClick={() => void page.undo()}
    >
      <Icon name="undo" extra="flip" />
    </button>
  );
}

function items(page: Page, photo: Photo): readonly MenuItem[] {
  const choose = () => {
    page.closely.close();
    page.choose(new Set([...page.chosen.value, photo.id]));
  };
  return [
    { text: words.chooseIt, icon: "check", act: choose },
    {
      text: words.removeFromPage,
      icon: "x",
      key: "remove",
      act: () => void page.removePhotos([photo.id]),
    },
  ];
}

function rowName(page: Page, { kind, label }: Row): string {
  if (kind === "label" && label !== null) return page.nameOf(label);
  switch (kind) {
    case "unsure":
      return words.notSure;
    case "fresh":
      return words.justAdded;
    case "rest":
      return words.notNamed;
    default:
      return words.allPhotos;
  }
}
