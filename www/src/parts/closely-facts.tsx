/** The file of the photo that is looked at. */
import type { Photo } from "../engine/engine";
import type { Large } from "../state/large";
import * as words from "../words";

export function Facts({ photo, large: { facts, original } }: { photo: Photo; large: Large }) {
  const size = original?.kind === "here" ? original.file.size : null;
  return (
    <section class="facts">
      <h2 class="sr">{words.theFile}</h2>
      <dl>
        <Fact name={words.facts.file}>{photo.name}</Fact>
        {facts && <Fact name={words.facts.size}>{words.sizeOf(facts.width, facts.height, size)}</Fact>}
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
