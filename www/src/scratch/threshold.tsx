/** Opens the drawing page. Its code is fetched when it is first used; where it cannot be had, the page
 * says so instead of staying empty. */
import { render } from "preact";
import { useUpdate } from "../engine/offline";
import { Icon } from "../parts/icon";
import * as words from "../words";
import { goToPhotos } from "./door";

export async function openDrawings(root: HTMLElement): Promise<void> {
  const code = await import("./drawings").catch(() => null);
  if (code) code.openStudio(root);
  else render(<Missing />, root);
}

/** A version that waits has code of its own. A reload keeps this page's, and asks for it once more. */
function again(): void {
  useUpdate().catch(() => location.reload());
}

function Missing() {
  return (
    <div class="app no-rail plain">
      <main class="main" id="main" tabIndex={-1}>
        <h1 class="sr">{words.appName}</h1>
        <div class="notice warn" role="alert">
          <Icon name="warn" />
          <p>
            <b>{words.drawingsMissing.what}</b> {words.drawingsMissing.todo}
          </p>
          <div class="acts">
            {/* A browser may remember that a module could not be had: only a new page asks again. */}
            <button type="button" class="btn" onClick={again}>
              {words.tryAgain}
            </button>
            <button type="button" class="btn bare" onClick={goToPhotos}>
              {words.backToPhotos}
            </button>
          </div>
        </div>
      </main>
    </div>
  );
}
