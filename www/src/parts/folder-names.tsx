/** Folders that came in with photos, as labels: one quiet line, opened on demand, which can be sent away. */
import { usePage } from "../state/context";
import * as words from "../words";
import "./folder-names.css";
import { Icon } from "./icon";
import { LongWork } from "./long-work";

export function FolderNamesLine() {
  const page = usePage();
  const { folders } = page;
  const working = folders.working.value;
  if (working) {
    const { folderNames: say } = words;
    return (
      <LongWork
        name={say.working}
        what={say.working}
        more={words.ofTotal(working.done, working.total)}
        hint={say.stopHint}
        progress={{ name: say.working, ...working }}
        stop={() => folders.stop()}
      />
    );
  }
  const offer = folders.offered.value;
  // While photos arrive there may be more of them.
  if (!offer || page.engine.importing.value) return null;
  const { names, lessons, teaching, fresh } = offer;
  const refuse = () => {
    folders.refuse();
    page.focusPhotos();
  };
  return (
    <div class="folder-names">
      <details class="leftout">
        <summary>
          <Icon name="folder" small />
          <span>{words.folderNames.offer(names.length)}</span>
          <span class="chev">
            <Icon name="down" small />
          </span>
        </summary>
        <ul aria-label={words.folderNames.offer(names.length)}>
          {names.map(({ name, photos }) => (
            <li key={name}>
              {name} <span class="count">{words.number(photos.length)}</span>
            </li>
          ))}
        </ul>
        <div class="way">
          <button type="button" class="btn" onClick={() => void folders.teach()}>
            {words.folderNames.asLessons(lessons)}
          </button>
          <p class="quiet">{words.folderNames.asLessonsWhy(teaching.length)}</p>
        </div>
        {fresh.length > 0 && (
          <div class="way">
            <button type="button" class="btn" onClick={() => void folders.make()}>
              {words.folderNames.asNames}
            </button>
            <p class="quiet">{words.folderNames.asNamesWhy(fresh.length, names.length - fresh.length)}</p>
          </div>
        )}
        <p class="quiet">{words.folderNames.undo}</p>
      </details>
      <button type="button" class="icon-btn" aria-label={words.folderNames.no} onClick={refuse}>
        <Icon name="x" small />
      </button>
    </div>
  );
}
