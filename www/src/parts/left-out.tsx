/** What came in and is no photo: one line, opened on demand by kind. */
import type { LeftOut } from "../engine/gather";
import type { OtherKind } from "../engine/kinds";
import { usePage } from "../state/context";
import * as words from "../words";
import { act } from "./act";
import { Icon } from "./icon";

const KINDS: readonly OtherKind[] = ["video", "sound", "document", "sidecar", "archive", "other"];
/** More names of one kind than this are counted. */
const NAMED = 100;

export function LeftOutLine() {
  const page = usePage();
  const files = page.engine.leftOut.value;
  if (files.length === 0) return null;
  const videos = files.filter(({ kind }) => kind === "video").length;
  return (
    <details class="leftout">
      <summary>
        <Icon name="film" small />
        <span>{words.leftOut(videos, files.length - videos)}</span>
        <span class="chev">
          <Icon name="down" small />
        </span>
      </summary>
      <p class="quiet">{words.leftOutWhy}</p>
      {KINDS.map((kind) => {
        const some = files.filter((file) => file.kind === kind);
        return some.length > 0 && <OfKind key={kind} kind={kind} files={some} />;
      })}
      {act(words.close, () => {
        page.engine.forgetLeftOut();
        page.focusPhotos();
      })}
    </details>
  );
}

function OfKind({ kind, files }: { kind: OtherKind; files: readonly LeftOut[] }) {
  return (
    <details>
      <summary>
        <span>{words.kindOfFiles(kind)}</span> <span class="count">{words.number(files.length)}</span>
      </summary>
      <ul>
        {files.slice(0, NAMED).map(({ path }) => (
          <li key={path}>{path}</li>
        ))}
        {files.length > NAMED && <li class="quiet">{words.andMore(files.length - NAMED)}</li>}
      </ul>
    </details>
  );
}
