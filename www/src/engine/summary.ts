// What the list of collections shows of one: four small pictures.

import type { Photo, PhotoId } from "./engine";

const PICTURES = 4;
/** Pixels: shown at twenty, on a screen with up to three for each. */
const SIDE = 64;

/** Photos that stand for all: one of each label that was taught first, then whatever comes. */
export function pictured(photos: readonly Photo[]): readonly PhotoId[] {
  const chosen = new Map<number, PhotoId>();
  for (const { id, taught } of photos) if (taught !== null && !chosen.has(taught)) chosen.set(taught, id);
  const ids = new Set([...chosen].sort(([a], [b]) => a - b).map(([, id]) => id));
  for (const { id } of photos) {
    if (ids.size >= PICTURES) break;
    ids.add(id);
  }
  return [...ids].slice(0, PICTURES);
}

/** A picture at the size of the list's. */
export async function small(picture: Blob): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(picture, {
    resizeWidth: SIDE,
    resizeHeight: SIDE,
    resizeQuality: "high",
  });
  try {
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    return await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })).arrayBuffer();
  } finally {
    bitmap.close();
  }
}
