// A tree of files on the disk, and how it comes to the page.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "./fixtures";

/** A picture of its own for every number, and a size of its own, as photos have: 64 pixels square, a bitmap. */
export function bitmap(number: number): Buffer {
  const side = 64;
  const file = Buffer.alloc(54 + side * side * 3 + number);
  file.write("BM", 0, "latin1");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(side, 18);
  file.writeInt32LE(side, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let at = 54; at < file.length; at++) file[at] = (number * 31 + at * (1 + (number % 7))) & 255;
  return file;
}

/** Writes a tree of files below a new folder and returns that. */
export function tree(folder: string, files: Readonly<Record<string, Buffer | string>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Drops files or folders of the disk on the page, as the system does. */
export async function drop(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 400, y: 300, data });
  }
  await session.detach();
}
