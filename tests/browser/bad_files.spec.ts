// What people drop that is no photo, or pretends to be one: a sentence for each, the rest goes on,
// nothing is lost, and memory stays bounded.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "./fixtures";
import { chooseFiles, clothing, expectTaught, open, photo, teach, watchErrors } from "./support";

/** Renderer memory a page of bad files may use, in bytes. */
const MEMORY = 300e6;

/** A PNG whose header claims `side` × `side` pixels, and holds nothing. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(33);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(header);
  header.writeUInt32BE(13, 8);
  header.write("IHDR", 12, "latin1");
  header.writeUInt32BE(side, 16);
  header.writeUInt32BE(side, 20);
  header.set([8, 2, 0, 0, 0], 24);
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29);
  return header;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

const HEIC = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from("ftypheic\0\0\0\0mif1heic", "latin1"),
  Buffer.alloc(64),
]);

/** Resident memory of the page's process, all its workers included. */
async function rendererMemory(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error("no browser");
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      const status = readFileSync(`/proc/${id}/status`, "utf8");
      return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    });
  return Math.max(...sizes);
}

test("each bad file gets a sentence, and the good one between them is read", async ({ page }, info) => {
  const errors = watchErrors(page);
  const [good, other] = clothing(["hat"], 2).hat ?? [];
  if (!good || !other) throw new Error("too few photos");
  const jpeg = readFileSync(other);
  const bad: Record<string, Buffer> = {
    "text.jpg": Buffer.from("This is a letter to my grandmother."),
    "cut.jpg": jpeg.subarray(0, 600),
    "huge.png": hugePng(60_000),
    "empty.jpg": Buffer.alloc(0),
    "phone.heic": HEIC,
  };
  const paths = Object.entries(bad).map(([name, bytes]) => {
    const path = info.outputPath(name);
    writeFileSync(path, bytes);
    return path;
  });
  await open(page);
  await chooseFiles(page, [...paths.slice(0, 3), good, ...paths.slice(3)]);
  await expect(photo(page, good)).toBeVisible({ timeout: 60_000 });
  const unreadable = page.getByRole("grid", { name: /Could not be read/ });
  await expect(unreadable.getByRole("gridcell")).toHaveCount(5);
  for (const name of Object.keys(bad)) await expect(unreadable).toContainText(name);
  await expect(unreadable).toContainText("This is not a picture.");
  await expect(unreadable).toContainText("The file is empty.");
  await teach(page, good, "Hat");
  expect(errors).toEqual([]);
});

test("a folder of 500 mixed files: the photos come in, the rest is named, memory stays bounded", async ({
  page,
}, info) => {
  test.setTimeout(300_000);
  const errors = watchErrors(page);
  const kinds = ["hat", "shoes", "dress", "pants", "shirt"];
  const photos = Object.values(clothing(kinds, 20)).flat();
  const folder = info.outputPath("mixed");
  mkdirSync(folder);
  const files: string[] = [];
  for (let i = 0; i < 500; i++) {
    const source = photos[i % photos.length];
    if (!source) throw new Error("no photos");
    const bytes = readFileSync(source);
    // Each photo once; after that copies that are cut off, texts, huge claims and empty files.
    const [name, content]: [string, Buffer] =
      i < photos.length
        ? [`${i}.jpg`, bytes]
        : i % 4 === 0
          ? [`${i}.jpg`, bytes.subarray(0, 200 + i)]
          : i % 4 === 1
            ? [`${i}.txt`, Buffer.from(`note ${i}`)]
            : i % 4 === 2
              ? [`${i}.png`, hugePng(60_000)]
              : [`${i}.gif`, Buffer.alloc(0)];
    const path = join(folder, name);
    writeFileSync(path, content);
    files.push(path);
  }
  await open(page);
  const floor = await rendererMemory(page);
  let peak = floor;
  const watching = setInterval(() => {
    void rendererMemory(page).then((now) => {
      peak = Math.max(peak, now);
    });
  }, 500);
  await chooseFiles(page, files);
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 240_000 });
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("100 photos", {
    timeout: 240_000,
  });
  clearInterval(watching);
  await expect(page.getByRole("heading", { name: /^Could not be read/ })).toContainText("300");
  await expect(page.getByText("100 files left out", { exact: true })).toBeVisible();
  info.annotations.push({ type: "memory", description: `${Math.round(peak / 1e6)} MB at most` });
  console.log(
    `500 mixed files: renderer memory ${Math.round(floor / 1e6)} MB before, ${Math.round(peak / 1e6)} MB at most`,
  );
  expect(peak).toBeLessThan(MEMORY);
  expect(errors).toEqual([]);
});

test("a foreign file offered as a backup is refused, and nothing changes", async ({ page }, info) => {
  const [hat] = clothing(["hat"], 1).hat ?? [];
  if (!hat) throw new Error("too few photos");
  await open(page);
  await chooseFiles(page, [hat]);
  await expect(photo(page, hat)).toBeVisible({ timeout: 60_000 });
  await teach(page, hat, "Hat");
  const foreign = info.outputPath("foreign.keepsake");
  writeFileSync(foreign, "PK not ours");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "This device" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open one…" }).click();
  await (await chooser).setFiles(foreign);
  await page.getByRole("button", { name: "Add to what is here" }).click();
  await expect(page.getByText("This is not a Keepsake file. Nothing was changed.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expectTaught(page, hat, "Hat");
});
