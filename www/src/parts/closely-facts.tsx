/** The file of the photo that is looked at, as far as anything is known of it. */
import type { Photo } from "../engine/engine";
import { kindOf } from "../engine/kinds";
import type { Large } from "../state/large";
import * as words from "../words";

export function Facts({ photo, large: { facts, original } }: { photo: Photo; large: Large }) {
  const { origin } = photo;
  const size = origin?.size ?? (original?.kind === "here" ? original.file.size : null);
  const folder = origin?.path.split("/").slice(0, -1) ?? [];
  const taken = origin?.taken ?? null;
  const sizeOf = kindOf(photo.name) === "raw" ? words.sizeOfRaw : words.sizeOf;
  return (
    <section class="facts">
      <h2 class="sr">{words.theFile}</h2>
      <dl>
        <Fact name={words.facts.file}>{photo.name}</Fact>
        {folder.length > 0 && <Fact name={words.facts.folder}>{folder.join(" / ")}</Fact>}
        {taken !== null && <Fact name={words.facts.taken}>{words.takenOn(taken)}</Fact>}
        {taken === null && origin && (
          <Fact name={words.facts.changed}>{words.changedOn(origin.modified)}</Fact>
        )}
        {facts && <Fact name={words.facts.size}>{sizeOf(facts.width, facts.height, size)}</Fact>}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
