// Folders of photos that a benchmark makes on the disk, and drops on the page as a person drops one.
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Pictures of coloured rectangles as JPEG files, 4:2:0, quality 90, drawn by the browser; with noise they are as large as a camera's (some 4 MB for 12 megapixels). */
export async function drawnPictures(page, { width, height, count, noise = 0 }) {
  const files = [];
  for (let kind = 0; kind < count; kind++) {
    const text = await page.evaluate(
      async ([width, height, kind, noise]) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d", { willReadFrequently: noise > 0 });
        const at = (share) => Math.random() * share;
        for (let i = 0; i < 400; i++) {
          context.fillStyle = `hsl(${(kind * 45 + at(60)) | 0} 70% ${at(90) | 0}%)`;
          context.fillRect(at(width), at(height), at(width / 7), at(height / 5));
        }
        // A strip at a time: pixels of 12 megapixels are 48 MB.
        for (let y = 0; noise > 0 && y < height; y += 256) {
          const strip = context.getImageData(0, y, width, Math.min(256, height - y));
          const values = strip.data;
          for (let i = 0; i < values.length; i++) {
            if ((i & 3) < 3) values[i] += (at(1) + at(1) + at(1) - 1.5) * noise;
          }
          context.putImageData(strip, 0, y);
        }
        const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
        return new Promise((resolve) => {
          const reader = new FileReader();
          reader.onload = () => resolve(reader.result);
          reader.readAsDataURL(blob);
        });
      },
      [width, height, kind, noise],
    );
    files.push(Buffer.from(text.slice(text.indexOf(",") + 1), "base64"));
  }
  return files;
}

/** Writes so many photos below a folder, a hundred in each of its subfolders, no two the same: each is one of the pictures, filled up behind its end to at least so many bytes. */
export function writePhotos(folder, pictures, count, bytes = 0) {
  for (let number = 0; number < count; number++) {
    const picture = pictures[number % pictures.length];
    const content = Buffer.alloc(Math.max(bytes, picture.length + 8), number & 255);
    picture.copy(content);
    content.writeUInt32LE(number, content.length - 4);
    const file = join(folder, `day ${Math.floor(number / 100)}`, `${number}.jpg`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, 1_700_000_000 + number, 1_700_000_000 + number);
  }
}

/** Drops a folder of the disk on the page, through a DevTools session of it. */
export async function dropFolder(session, folder) {
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: 500, y: 400, data });
  }
}
