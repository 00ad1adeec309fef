/** The top bar: name, search, undo and redo, more, add photos. */

import { Title } from "../collections/title";
import { goFromNothing } from "../scratch/door";
import { usePage } from "../state/context";
import * as words from "../words";
import { canChooseFolder, chooseBackup, chooseFiles, chooseFolder } from "./add";
import { Icon } from "./icon";
import { Key, useTitle } from "./key";
import { Menu, type MenuItem } from "./menu";

export function Top({ plain }: { plain: boolean }) {
  return (
    <header class="top">
      <Title plain={plain} />
      <div class="tools" role="group" aria-label={words.tools}>
        {!plain && <Search />}
        {!plain && <Steps />}
        <MoreMenu plain={plain} />
        {!plain && <Add />}
      </div>
    </header>
  );
}

function Search() {
  const page = usePage();
  const query = page.query.value;
  return (
    <>
      {/* Where there is little room it shows itself only while it has the focus or a word. */}
      <label class={`field search${query ? " open" : ""}`}>
        <Icon name="search" small />
        <span class="sr">{words.find}</span>
        <input
          id="find"
          type="search"
          autocomplete="off"
          placeholder={words.find}
          value={query}
          onInput={(event) => {
            page.query.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            page.query.value = "";
            event.stopPropagation();
            page.focusPhotos();
          }}
        />
        {query === "" && <Key of="find" />}
      </label>
      <button
        type="button"
        class="icon-btn search-small"
        aria-label={words.findShort}
        onClick={() => document.getElementById("find")?.focus()}
      >
        <Icon name="search" />
      </button>
    </>
  );
}

function Steps() {
  const page = usePage();
  const { undo, redo } = page.engine.history.value;
  const undoTitle = useTitle(words.undo(undo), "undo");
  const redoTitle = useTitle(words.redo(redo), "redo");
  return (
    <>
      <button
        type="button"
        class="icon-btn"
        aria-label={words.undo(undo)}
        title={undoTitle}
        aria-disabled={undo === null}
        onClick={() => void page.undo()}
      >
        <Icon name="undo" extra="flip" />
      </button>
      <button
        type="button"
        class="icon-btn redo"
        aria-label={words.redo(redo)}
        title={redoTitle}
        aria-disabled={redo === null}
        onClick={() => void page.redo()}
      >
        <Icon name="redo" extra="flip" />
      </button>
    </>
  );
}

/** As far as can be told: fingers usually come without keys. */
const hasKeyboard = !matchMedia("(pointer: coarse)").matches;

function MoreMenu({ plain }: { plain: boolean }) {
  const page = usePage();
  const items: MenuItem[] = [];
  if (!plain) {
    items.push({
      text: words.chooseSeveral,
      icon: "check",
      act: () => {
        page.selecting.value = true;
      },
    });
    // It comes by itself with the first photo that is accepted.
    if (page.finish.counts.value.accepted === 0) {
      const { asked } = page.finish;
      const finish = () => {
        asked.value = !asked.value;
      };
      items.push({ text: words.finish, icon: asked.value ? "x" : "check", act: finish });
    }
    if (page.engine.history.value.redo !== null) {
      const redo = words.redo(page.engine.history.value.redo);
      items.push({ text: redo, icon: "redo", key: "redo", act: () => void page.redo() });
    }
    items.push({ text: words.takeAlong, icon: "folder", act: () => page.takeAlong() });
    items.push({ text: words.saveBackup, icon: "save", act: () => void page.backups.save() });
  }
  const open = (panel: "device" | "keys") => () => {
    page.panel.value = panel;
  };
  const openBackup = () => chooseBackup((file) => page.backups.offer(file));
  items.push({ text: words.openBackup, icon: "fresh", act: openBackup });
  items.push({ text: words.thisDevice, icon: "shield", act: open("device") });
  items.push({ text: words.fromNothing, icon: "pen", act: goFromNothing });
  if (hasKeyboard) items.push({ text: words.keys, icon: "keys", key: "keys", act: open("keys") });
  return <Menu name={words.more} items={items} />;
}

function Add() {
  const page = usePage();
  const others: MenuItem[] = [
    { text: words.chooseFiles, icon: "photos", act: () => chooseFiles(page) },
    { text: words.chooseFolder, icon: "folder", act: () => chooseFolder(page) },
  ];
  return (
    <div class="btn-add split">
      <button type="button" class="btn" onClick={() => chooseFiles(page)}>
        <Icon name="plus" small />
        {words.addPhotos}
      </button>
      {canChooseFolder && (
        <Menu name={words.addOtherwise} items={others} className="btn">
          <Icon name="down" small />
        </Menu>
      )}
    </div>
  );
}
