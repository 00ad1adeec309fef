/** The whole page: top, rail, photos, panel, status, and what floats over them. */
import { useEffect, useRef } from "preact/hooks";
import { AlongDoor } from "./along/door";
import { TogetherScreen } from "./collections/together";
import { Actions } from "./parts/actions";
import { chooseFiles } from "./parts/add";
import { Album } from "./parts/album";
import { CloselyScreen } from "./parts/closely";
import { dropHandlers } from "./parts/drop";
import { FinishBand } from "./parts/finish";
import { FirstVisit } from "./parts/first-visit";
import { FolderNamesLine } from "./parts/folder-names";
import { Icon } from "./parts/icon";
import { ImportLine } from "./parts/import-line";
import { keepFocus } from "./parts/keep-focus";
import { LeftOutLine } from "./parts/left-out";
import { Progress } from "./parts/long-work";
import { Notice } from "./parts/notice";
import { SidePanel } from "./parts/panel";
import { Rail } from "./parts/rail";
import { RenewalLine } from "./parts/renewal-line";
import { SaidLine } from "./parts/said";
import { Status } from "./parts/status";
import { Top } from "./parts/top";
import { CLOSELY } from "./state/closely";
import { PageContext, usePage } from "./state/context";
import { pressed } from "./state/keyboard";
import { NONE } from "./state/labels";
import type { Page } from "./state/page";
import { unnamed } from "./state/sections";
import * as words from "./words";

export function App({ page }: { page: Page }) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => pressed(page, event);
    document.addEventListener("keydown", onKey);
    const letFocusGo = keepFocus(page);
    return () => {
      document.removeEventListener("keydown", onKey);
      letFocusGo();
    };
  }, [page]);
  return (
    <PageContext.Provider value={page}>
      <Shell />
    </PageContext.Provider>
  );
}

/** Nothing is here yet: no photo, no label, nothing on its way. */
function isEmpty(page: Page): boolean {
  const { photos, failures, leftOut, labels, importing } = page.engine;
  return (
    photos.value.length === 0 &&
    failures.value.length === 0 &&
    leftOut.value.length === 0 &&
    importing.value === null &&
    labels.value.every((label) => label.id === NONE)
  );
}

function Shell() {
  const page = usePage();
  const phase = page.engine.phase.value;
  const empty = isEmpty(page);
  const opening = phase.kind !== "ready";
  const plain = empty || opening;
  const classes = ["app"];
  if (plain) classes.push("no-rail", "plain");
  if (page.dropping.value) classes.push("dropping");
  if (page.choosing.value) classes.push("choosing");
  const closely = !plain && page.closely.looking.value !== null;
  // The album stays where it is, out of sight: whoever comes back finds it as it was.
  if (closely) classes.push("looking");
  const along = !plain && page.takingAlong.value;
  if (along) classes.push("taking");
  const together = !opening && page.switcher.together.value !== null;
  if (together) classes.push("joining");
  return (
    <div class={classes.join(" ")} {...dropHandlers(page)}>
      <a class="skip" href={together ? "#together" : along ? "#along" : closely ? `#${CLOSELY}` : "#main"}>
        {words.skip}
      </a>
      <Top plain={plain} />
      {opening ? <Opening /> : empty ? <FirstVisit /> : <Photos />}
      {closely && <CloselyScreen />}
      {along && <AlongDoor />}
      {together && <TogetherScreen />}
      <SidePanel />
      <Status />
      {!plain && (
        <section class="tabs" aria-label={words.add}>
          <button type="button" class="add" onClick={() => chooseFiles(page)}>
            <Icon name="plus" />
            {words.addPhotos}
          </button>
        </section>
      )}
      <SaidLine />
      {page.dropping.value && <div class="drop-here">{words.dropHere}</div>}
    </div>
  );
}

function Photos() {
  const page = usePage();
  const main = useRef<HTMLElement>(null);
  // Whoever came through a door that is gone now stands before the photos.
  useEffect(() => {
    if (document.activeElement === document.body) page.focusPhotos();
  }, [page]);
  const query = page.query.value.trim();
  const nothing = page.sections.value.length === 0 && query !== "";
  const noneLeft = !nothing && page.finish.on.value && page.sections.value.length === 0;
  const photos = page.engine.photos.value.length > 0;
  const named = page.engine.labels.value.some((label) => label.id !== NONE);
  const lead = unnamed(page.engine.labels.value) && page.engine.importing.value === null && query === "";
  return (
    <>
      <Rail />
      <main class="main" id="main" tabIndex={-1} ref={main}>
        <Notice />
        <RenewalLine />
        <ImportLine />
        {page.finish.on.value && <FinishBand />}
        {lead && page.filter.value.kind === "all" ? (
          <div class="lead">
            <h1>{photos ? words.lead : words.leadEmpty}</h1>
            <p class="quiet">{photos || !named ? words.leadHint : words.leadEmptyHint}</p>
          </div>
        ) : (
          <h1 class="sr">{words.appName}</h1>
        )}
        <LeftOutLine />
        <FolderNamesLine />
        {nothing && <p class="quiet nothing">{words.nothingFound(query)}</p>}
        {noneLeft && <p class="quiet nothing">{words.noneLeft}</p>}
        <Album scroller={main} />
        <Actions />
      </main>
    </>
  );
}

function Opening() {
  const page = usePage();
  const phase = page.engine.phase.value;
  if (phase.kind === "failed") {
    return (
      <main class="main" id="main" tabIndex={-1}>
        <h1 class="sr">{words.appName}</h1>
        <div class="notice warn" role="alert">
          <Icon name="warn" />
          <p>
            <b>{words.cannotOpen}</b> {phase.problem.message}
          </p>
          <div class="acts">
            {/* One that waits may have mended it. */}
            <button
              type="button"
              class="btn"
              onClick={() => page.engine.useUpdate().catch(() => location.reload())}
            >
              {words.reload}
            </button>
          </div>
        </div>
      </main>
    );
  }
  if (phase.kind === "deleted") {
    return (
      <main class="main" id="main" tabIndex={-1}>
        <h1 class="sr">{words.appName}</h1>
        <Notice />
      </main>
    );
  }
  if (phase.kind === "ready") return null;
  const { received, total } = phase;
  return (
    <main class="main" id="main" tabIndex={-1}>
      <h1 class="sr">{words.appName}</h1>
      {/* Shown only when it takes longer than a blink: the style sheet waits. */}
      <div class="import opening">
        <div class="line">
          <p>
            <b>{words.opening}</b> <span class="quiet">{words.openingProgress(received, total)}</span>
          </p>
        </div>
        <Progress name={words.opening} done={received} total={total} />
      </div>
    </main>
  );
}
