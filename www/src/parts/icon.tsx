/** The page's icons: 20 units square, drawn with the colour of the text beside them. */
import type { JSX } from "preact";

const drawings = {
  back: <path d="M16 10H5M9 5.5 4.5 10 9 14.5" />,
  bin: <path d="M4.5 6h11M8 6V4.2h4V6M6 6l.7 10h6.6L14 6" />,
  broken: (
    <>
      <path d="M3.5 4.5h13v11h-13z" />
      <path d="m3.5 13 3.5-3.5 2 2.5 1.5-2 2 2.5 2-2.5 2 2" />
      <path d="m3 3 14 14" />
    </>
  ),
  check: <path d="m5 10.5 3.5 3.5L15.5 6.5" />,
  chip: (
    <>
      <rect x="5.5" y="5.5" width="9" height="9" rx="2" />
      <path d="M8 2.5v3M12 2.5v3M8 14.5v3M12 14.5v3M2.5 8h3M2.5 12h3M14.5 8h3M14.5 12h3" />
    </>
  ),
  copies: (
    <>
      <rect x="6.5" y="6.5" width="10" height="10" rx="1.5" />
      <path d="M13.5 6.5V5A1.5 1.5 0 0 0 12 3.5H5A1.5 1.5 0 0 0 3.5 5v7A1.5 1.5 0 0 0 5 13.5h1.5" />
    </>
  ),
  disk: (
    <>
      <ellipse cx="10" cy="5.5" rx="6" ry="2.2" />
      <path d="M4 5.5v9c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2v-9M4 10c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2" />
    </>
  ),
  down: <path d="m6 8 4 4 4-4" />,
  eye: (
    <>
      <path d="M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5z" />
      <circle cx="10" cy="10" r="2.2" />
    </>
  ),
  film: (
    <>
      <rect x="3" y="5.5" width="9.5" height="9" rx="1.5" />
      <path d="m12.5 9 4.5-2.2v6.4L12.5 11z" />
    </>
  ),
  folder: <path d="M3 5.5h5l1.5 2H17v8H3z" />,
  fresh: (
    <>
      <path d="M15.5 8A6 6 0 1 0 16 11.5" />
      <path d="M16 4v4h-4" />
    </>
  ),
  join: (
    <>
      <path d="M4 4.5h3.2l5 5.5-5 5.5H4" />
      <path d="M12.2 10H17" />
    </>
  ),
  keys: (
    <>
      <rect x="2.5" y="5.5" width="15" height="9.5" rx="1.5" />
      <path d="M5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M7 12h6" />
    </>
  ),
  more: <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.6" />,
  next: <path d="m8 5 5 5-5 5" />,
  offline: (
    <>
      <path d="M3.5 8a10 10 0 0 1 13 0M6 11a6 6 0 0 1 8 0M8.5 13.8a2.2 2.2 0 0 1 3 0" />
      <path d="M10 16.5h.01" stroke-width="2" />
    </>
  ),
  open: <path d="M10 12.5v-9M6.5 7 10 3.5 13.5 7M4 16.5h12" />,
  pen: <path d="M4 16l1-4L13.5 3.5l3 3L8 15zM11.5 5.5l3 3" />,
  photos: (
    <>
      <rect x="3" y="3" width="6" height="6" rx="1.2" />
      <rect x="11" y="3" width="6" height="6" rx="1.2" />
      <rect x="3" y="11" width="6" height="6" rx="1.2" />
      <rect x="11" y="11" width="6" height="6" rx="1.2" />
    </>
  ),
  pin: <path d="M6.5 3.5h7M8 3.5v5L5.5 12h9L12 8.5v-5M10 12v5" />,
  plus: <path d="M10 4v12M4 10h12" />,
  prev: <path d="m12 5-5 5 5 5" />,
  redo: (
    <>
      <path d="m13 5 3.5 3.5L13 12" />
      <path d="M16 8.5H8.5a4 4 0 0 0 0 8H12" />
    </>
  ),
  save: <path d="M10 3.5v9M6.5 9l3.5 3.5L13.5 9M4 16.5h12" />,
  search: (
    <>
      <circle cx="9" cy="9" r="5" />
      <path d="m13 13 3.5 3.5" />
    </>
  ),
  shield: (
    <>
      <path d="M10 3 4.5 5v4.5c0 3.5 2.3 6 5.5 7.5 3.2-1.5 5.5-4 5.5-7.5V5z" />
      <path d="m7.5 10 1.8 1.8 3.2-3.5" />
    </>
  ),
  sort: <path d="M6 4.5v11M3.5 13 6 15.5 8.5 13M11 5.5h5.5M11 10h4M11 14.5h2.5" />,
  stack: (
    <>
      <rect x="3.5" y="7.5" width="10" height="9" rx="1.5" />
      <path d="M6.5 4.5h8.5A1.5 1.5 0 0 1 16.5 6v7.5" />
    </>
  ),
  stop: <rect x="5.5" y="5.5" width="9" height="9" rx="1.5" />,
  tabs: (
    <>
      <rect x="3" y="6" width="10" height="10" rx="1.5" />
      <path d="M7 6V4.5A1.5 1.5 0 0 1 8.5 3H15.5A1.5 1.5 0 0 1 17 4.5V11.5A1.5 1.5 0 0 1 15.5 13H13" />
    </>
  ),
  undo: (
    <>
      <path d="M7 5 3.5 8.5 7 12" />
      <path d="M4 8.5h7.5a4 4 0 0 1 0 8H8" />
    </>
  ),
  warn: (
    <>
      <path d="M10 3.5 2.8 16h14.4z" />
      <path d="M10 8v4M10 14h.01" />
    </>
  ),
  x: <path d="m5 5 10 10M15 5 5 15" />,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof drawings;

export function Icon({ name, small, extra }: { name: IconName; small?: boolean; extra?: string }) {
  return (
    <svg class={`i${small ? " i-s" : ""}${extra ? ` ${extra}` : ""}`} viewBox="0 0 20 20" aria-hidden="true">
      {drawings[name]}
    </svg>
  );
}

/** An album page's four corners around a photo. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 26 26" aria-hidden="true">
      <path
        fill="currentColor"
        d="M2 3.5A1.5 1.5 0 0 1 3.5 2H11L2 11zM24 3.5A1.5 1.5 0 0 0 22.5 2H15l9 9zM2 22.5A1.5 1.5 0 0 0 3.5 24H11l-9-9zM24 22.5a1.5 1.5 0 0 1-1.5 1.5H15l9-9z"
      />
      <circle class="logo-eye" cx="13" cy="13" r="4" />
    </svg>
  );
}
