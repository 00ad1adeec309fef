/** One line in the page about a state: what happened, then what to do. One at a time. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { deletedHere } from "../collections/deleted-here";
import { lessonsIn } from "../engine/engine";
import { usePage } from "../state/context";
import { NONE } from "../state/labels";
import type { Page } from "../state/page";
import * as words from "../words";
import { act, mendBackup, stopBackup } from "./act";
import { Icon, type IconName } from "./icon";

export interface Content {
  readonly icon: IconName;
  readonly words: words.Words;
  readonly warn?: boolean;
  readonly acts: readonly JSX.Element[];
}

/** The most urgent of what there is to say. */
function content(page: Page): Content | null {
  const { engine } = page;
  const deleted = deletedHere(page);
  if (deleted) return deleted;
  const storage = engine.storage.value;
  if (storage.problem || storage.unsaved > 0) {
    const acts = [
      act(words.saveBackup, () => void page.backups.save()),
      act(words.tryAgain, () => void page.attempt(() => engine.saveAgain()), true),
    ];
    return { icon: "warn", warn: true, words: words.notSaved(storage), acts };
  }
  if (engine.otherTab.value) {
    const take = () => void page.attempt(() => engine.teachHere());
    return { icon: "tabs", words: words.otherTab, acts: [act(words.teachHere, take)] };
  }
  const trouble = page.trouble.value;
  if (trouble) {
    const close = () => {
      page.trouble.value = null;
    };
    return { icon: "warn", warn: true, words: words.trouble(trouble), acts: [act(words.close, close, true)] };
  }
  const { why } = engine.device.value;
  if ((why === "lost" || why === "lost-again") && page.lossSeen.value !== why) {
    const seen = () => {
      page.lossSeen.value = why;
    };
    const explain = () => {
      seen();
      page.panel.value = "device";
    };
    const acts = [act(words.why, explain), act(words.close, seen, true)];
    return { icon: "chip", words: words.cardLost, acts };
  }
  if (engine.unread.value > 0) {
    const close = () => {
      engine.unread.value = 0;
    };
    const told = words.unreadFiles(engine.unread.value);
    return { icon: "warn", warn: true, words: told, acts: [act(words.close, close, true)] };
  }
  const renewed = engine.renewed.value;
  if (renewed) {
    const close = () => {
      engine.renewed.value = null;
    };
    const lost = renewed.lostPhotos + renewed.lostLessons > 0;
    const acts = [act(words.close, close, true)];
    return { icon: lost ? "warn" : "fresh", warn: lost, words: words.renewed(renewed), acts };
  }
  if (engine.updateReady.value) {
    const use = () => void page.attempt(() => engine.useUpdate());
    return { icon: "fresh", words: words.update, acts: [act(words.useItNow, use)] };
  }
  if (storage.setAside.length > 0 && !page.setAsideSeen.value) {
    const close = () => {
      page.setAsideSeen.value = true;
    };
    const show = () => {
      page.panel.value = "damage";
    };
    return {
      icon: "warn",
      warn: true,
      words: words.setAside(storage.setAside.length),
      acts: [act(words.seeDamage, show), act(words.close, close, true)],
    };
  }
  const file = engine.backupFile.value;
  const mend = mendBackup(page);
  const behind = mend && words.backupFileState(file);
  if (mend && behind) return { icon: "save", words: behind, acts: [mend, stopBackup(page, true)] };
  if (storage.backupDue) {
    const all = lessonsIn(engine.labels.value);
    const acts = [
      act(words.saveBackup, () => void page.backups.save()),
      ...(file.kind === "none" ? [act(words.keepOne, () => page.backups.keep())] : []),
      act(words.later, () => engine.putOffBackup(), true),
    ];
    return { icon: "save", words: words.backupDue(storage.backup, all), acts };
  }
  const taught = engine.labels.value.filter((label) => label.lessons > 0);
  const one = taught.length === 1 && taught[0]?.id !== NONE;
  if (one && engine.photos.value.some((photo) => photo.taught === null)) {
    return { icon: "photos", words: words.oneLabel, acts: [act(words.showMeOne, () => page.showUnnamed())] };
  }
  return null;
}

/** What is read out must come into a place that was there before; so it comes one step after that. */
export function Notice() {
  const page = usePage();
  const [placed, setPlaced] = useState(false);
  useEffect(() => setPlaced(true), []);
  const shown = placed ? content(page) : null;
  return (
    <>
      <div role="alert">{shown?.warn && <Line shown={shown} />}</div>
      <div role="status">{shown && !shown.warn && <Line shown={shown} />}</div>
    </>
  );
}

function Line({ shown }: { shown: Content }) {
  return (
    <div class={`notice${shown.warn ? " warn" : ""}`}>
      <Icon name={shown.icon} />
      <p>
        <b>{shown.words.what}</b> {shown.words.todo}
      </p>
      <div class="acts">{shown.acts}</div>
    </div>
  );
}
