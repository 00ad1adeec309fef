/** What just happened: floats, shifts nothing, leaves by itself; and is read out. */
import { usePage } from "../state/context";
import * as words from "../words";
import { Key } from "./key";

export function SaidLine() {
  const page = usePage();
  const said = page.said.value;
  return (
    <>
      <div class="sr" role="status">
        {said?.text}
      </div>
      {said && (
        <div
          class="said"
          onPointerEnter={() => page.holdSaid()}
          onFocusIn={() => page.holdSaid()}
          onPointerLeave={() => page.say(said.text, said.canUndo, said.steps, said.back)}
        >
          <span aria-hidden="true">{said.text}</span>
          {said.steps.length > 1 ? (
            <button type="button" onClick={() => void page.undoAll(said.steps)}>
              {words.undoAll(said.steps.length)}
            </button>
          ) : said.canUndo || said.back ? (
            <button type="button" onClick={() => void page.undoSaid()}>
              {words.undoShort}
              <Key of="undo" />
            </button>
          ) : (
            <span class="end" />
          )}
        </div>
      )}
    </>
  );
}
