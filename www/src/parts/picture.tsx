/** The first picture: a heap of pictures, two of them named, the rest sorting themselves. */
import * as words from "../words";

type Kind = "fish" | "leaf" | "cup";

/** Corner, turn of the card, turn of the drawing, mirrored or not. */
type Card = readonly [x: number, y: number, turn: number, kind: Kind, tilt: number, mirrored?: boolean];

const SIDE = 58;

const heap: readonly Card[] = [
  [6, 84, -11, "fish", 0],
  [70, 142, 8, "leaf", 10, true],
  [22, 158, -5, "cup", -6],
  [118, 58, 9, "cup", 4, true],
  [168, 128, -8, "fish", 5, true],
  [60, 34, 5, "leaf", -14],
  [128, 170, 4, "leaf", 30],
  [186, 44, -12, "leaf", -10, true],
  [86, 92, -4, "leaf", 0],
  [146, 104, 6, "cup", 0],
];

/** The same heap, laid out wide and low for a phone. */
const lowHeap: readonly (readonly [number, number])[] = [
  [26, 22],
  [78, 4],
  [128, 22],
  [218, 2],
  [268, 28],
  [176, 8],
  [64, 54],
  [244, 62],
  [122, 62],
  [186, 58],
];

const rows: readonly { readonly kind: Kind; readonly tilts: readonly (readonly [number, boolean])[] }[] = [
  {
    kind: "leaf",
    tilts: [
      [0, false],
      [10, true],
      [-14, false],
      [30, false],
    ],
  },
  {
    kind: "cup",
    tilts: [
      [0, false],
      [-6, false],
      [4, true],
    ],
  },
  {
    kind: "fish",
    tilts: [
      [0, false],
      [5, true],
    ],
  },
];

/** The label colour of each kind; the fish stays without one. */
const tints: Readonly<Record<Kind, string>> = { leaf: "l3", cup: "l2", fish: "" };

const drawings = {
  fish: (
    <>
      <path d="M4 20c5-10 18-10 24 0-6 10-19 10-24 0Z" />
      <path d="m28 20 8-7v14Z" />
      <circle cx="12" cy="18" r="1.4" fill="currentColor" stroke="none" />
    </>
  ),
  leaf: (
    <>
      <path d="M8 32C8 16 18 8 33 7c1 15-7 26-25 25Z" />
      <path d="m8 32 15-16" fill="none" />
    </>
  ),
  cup: (
    <>
      <path d="M9 12h19v12a7 7 0 0 1-7 7h-5a7 7 0 0 1-7-7Z" />
      <path d="M28 15h2.5a4.5 4.5 0 0 1 0 9H28" fill="none" />
    </>
  ),
};

const corners =
  "M-2 16V1a3 3 0 0 1 3-3h15zM60 16V1a3 3 0 0 0-3-3H42zM-2 42v15a3 3 0 0 0 3 3h15zM60 42v15a3 3 0 0 1-3 3H42z";

interface CardProps {
  readonly card: Card;
  readonly scale: number;
  readonly named: boolean;
  readonly sorted?: boolean;
}

function CardView({ card, scale, named, sorted }: CardProps) {
  const [x, y, turn, kind, tilt, mirrored] = card;
  const tint = named || sorted ? tints[kind] : "";
  const mirror = mirrored ? " translate(40 0) scale(-1 1)" : "";
  const half = SIDE / 2;
  return (
    <g
      class={`fr ${tint}`}
      transform={`translate(${x} ${y}) rotate(${turn} ${half} ${half}) scale(${scale})`}
    >
      <rect width={SIDE} height={SIDE} rx="6" />
      <g class="pic" transform={`translate(9 9) rotate(${tilt} 20 20)${mirror}`}>
        {drawings[kind]}
      </g>
      {named && tint && <path class="mt" d={corners} />}
    </g>
  );
}

interface RowsProps {
  readonly left: number;
  readonly first: number;
  readonly top: number;
  readonly pitch: number;
  readonly step: number;
  readonly scale: number;
}

function Rows({ left, first, top, pitch, step, scale }: RowsProps) {
  const middle = Math.round((SIDE * scale) / 2);
  return (
    <>
      {rows.map(({ kind, tilts }, row) => {
        const y = top + row * pitch;
        const name = words.pictured[kind];
        return (
          <g key={kind}>
            <g transform={`translate(${left} ${y})`}>
              <circle
                cx="10"
                cy={middle}
                r={tints[kind] ? 10 : 9.2}
                class={tints[kind] ? `${tints[kind]} dt` : "op"}
              />
              <text x="10" y={middle + 4.6} class={tints[kind] ? `lt ${tints[kind]}` : "qt"}>
                {tints[kind] ? name.slice(0, 1) : "?"}
              </text>
              <text x="30" y={middle + 5} class="nm">
                {name}
              </text>
            </g>
            {tilts.map(([tilt, mirrored], column) => (
              <CardView
                key={tilt}
                card={[first + column * step, y, 0, kind, tilt, mirrored]}
                scale={scale}
                named={column === 0}
                sorted
              />
            ))}
          </g>
        );
      })}
    </>
  );
}

export function FirstPicture() {
  return (
    <>
      <svg class="picture wide-pic" viewBox="0 8 730 232" role="img" aria-label={words.picture}>
        {heap.map((card, i) => (
          <CardView key={`${card[0]}`} card={card} scale={1} named={i >= heap.length - 2} />
        ))}
        <path class="flow" d="M262 128h62" />
        <path class="flow head" d="m318 121 8 7-8 7" />
        <Rows left={362} first={462} top={18} pitch={78} step={66} scale={1} />
      </svg>
      <svg class="picture tall-pic" viewBox="0 0 342 304" role="img" aria-label={words.picture}>
        {heap.map(([, , turn, kind, tilt, mirrored], i) => {
          const [x, y] = lowHeap[i] ?? [0, 0];
          return (
            <CardView
              key={`${x}`}
              card={[x, y, turn, kind, tilt, mirrored ?? false]}
              scale={0.8}
              named={i >= heap.length - 2}
            />
          );
        })}
        <path class="flow" d="M171 120v22" />
        <path class="flow head" d="m165 138 6 7 6-7" />
        <Rows left={20} first={122} top={154} pitch={52} step={52} scale={0.76} />
      </svg>
    </>
  );
}
