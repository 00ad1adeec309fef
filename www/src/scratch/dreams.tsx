/** Label by label: what it dreams, or the average of what it was shown, and how well it is known. */
import type { ScratchLabel } from "keepsake/burn";
import { useState } from "preact/hooks";
import { Menu, type MenuItem } from "../parts/menu";
import { NONE } from "../state/labels";
import * as common from "../words";
import { useStudio } from "./context";
import { NameField } from "./name-field";
import { Sign } from "./sign";
import { SmallPicture } from "./small-picture";
import * as words from "./words";

/** The place of a label's dreams on the page. */
export const dreamsOf = (label: number): string => `dreams-${label}`;

export function Dreams() {
  const studio = useStudio();
  const state = studio.state.value;
  const labels = studio.labels.value.filter(({ id, taught }) => id !== NONE || taught > 0);
  if (!state || labels.length === 0) return null;
  const exact = state.preset === "exact";
  const say = exact ? words.averagesSay : state.rehearsal ? words.dreamsSay : words.noRehearsal;
  return (
    <section class="dream-box" aria-labelledby="dreams-head">
      <header>
        <h2 id="dreams-head">{exact ? words.averages : words.dreams}</h2>
        <span class="say">{say}</span>
      </header>
      <ul class="dreams">
        {labels.map((label) => (
          <Dream key={label.id} label={label} average={exact} />
        ))}
      </ul>
      <p class="quiet foot-say">{words.knownHint}</p>
    </section>
  );
}

function Dream({ label, average }: { label: ScratchLabel; average: boolean }) {
  const studio = useStudio();
  const [renaming, setRenaming] = useState(false);
  const pictures = studio.dreams.value.get(label.id) ?? [];
  const training = studio.training.value;
  const last = studio.history.value;
  const items: MenuItem[] = [];
  if (label.id !== NONE) items.push({ text: common.rename, act: () => setRenaming(true) });
  if (last.undo !== null && last.label === label.id) {
    items.push({ text: words.takeBack, act: () => void studio.undo() });
  }
  const now = training !== null && training.ended === null && training.label === label.id;
  return (
    <li class={`dream${now ? " now" : ""}`} id={dreamsOf(label.id)} tabIndex={-1}>
      <div class="who">
        <Sign label={label.id} />
        {renaming ? (
          <NameField
            name={common.renameLabel(label.name)}
            placeholder={label.name}
            done={(name) => {
              setRenaming(false);
              if (name !== null) void studio.rename(label.id, name);
            }}
          />
        ) : (
          <b>{label.name}</b>
        )}
        {items.length > 0 && <Menu name={words.renameMenu(label.name)} items={items} />}
        <span class="quiet">{now ? words.atStep(training.progress?.step ?? 0) : words.known(label)}</span>
      </div>
      {pictures.length > 0 && (
        <div class="strip" role="img" aria-label={words.stripOf(label.name, pictures.length, average)}>
          {pictures.map((picture, place) => (
            <SmallPicture key={place} picture={picture} />
          ))}
        </div>
      )}
    </li>
  );
}
