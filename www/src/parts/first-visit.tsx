/** The first minute: one sentence, one picture, two doors. */

import { goFromNothing } from "../scratch/door";
import { usePage } from "../state/context";
import * as words from "../words";
import { canChooseFolder, chooseFiles, chooseFolder } from "./add";
import { Icon } from "./icon";
import { Notice } from "./notice";
import { FirstPicture } from "./picture";

export function FirstVisit() {
  const page = usePage();
  const { samples } = page.engine;
  return (
    <main class="main first" id="main" tabIndex={-1}>
      <Notice />
      <FirstPicture />
      <h1>
        {words.firstLine}
        <br />
        {words.secondLine}
      </h1>
      <div class="doors">
        <button type="button" class="door own" onClick={() => chooseFiles(page)}>
          <span class="mark">
            <Icon name="plus" />
          </span>
          <b>{words.ownDoor}</b>
          <span class="quiet">{words.ownDoorHint}</span>
        </button>
        <button type="button" class="door try" onClick={() => page.addSamples()}>
          <span class="samples">
            {samples.previews.map((address) => (
              <img key={address} src={address} alt="" width="46" height="46" />
            ))}
          </span>
          <b>{words.sampleDoor}</b>
          <span class="quiet">{words.sampleDoorHint(samples.count)}</span>
        </button>
      </div>
      <p class="also">
        {canChooseFolder && (
          <button type="button" class="link" onClick={() => chooseFolder(page)}>
            {words.folderDoor}
          </button>
        )}
        <button type="button" class="link" onClick={goFromNothing}>
          {words.fromNothingDoor}
        </button>
      </p>
      <p class="promise">
        <Icon name="shield" small />
        <span>{words.promise}</span>
      </p>
    </main>
  );
}
