/** Long work: always n of N, the rate, the time left, and Stop; or why it waits, and what to do. */
import type { Importing } from "../engine/engine";
import { usePage } from "../state/context";
import * as words from "../words";
import { act } from "./act";
import { LongWork } from "./long-work";

export function ImportLine() {
  const page = usePage();
  const importing = page.engine.importing.value;
  if (!importing) return null;
  const { done, total } = importing;
  const waits = importing.waits !== null;
  return (
    <LongWork
      name={words.readingGroup}
      {...told(importing)}
      hint={waits ? words.waitHint : words.stopHint}
      progress={total > 0 ? { name: words.photosRead, done, total } : null}
      waits={waits}
      stop={() => page.engine.stopImport()}
    >
      {waits && act(words.tryAgain, () => void page.attempt(() => page.engine.saveAgain()))}
    </LongWork>
  );
}

/** What it does now, and what is to be known besides. */
function told(importing: Importing): { readonly what: string; readonly more: string } {
  const { done, total, known, found, teaching, waits } = importing;
  if (waits) {
    const { what, todo } = words.importWaits(importing);
    return { what, more: todo };
  }
  if (teaching) return { what: words.teachingDropped, more: words.filesWait(total - done) };
  const more = known > 0 ? [words.hereAlready(known)] : [];
  if (done === total && found !== null) return { what: words.looking(found), more: more.join(" ") };
  const progress = found === null ? words.pace(importing) : words.looking(found);
  return { what: words.reading(importing), more: [progress, ...more].filter(Boolean).join(". ") };
}
