/** The photos: sections of tiles, of which only those near the screen are in the document. */
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { usePage } from "../state/context";
import { pressed } from "../state/keyboard";
import {
  type Band,
  between,
  firstBelow,
  isBare,
  type Layout,
  layout,
  type Metrics,
  position,
  rowsWithin,
} from "../state/layout";
import type { TileId } from "../state/sections";
import * as words from "../words";
import { Chooser } from "./chooser";
import { glide } from "./glide";
import { useLongPress } from "./long-press";
import { headingId, SectionHead } from "./section-head";
import { BrokenTile, Tile, WaitingTile } from "./tile";
import { useTwice } from "./twice";

/** Rows are drawn this far beyond the screen, so that a quick scroll finds them ready. */
const BEYOND = 600;
/** The view is looked at in steps, so that not every pixel of scrolling draws anew. */
const STEP = 120;
const CHOOSER_WIDTH = 364;

/** The album's measures as the style sheet sets them for this width. */
function measure(album: HTMLElement): Metrics {
  const style = getComputedStyle(album);
  const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
  return {
    width: album.clientWidth,
    tile: pixels("--tile"),
    gap: pixels("--gap"),
    foot: pixels("--tile-foot"),
    rowGap: pixels("--row-gap"),
    head: pixels("--head"),
    below: pixels("--below"),
  };
}

interface Drawn {
  readonly layout: Layout;
  readonly view: string;
  readonly guessing: boolean;
  readonly scroll: number;
  /** Where the album begins under what stands above it. */
  readonly offset: number;
}

export function Album({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const page = usePage();
  const album = useRef<HTMLDivElement>(null);
  const chooser = useRef<HTMLDivElement>(null);
  const [metrics, setMetrics] = useState<Metrics | null>(null);
  const [view, setView] = useState({ from: 0, to: 1_200 });
  const drawn = useRef<Drawn | null>(null);

  const sections = page.sections.value;
  const place = useMemo(() => (metrics ? layout(sections, metrics) : null), [sections, metrics]);
  const stands = page.active.value;
  // What comes in may have made the photo one of several on a tile.
  const active = stands === null ? null : page.tileOf(stands);
  const choosing = page.choosing.value;
  const wish = page.focusWish.value;
  const holdsFocus = album.current?.contains(document.activeElement) ?? false;
  const phone = matchMedia("(max-width: 700px)").matches;
  const firstTile = sections.find((section) => section.tiles.length > 0)?.tiles[0];
  const tabStop = active !== null && place?.where.has(active) ? active : firstTile;
  /** What the person is busy with. */
  const held = choosing?.under ?? (holdsFocus ? active : null);

  const look = () => {
    const main = scroller.current;
    if (!main || !album.current) return;
    const top = main.scrollTop - album.current.offsetTop;
    const from = Math.floor((top - BEYOND) / STEP) * STEP;
    const to = Math.ceil((top + main.clientHeight + BEYOND) / STEP) * STEP;
    setView((old) => (old.from === from && old.to === to ? old : { from, to }));
    const bands = drawn.current?.layout.bands ?? [];
    const seen = bands.filter((band) => band.bottom > top && band.top < top + main.clientHeight);
    page.looksAt(new Set(seen.map(({ section }) => section.key)));
  };

  useLayoutEffect(() => {
    const main = scroller.current;
    const element = album.current;
    if (!main || !element) return;
    const resized = () => {
      setMetrics(measure(element));
      look();
    };
    const observer = new ResizeObserver(resized);
    observer.observe(element);
    observer.observe(main);
    main.addEventListener("scroll", look, { passive: true });
    resized();
    return () => {
      observer.disconnect();
      main.removeEventListener("scroll", look);
    };
  }, []);

  // After the photos have been sorted anew: what the person looks at stays where it is, and
  // what moved is seen to move.
  useLayoutEffect(() => {
    const main = scroller.current;
    const before = drawn.current;
    if (!place || !main || !album.current) return;
    const view = `${JSON.stringify(page.filter.value)} ${page.query.value} ${page.finish.order.value}`;
    const offset = album.current.offsetTop;
    const guessing = page.guessing.value;
    if (before && before.layout !== place) {
      const same = before.view === view && before.guessing === guessing;
      const anchor = same ? anchorOf(before, held, main.clientHeight) : null;
      const now = anchor && position(place, anchor.tile);
      // What comes in above, once scrolled past, moves nothing.
      const above = before.scroll < STEP ? 0 : offset - before.offset;
      if (anchor && now) main.scrollTop = before.scroll + now.y - anchor.y + above;
      // Another view, or the very first sorting, is shown from its beginning.
      else if (!same) {
        main.scrollTop = 0;
        if (before.guessing !== guessing && held !== null) reveal(held);
      }
      const comparable = before.view === view && before.layout.columns === place.columns;
      if (comparable) glide(album.current, before.layout, place, main.scrollTop - before.scroll);
    }
    drawn.current = { layout: place, view, guessing, scroll: main.scrollTop, offset };
    look();
  }, [place]);

  useLayoutEffect(() => {
    const keep = () => {
      if (drawn.current && scroller.current) {
        drawn.current = { ...drawn.current, scroll: scroller.current.scrollTop };
      }
    };
    scroller.current?.addEventListener("scroll", keep, { passive: true });
    return () => scroller.current?.removeEventListener("scroll", keep);
  }, []);

  const reveal = (tile: TileId, below = 0) => {
    const main = scroller.current;
    const at = place && position(place, tile);
    if (!main || !album.current || !place || !at) return;
    const top = album.current.offsetTop + at.y;
    const bottom = top + place.side + 44 + below;
    const stuck = Number.parseFloat(getComputedStyle(album.current).getPropertyValue("--stuck"));
    const head = (metrics?.head ?? 0) + stuck;
    if (bottom > main.scrollTop + main.clientHeight) main.scrollTop = bottom - main.clientHeight;
    if (top - head < main.scrollTop) main.scrollTop = top - head;
  };

  const focusTile = (tile: TileId) =>
    album.current?.querySelector<HTMLElement>(`[data-tile="${tile}"] .photo`)?.focus({ preventScroll: true });

  // A wish for a tile that is not shown is not kept: it would take the focus away from somebody later.
  useLayoutEffect(() => {
    if (!wish || !place) return;
    page.focusWish.value = null;
    const tile = place.where.has(wish.tile) ? wish.tile : tabStop;
    if (tile === undefined) scroller.current?.focus({ preventScroll: true });
    else {
      reveal(tile);
      focusTile(tile);
    }
  }, [wish, place]);

  // A focused tile that moved to another row was made anew there: the focus goes with it.
  useLayoutEffect(() => {
    if (holdsFocus && document.activeElement === document.body && active !== null) focusTile(active);
  });

  useLayoutEffect(() => {
    if (!choosing?.under || !place) return;
    reveal(choosing.under, chooser.current?.offsetHeight ?? 0);
  }, [choosing]);

  const tileOf = (event: Event): TileId | null => {
    const cell = event.target instanceof Element ? event.target.closest("[data-tile]") : null;
    return cell instanceof HTMLElement ? Number(cell.dataset.tile) : null;
  };

  const press = useLongPress((event) => {
    const tile = tileOf(event);
    if (tile !== null && page.photoById.value.has(tile)) page.toggle(tile);
  });

  const twice = useTwice((tile) => page.closely.look(tile));

  const onClick = (event: MouseEvent) => {
    const tile = tileOf(event);
    if (tile === null || press.wasLong()) return;
    page.active.value = tile;
    if (!page.photoById.value.has(tile)) return;
    if (event.target instanceof Element && event.target.closest(".eye")) return page.closely.look(tile);
    const onCheck = event.target instanceof Element && event.target.closest(".check") !== null;
    if (event.shiftKey && place) page.extend((from) => between(place, from, tile));
    else if (onCheck || page.selecting.value || event.ctrlKey || event.metaKey) page.toggle(tile);
    else {
      twice.first(event, tile);
      if (choosing?.under === tile) page.closeChooser();
      else page.openChooser(tile, false);
    }
  };

  const under = choosing?.under ?? null;
  const spot = place && under !== null ? position(place, under) : undefined;
  const bandOf = place && under !== null ? place.bands[place.where.get(under)?.band ?? -1] : undefined;
  const at =
    spot && place && metrics && bandOf && !phone
      ? chooserPlace(spot, isBare(bandOf.section) ? 0 : metrics.foot, place.side, metrics.width)
      : null;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside act; this only listens for all
    <div
      class="album"
      ref={album}
      style={{ blockSize: `${place?.height ?? 0}px`, "--columns": place?.columns ?? 1 }}
      onClick={onClick}
      {...press.handlers}
      onFocusIn={(event) => {
        const tile = tileOf(event);
        if (tile !== null) page.active.value = tile;
      }}
      onKeyDown={(event) => {
        const tile = tileOf(event);
        if (!place || tile === null) return;
        pressed(page, event, { layout: place, tile }, chooser.current?.querySelector("input"));
      }}
    >
      {place?.bands.map((band) => (
        <BandView key={band.section.key} band={band} place={place} view={view} tabStop={tabStop} />
      ))}
      {choosing && <Chooser choosing={choosing} at={at} root={chooser} />}
    </div>
  );
}

/** The tile that is to keep its height on the screen, and the height it has to keep. */
function anchorOf(before: Drawn, held: TileId | null, height: number) {
  const busy = held === null ? undefined : position(before.layout, held);
  const seen = busy && busy.y + before.layout.side > before.scroll && busy.y < before.scroll + height;
  if (held !== null && seen) return { tile: held, y: busy.y };
  // At the top one wants to see what comes in there.
  if (before.scroll < STEP) return null;
  const tile = firstBelow(before.layout, before.scroll);
  const old = tile === undefined ? undefined : position(before.layout, tile);
  return tile !== undefined && old ? { tile, y: old.y } : null;
}

function chooserPlace(spot: { x: number; y: number }, foot: number, side: number, width: number) {
  const start = Math.max(-8, Math.min(spot.x - 6, width - CHOOSER_WIDTH + 8));
  return { start, top: spot.y + side + foot + 6, tip: spot.x + side / 2 - start - 6 };
}

interface BandProps {
  readonly band: Band;
  readonly place: Layout;
  readonly view: { readonly from: number; readonly to: number };
  readonly tabStop: TileId | undefined;
}

function BandView({ band, place, view, tabStop }: BandProps) {
  const page = usePage();
  const { section } = band;
  const stop = tabStop === undefined ? undefined : place.where.get(tabStop);
  const stopRow =
    stop && place.bands[stop.band] === band ? Math.floor(stop.index / place.columns) : undefined;
  const near = band.bottom > view.from && band.top < view.to;
  if (!near && stopRow === undefined) return null;
  const [from, to] = rowsWithin(band, view.from, view.to);
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  // The row of the tile that Tab reaches is always there, so that the focus is never lost.
  if (stopRow !== undefined && !rows.includes(stopRow)) rows.push(stopRow);
  const bare = isBare(section);
  return (
    <section
      class={section.folded ? "section folded" : "section"}
      aria-labelledby={headingId(section)}
      style={{ top: `${band.top}px`, blockSize: `${band.bottom - band.top}px` }}
    >
      <SectionHead section={section} />
      {section.folded ? null : band.rows === 0 ? (
        <p class="empty quiet">
          {section.count > 0
            ? words.noneLeft
            : section.kind === "unsure"
              ? words.nothingUnsure
              : words.emptySection}
        </p>
      ) : (
        <div
          role="grid"
          aria-labelledby={headingId(section)}
          aria-rowcount={band.rows}
          aria-colcount={place.columns}
          aria-multiselectable="true"
        >
          {rows
            .sort((a, b) => a - b)
            .map((row) => (
              <div
                role="row"
                key={row}
                class="tiles"
                aria-rowindex={row + 1}
                style={{ top: `${band.rowsTop - band.top + row * band.pitch}px` }}
              >
                {cells(row)}
              </div>
            ))}
        </div>
      )}
    </section>
  );

  function cells(row: number) {
    const end = Math.min(place.columns, section.tiles.length + section.waiting - row * place.columns);
    return Array.from({ length: Math.max(0, end) }, (_, column) => {
      const id = section.tiles[row * place.columns + column];
      if (id === undefined) return <WaitingTile key={`wait-${column}`} column={column} />;
      const photo = page.photoById.value.get(id);
      const focusable = id === tabStop;
      if (photo) {
        const [burst, open] = [section.bursts.get(id), section.open.get(id)];
        const { side } = place;
        return <Tile key={id} {...{ photo, burst, open, column, focusable, bare, side }} />;
      }
      const failure = page.failureByTile.value.get(id);
      return failure ? (
        <BrokenTile key={id} failure={failure} tile={id} column={column} focusable={focusable} />
      ) : null;
    });
  }
}
