/** The panel beside the photos: details of this device, or the keys. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { lessonsIn, type Sizes } from "../engine/engine";
import { actions, capsOf } from "../state/actions";
import { usePage } from "../state/context";
import * as words from "../words";
import { act, mendBackup, stopBackup } from "./act";
import { chooseBackup } from "./add";
import { Damage } from "./damage";
import { Icon } from "./icon";

export function SidePanel() {
  const page = usePage();
  switch (page.panel.value) {
    case "device":
      return (
        <Frame title={words.thisDevice}>
          <Private />
          <Saved />
          <Backup />
          <Computing />
          <OfflineState />
        </Frame>
      );
    case "damage":
      return (
        <Frame title={words.damage.title}>
          <Damage />
        </Frame>
      );
    case "keys":
      return (
        <Frame title={words.keys}>
          <KeyList />
        </Frame>
      );
    case null:
      return null;
  }
}

function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const page = usePage();
  const panel = useRef<HTMLElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  const from = useRef(document.activeElement);
  const within = () => panel.current?.contains(document.activeElement) ?? false;
  useEffect(() => {
    if (!within()) close.current?.focus();
  }, [title]);
  // Opened from somewhere, closed back to there, unless the person went elsewhere meanwhile.
  useLayoutEffect(
    () => () => {
      if (!within() && document.activeElement !== document.body) return;
      const opener = from.current;
      if (opener instanceof HTMLElement && opener !== document.body && opener.isConnected) opener.focus();
      else page.focusPhotos();
    },
    [page],
  );
  return (
    <aside class="panel details" aria-labelledby="panel-title" ref={panel}>
      <header>
        <h2 id="panel-title">{title}</h2>
        <button
          type="button"
          ref={close}
          class="icon-btn"
          aria-label={words.close}
          onClick={() => {
            page.panel.value = null;
          }}
        >
          <Icon name="x" />
        </button>
      </header>
      {children}
    </aside>
  );
}

function Private() {
  const page = usePage();
  return (
    <section>
      <h3>
        <Icon name="shield" />
        {words.nothingLeft}
      </h3>
      <p class="quiet">{words.nothingLeftWhy}</p>
      <details>
        <summary>{words.checkIt}</summary>
        <ol class="steps">
          {page.engine.offline.value.kind === "ready" && <li>{words.checkOffline}</li>}
          <li>
            {words.checkPress} <kbd class="k">F12</kbd>
            {words.checkOpen} <em>{words.checkNetwork}</em>
            {words.checkThen}
          </li>
        </ol>
      </details>
      <p class="quiet">{words.whatLessonsKeep}</p>
    </section>
  );
}

/** Safari's engine, on whatever device and under whatever name. */
const isApple = navigator.vendor.startsWith("Apple");

function Saved() {
  const page = usePage();
  const { used, allowed, persisted, setAside } = page.engine.storage.value;
  const lessons = lessonsIn(page.engine.labels.value);
  const photos = page.engine.photos.value.length;
  const offline = page.engine.offline.value;
  const [sizes, setSizes] = useState<Sizes | null>(null);
  // Weighed again when there are others, not with every lesson.
  useEffect(() => {
    let shown = true;
    page.engine.measure().then(
      (measured) => shown && setSizes(measured),
      () => undefined,
    );
    return () => {
      shown = false;
    };
  }, [page, photos, lessons]);
  return (
    <section>
      <h3>
        <Icon name="disk" />
        {words.savedHere}
      </h3>
      <dl>
        <div>
          <dt>{words.photosByNumbers}</dt>
          <dd>{words.countAndSize(photos, sizes?.photos ?? null)}</dd>
        </div>
        {sizes !== null && (
          <div>
            <dt>{words.smallPictures}</dt>
            <dd>{words.bytes(sizes.pictures)}</dd>
          </div>
        )}
        <div>
          <dt>{words.learned}</dt>
          <dd>{words.countAndSize(lessons, sizes?.lessons ?? null)}</dd>
        </div>
        {offline.kind === "ready" && (
          <div>
            <dt>{words.pageItself}</dt>
            <dd>{words.bytes(offline.bytes)}</dd>
          </div>
        )}
        {used !== null && (
          <div class="sum">
            <dt>{words.used(allowed)}</dt>
            <dd>{words.bytes(used)}</dd>
          </div>
        )}
      </dl>
      {persisted !== null && (
        <p>
          <b>{persisted ? words.keptFor.persisted : words.keptFor.fragile}</b>{" "}
          <span class="quiet">{persisted ? words.keptFor.persistedWhy : words.keptFor.fragileWhy}</span>
        </p>
      )}
      {isApple && !persisted && <p class="quiet">{words.keptFor.sevenDays}</p>}
      {(photos > 0 || lessons > 0) && <DeleteAll photos={photos} lessons={lessons} />}
      {setAside.length > 0 && (
        <p>
          <b>{words.setAside(setAside.length).what}</b>{" "}
          <button
            type="button"
            class="link"
            onClick={() => {
              page.panel.value = "damage";
            }}
          >
            {words.seeDamage}
          </button>
        </p>
      )}
    </section>
  );
}

function DeleteAll({ photos, lessons }: { photos: number; lessons: number }) {
  const page = usePage();
  const [asks, setAsks] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  // The focus goes to what is harmless, and back.
  useEffect(() => {
    if (asks) cancel.current?.focus();
  }, [asks]);
  if (!asks) {
    return (
      <div class="acts">
        <button type="button" ref={button} class="btn bare" onClick={() => setAsks(true)}>
          {words.deleteEverything}
        </button>
      </div>
    );
  }
  const { offline } = page.engine;
  // Those that can still be brought back go, too.
  const all = page.engine.collections.all.value;
  const here = page.engine.collections.here;
  const sum = all.reduce((n, one) => n + (one.id === here ? photos : one.photos), 0);
  const several = all.length > 1 ? { collections: all.length, photos: sum } : null;
  const told = words.deletes(photos, lessons, offline.value, several);
  return (
    <>
      <p>
        <b>{told.what}</b> <span class="quiet">{told.todo}</span>
      </p>
      <div class="acts">
        <button
          type="button"
          class="btn"
          onClick={() => void page.attempt(() => page.engine.deleteEverything())}
        >
          {words.deleteYes}
        </button>
        <button
          type="button"
          ref={cancel}
          class="btn"
          onClick={() => {
            setAsks(false);
            requestAnimationFrame(() => button.current?.focus());
          }}
        >
          {words.cancel}
        </button>
      </div>
    </>
  );
}

function Backup() {
  const page = usePage();
  const file = page.backups.toOpen.value;
  const question = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => question.current?.focus(), [file]);
  const state = words.backupState(page.engine.storage.value.backup);
  const lessons = page.engine.labels.value.some((label) => label.lessons > 0);
  const photos = page.engine.photos.value.length > 0;
  const answer = (how: "replace" | "merge" | null) => {
    page.backups.toOpen.value = null;
    if (file && how) void page.backups.open(file, how);
  };
  return (
    <section>
      <h3>
        <Icon name="save" />
        {words.backup}
      </h3>
      {file ? (
        <>
          <p ref={question} tabIndex={-1}>
            {words.replaceOrMerge(file.name)}
          </p>
          <div class="acts">
            <button type="button" class="btn" onClick={() => answer("merge")}>
              {words.addToMine}
            </button>
            <button type="button" class="btn" onClick={() => answer("replace")}>
              {words.replaceMine}
            </button>
            <button type="button" class="btn bare" onClick={() => answer(null)}>
              {words.cancel}
            </button>
          </div>
        </>
      ) : (
        <>
          <p>
            <b>{state.what}</b> <span class="quiet">{state.todo}</span>
          </p>
          <div class="acts">
            {lessons && (
              <button type="button" class="btn primary" onClick={() => void page.backups.save()}>
                {words.saveBackup}
              </button>
            )}
            <button
              type="button"
              class="btn"
              onClick={() => chooseBackup((chosen) => page.backups.offer(chosen))}
            >
              {words.openOne}
            </button>
          </div>
          {(lessons || photos) && <KeptFile />}
        </>
      )}
    </section>
  );
}

/** The file that the page writes by itself, where the browser lets it. */
function KeptFile() {
  const page = usePage();
  const file = page.engine.backupFile.value;
  const told = words.backupFileState(file);
  if (!told) return null;
  return (
    <>
      <p>
        <b>{told.what}</b> <span class="quiet">{told.todo}</span>
      </p>
      <div class="acts">
        {file.kind === "none" && act(words.keepOne, () => page.backups.keep())}
        {mendBackup(page)}
        {file.kind === "kept" &&
          file.earlier &&
          act(words.saveEarlier, () => void page.backups.saveEarlier())}
        {file.kind !== "none" && stopBackup(page)}
      </div>
    </>
  );
}

function Computing() {
  const { engine } = usePage();
  const device = engine.device.value;
  const why = words.computingWhy(device);
  return (
    <section>
      <h3>
        <Icon name="chip" />
        {words.computing(device)}
      </h3>
      {why && <p class="quiet">{why}</p>}
      <fieldset class="seg">
        <legend class="sr">{words.computeOn}</legend>
        {words.deviceChoices.map(([choice, name]) => (
          <label key={choice}>
            <input
              type="radio"
              name="device"
              checked={device.choice === choice}
              onChange={() => engine.chooseDevice(choice)}
            />
            {name}
          </label>
        ))}
      </fieldset>
    </section>
  );
}

function OfflineState() {
  const page = usePage();
  const { offline, updateIncomplete, updateReady, version } = page.engine;
  const state = offline.value;
  const ready = state.kind === "ready";
  const files = ready ? `, ${words.offlineFiles(state.files, state.bytes)}` : "";
  return (
    <section>
      <h3>
        <Icon name="offline" />
        {words.offline(state)}
      </h3>
      <p class="quiet">
        {words.version(version)}
        {files}.{" "}
        <a href="./licences.txt" target="_blank" rel="noreferrer">
          {words.licences}
        </a>
      </p>
      {updateIncomplete.value && <p class="quiet">{words.updateIncomplete}</p>}
      {updateReady.value && (
        <p>
          {words.update.what}{" "}
          <button type="button" class="link" onClick={() => void page.attempt(() => page.engine.useUpdate())}>
            {words.useItNow}
          </button>
        </p>
      )}
      {ready ? (
        <dl>
          {words.worksOffline(state.groups).map(([what, how]) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="quiet">{words.offlineWhy(state)}</p>
      )}
    </section>
  );
}

function KeyList() {
  const page = usePage();
  const on = page.singleKeys.value;
  return (
    <section>
      <label class="check-line">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            page.singleKeys.value = event.currentTarget.checked;
          }}
        />
        <span>
          {words.singleKeys} <span class="quiet">{words.singleKeysWhy}</span>
        </span>
      </label>
      <dl class="keys">
        {actions.map((action) => {
          const caps = capsOf(action, on);
          if (action.says === null || caps === null) return null;
          return (
            <div key={action.id}>
              <dt>
                {caps.map((key) => (
                  <kbd class="k" key={key}>
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd>{action.says}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
