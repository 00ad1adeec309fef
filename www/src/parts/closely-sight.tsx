/** The photo itself: as large as there is room, or larger, moved and pinched; or how to get at it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Photo } from "../engine/engine";
import { kindOf } from "../engine/kinds";
import type { Original } from "../engine/originals";
import type { Zoom } from "../state/closely";
import { usePage } from "../state/context";
import type { Large } from "../state/large";
import type { Page } from "../state/page";
import { sortedUnder } from "../state/sections";
import * as words from "../words";
import { chooseOriginals } from "./add";
import { tint } from "./dot";
import { type Point, useGestures } from "./gestures";
import { useThumbnail } from "./thumbnail";

/** How much larger than it fits a photo can be made at least, and at most. */
const LARGER = 2;
const LARGEST = 12;

interface SightOf {
  readonly photo: Photo;
  readonly large: Large;
  /** It was read, and is drawn now. */
  readonly seen: () => void;
}

export function Sight({ photo, large, seen }: SightOf) {
  const page = usePage();
  const place = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLElement>(null);
  const image = useRef<HTMLImageElement>(null);
  const [shown, setShown] = useState(false);
  const small = useThumbnail(photo.id);
  const { facts, original, draft, address, fault } = large;
  const found = original?.kind === "here" && fault === undefined;
  const here = found && address !== undefined;
  const ratio = facts ? facts.width / facts.height : 1;
  useLayoutEffect(() => {
    page.large.show(photo.id, (shape) => fitWidth(place.current, shape) * devicePixelRatio);
  }, [photo.id]);
  const zoom = here && shown ? page.closely.zoom.value : "fit";
  const factor = useFactor(zoom, place.current, image.current, ratio);
  const zoomed = factor > 1;

  /** The place in the picture, as shares of its sides, that stays under a point of the frame. */
  const held = useRef<{ readonly of: Point; readonly under: Point } | null>(null);
  const set = (to: Zoom, under?: Point) => {
    held.current = holding(frame.current, image.current, under);
    page.closely.zoom.value = to;
  };
  useLayoutEffect(() => {
    const [box, picture, keep] = [frame.current, image.current, held.current];
    if (!zoomed || !box || !picture || !keep) return;
    box.scrollLeft = picture.offsetLeft + keep.of.x * picture.offsetWidth - keep.under.x;
    box.scrollTop = picture.offsetTop + keep.of.y * picture.offsetHeight - keep.under.y;
  }, [factor, zoomed]);

  const gestures = useGestures(frame, {
    zoomed,
    swipe: (by) => page.closely.go(by),
    toggle: (under) => here && set(zoom === "fit" ? "full" : "fit", under),
    /** Fingers `times` as far apart as they were. */
    pinch: (times, from, under) => {
      if (!here) return;
      const to = Math.min(LARGEST, from * times);
      set(to < 1.05 ? "fit" : to, under);
    },
    factor,
  });

  const waits = original === undefined && large.search === undefined;
  const onlySmall = !found && !waits;
  const label = sortedUnder(photo, page.guessing.value);
  const classes = ["frame"];
  if (label !== null) classes.push(tint(label));
  if (photo.taught !== null && !zoomed) classes.push("mounted");
  if (onlySmall) classes.push("small");
  if (zoomed) classes.push("zoomed");
  return (
    <div class="place" ref={place}>
      <figure
        ref={frame}
        class={classes.join(" ")}
        // What is larger than its place can be moved by keys from there, too.
        tabIndex={zoomed ? 0 : undefined}
        style={{ "--ratio": ratio, "--side": Math.min(1, 1 / ratio) }}
        {...gestures}
      >
        {/* It shows the middle of the photo, and stands where that is. */}
        {small !== undefined && !zoomed && !(here && shown) && !(found && draft) && (
          <img class="near" src={small} alt={onlySmall ? photo.name : ""} draggable={false} />
        )}
        {found && draft && !shown && <Draft draft={draft} name={photo.name} />}
        {here && (
          <img
            ref={image}
            class="large"
            // It is drawn with the frame in which the small one goes: else there is nothing in between.
            decoding="sync"
            src={address}
            alt={photo.name}
            draggable={false}
            style={zoomed ? { "--wide": `${fitWidth(place.current, ratio) * factor}px` } : {}}
            onLoad={() => {
              setShown(true);
              seen();
            }}
            onError={() => void page.large.failed(photo.id)}
          />
        )}
        {onlySmall && <Caption photo={photo} large={large} />}
      </figure>
    </div>
  );
}

/** The whole photo, as sharp as the screen shows it, until the browser has decoded its file. */
function Draft({ draft, name }: { draft: ImageBitmap; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current?.getContext("2d", { alpha: false })?.drawImage(draft, 0, 0);
  }, [draft]);
  return (
    <canvas
      ref={canvas}
      class="large"
      width={draft.width}
      height={draft.height}
      role="img"
      aria-label={name}
    />
  );
}

/** Why it is not large, and what to do. */
function Caption({ photo, large: { original, search, fault } }: Pick<SightOf, "photo" | "large">) {
  const page = usePage();
  if (fault === "unfetched") {
    return (
      <figcaption>
        <span>{words.notFetched(kindOf(photo.name) === "raw" ? "RAW" : "HEIC")}</span>
        <button type="button" class="link" onClick={() => page.large.again(photo.id)}>
          {words.tryAgain}
        </button>
      </figcaption>
    );
  }
  if (fault === "unreadable") return <figcaption>{words.cannotShow}</figcaption>;
  if (fault === "gone") {
    return (
      <figcaption>
        <span>{words.fileGone}</span>
        <Choose page={page} />
      </figcaption>
    );
  }
  if (search && original === undefined) {
    return <figcaption aria-live="polite">{words.searching(search.done, search.total)}</figcaption>;
  }
  return (
    <figcaption>
      <span>{said(original)}</span>
      {original?.kind === "asks" ? (
        <button
          type="button"
          class="link"
          onClick={() => void page.attempt(() => page.engine.allowFolders())}
        >
          {words.allowFolder}
        </button>
      ) : (
        <Choose page={page} />
      )}
    </figcaption>
  );
}

function said(original: Original | undefined): string {
  return original?.kind === "absent" && original.looked ? words.notFound : words.onlySmall;
}

function Choose({ page }: { page: Page }) {
  const { text, choose } = chooseOriginals(page);
  return (
    <button type="button" class="link" onClick={choose}>
      {text}
    </button>
  );
}

/** How many times as large as it fits the photo is shown. */
function useFactor(zoom: Zoom, place: HTMLElement | null, image: HTMLImageElement | null, ratio: number) {
  const [, drawAgain] = useState(0);
  useEffect(() => {
    if (zoom === "fit" || !place) return;
    const observer = new ResizeObserver(() => drawAgain((n) => n + 1));
    observer.observe(place);
    return () => observer.disconnect();
  }, [zoom === "fit", place]);
  if (zoom === "fit" || !place || !image) return 1;
  if (zoom !== "full") return zoom;
  const full = image.naturalWidth / devicePixelRatio / fitWidth(place, ratio);
  return Math.min(LARGEST, Math.max(LARGER, full));
}

/** How wide the photo is where all of it is to be seen. */
function fitWidth(place: HTMLElement | null, ratio: number): number {
  return place ? Math.min(place.clientWidth, place.clientHeight * ratio) : 0;
}

/** What of the picture lies under a point of the window now, or else in the middle of what is seen of it. */
function holding(box: HTMLElement | null, picture: HTMLImageElement | null, under?: Point) {
  if (!box || !picture) return null;
  const outer = box.getBoundingClientRect();
  const inner = picture.getBoundingClientRect();
  const x = under?.x ?? outer.left + outer.width / 2;
  const y = under?.y ?? outer.top + outer.height / 2;
  const place = box.parentElement?.getBoundingClientRect() ?? outer;
  return {
    of: { x: (x - inner.left) / inner.width, y: (y - inner.top) / inner.height },
    // The frame takes all the place once the photo is larger.
    under: { x: x - place.left, y: y - place.top },
  };
}
