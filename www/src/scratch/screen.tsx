/** The whole page that learns from nothing: top, labels, pad and training, dreams, status. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { offline, updateReady } from "../engine/offline";
import { chooseBackup, choosePictures } from "../parts/add";
import { dropHandlers, filesOf, holdsFiles } from "../parts/drop";
import { Icon, type IconName, Logo } from "../parts/icon";
import { Menu, type MenuItem } from "../parts/menu";
import { NONE } from "../state/labels";
import * as common from "../words";
import { useStudio } from "./context";
import { goToPhotos } from "./door";
import { Dreams, dreamsOf } from "./dreams";
import { pressed } from "./keys";
import { NameField } from "./name-field";
import { PadBox } from "./pad";
import { Sign } from "./sign";
import type { Studio } from "./studio";
import { TrainingPanel } from "./training";
import * as words from "./words";

export function Screen() {
  const studio = useStudio();
  const { kind } = studio.phase.value;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => pressed(studio, event);
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [studio]);
  useEffect(() => {
    document.title = `${words.title} · ${common.appName}`;
  }, []);
  return (
    <div
      class={`app scratching${kind === "ready" ? "" : " no-rail plain"}${studio.dropping.value ? " dropping" : ""}`}
      {...dropHandlers(studio)}
    >
      <a class="skip" href="#main">
        {words.skip}
      </a>
      <Top />
      {kind === "ready" ? <Ready /> : <NotReady />}
      <Status />
      <Said />
      {studio.dropping.value && <div class="drop-here">{common.dropHere}</div>}
    </div>
  );
}

function Top() {
  const studio = useStudio();
  const ready = studio.phase.value.kind === "ready";
  const items: MenuItem[] = [];
  if (ready) {
    const { undo, redo } = studio.history.value;
    if (undo !== null) items.push({ text: common.undo(undo), icon: "undo", act: () => void studio.undo() });
    if (redo !== null) items.push({ text: common.redo(redo), icon: "redo", act: () => void studio.redo() });
    items.push({ text: common.saveBackup, icon: "save", act: () => void studio.saveBackup() });
    const open = () => chooseBackup((file) => void studio.openBackup(file));
    items.push({ text: common.openBackup, icon: "fresh", act: open });
    // To compute elsewhere is to open the collection again, which in a tab alone would begin anew.
    const kept = studio.unstored.value === null || studio.fresh.value;
    if ("gpu" in navigator && kept) {
      const onCard = studio.state.value?.device === "webgpu";
      items.push({
        text: onCard ? words.useProcessor : words.useCard,
        icon: "chip",
        act: () => void studio.computeOn(onCard ? "cpu" : "webgpu"),
      });
    }
    items.push({ text: words.startAnew, icon: "x", act: () => (studio.asksAnew.value = true) });
  }
  items.push({ text: words.toPhotos, icon: "photos", act: goToPhotos });
  return (
    <header class="top">
      <button type="button" class="title" onClick={goToPhotos} title={words.toPhotos}>
        <Logo />
        <span>
          <b>{words.title}</b>
          <small>{words.subtitle}</small>
          <span class="sr">{words.toPhotos}</span>
        </span>
      </button>
      <div class="tools">
        <Menu name={common.more} items={items} />
        {ready && (
          <button
            type="button"
            class="btn btn-add"
            onClick={() => choosePictures((files) => void studio.hold(files))}
          >
            <Icon name="plus" small />
            {words.addPictures}
          </button>
        )}
      </div>
    </header>
  );
}

function Ready() {
  return (
    <>
      <Rail />
      <main class="main scratch" id="main" tabIndex={-1}>
        <h1 class="sr">{words.title}</h1>
        <Notices />
        <div class="bench">
          <PadBox />
          <TrainingPanel />
        </div>
        <Dreams />
      </main>
    </>
  );
}

function NotReady() {
  const studio = useStudio();
  const phase = studio.phase.value;
  return (
    <main class="main" id="main" tabIndex={-1}>
      <h1 class="sr">{words.title}</h1>
      {phase.kind === "opening" && (
        <p class="opening" role="status">
          <b>{words.opening}</b> <span class="quiet">{words.openingHint}</span>
        </p>
      )}
      {phase.kind === "elsewhere" && (
        <Notice icon="tabs" says={words.elsewhere}>
          <button type="button" class="btn" onClick={() => void studio.takeOver()}>
            {words.drawHere}
          </button>
        </Notice>
      )}
      {phase.kind === "failed" && phase.problem.code === "storage/damaged" && <Unreadable />}
      {phase.kind === "failed" && phase.problem.code !== "storage/damaged" && (
        <Notice icon="warn" warn says={{ what: common.cannotOpen, todo: phase.problem.message }}>
          <button type="button" class="btn" onClick={() => location.reload()}>
            {common.reload}
          </button>
        </Notice>
      )}
    </main>
  );
}

/** Its networks are damaged: nothing of it can be used, and only the person can say what shall be. */
function Unreadable() {
  const studio = useStudio();
  const anew = studio.asksAnew.value;
  return (
    <>
      <Notice icon="warn" warn says={anew ? words.anewQuestion : words.unreadableNetworks}>
        <button
          type="button"
          class="btn"
          onClick={() => chooseBackup((file) => void studio.openInPlace(file))}
        >
          {common.openBackup}
        </button>
        {anew ? (
          <button
            type="button"
            class="btn"
            onClick={() => {
              studio.asksAnew.value = false;
              void studio.openInPlace(null);
            }}
          >
            {words.anewYes}
          </button>
        ) : (
          <button type="button" class="btn bare" onClick={() => (studio.asksAnew.value = true)}>
            {words.startAnew}
          </button>
        )}
        {anew && (
          <button type="button" class="btn bare" onClick={() => (studio.asksAnew.value = false)}>
            {common.cancel}
          </button>
        )}
      </Notice>
      <Trouble />
    </>
  );
}

interface NoticeProps {
  readonly icon: IconName;
  readonly says: common.Words;
  readonly warn?: boolean;
  readonly children: ComponentChildren;
}

function Notice({ icon, says, warn, children }: NoticeProps) {
  return (
    <div class={`notice${warn ? " warn" : ""}`} role={warn ? "alert" : "status"}>
      <Icon name={icon} />
      <p>
        <b>{says.what}</b> {says.todo}
      </p>
      <div class="acts">{children}</div>
    </div>
  );
}

function Notices() {
  const studio = useStudio();
  const unstored = studio.unstored.value;
  const halted = studio.halted.value;
  return (
    <>
      {unstored && (
        <Notice icon="warn" warn says={{ what: words.notKept, todo: unstored.message }}>
          <button type="button" class="btn" onClick={() => void studio.saveBackup()}>
            {common.saveBackup}
          </button>
        </Notice>
      )}
      {halted && (
        <Notice icon="warn" warn says={words.halted(halted, studio.waiting.value.length)}>
          <button type="button" class="btn" onClick={() => studio.goOn()}>
            {common.tryAgain}
          </button>
          <button type="button" class="btn bare" onClick={() => void studio.saveBackup()}>
            {common.saveBackup}
          </button>
        </Notice>
      )}
      {studio.damaged.value.length > 0 && !studio.damageSeen.value && (
        <Notice icon="warn" warn says={words.damaged(studio.damaged.value)}>
          <button type="button" class="btn" onClick={() => void studio.leaveOut()}>
            {common.damage.leave}
          </button>
          <button type="button" class="btn bare" onClick={() => (studio.damageSeen.value = true)}>
            {common.close}
          </button>
        </Notice>
      )}
      {studio.asksAnew.value && (
        <Notice icon="warn" warn says={words.anewQuestion}>
          <button type="button" class="btn" onClick={() => void studio.startAnew()}>
            {words.anewYes}
          </button>
          <button type="button" class="btn bare" onClick={() => (studio.asksAnew.value = false)}>
            {common.cancel}
          </button>
        </Notice>
      )}
      {updateReady.value && (
        <Notice icon="fresh" says={common.update}>
          <button type="button" class="btn" onClick={() => void studio.useUpdate()}>
            {common.useItNow}
          </button>
        </Notice>
      )}
      <Trouble />
    </>
  );
}

function Trouble() {
  const studio = useStudio();
  const close = (closed: string) => {
    studio.trouble.value = studio.trouble.value.filter((other) => other !== closed);
  };
  return (
    <>
      {studio.trouble.value.map((sentence) => (
        <Notice key={sentence} icon="warn" warn says={common.trouble({ code: "", message: sentence })}>
          <button type="button" class="btn bare" onClick={() => close(sentence)}>
            {common.close}
          </button>
        </Notice>
      ))}
    </>
  );
}

function Rail() {
  const studio = useStudio();
  const labels = studio.labels.value;
  const learning = studio.learning.value ? studio.training.value?.label : undefined;
  const ordered = [...labels.filter(({ id }) => id !== NONE), ...labels.filter(({ id }) => id === NONE)];
  return (
    <nav class="rail" aria-label={common.labels}>
      <h2>
        <span>{common.labels}</span>
      </h2>
      <ul>
        {ordered.map((label) => (
          <li key={label.id}>
            <button
              type="button"
              class="label"
              aria-label={words.labelRow(label)}
              aria-current={learning === label.id ? "true" : undefined}
              onClick={() => {
                const place = document.getElementById(dreamsOf(label.id));
                place?.scrollIntoView({ block: "center" });
                place?.focus({ preventScroll: true });
              }}
              onDragOver={(event) => holdsFiles(event) && event.preventDefault()}
              onDrop={(event) => dropped(studio, event, label.id)}
            >
              <Sign label={label.id} />
              <span class="name">{label.name}</span>
              <span />
              <span class="count">{common.number(label.taught)}</span>
            </button>
          </li>
        ))}
        <NewLabel />
      </ul>
    </nav>
  );
}

/** Pictures on a label teach it. */
function dropped(studio: Studio, event: DragEvent, label: number): void {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  studio.dropping.value = false;
  void studio.teachFiles(filesOf(event), label);
}

function NewLabel() {
  const studio = useStudio();
  const [open, setOpen] = useState(false);
  return (
    <li>
      {open ? (
        <NameField
          name={common.labelName}
          placeholder={common.newLabel}
          done={(name) => {
            setOpen(false);
            if (name !== null) void studio.addLabel(name);
          }}
        />
      ) : (
        <button type="button" class="label slot" onClick={() => setOpen(true)}>
          <Icon name="plus" />
          <span class="name">{common.newLabel}</span>
        </button>
      )}
    </li>
  );
}

function Status() {
  const studio = useStudio();
  const taught = studio.taught.value;
  const state = studio.state.value;
  const unstored = studio.unstored.value !== null;
  const kept = unstored ? words.inTabOnly : taught > 0 ? words.keptHere : words.nothingStored;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: not inside main, so it is a landmark
    <footer class="status" aria-label={common.status}>
      {taught > 0 && <span>{words.taughtInAll(taught)}</span>}
      <span class={unstored ? "warn" : ""}>
        {unstored ? <Icon name="warn" small /> : taught > 0 && <Icon name="shield" small extra="ok" />}
        {kept}
      </span>
      <span>
        <Icon name="offline" small />
        {common.offlineDrawings(offline.value)}
      </span>
      {state && (
        <span>
          <Icon name="chip" small />
          {words.deviceLine(state)}
        </span>
      )}
    </footer>
  );
}

function Said() {
  const studio = useStudio();
  const said = studio.said.value;
  return (
    <>
      <div class="sr" role="status">
        {said?.text}
      </div>
      {said && (
        <div
          class="said"
          onPointerEnter={() => studio.holdSaid()}
          onFocusIn={() => studio.holdSaid()}
          onPointerLeave={() => studio.say(said.text, said.canUndo)}
        >
          <span aria-hidden="true">{said.text}</span>
          {said.canUndo ? (
            <button type="button" onClick={() => void studio.undo()}>
              {common.undoShort}
            </button>
          ) : (
            <span class="end" />
          )}
        </div>
      )}
    </>
  );
}
