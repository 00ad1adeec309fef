// "Take it along": what is written is what was counted before, each photo under the label shown and with the
// bytes it had; other programs read it; what cannot be taken along is said, and the rest is.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { python } from "../../www/src/along/python";
import { packetAmong, segments, tagsIn } from "../../www/src/along/segments";
import { unzipFindsNoFault } from "../../www/src/along/unzip";
import { expectFits, filesIn, takeAlong, withPickers } from "./along";
import { exiftoolReads, type Tags } from "./exiftool";
import { expect, type Locator, type Page, type TestInfo, test } from "./fixtures";
import { SCREENS, showOn } from "./screens";
import { addPhotos, clothing, expectTaught, open, type Picture, photo, teach } from "./support";

/** Photos that can be taught and one of each kind that is not. */
function some(count: number): { readonly hats: string[]; readonly shoes: string[] } {
  const { hat = [], shoes = [] } = clothing(["hat", "shoes"], count);
  return { hats: hat, shoes };
}

/** Without the pickers of File System Access, as in Firefox and Safari. */
async function withoutPickers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, "showSaveFilePicker");
    Reflect.deleteProperty(window, "showDirectoryPicker");
  });
}

async function download(page: Page, button: Locator, info: TestInfo): Promise<string> {
  const coming = page.waitForEvent("download");
  await button.click();
  const file = await coming;
  const path = info.outputPath(file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

const ZIPPED = `
import base64,json,sys,zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({i.filename: base64.b64encode(z.read(i)).decode() for i in z.infolist()}))
`;

/** Name → content in base64, as Python reads it; unzip, where it is there, finds no fault either. */
function unzipped(path: string): Record<string, string> {
  unzipFindsNoFault(path);
  return python(ZIPPED, "", path) as Record<string, string>;
}

/** The ZIP that was written into the file chosen, in base64. */
function zipWritten(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    for await (const [name, entry] of root.entries()) {
      if (!name.endsWith(".zip")) continue;
      const bytes = new Uint8Array(await (await (entry as FileSystemFileHandle).getFile()).arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    }
    return "";
  });
}

/** What ExifTool says of a file that holds a label, and finds no fault with; digiKam's paths have "/" between. */
function labelled(label: string, path = label): Tags {
  return { Subject: [label], HierarchicalSubject: [label], TagsList: [path] };
}

/** As `unzipped`, of a ZIP in base64. */
function unzippedText(zip: string): Record<string, string> {
  return python(
    `
import base64,io,json,sys,zipfile
with zipfile.ZipFile(io.BytesIO(base64.b64decode(sys.stdin.read()))) as z:
    assert z.testzip() is None
    print(json.dumps({i.filename: base64.b64encode(z.read(i)).decode() for i in z.infolist()}))`,
    zip,
  ) as Record<string, string>;
}

const base64 = (file: string): string => readFileSync(file).toString("base64");

test.describe("in browsers that write no folders", () => {
  test("a ZIP with each photo under its label, whatever the names are; tags; a table", async ({
    page,
  }, info) => {
    test.setTimeout(240_000);
    const { hats, shoes } = some(4);
    const long = `${"ü".repeat(125)}.jpg`;
    const names = ["=1+1.jpg", 'a"b,c.jpg', "日本.jpg", long];
    const pictures: Picture[] = hats.map((file, at) => ({
      name: names[at] ?? "",
      mimeType: "image/jpeg",
      buffer: readFileSync(file),
    }));
    await withoutPickers(page);
    await open(page);
    await addPhotos(page, pictures);
    await addPhotos(page, shoes);
    await teach(page, "=1+1.jpg", "../..");
    await teach(page, shoes[0] ?? "", "CON");

    const screen = await takeAlong(page);
    await expect(screen.getByRole("radio", { name: /Folders on this computer/ })).toBeDisabled();
    await expect(screen).toContainText("This browser cannot write folders");
    await expect(screen.getByRole("radio", { name: /^One ZIP/ })).toBeChecked();
    const heading = screen.getByRole("heading", { name: /photos into one ZIP/ });
    await expect(heading).toHaveText("8 photos into one ZIP");
    const counted = await screen.locator(".folders li").allInnerTexts();

    const zip = unzipped(await download(page, screen.getByRole("button", { name: "Make the ZIP" }), info));
    await expect(screen.getByRole("heading", { name: "8 photos in the ZIP" })).toBeVisible();
    const perFolder = new Map<string, number>();
    for (const path of Object.keys(zip)) {
      const [folder = "", ...rest] = path.split("/");
      expect(rest.length, path).toBe(1);
      perFolder.set(folder, (perFolder.get(folder) ?? 0) + 1);
    }
    expect(counted.map((line) => line.split("\n").slice(-2).join(" ")).sort()).toEqual(
      [...perFolder].map(([folder, n]) => `${folder} ${n}`).sort(),
    );
    expect(Object.keys(zip)).toContain("_._/=1+1.jpg");
    expect(Object.keys(zip)).toContain(`_CON/${basename(shoes[0] ?? "")}`);
    // Every photo, once, byte for byte.
    expect(Object.values(zip).sort()).toEqual([...hats, ...shoes].map(base64).sort());
    expect(Object.keys(zip).some((path) => path.endsWith(`/${long}`))).toBe(true);
    expect(Object.keys(zip).some((path) => path.endsWith("/a_b,c.jpg"))).toBe(true);

    // Only what a person named: the two that were taught.
    await screen.getByRole("button", { name: "Take along once more" }).click();
    await screen.getByText("Done only 2").click();
    await expect(heading).toHaveText("2 photos into one ZIP");
    await screen.getByRole("radio", { name: /Tags for photo programs/ }).check({ force: true });
    await expect(screen.getByRole("heading", { name: "Tags for 2 photos" })).toBeVisible();
    const tags = unzipped(await download(page, screen.getByRole("button", { name: "Make the ZIP" }), info));
    const read = `
import json,sys,base64
import xml.etree.ElementTree as E
print(json.dumps({k:[li.text for li in E.fromstring(base64.b64decode(v)).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")] for k,v in json.load(sys.stdin).items()}))`;
    expect(python(read, JSON.stringify(tags))).toEqual({
      "=1+1.jpg.xmp": ["../..", "../..", "..∕.."],
      [`${basename(shoes[0] ?? "")}.xmp`]: ["CON", "CON", "CON"],
    });
    const sidecars = ["=1+1.jpg.xmp", `${basename(shoes[0] ?? "")}.xmp`];
    const byExiftool = exiftoolReads(
      sidecars.map((name) => ["xmp", Buffer.from(tags[name] ?? "", "base64")] as const),
    );
    const both = [labelled("../..", "..∕.."), labelled("CON")];
    expect(byExiftool ?? both).toEqual(both);

    await screen.getByRole("radio", { name: /^Table/ }).check({ force: true });
    await screen.getByText(/^All 8/).click();
    const table = await download(page, screen.getByRole("button", { name: "Save the table" }), info);
    const rows = python(
      "import csv,json,sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1],encoding='utf-8-sig',newline='')))))",
      "",
      table,
    ) as Record<string, string>[];
    expect(rows.length).toBe(8);
    const byPath = new Map(rows.map((row) => [row.path, row]));
    expect(byPath.get("'=1+1.jpg")).toMatchObject({ label: "../..", state: "taught" });
    expect(byPath.get('a"b,c.jpg')?.state).toMatch(/^(sure|not sure)$/);
    expect([...byPath.keys()]).toEqual(expect.arrayContaining(["日本.jpg", long]));

    // A script that moves the originals: it is run where they lie, and nothing else happens.
    await screen.getByRole("radio", { name: /^Move script/ }).check({ force: true });
    await screen.getByText("Mac, Linux", { exact: true }).click();
    await expect(
      screen.getByRole("heading", { name: /^A script that moves 8 photos into \d folders$/ }),
    ).toBeVisible();
    const script = await download(page, screen.getByRole("button", { name: "Save the script" }), info);
    expect(basename(script)).toMatch(/^keepsake-move-[\d-]+\.sh$/);
    await expect(screen.getByRole("heading", { name: "8 photos in the script" })).toBeVisible();
    const lies = info.outputPath("lies here");
    mkdirSync(lies);
    for (const [at, { name }] of pictures.entries()) copyFileSync(hats[at] ?? "", join(lies, name));
    for (const file of shoes) copyFileSync(file, join(lies, basename(file)));
    const said = execFileSync("sh", [script], { cwd: lies, encoding: "utf8" });
    expect(said).toContain("8 moved, 0 not.");
    const moved: Record<string, string> = {};
    for (const folder of readdirSync(lies)) {
      for (const name of readdirSync(join(lies, folder)))
        moved[`${folder}/${name}`] = base64(join(lies, folder, name));
    }
    expect(moved).toEqual(zip);
  });
});

test("folders: copied whole, nothing overwritten, what cannot be read is said; undo takes it back", async ({
  page,
}, info) => {
  test.setTimeout(240_000);
  const { hats, shoes } = some(4);
  const own = [...hats, ...shoes].map((file) => {
    const copy = info.outputPath(basename(file));
    copyFileSync(file, copy);
    return copy;
  });
  const [first = "", vanishing = ""] = own;
  const last = own.at(-1) ?? "";
  await withPickers(page);
  await open(page);
  await addPhotos(page, own);
  await teach(page, first, "Hat");
  await teach(page, last, "Shoes");
  // Somebody's file is where ours would go.
  const theirs = basename(first);
  await page.evaluate(async (name) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("sorted", {
      create: true,
    });
    const folder = await root.getDirectoryHandle("Hat", { create: true });
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write("theirs");
    await stream.close();
  }, theirs);
  const contents = own.map(base64);
  unlinkSync(vanishing);

  const screen = await takeAlong(page);
  await expect(screen.getByRole("heading", { name: /^8 photos into \d folders/ })).toBeVisible();
  await screen.getByRole("button", { name: "Choose a place and copy" }).click();
  await expect(screen.getByRole("heading", { name: /^7 of 8 photos in/ })).toBeVisible({ timeout: 60_000 });
  await expect(screen).toContainText(`${basename(vanishing)} cannot be read any more`);

  const files = await filesIn(page);
  expect(Buffer.from(files[`Hat/${theirs}`] ?? "", "base64").toString()).toBe("theirs");
  const numbered = `Hat/${theirs.replace(/(\.\w+)$/, "-2$1")}`;
  expect(files[numbered]).toBe(base64(first));
  const list = Buffer.from(files["keepsake-undo.csv"] ?? "", "base64");
  const rows = python(
    "import csv,io,json,sys; print(json.dumps(list(csv.DictReader(io.StringIO(sys.stdin.buffer.read().decode('utf-8-sig'),newline='')))))",
    list,
  ) as { what: string; from: string; to: string; bytes: string }[];
  expect(rows.length).toBe(7);
  const written = Object.keys(files).filter(
    (path) => path !== "keepsake-undo.csv" && path !== `Hat/${theirs}`,
  );
  expect(rows.map(({ to }) => to).sort()).toEqual(written.sort());
  expect(written.map((path) => files[path]).sort()).toEqual(contents.filter((_, at) => at !== 1).sort());

  await screen.getByRole("button", { name: /^Undo/ }).click();
  await expect(screen).toContainText("7 files deleted again. The originals are where they were.");
  expect(Object.keys(await filesIn(page))).toEqual([`Hat/${theirs}`]);
});

test("the place may not be written any more: said for each photo, nothing half is left", async ({ page }) => {
  test.setTimeout(180_000);
  const { hats } = some(4);
  await withPickers(page);
  await open(page);
  await addPhotos(page, hats);
  await teach(page, hats[0] ?? "", "Hat");
  await page.evaluate(() => {
    const create = FileSystemFileHandle.prototype.createWritable;
    let calls = 0;
    FileSystemFileHandle.prototype.createWritable = function (...given) {
      calls++;
      if (calls === 2) throw new DOMException("taken back", "NotAllowedError");
      if (calls === 3) throw new DOMException("full", "QuotaExceededError");
      return create.apply(this, given);
    };
  });
  const screen = await takeAlong(page);
  await screen.getByRole("button", { name: "Choose a place and copy" }).click();
  await expect(screen.getByRole("heading", { name: /^2 of 4 photos in/ })).toBeVisible({ timeout: 60_000 });
  await expect(screen).toContainText("the browser no longer lets the page write there");
  await expect(screen).toContainText("the disk is full");
  const photos = Object.entries(await filesIn(page)).filter(([path]) => path !== "keepsake-undo.csv");
  expect(photos.length).toBe(2);
  for (const [, content] of photos) expect(hats.map(base64)).toContain(content);
});

test("a ZIP goes into the file that was chosen; the whole way by keyboard, and back to the photo", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const { hats, shoes } = some(2);
  await withPickers(page);
  await open(page);
  await addPhotos(page, [...hats, ...shoes]);
  await teach(page, hats[0] ?? "", "Hat");
  await expectTaught(page, hats[0] ?? "", "Hat");
  await photo(page, hats[0] ?? "").focus();
  await page.getByRole("button", { name: "More", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: "Take it along" }).press("Enter");
  const screen = page.getByRole("main", { name: "Take it along" });
  const folders = screen.getByRole("radio", { name: /Folders on this computer/ });
  await folders.focus();
  await page.keyboard.press("ArrowDown");
  await expect(screen.getByRole("radio", { name: /^One ZIP/ })).toBeChecked();
  // No digit teaches a photo that is out of sight.
  await page.keyboard.press("1");
  const go = screen.getByRole("button", { name: "Make the ZIP" });
  await go.press("Enter");
  await expect(screen.getByRole("heading", { name: "4 photos in the ZIP" })).toBeVisible();
  expect(Object.keys(unzippedText(await zipWritten(page))).length).toBe(4);
  await page.keyboard.press("Escape");
  await expect(screen).toHaveCount(0);
  await expect(photo(page, hats[0] ?? "")).toBeFocused();
  await expect(page.getByRole("button", { name: /, Hat, taught$/ })).toHaveCount(1);
});

/** A photo in another form, by the browser's own writer, in base64. */
function drawnAs(page: Page, photo: string, type: string): Promise<string> {
  return page.evaluate(
    async ([content = "", form = ""]) => {
      const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, form, 0.9));
      let text = "";
      for (const byte of new Uint8Array((await blob?.arrayBuffer()) ?? [])) text += String.fromCharCode(byte);
      return btoa(text);
    },
    [photo, type],
  );
}

/** Whether the browser sees the same picture in each of two files. */
function samePicture(page: Page, one: string, other: string): Promise<boolean> {
  return page.evaluate(
    async (files) => {
      const [a, b] = await Promise.all(
        files.map(async (content) => {
          const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes]));
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          const context = canvas.getContext("2d");
          context?.drawImage(bitmap, 0, 0);
          return context?.getImageData(0, 0, bitmap.width, bitmap.height).data;
        }),
      );
      return a !== undefined && a.length === b?.length && a.every((value, at) => value === b[at]);
    },
    [one, other],
  );
}

function segment(marker: number, content: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${content}`, "latin1");
  bytes.set([0xff, marker]);
  bytes.writeUInt16BE(bytes.length - 2, 2);
  return bytes;
}

const BEACH = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="4"><dc:subject><rdf:Bag><rdf:li>Beach</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;

test("the label is written into the copies: everything else in them is what it was, and the rest is said", async ({
  page,
}) => {
  test.setTimeout(300_000);
  const { hats, shoes } = some(3);
  await withPickers(page);
  await open(page);
  const plain = readFileSync(hats[0] ?? "");
  const more = (file: string, ...parts: Buffer[]) => {
    const bytes = readFileSync(file);
    return Buffer.concat([bytes.subarray(0, 2), ...parts, bytes.subarray(2)]);
  };
  const exif = segment(0xe1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0");
  const xap = "http://ns.adobe.com/xap/1.0/\0";
  const colours = segment(0xe2, `OTHER\0${"c".repeat(40_000)}`);
  const given: readonly (readonly [string, string, Buffer])[] = [
    ["plain.jpg", "image/jpeg", plain],
    ["beach.jpg", "image/jpeg", more(hats[1] ?? "", exif, segment(0xe1, xap + BEACH), colours)],
    ["odd.jpg", "image/jpeg", more(hats[2] ?? "", segment(0xe1, `${xap}no XMP`))],
    [
      "shoe.png",
      "image/png",
      Buffer.from(await drawnAs(page, base64(shoes[0] ?? ""), "image/png"), "base64"),
    ],
    [
      "shoe.webp",
      "image/webp",
      Buffer.from(await drawnAs(page, base64(shoes[1] ?? ""), "image/webp"), "base64"),
    ],
    // It is called what it is not.
    ["phone.jpg", "image/jpeg", readFileSync("tests/reference/heic/upright.heic")],
  ];
  await addPhotos(
    page,
    given.map(([name, mimeType, buffer]) => ({ name, mimeType, buffer })),
  );
  const label = 'Hüte & "Caps"';
  for (const [name] of given) await teach(page, name, name.startsWith("shoe") ? "Shoes" : label);

  const screen = await takeAlong(page);
  await screen.getByRole("checkbox", { name: "Write the label into the copies" }).check();
  await expect(screen).toContainText("5 copies get their label as a tag.");
  await expect(screen).toContainText("1 of 6 cannot hold a tag: HEIC. It is copied as it is.");
  await screen.getByRole("button", { name: "Choose a place and copy" }).click();
  await expect(screen.getByRole("heading", { name: "6 photos in 2 folders" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(screen).toContainText("4 of 6 copies hold their label as a tag.");
  await expect(screen).toContainText("1 photo was copied as it is, without a tag:");
  await expect(screen).toContainText("odd.jpg has XMP in it that cannot be read with certainty");
  await expect(screen).toContainText("is the same as its original, but for the tag");

  const files = await filesIn(page);
  const copies = new Map(Object.entries(files).map(([path, content]) => [basename(path), content]));
  for (const name of ["odd.jpg", "phone.jpg"]) {
    expect(copies.get(name), name).toBe(given.find(([one]) => one === name)?.[2].toString("base64"));
  }
  const tagged = given.filter(([name]) => !["odd.jpg", "phone.jpg"].includes(name));
  const was = segments(tagged.map(([, , bytes]) => bytes.toString("base64")));
  const is = segments(tagged.map(([name]) => copies.get(name) ?? ""));
  for (const [at, [name, , bytes]] of tagged.entries()) {
    const [before, after] = [was[at] ?? [], is[at] ?? []].map((parts) =>
      packetAmong(parts).others.filter(([kind]) => kind !== "VP8X"),
    );
    expect(after, name).toEqual(before);
    expect(await samePicture(page, bytes.toString("base64"), copies.get(name) ?? ""), name).toBe(true);
  }
  const packets = is.map((parts) => packetAmong(parts).packet ?? "<none/>");
  expect(tagsIn(packets)).toEqual([
    [[label], [label], [label]],
    [["Beach", label], [label], [label]],
    [["Shoes"], ["Shoes"], ["Shoes"]],
    [["Shoes"], ["Shoes"], ["Shoes"]],
  ]);
  expect(packets[1]).toContain('xmp:Rating="4"');
  const byExiftool = exiftoolReads(
    tagged.map(
      ([name]) => [name.split(".")[1] ?? "", Buffer.from(copies.get(name) ?? "", "base64")] as const,
    ),
  );
  const both = { Subject: ["Beach", label], HierarchicalSubject: [label], TagsList: [label] };
  const expected = [labelled(label), both, labelled("Shoes"), labelled("Shoes")];
  expect(byExiftool ?? expected).toEqual(expected);
  expect(is[1]?.slice(0, 3).map(([kind]) => kind)).toEqual(["e1", "e1", "e2"]);
  const list = Buffer.from(files["keepsake-undo.csv"] ?? "", "base64").toString();
  for (const [path, content] of Object.entries(files)) {
    if (path === "keepsake-undo.csv") continue;
    const how = /(odd|phone)\.jpg$/.test(path) ? "copied" : "copied with tag";
    expect(list).toContain(`${how},${basename(path)},`);
    expect(list).toContain(`,${Buffer.from(content, "base64").length}\r\n`);
  }

  // The same copies in a ZIP.
  await screen.getByRole("button", { name: "Take along once more" }).click();
  await screen.getByRole("radio", { name: /^One ZIP/ }).check({ force: true });
  await screen.getByRole("button", { name: "Make the ZIP" }).click();
  await expect(screen.getByRole("heading", { name: "6 photos in the ZIP" })).toBeVisible({ timeout: 60_000 });
  await expect(screen).toContainText("4 of 6 copies hold their label as a tag.");
  const zip = unzippedText(await zipWritten(page));
  for (const [path, content] of Object.entries(zip)) expect(content, path).toBe(files[path]);
  expect(Object.keys(zip).length).toBe(6);

  await screen.getByRole("button", { name: /^Undo/ }).click();
  await expect(screen).toContainText("6 files deleted again. The originals are where they were.");
  expect(await filesIn(page)).toEqual({});
});

for (const look of SCREENS) {
  test(`no violations, ${look.name}`, async ({ page }, info) => {
    test.setTimeout(240_000);
    const { hats, shoes } = some(3);
    await showOn(page, look);
    await withPickers(page);
    await open(page);
    await addPhotos(page, [...hats, ...shoes]);
    await teach(page, hats[0] ?? "", "Hat");
    await teach(page, shoes[0] ?? "", "Shoes");
    const screen = await takeAlong(page);
    const check = (state: string) => expectFits(screen, state, info);
    await check("plan");
    await screen.getByRole("checkbox", { name: "Write the label into the copies" }).check();
    await expect(screen).toContainText("6 copies get their label as a tag.");
    await check("labels inside");
    await screen.getByRole("radio", { name: /Tags for photo programs/ }).check({ force: true });
    await check("tags");
    await screen.getByRole("radio", { name: /^Move script/ }).check({ force: true });
    await screen.getByText("Windows", { exact: true }).click();
    await expect(screen).toContainText("-ExecutionPolicy Bypass -File keepsake-move-");
    await check("script");
    await screen.getByRole("radio", { name: /Folders on this computer/ }).check({ force: true });
    await screen.getByRole("button", { name: "Choose a place and copy" }).click();
    await expect(screen.getByRole("heading", { name: /^6 photos in/ })).toBeVisible({ timeout: 60_000 });
    await check("done");
  });
}
