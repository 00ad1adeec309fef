// Move, of "Take it along": an original is deleted only when its copy is whole and the undo list names it; what
// was moved is still the same photo to the page; everything goes back, also at a later visit.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { choosing, dropFolder, expectFits, filesIn, putInto, takeAlong, withPickers } from "./along";
import { expect, type Locator, type Page, test } from "./fixtures";
import { SCREENS, showOn } from "./screens";
import { clothing, imported, open, photo, ready, reveal, teach } from "./support";

test.setTimeout(240_000);

const base64 = (file: string): string => readFileSync(file).toString("base64");
const text = (content: string): string => Buffer.from(content).toString("base64");
const read = (content: string | undefined): string => Buffer.from(content ?? "", "base64").toString();

/** "Holiday", with two days in it, and a film and a sidecar that belong to photos. */
interface Holiday {
  readonly hats: readonly string[];
  readonly shoes: readonly string[];
  /** What lies in it, by path. */
  readonly files: Record<string, string>;
}

const stem = (file: string): string => basename(file).replace(/\.\w+$/, "");

async function holiday(page: Page, count = 3): Promise<Holiday> {
  const kinds = clothing(["hat", "shoes"], count);
  // In the order in which a folder is read.
  const order = (files: readonly string[] = []) =>
    [...files].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const [hats, shoes] = [order(kinds.hat), order(kinds.shoes)];
  const files: Record<string, string> = Object.fromEntries([
    ...hats.map((file) => [`day 1/${basename(file)}`, base64(file)]),
    ...shoes.map((file) => [`day 2/${basename(file)}`, base64(file)]),
    [`day 1/${stem(hats[0] ?? "")}.mov`, text("a film")],
    [`day 2/${basename(shoes[0] ?? "")}.xmp`, text("a sidecar")],
  ]);
  await withPickers(page);
  await open(page);
  await putInto(page, Object.fromEntries(Object.entries(files).map(([path, it]) => [`Holiday/${path}`, it])));
  await dropFolder(page, "Holiday");
  await imported(page);
  for (const file of hats) await teach(page, file, "Hat");
  for (const file of shoes) await teach(page, file, "Shoes");
  return { hats, shoes, files };
}

async function planMove(page: Page): Promise<Locator> {
  const screen = await takeAlong(page);
  await screen.getByText("Move", { exact: true }).click();
  await expect(screen.getByText("Originals move. The undo list brings them back.")).toBeVisible();
  await expect(screen.getByRole("progressbar")).toHaveCount(0);
  return screen;
}

async function move(page: Page, said: RegExp | string): Promise<Locator> {
  const screen = await planMove(page);
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: said })).toBeVisible({ timeout: 60_000 });
  return screen;
}

/** Where each file of the holiday is to go. */
function sorted(files: Readonly<Record<string, string>>): Record<string, string> {
  const under = (path: string) => (path.startsWith("day 1") ? "Hat" : "Shoes");
  return Object.fromEntries(
    Object.entries(files).map(([path, it]) => [`${under(path)}/${basename(path)}`, it]),
  );
}

async function withoutLists(page: Page, below = "sorted"): Promise<Record<string, string>> {
  const files = Object.entries(await filesIn(page, below));
  return Object.fromEntries(files.filter(([path]) => !path.startsWith("keepsake-undo")));
}

/** Its place, as Look closely says it, with the photo itself large. */
async function expectLarge(page: Page, file: string, path: string): Promise<void> {
  await reveal(page, file);
  await photo(page, file).focus();
  await page.keyboard.press("+");
  const look = page.locator("#closely");
  await expect(look.locator("img.whole, .frame img, .frame canvas").first()).toBeVisible();
  await expect(look).not.toContainText("Only the small picture is here");
  await expect(look).toContainText(path);
  await page.keyboard.press("Escape");
}

test("the originals move, stay the same photos to the page, and go back", async ({ page }) => {
  const { hats, files } = await holiday(page);
  const [first = ""] = hats;
  const screen = await planMove(page);
  await expect(screen.getByRole("heading", { name: "6 photos into 2 folders" })).toBeVisible();
  await expect(screen).toContainText("with 2 files that belong to them");
  // Nothing was written, or deleted, before that.
  expect(await filesIn(page)).toEqual({});
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: "6 photos moved into 2 folders" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(screen).toContainText("is the same as its original, which was deleted then");
  expect(await filesIn(page, "Holiday")).toEqual({});
  expect(await withoutLists(page)).toEqual(sorted(files));
  const list = read((await filesIn(page))["keepsake-undo.csv"]);
  for (const path of Object.keys(files)) {
    expect(list).toMatch(new RegExp(`\r\nmoved,Holiday/${path},\\w+/${basename(path)},`));
  }

  await page.keyboard.press("Escape");
  await expectLarge(page, first, "sorted / Hat");
  // The folder they lie in now holds the same photos.
  await dropFolder(page, "sorted");
  await expect(page.getByText(/were here already|was here already/).first()).toBeVisible();
  await expect(page.locator(".status button").first()).toContainText("6 photos");

  const again = await takeAlong(page);
  await again.getByRole("button", { name: "Undo: 6 photos moved into 2 folders" }).click();
  await expect(again.getByRole("heading", { name: "8 files back where they were" })).toBeVisible({
    timeout: 60_000,
  });
  expect(await filesIn(page, "Holiday")).toEqual(files);
  // The list has done its work, and the folders that were made for it.
  expect(await filesIn(page)).toEqual({});
  await page.keyboard.press("Escape");
  await expectLarge(page, first, "Holiday / day 1");
});

test("at a later visit the list brings back what it may, and says the rest", async ({ page }) => {
  const { hats, shoes, files } = await holiday(page);
  await move(page, "6 photos moved into 2 folders");
  const [changed = "", occupied = ""] = hats;
  await putInto(page, {
    [`sorted/Hat/${basename(changed)}`]: text("drawn on"),
    [`Holiday/day 1/${basename(occupied)}`]: text("somebody's"),
    "outside.jpg": text("not in a folder that was chosen"),
    // Somebody sends a list of their own.
    "sorted/keepsake-undo-9.csv": text(
      [
        "what,from,to,sha256,modified,bytes",
        `moved,Holiday/../stolen.jpg,../outside.jpg,,2026-01-01T00:00:00.000Z,31`,
        `moved,Holiday/CON,/etc/passwd,,,3`,
        `moved,Holiday/x.jpg,Hat/nothing.jpg,,,3`,
        "",
      ].join("\r\n"),
    ),
  });
  await page.reload();
  await ready(page);
  const screen = await takeAlong(page);
  // The place is remembered.
  await screen.getByRole("button", { name: "See what: Photos moved into “sorted”" }).click();
  const hostile = screen.getByRole("button", { name: "Bring them back: 1 file moved out of “Holiday”" });
  await expect(hostile).toBeVisible();
  await expect(screen).toContainText("2 lines of the list are passed over.");
  await screen.getByRole("button", { name: "Bring them back: 8 files moved out of “Holiday”" }).click();
  await expect(screen.getByRole("heading", { name: "6 of 8 files back where they were" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(screen).toContainText("2 files were not brought back:");
  await expect(screen).toContainText(`Hat/${basename(changed)} stays: it was changed since`);
  await expect(screen).toContainText(`Hat/${basename(occupied)} stays: another file lies where it was`);
  const back = { ...files };
  delete back[`day 1/${basename(changed)}`];
  back[`day 1/${basename(occupied)}`] = text("somebody's");
  expect(await filesIn(page, "Holiday")).toEqual(back);
  expect(await withoutLists(page)).toEqual({
    [`Hat/${basename(changed)}`]: text("drawn on"),
    [`Hat/${basename(occupied)}`]: files[`day 1/${basename(occupied)}`],
  });
  // What is left can be tried again, once the place is free.
  expect(Object.keys(await filesIn(page))).toContain("keepsake-undo.csv");
  await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const day = await (await root.getDirectoryHandle("Holiday")).getDirectoryHandle("day 1");
    await day.removeEntry(name);
  }, basename(occupied));
  await screen.getByRole("button", { name: "Choose that folder…" }).click();
  await screen.getByRole("button", { name: "Bring them back: 8 files moved out of “Holiday”" }).click();
  await expect(screen.getByRole("heading", { name: "7 of 8 files back where they were" })).toBeVisible({
    timeout: 60_000,
  });
  expect((await filesIn(page, "Holiday"))[`day 1/${basename(occupied)}`]).toBe(
    files[`day 1/${basename(occupied)}`],
  );

  // The list that somebody sent does nothing.
  await screen.getByRole("button", { name: "Choose that folder…" }).click();
  await hostile.click();
  await expect(screen).toContainText("Hat/nothing.jpg was moved or deleted since");
  const outside = await page.evaluate(async () => {
    const names: string[] = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names;
  });
  expect(outside.sort()).toEqual(["Holiday", "outside.jpg", "sorted"]);
  await page.keyboard.press("Escape");
  await expectLarge(page, shoes[0] ?? "", "Holiday / day 2");
});

test("a folder that is not remembered is asked for, and may have another name by now", async ({ page }) => {
  const { files } = await holiday(page, 2);
  await move(page, "4 photos moved into 2 folders");
  await page.evaluate(async () => {
    await new Promise<void>((resolve) => {
      const opening = indexedDB.open("keepsake-page");
      opening.onsuccess = () => {
        const writing = opening.result.transaction("handles", "readwrite");
        writing.objectStore("handles").delete("folders");
        writing.oncomplete = () => resolve(opening.result.close());
      };
    });
    await (await navigator.storage.getDirectory()).removeEntry("Holiday", { recursive: true });
  });
  await page.reload();
  await ready(page);
  const screen = await takeAlong(page);
  await screen.getByRole("button", { name: "See what: Photos moved into “sorted”" }).click();
  await choosing(page, "Holiday 2026");
  await screen.getByRole("button", { name: "Choose “Holiday”…" }).click();
  await screen.getByRole("button", { name: /^Bring them back/ }).click();
  await expect(screen.getByRole("heading", { name: "6 files back where they were" })).toBeVisible({
    timeout: 60_000,
  });
  expect(await filesIn(page, "Holiday 2026")).toEqual(files);
  // Nothing is left to be brought back, or remembered.
  await page.reload();
  await ready(page);
  await takeAlong(page);
  await expect(screen.getByRole("button", { name: "Choose that folder…" })).toBeVisible();
  await expect(screen).not.toContainText("Photos moved into");
});

test("what changed, vanished or may not be deleted is said, and no original is lost", async ({ page }) => {
  const { hats, shoes, files } = await holiday(page, 4);
  const [full = "", changed = "", vanished = ""] = hats;
  const [, refused = ""] = shoes;
  const screen = await planMove(page);
  await putInto(page, { [`Holiday/day 1/${basename(changed)}`]: text("drawn on since") });
  await page.evaluate(
    async ([vanished = "", film = "", refused = ""]) => {
      const root = await navigator.storage.getDirectory();
      const day = await (await root.getDirectoryHandle("Holiday")).getDirectoryHandle("day 1");
      await day.removeEntry(vanished);
      // The disk is full when the film is written; the page is let at the folder no more at one of the shoes.
      const create = FileSystemFileHandle.prototype.createWritable;
      FileSystemFileHandle.prototype.createWritable = function (...given) {
        if (this.name === film) throw new DOMException("full", "QuotaExceededError");
        return create.apply(this, given);
      };
      const remove = FileSystemDirectoryHandle.prototype.removeEntry;
      FileSystemDirectoryHandle.prototype.removeEntry = function (name, ...given) {
        if (name === refused && this.name === "day 2")
          throw new DOMException("taken back", "NotAllowedError");
        return remove.call(this, name, ...given);
      };
    },
    [basename(vanished), `${stem(full)}.mov`, basename(refused)],
  );
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: /of 8 photos moved into/ })).toBeVisible({
    timeout: 60_000,
  });
  await expect(screen).toContainText(`${stem(full)}.mov could not be written: the disk is full`);
  await expect(screen).toContainText(`${basename(full)} stays where it is, together with what belongs to it`);
  await expect(screen).toContainText(
    `${basename(changed)} was changed since you added it and stays where it is`,
  );
  await expect(screen).toContainText(`${basename(vanished)} cannot be read any more`);
  await expect(screen).toContainText("1 original was copied and is still where it was, too:");

  const [there, here] = [await filesIn(page, "Holiday"), await withoutLists(page)];
  // Nothing is copied any more out of a folder in which nothing may be deleted. What was moved before is gone:
  // photos stand in the order in which they were read.
  const said = (await screen.textContent()) ?? "";
  for (const file of shoes.filter((shoe) => shoe !== refused)) {
    const stays = said.includes(`${basename(file)} stays where it is: the browser does not let the page`);
    expect(`day 2/${basename(file)}` in there, basename(file)).toBe(stays);
  }
  expect(there[`day 1/${basename(changed)}`]).toBe(text("drawn on since"));
  const gone = [changed, vanished].map((file) => `day 1/${basename(file)}`);
  for (const [path, content] of Object.entries(files)) {
    if (gone.includes(path)) continue;
    const places = [there[path], here[Object.keys(sorted({ [path]: "" }))[0] ?? ""]];
    expect(places.filter((one) => one === content).length, path).toBe(
      path.endsWith(basename(refused)) ? 2 : 1,
    );
  }
  // Allowed again, the rest goes.
  await page.reload();
  await ready(page);
  const again = await move(page, /^6 of 7 photos moved into 2 folders/);
  await expect(again).toContainText(`${basename(changed)} was changed since`);
  const moved = { ...files };
  for (const path of gone) delete moved[path];
  // The copy that was left is it, and not another one with a number.
  expect(await withoutLists(page)).toEqual(sorted(moved));
  expect(Object.keys(await filesIn(page, "Holiday"))).toEqual([gone[0]]);
});

test("stopped: what is moved is whole, the rest stays, and all of it goes back", async ({ page }) => {
  const { files } = await holiday(page);
  const screen = await planMove(page);
  await page.evaluate(() => {
    const create = FileSystemFileHandle.prototype.createWritable;
    FileSystemFileHandle.prototype.createWritable = async function (...given) {
      await new Promise((resolve) => setTimeout(resolve, this.name.endsWith(".jpg") ? 1_000 : 0));
      return create.apply(this, given);
    };
  });
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: /^Moving: [1-4] of 6$/ })).toBeVisible();
  await screen.getByRole("button", { name: "Stop" }).click();
  await expect(screen.getByRole("heading", { name: /^[1-5] of 6 photos moved into/ })).toBeVisible();
  await expect(screen).toContainText("You stopped it. What was written is whole.");
  const [there, here] = [await filesIn(page, "Holiday"), await withoutLists(page)];
  expect(Object.values(there).concat(Object.values(here)).sort()).toEqual(Object.values(files).sort());
  await screen.getByRole("button", { name: /^Undo: \d of 6 photos moved/ }).click();
  await expect(screen.getByRole("heading", { name: /^\d files? back where/ })).toBeVisible({
    timeout: 60_000,
  });
  expect(await filesIn(page, "Holiday")).toEqual(files);
  expect(await filesIn(page)).toEqual({});
});

test("no original is deleted that the list does not name", async ({ page }) => {
  const { files } = await holiday(page);
  const screen = await planMove(page);
  await page.evaluate(() => {
    const create = FileSystemFileHandle.prototype.createWritable;
    let lists = 0;
    FileSystemFileHandle.prototype.createWritable = async function (...given) {
      // The first line says what will be written, the second what was: that one is not to be had.
      if (this.name.startsWith("keepsake-undo") && ++lists > 1)
        throw new DOMException("full", "QuotaExceededError");
      return create.apply(this, given);
    };
  });
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: "0 of 6 photos moved into 2 folders" })).toBeVisible();
  await expect(screen).toContainText("keepsake-undo.csv could not be written: the disk is full");
  await expect(screen).toContainText("1 original was copied and is still where it was, too:");
  await expect(screen).toContainText("stays where it is: the undo list could not be written");
  expect(await filesIn(page, "Holiday")).toEqual(files);
});

/** What a browser leaves that is killed: a file that it was about to write, and what it had of that. */
async function cutShort(page: Page, { hats, files }: Holiday): Promise<string> {
  const name = basename(hats[1] ?? "");
  await putInto(page, {
    [`sorted/Hat/${name}`]: "",
    [`sorted/Hat/${name}.crswap`]: text("the first half"),
    "sorted/keepsake-undo.csv.crswap": text("of the list, too"),
    "sorted/keepsake-undo.csv": text(
      [
        "what,from,to,sha256,modified,bytes",
        "folder,,Hat,,,0",
        `moving,Holiday/day 1/${name},Hat/${name},,,${Buffer.from(files[`day 1/${name}`] ?? "", "base64").length}`,
        "",
      ].join("\r\n"),
    ),
  });
  return name;
}

test("what a killed browser left is no photo: moving goes on in its place", async ({ page }) => {
  const all = await holiday(page);
  await cutShort(page, all);
  await move(page, "6 photos moved into 2 folders");
  const there = await filesIn(page);
  const lists = ["keepsake-undo.csv", "keepsake-undo-2.csv"];
  expect(
    Object.keys(there)
      .filter((path) => path.startsWith("keepsake"))
      .sort(),
  ).toEqual(lists.sort());
  // Its half is gone with it, and nothing got a number.
  expect(await withoutLists(page)).toEqual(sorted(all.files));
  expect(await filesIn(page, "Holiday")).toEqual({});
});

test("what a killed browser left goes when everything is brought back", async ({ page }) => {
  const all = await holiday(page);
  const name = await cutShort(page, all);
  // It was killed while it brought another one back, too.
  await putInto(page, { [`Holiday/day 1/${name}.crswap`]: text("somebody's, by that name") });
  const screen = await takeAlong(page);
  await screen.getByRole("button", { name: "Choose that folder…" }).click();
  await screen.getByRole("button", { name: /^Bring them back/ }).click();
  await expect(screen.getByRole("heading", { name: "1 file back where it was" })).toBeVisible();
  expect(await filesIn(page)).toEqual({});
  // Beside a file that is whole it is not ours to delete.
  expect(await filesIn(page, "Holiday")).toEqual({
    ...all.files,
    [`day 1/${name}.crswap`]: text("somebody's, by that name"),
  });
});

test("a place in the folder itself; what lies where it should stays; names that differ only in case", async ({
  page,
}) => {
  const { hat: [one = "", two = ""] = [], shoes: [three = ""] = [] } = clothing(["hat", "shoes"], 2);
  const files = { "IMG.jpg": base64(one), "img.jpg": base64(two), "Shoes/there.jpg": base64(three) };
  await withPickers(page);
  await open(page);
  await putInto(page, Object.fromEntries(Object.entries(files).map(([path, it]) => [`Holiday/${path}`, it])));
  await dropFolder(page, "Holiday");
  await imported(page);
  for (const name of ["IMG.jpg", "img.jpg"]) await teach(page, name, "Hat");
  await teach(page, "there.jpg", "Shoes");
  await choosing(page, "Holiday");
  const screen = await move(page, "3 photos moved into 2 folders");
  await expect(screen).toContainText("That place lies in “Holiday”");
  await expect(screen).toContainText("1 of them lay there already.");
  const sortedFiles = await withoutLists(page, "Holiday");
  expect(Object.keys(sortedFiles).sort()).toEqual(["Hat/IMG-2.jpg", "Hat/img.jpg", "Shoes/there.jpg"].sort());
  expect(Object.values(sortedFiles).sort()).toEqual(Object.values(files).sort());
  // Once more: all of it is where it should be.
  await screen.getByRole("button", { name: "Take along once more" }).click();
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen).toContainText("3 of them lay there already.");
  expect(await withoutLists(page, "Holiday")).toEqual(sortedFiles);
  // One of the two did something that can be undone.
  await page.getByRole("button", { name: "Undo: 3 photos moved into 2 folders" }).click();
  await expect(page.getByRole("heading", { name: "2 files back where they were" })).toBeVisible();
  expect(await withoutLists(page, "Holiday")).toEqual(files);
});

test("without the folder there is nothing to move; where it may not be changed, that is asked for", async ({
  page,
}) => {
  const { hat: hats = [] } = clothing(["hat"], 2);
  await withPickers(page);
  await page.addInitScript(() => {
    const answers = (mode: string) =>
      mode === "read" ? "granted" : (localStorage.getItem("test:may") ?? "prompt");
    Object.assign(FileSystemDirectoryHandle.prototype, {
      queryPermission: async ({ mode }: { mode: string }) => answers(mode),
      requestPermission: async ({ mode }: { mode: string }) => {
        const before = localStorage.getItem("test:asked") ?? "0";
        localStorage.setItem("test:asked", String(Number(before) + 1));
        localStorage.setItem("test:may", before === "0" ? "denied" : "granted");
        return answers(mode);
      },
    });
  });
  await open(page);
  // As files: the page does not know where they lie.
  const pictures = hats.map((file) => ({
    name: basename(file),
    mimeType: "image/jpeg",
    buffer: readFileSync(file),
  }));
  const chooser = page.waitForEvent("filechooser");
  await page
    .getByRole("button", { name: /Add (your )?photos/ })
    .first()
    .click();
  await (await chooser).setFiles(pictures);
  await imported(page);
  await putInto(
    page,
    Object.fromEntries(hats.map((file) => [`Holiday/deep/${basename(file)}`, base64(file)])),
  );
  await teach(page, hats[0] ?? "", "Hat");
  await teach(page, hats[1] ?? "", "Hat");
  const screen = await planMove(page);
  await expect(screen).toContainText("2 photos stay where they are");
  await expect(screen.getByRole("button", { name: "Choose a place and move" })).toHaveCount(0);
  await choosing(page, "Holiday");
  await screen.getByRole("button", { name: "Choose the folder…" }).click();
  await screen.getByRole("button", { name: "Allow moving out of “Holiday”" }).click();
  await expect(screen).toContainText("The browser does not let the page change “Holiday”");
  await screen.getByRole("button", { name: "Ask again" }).click();
  await choosing(page, "sorted");
  await screen.getByRole("button", { name: "Choose a place and move" }).click();
  await expect(screen.getByRole("heading", { name: "2 photos moved into 1 folder" })).toBeVisible();
  expect(await withoutLists(page)).toEqual(
    Object.fromEntries(hats.map((file) => [`Hat/${basename(file)}`, base64(file)])),
  );
  expect(await filesIn(page, "Holiday")).toEqual({});
});

for (const look of SCREENS) {
  test(`no violations while moving, ${look.name}`, async ({ page }, info) => {
    await showOn(page, look);
    await holiday(page, 2);
    const screen = await planMove(page);
    const check = (state: string) => expectFits(screen, state, info);
    await check("plan");
    await screen.getByRole("button", { name: "Choose a place and move" }).click();
    await expect(screen.getByRole("heading", { name: "4 photos moved into 2 folders" })).toBeVisible({
      timeout: 60_000,
    });
    await check("moved");
    await screen.getByRole("button", { name: "Choose that folder…" }).click();
    await expect(screen.getByRole("button", { name: /^Bring them back/ })).toBeVisible();
    await check("earlier");
  });
}
