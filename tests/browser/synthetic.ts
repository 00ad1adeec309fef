// Inputs of the network that need no photo, and the digests that their outputs have everywhere.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export const SIDE = 224;
export const root = join(import.meta.dirname, "../..");

/** Lines `NAME DIGEST`, without the comments. */
export function digests(path: string): string[] {
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

type Value = (row: number, column: number, colour: number) => number;

function synthetic(value: Value): Uint8Array {
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    rgb[at] = value(Math.floor(pixel / SIDE), pixel % SIDE, at % 3);
  }
  return rgb;
}

/** Bytes of Knuth's MMIX generator. */
function noise(): Value {
  let state = 1n;
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 56n);
  };
}

/** In the order of the committed digests. */
export function syntheticInputs(): [string, Uint8Array][] {
  const random = noise();
  return [
    ["black", synthetic(() => 0)],
    ["white", synthetic(() => 255)],
    ["red", synthetic((_row, _column, colour) => (colour === 0 ? 255 : 0))],
    ["noise", synthetic(noise())],
    ["extremes", synthetic((row, column, colour) => (random(row, column, colour) < 128 ? 0 : 255))],
    ["checkerboard", synthetic((row, column) => ((row >> 3) + (column >> 3)) % 2 && 255)],
    ["stripes", synthetic((_row, column) => column % 2 && 255)],
    ["gradient", synthetic((row, column, colour) => row * 3 + column * 5 + colour * 7)],
  ];
}
