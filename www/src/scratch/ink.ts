// What is drawn on the pad, and the small picture of it that the learner is shown. The learner sees
// 28 × 28 pixels: a drawing is brought to the same size and place first, with the same pen, so that
// where on the pad it was drawn, and how large, does not matter.

/** A point on the pad; the pad is a square of {@link PAD} units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line drawn without lifting the pen. */
export type Stroke = readonly Point[];

/** Side of the pad in its own units. */
export const PAD = 280;
/** Width of the pen on the pad. */
export const PEN = 13;
/** Side of the small picture in pixels. */
const SIDE = 28;
/** The longer side of a drawing in it, as in the MNIST digits: the rest is margin. */
const BOX = 20;
/** Canvas pixels for each pixel of the small picture: it is their mean. */
const FINE = 10;
/** Width of the pen in the small picture. */
const FINE_PEN = 2 * FINE;
/** How much a small drawing is enlarged at most: a dot stays a dot. */
const ENLARGED = 4;

/** Where the points of a drawing lie in the small picture, in its canvas' pixels. */
export function placed(strokes: readonly Stroke[]): readonly Stroke[] {
  const points = strokes.flat();
  const range = (of: (point: Point) => number) => {
    const all = points.map(of);
    return { from: Math.min(...all), to: Math.max(...all) };
  };
  const [x, y] = [range((point) => point.x), range((point) => point.y)];
  const longer = Math.max(x.to - x.from, y.to - y.from);
  const room = BOX * FINE - FINE_PEN;
  const scale = Math.min(room / Math.max(longer, 1), ENLARGED);
  const centre = (SIDE * FINE) / 2;
  return strokes.map((stroke) =>
    stroke.map((point) => ({
      x: centre + (point.x - (x.from + x.to) / 2) * scale,
      y: centre + (point.y - (y.from + y.to) / 2) * scale,
    })),
  );
}

/** The small picture: dark on white. */
export function small(strokes: readonly Stroke[]): ImageData {
  const side = SIDE * FINE;
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser gives no canvas to draw on.");
  context.fillStyle = "white";
  context.fillRect(0, 0, side, side);
  context.lineWidth = FINE_PEN;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = "black";
  for (const stroke of placed(strokes)) {
    context.beginPath();
    for (const { x, y } of stroke) context.lineTo(x, y);
    // A tap is a line from a point to itself.
    if (stroke.length === 1) for (const { x, y } of stroke) context.lineTo(x, y);
    context.stroke();
  }
  return reduced(context.getImageData(0, 0, side, side));
}

/** Each pixel is the mean of its {@link FINE} × {@link FINE}: the same in every browser. */
function reduced(fine: ImageData): ImageData {
  const picture = new ImageData(SIDE, SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let sum = 0;
      for (let dy = 0; dy < FINE; dy++) {
        const row = (y * FINE + dy) * fine.width + x * FINE;
        for (let dx = 0; dx < FINE; dx++) sum += fine.data[4 * (row + dx)] ?? 0;
      }
      const grey = sum / (FINE * FINE);
      picture.data.set([grey, grey, grey, 255], 4 * (y * SIDE + x));
    }
  }
  return picture;
}

/** A stroke as an SVG path. */
export function path(stroke: Stroke): string {
  const [first, ...rest] = stroke;
  if (!first) return "";
  const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return `M${at(first)}L${[...(rest.length > 0 ? rest : [first])].map(at).join(" ")}`;
}
