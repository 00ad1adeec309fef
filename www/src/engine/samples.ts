// "Try it with these": pictures for someone who has no photos at hand yet. They are drawn here, on
// the person's device, the moment they are asked for: nothing to download, nobody else's photos.
//
// Four kinds of things, each in many poses, colours and surroundings, so that the learner has
// something real to tell apart. The same seed draws the same pictures on every visit: the learner
// then knows them again (a photo's identity is its content).

/** Side of a drawn picture in pixels. */
const SIDE = 320;
/** Pictures of each kind. */
const EACH = 10;

type Context = OffscreenCanvasRenderingContext2D;
type Random = () => number;

/** A small seeded generator (mulberry32): the pictures must not change between visits. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

/** A colour of the given lightness; `spread` keeps it away from its background's hue. */
const colour = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${Math.round(hue % 360)} ${Math.round(saturation)}% ${Math.round(lightness)}%)`;

/** A wall and a table, a meadow under a sky, or plain paper: what a thing might stand before. */
function background(c: Context, random: Random, hue: number): void {
  const base = hue + between(random, 100, 260);
  const light = between(random, 72, 92);
  const sky = c.createLinearGradient(0, 0, between(random, -80, 80), SIDE);
  sky.addColorStop(0, colour(base, between(random, 15, 45), light));
  sky.addColorStop(1, colour(base + 24, between(random, 15, 45), light - 10));
  c.fillStyle = sky;
  c.fillRect(0, 0, SIDE, SIDE);
  const kind = pick(random, ["plain", "table", "stripes", "spots"] as const);
  c.fillStyle = colour(base + 30, 25, light - 14);
  if (kind === "table") {
    c.fillRect(0, SIDE * between(random, 0.6, 0.75), SIDE, SIDE);
  } else if (kind === "stripes") {
    const step = between(random, 26, 48);
    for (let x = -SIDE; x < SIDE * 2; x += step * 2) {
      c.beginPath();
      c.moveTo(x, 0);
      c.lineTo(x + step, 0);
      c.lineTo(x + step + 60, SIDE);
      c.lineTo(x + 60, SIDE);
      c.fill();
    }
  } else if (kind === "spots") {
    for (let i = 0; i < 26; i++) {
      c.beginPath();
      c.arc(between(random, 0, SIDE), between(random, 0, SIDE), between(random, 4, 14), 0, 7);
      c.fill();
    }
  }
}

/** Fills and outlines the current path as if lit from the upper left. */
function shade(c: Context, hue: number, saturation: number, lightness: number): void {
  const light = c.createLinearGradient(-90, -100, 100, 110);
  light.addColorStop(0, colour(hue, saturation, lightness + 16));
  light.addColorStop(1, colour(hue, saturation, lightness - 14));
  c.fillStyle = light;
  c.fill();
  c.strokeStyle = colour(hue, saturation, lightness - 30);
  c.stroke();
}

function cup(c: Context, random: Random, hue: number): void {
  const width = between(random, 52, 74);
  const height = between(random, 60, 92);
  const taper = between(random, 0.62, 0.95);
  c.lineWidth = 16;
  c.beginPath();
  c.arc(width * 0.92, 0, height * 0.4, -1.5, 1.5);
  c.strokeStyle = colour(hue, 60, 42);
  c.stroke();
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(-width, -height);
  c.lineTo(-width * taper, height * 0.85);
  c.quadraticCurveTo(0, height * 1.15, width * taper, height * 0.85);
  c.lineTo(width, -height);
  shade(c, hue, 60, 54);
  c.beginPath();
  c.ellipse(0, -height, width, width * 0.26, 0, 0, 7);
  shade(c, hue, 45, 76);
  c.beginPath();
  c.ellipse(0, -height + 4, width * 0.82, width * 0.18, 0, 0, 7);
  c.fillStyle = pick(random, ["#4a2c1a", "#7a4a22", "#a8b86a"] as const);
  c.fill();
}

function fish(c: Context, random: Random, hue: number): void {
  const length = between(random, 86, 112);
  const depth = between(random, 38, 62);
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(-length * 0.7, 0);
  c.lineTo(-length * 1.25, -depth * 0.85);
  c.quadraticCurveTo(-length * 1.02, 0, -length * 1.25, depth * 0.85);
  c.closePath();
  shade(c, hue + 24, 70, 52);
  c.beginPath();
  c.moveTo(-20, -depth * 0.8);
  c.quadraticCurveTo(10, -depth * 1.7, 52, -depth * 0.7);
  c.closePath();
  shade(c, hue + 24, 70, 52);
  c.beginPath();
  c.moveTo(-length * 0.85, 0);
  c.quadraticCurveTo(0, -depth * 1.7, length, 0);
  c.quadraticCurveTo(0, depth * 1.7, -length * 0.85, 0);
  shade(c, hue, 65, 56);
  c.strokeStyle = colour(hue, 60, 34);
  c.lineWidth = 2;
  for (let x = -length * 0.45; x < length * 0.4; x += 20) {
    c.beginPath();
    c.arc(x, 0, depth * 0.42, -1, 1);
    c.stroke();
  }
  c.beginPath();
  c.arc(length * 0.62, -depth * 0.18, 9, 0, 7);
  c.fillStyle = "#fff";
  c.fill();
  c.beginPath();
  c.arc(length * 0.64, -depth * 0.18, 4.5, 0, 7);
  c.fillStyle = "#111";
  c.fill();
}

function house(c: Context, random: Random, hue: number): void {
  const width = between(random, 66, 92);
  const height = between(random, 46, 74);
  const roof = between(random, 50, 84);
  c.lineWidth = 3;
  c.beginPath();
  c.rect(width * 0.4, -height - roof * 0.8, 20, roof * 0.7);
  shade(c, 14, 40, 42);
  c.beginPath();
  c.rect(-width, -height, width * 2, height * 2);
  shade(c, hue, 38, 70);
  c.beginPath();
  c.moveTo(-width - 16, -height);
  c.lineTo(0, -height - roof);
  c.lineTo(width + 16, -height);
  c.closePath();
  shade(c, hue + between(random, 140, 220), 52, 44);
  c.beginPath();
  c.rect(-15, height - 56, 32, 56);
  shade(c, hue + 40, 45, 34);
  for (const x of [-width * 0.62, width * 0.5]) {
    c.beginPath();
    c.rect(x - 15, -height * 0.55, 32, 32);
    c.fillStyle = pick(random, ["#fff3b8", "#cfe8ff", "#8fb3c9"] as const);
    c.fill();
    c.strokeStyle = "#ffffff";
    c.lineWidth = 5;
    c.stroke();
    c.beginPath();
    c.moveTo(x + 1, -height * 0.55);
    c.lineTo(x + 1, -height * 0.55 + 32);
    c.lineWidth = 3;
    c.stroke();
  }
}

function leaf(c: Context, random: Random, hue: number): void {
  const length = between(random, 92, 124);
  const width = between(random, 44, 72);
  const green = pick(random, [96, 120, 74, 34, 12] as const) + hue * 0.04;
  c.lineWidth = 7;
  c.beginPath();
  c.moveTo(0, length * 0.75);
  c.quadraticCurveTo(6, length, 20, length * 1.15);
  c.strokeStyle = colour(green, 45, 28);
  c.stroke();
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(0, -length);
  c.bezierCurveTo(width * 1.2, -length * 0.5, width * 1.25, length * 0.5, 0, length * 0.8);
  c.bezierCurveTo(-width * 1.25, length * 0.5, -width * 1.2, -length * 0.5, 0, -length);
  shade(c, green, 52, 46);
  c.strokeStyle = colour(green, 40, 68);
  c.beginPath();
  c.moveTo(0, -length * 0.9);
  c.lineTo(0, length * 0.78);
  for (let y = -length * 0.55; y < length * 0.6; y += 24) {
    const reach = width * (0.78 - Math.abs(y) / (length * 1.9));
    c.moveTo(0, y + 14);
    c.lineTo(reach, y - 10);
    c.moveTo(0, y + 14);
    c.lineTo(-reach, y - 10);
  }
  c.stroke();
}

const KINDS = [
  { name: "cup", draw: cup, turn: 0.3 },
  { name: "fish", draw: fish, turn: 0.6 },
  { name: "house", draw: house, turn: 0.12 },
  { name: "leaf", draw: leaf, turn: 2.6 },
] as const;

async function draw(kind: (typeof KINDS)[number], seed: number): Promise<File> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const c = canvas.getContext("2d");
  if (!c) throw new Error("This browser cannot draw.");
  const random = seeded(seed);
  const hue = between(random, 0, 360);
  background(c, random, hue);
  c.translate(SIDE / 2 + between(random, -34, 34), SIDE / 2 + between(random, -20, 30));
  c.rotate(between(random, -kind.turn, kind.turn));
  const scale = between(random, 0.72, 1.12);
  c.scale(random() < 0.5 ? -scale : scale, scale);
  c.lineJoin = "round";
  c.lineCap = "round";
  kind.draw(c, random, hue);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  // The name does not give the kind away: that is for the person to say.
  return new File([blob], `drawing-${seed}.png`, { type: "image/png" });
}

/** How many pictures {@link samplePictures} draws. */
export const SAMPLE_COUNT = EACH * KINDS.length;

function drawSome(count: number): Promise<File[]> {
  const drawn = Array.from({ length: count }, (_, i) => {
    const kind = KINDS[i % KINDS.length] ?? KINDS[0];
    return draw(kind, 1 + i);
  });
  return Promise.all(drawn);
}

/** A few dozen drawn pictures, the kinds mixed as they would lie in a folder. */
export function samplePictures(): Promise<File[]> {
  return drawSome(SAMPLE_COUNT);
}

/** The first eight of them, two of each kind, to show what is behind the door. */
export function samplePreviews(): Promise<File[]> {
  return drawSome(2 * KINDS.length);
}
