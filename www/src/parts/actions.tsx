/** The bar for several chosen photos. */
import type { LabelId } from "../engine/engine";
import { usePage } from "../state/context";
import { NONE } from "../state/labels";
import { asSorted, isDone, isDoubtful, sortedUnder } from "../state/sections";
import * as words from "../words";
import { Dot } from "./dot";
import { Icon } from "./icon";
import { Digit, Key } from "./key";
import { Menu, type MenuItem } from "./menu";

/** How many labels stand ready; the others are one step further. */
const READY = 3;

export function Actions() {
  const page = usePage();
  if (!page.selecting.value) return null;
  const ids = [...page.chosen.value];
  const photos = ids.flatMap((id) => page.photoById.value.get(id) ?? []);
  const guessing = page.guessing.value;

  const sums = new Map<LabelId, number>();
  const sorted = new Map<LabelId | null, number>();
  for (const photo of photos) {
    const under = sortedUnder(photo, guessing);
    sorted.set(under, (sorted.get(under) ?? 0) + 1);
    for (const { label, probability } of (guessing && photo.prediction?.ranked) || []) {
      sums.set(label, (sums.get(label) ?? 0) + probability);
    }
  }
  const labels = page.engine.labels.value
    .filter((label) => label.id !== NONE)
    .sort((a, b) => (sums.get(b.id) ?? 0) - (sums.get(a.id) ?? 0) || b.lessons - a.lessons || a.id - b.id)
    .slice(0, READY);
  const shares = [...sorted]
    .sort((a, b) => b[1] - a[1])
    .slice(0, READY)
    .map(([label, n]) => (label === null ? words.shareUnsure(n) : words.share(n, page.nameOf(label))));

  const certain = photos.filter((photo) => !isDoubtful(photo, guessing));
  const doubtful = photos.length - certain.length;
  if (doubtful > 0) shares.push(words.doubtful(doubtful));

  const right = asSorted(photos, guessing).size;

  const items: MenuItem[] = [];
  if (photos.some(isDone)) {
    items.push({ text: words.takeBack, icon: "undo", key: "takeBack", act: () => void page.takeBack(ids) });
  }
  items.push({
    text: words.removeFromPage,
    icon: "x",
    key: "remove",
    act: () => void page.removePhotos(ids),
  });

  const [first, ...rest] = labels;
  return (
    <div class="actions" role="group" aria-label={words.chosen(photos.length)}>
      <p class="sum">
        <b>{photos.length === 0 ? words.tapToChoose : words.photos(photos.length)}</b>
        {guessing && photos.length > 0 && <span>{shares.join(", ")}</span>}
      </p>
      <button type="button" class="btn bare all" onClick={() => page.chooseAll()}>
        {words.all}
      </button>
      <LetGo phone />
      {doubtful > 0 && certain.length > 0 && (
        <button
          type="button"
          class="btn bare"
          onClick={() => page.choose(new Set(certain.map(({ id }) => id)))}
        >
          {words.onlyCertain}
        </button>
      )}
      {photos.length > 0 && first && (
        <button type="button" class="btn primary" onClick={() => void page.teach(ids, first.id)}>
          <Dot label={first.id} />
          {words.teach(first.name)}
          <Digit of={first.id} />
        </button>
      )}
      {photos.length > 0 &&
        rest.map((label) => (
          <button type="button" key={label.id} class="btn" onClick={() => void page.teach(ids, label.id)}>
            <Dot label={label.id} />
            {label.name}
            <Digit of={label.id} />
          </button>
        ))}
      {right > 0 && (
        <button type="button" class="btn" onClick={() => void page.accept(ids)}>
          <Icon name="check" small />
          {words.manyRight(right)}
          <Key of="accept" />
        </button>
      )}
      {photos.length > 0 && (
        <>
          <button
            type="button"
            class={first ? "btn" : "btn primary"}
            onClick={() => page.openChooserForChosen()}
          >
            {first ? words.other : words.nameThem}
          </button>
          <span class="rule" />
          <Menu name={words.moreForChosen} items={items} up />
        </>
      )}
      <LetGo />
    </div>
  );
}

function LetGo({ phone }: { phone?: boolean }) {
  const page = usePage();
  return (
    <button
      type="button"
      class={`icon-btn ${phone ? "only-phone" : "only-wide"}`}
      aria-label={words.letGo}
      onClick={() => page.letGo()}
    >
      <Icon name="x" />
    </button>
  );
}
