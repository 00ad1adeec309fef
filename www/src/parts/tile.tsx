/** One photo in the grid, a file that could not be read, or a place for a photo to come. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Failure, Photo, PhotoId } from "../engine/engine";
import { usePage } from "../state/context";
import { DrawnPictures } from "../state/drawn";
import { looksDifferent } from "../state/sections";
import * as words from "../words";
import "./alike.css";
import { Bar, Dot, tint } from "./dot";
import { takeAlong } from "./drop";
import { Icon } from "./icon";
import { useSmallPicture } from "./thumbnail";

interface Place {
  readonly column: number;
  readonly focusable: boolean;
}

interface OfPhoto {
  readonly photo: Photo;
  readonly bare: boolean;
  /** Of the photo, in CSS pixels. */
  readonly side: number;
  /** The photos that it stands for, where that is a burst. */
  readonly burst: readonly PhotoId[] | undefined;
  /** How many photos its burst has, where that was unfolded. */
  readonly open: number | undefined;
}

export function Tile({ photo, burst, open, column, focusable, bare, side }: OfPhoto & Place) {
  const page = usePage();
  const guessing = page.guessing.value;
  const chosen = page.chosen.value.has(photo.id);
  const choosing = page.choosing.value?.under === photo.id;
  const selecting = page.selecting.value;
  const label =
    photo.taught ?? photo.accepted ?? (guessing ? (photo.prediction?.ranked[0]?.label ?? null) : null);
  const classes = ["tile"];
  if (label !== null) classes.push(tint(label));
  if (photo.taught !== null) classes.push("taught");
  else if (photo.accepted !== null) classes.push("accepted");
  if (burst) classes.push("burst");
  if (chosen) classes.push("chosen");
  if (choosing) classes.push("focus");
  if (selecting) classes.push("selecting");
  return (
    <div
      role="gridcell"
      class={classes.join(" ")}
      data-tile={photo.id}
      aria-colindex={column + 1}
      aria-selected={chosen}
    >
      <button
        type="button"
        class="photo"
        tabIndex={focusable ? 0 : -1}
        aria-label={words.tileName(photo, guessing, (id) => page.nameOf(id), burst?.length)}
        aria-haspopup="dialog"
        aria-expanded={choosing}
        draggable
        onDragStart={(event) => takeAlong(event, chosen ? [...page.chosen.value] : (burst ?? [photo.id]))}
      >
        <Picture photo={photo} side={side} />
        <span class="check" aria-hidden="true">
          {chosen && <Icon name="check" small />}
        </span>
      </button>
      {/* Off the way of Tab: keys have one of their own for it. */}
      <button type="button" class="eye" tabIndex={-1} aria-label={words.lookCloselyAt(photo.name)}>
        <Icon name="eye" small />
      </button>
      <Alike photo={photo.id} burst={burst?.length} open={open} />
      {!bare && (
        <div class="foot" aria-hidden="true">
          <Foot photo={photo} />
        </div>
      )}
    </div>
  );
}

/** How many photos a tile stands for: it shows them all. Beside one of them, once they are shown: it folds them again. */
function Alike({
  photo,
  burst,
  open,
}: {
  photo: PhotoId;
  burst: number | undefined;
  open: number | undefined;
}) {
  const page = usePage();
  const all = burst ?? open;
  if (all === undefined) return null;
  // Off the way of Tab: keys have one of their own for it.
  return (
    <button
      type="button"
      class="alike"
      tabIndex={-1}
      aria-expanded={burst === undefined}
      aria-label={burst === undefined ? words.foldAlike(all) : words.showAlike(all)}
      onClick={(event) => {
        event.stopPropagation();
        page.unfold(photo);
      }}
    >
      <span>
        <Icon name="stack" small />
        {burst}
      </span>
    </button>
  );
}

/** Drawn here and no `<img>`: what that leaves behind of thousands is the browser's to keep (`state/drawn.ts`). */
function Picture({ photo: { id }, side }: { photo: Photo; side: number }) {
  const { drawn } = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useSmallPicture(id);
  const pixels = DrawnPictures.pixels(side);
  useLayoutEffect(() => {
    const own = canvas.current;
    if (!picture || !own) return undefined;
    let gone = false;
    const show = (bitmap: ImageBitmap) => {
      if (gone) return;
      // Painted with the page, as an `<img>` is, and no layer of its own.
      own.getContext("2d", { willReadFrequently: true })?.drawImage(bitmap, 0, 0, pixels, pixels);
      own.dataset.drawn = "";
    };
    const now = drawn.now(id, picture, pixels);
    if (now) show(now);
    // One that cannot be decoded stays a place without a picture.
    else drawn.decode(id, picture, pixels).then(show, () => undefined);
    return () => {
      gone = true;
    };
  }, [drawn, id, picture, pixels]);
  useLayoutEffect(() => {
    const own = canvas.current;
    // Its pixels go with the tile, and not when garbage is collected.
    return () => {
      if (own) own.width = own.height = 0;
    };
  }, []);
  return <canvas ref={canvas} width={pixels} height={pixels} />;
}

function Foot({ photo }: { photo: Photo }) {
  const page = usePage();
  if (photo.taught !== null) {
    return (
      <>
        <Dot label={photo.taught} />
        <span class="words">
          <b>{page.nameOf(photo.taught)}</b>
        </span>
        <span class="pin">
          <Icon name="pin" small />
        </span>
      </>
    );
  }
  const ranked = page.guessing.value ? (photo.prediction?.ranked ?? []) : [];
  const [first, second] = ranked;
  if (photo.accepted !== null) {
    const other = first && looksDifferent(photo) ? page.nameOf(first.label) : null;
    return (
      <>
        <Dot label={photo.accepted} />
        <span class="words">
          <b>{page.nameOf(photo.accepted)}</b>
          {other !== null && `, ${words.looksNow(other)}`}
        </span>
        <span class="pin">
          <Icon name="check" small />
        </span>
      </>
    );
  }
  if (!first) return <span class="words">{photo.name}</span>;
  if (photo.prediction?.notSure && second) {
    return (
      <>
        <span class="dots">
          <Dot label={first.label} />
          <Dot label={second.label} />
        </span>
        <Bar parts={[first, second]} />
        <span class="words">{words.either(page.nameOf(first.label), page.nameOf(second.label))}</span>
      </>
    );
  }
  return (
    <>
      <Dot label={first.label} />
      <Bar parts={[first]} />
      <span class="words">
        <b>{words.percent(first.probability)}</b>
        {second && `, ${words.next(page.nameOf(second.label))}`}
      </span>
    </>
  );
}

export function BrokenTile({ failure, tile, column, focusable }: { failure: Failure; tile: number } & Place) {
  const why = words.failure(failure);
  return (
    <div role="gridcell" class="tile broken" data-tile={tile} aria-colindex={column + 1}>
      <button type="button" class="photo" tabIndex={focusable ? 0 : -1} title={failure.message}>
        <Icon name="broken" />
        <span class="txt">
          <b>{failure.name}</b>
          <span>{why}</span>
        </span>
      </button>
    </div>
  );
}

export function WaitingTile({ column }: { column: number }) {
  return (
    <div role="gridcell" class="tile wait" aria-colindex={column + 1}>
      <div class="photo" />
    </div>
  );
}
