/** What a person chooses on "Take it along", what that comes to, and the one work that is under way. */
import { batch, computed, effect, signal } from "@preact/signals";
import { stayAwake } from "../engine/awake";
import type { FileFacts, LabelId, Photo, PhotoId, Problem } from "../engine/engine";
import { problem } from "../engine/failure";
import { today } from "../parts/save";
import type { Page } from "../state/page";
import { bringBack, type FoundList, listsIn, type Returning } from "./back";
import { Copying, canWriteFolders, chosenFolder } from "./folders";
import { type Move, Moving } from "./move";
import { canStream, chosenFile, download, type Kind, type Outlet } from "./outlet";
import { type Place, Places, type Source } from "./place";
import { type Choice, type Item, type Plan, partsOf, pathOf, planOf } from "./plan";
import { forget, type Moved, recall, remember } from "./remembered";
import {
  type Deed,
  inParts,
  labelled,
  type Meaning,
  type Originals,
  PART,
  type Result,
  tagged,
  type Way,
  Work,
  writePhotos,
  writeTags,
} from "./run";
import { type Shell, scriptOf } from "./script";
import { asCsv, asJson, rowsOf } from "./table";
import { kindWithoutTag } from "./tag";
import * as words from "./words";
import type { Program } from "./xmp";

/** How far the originals have been looked for. */
export interface Looking {
  readonly done: number;
  readonly total: number;
}

/** Something that was taken along on this visit. */
export interface Past {
  readonly result: Result;
  /** What can be undone. */
  readonly by: Copying | Moving | null;
  /** What Undo did. */
  readonly undone: { readonly removed: number; readonly kept: number } | Result | null;
}

/** An undo list of an earlier visit, with the folders that it moved files out of as far as they are at hand. */
export interface Earlier {
  readonly list: FoundList;
  readonly sources: ReadonlyMap<string, FileSystemDirectoryHandle>;
}

const ZIP = { description: "ZIP", type: "application/zip", ending: ".zip" } as const;
const CSV = { description: "CSV", type: "text/csv", ending: ".csv" } as const;
const SCRIPTS = {
  sh: { description: "Script", type: "application/x-sh", ending: ".sh" },
  ps1: { description: "PowerShell", type: "text/plain", ending: ".ps1" },
} as const;
const JSON_FILE = { description: "JSON", type: "application/json", ending: ".json" } as const;

export class Along implements Originals {
  readonly way = signal<Way>(canWriteFolders ? "folders" : "zip");
  readonly choice = signal<Choice>({ doneOnly: false, leaveOutUnsure: false, keepFolders: false });
  /** Folders and ZIP: the label in each copy that can hold it. */
  readonly inside = signal(false);
  /** Folders: the originals move. */
  readonly moving = signal(false);
  readonly program = signal<Program>("digikam");
  readonly format = signal<"csv" | "json">("csv");
  readonly shell = signal<Shell>(/^win/i.test(navigator.platform) ? "ps1" : "sh");
  readonly looking = signal<Looking | null>(null);
  /** The browser wants to be asked again for the folder of this name. */
  readonly asks = signal<string | null>(null);
  /** Folders of originals in which the page may not delete yet, and wants to be allowed to. */
  readonly asksToMove = signal<readonly Source[]>([]);
  /** Folders of originals in which it was not allowed to. */
  readonly refused = signal<readonly Source[]>([]);
  /** What a folder's undo lists say, once it was chosen. Empty: it has none. */
  readonly earlier = signal<readonly Earlier[] | null>(null);
  /** Places that photos were moved to before this visit. */
  readonly remembered = signal<readonly Moved[]>([]);
  readonly work = signal<Work | null>(null);
  readonly result = signal<Result | null>(null);
  readonly past = signal<readonly Past[]>([]);
  readonly trouble = signal<Problem | null>(null);

  readonly #items = new WeakMap<Work, readonly Item[]>();
  readonly #files = signal<ReadonlyMap<PhotoId, File>>(new Map());
  /** Where the originals lie that can be moved. */
  readonly #places = signal<ReadonlyMap<PhotoId, Place>>(new Map());

  /** What kind of file a photo is that can hold no tag; null: it can. Told for those that were looked at. */
  readonly #kinds = signal<ReadonlyMap<PhotoId, string | null>>(new Map());

  readonly plan = computed<Plan>(() => {
    const { photos, labels } = this.page.engine;
    return planOf(photos.value, labels.value, this.choice.value, words.ownFolders);
  });
  /** Whether originals will be moved. */
  readonly moves = computed(() => this.way.value === "folders" && this.moving.value);
  /** The photos that will be written, and those of the plan of which the original is not at hand. */
  readonly at = computed(() => {
    if (this.moves.value) return this.#placed(this.plan.value);
    const files = this.#files.value;
    const here: Item[] = [];
    const missing: Item[] = [];
    let [bytes, companions, absent] = [0, 0, 0];
    for (const item of this.plan.value.items) {
      const file = files.get(item.photo.id);
      if (!file) {
        missing.push(item);
        continue;
      }
      here.push(item);
      bytes += file.size;
      for (const { from } of item.companions) {
        const other = this.companion(item.photo, from);
        if (other) {
          bytes += other.size;
          companions++;
        } else absent++;
      }
    }
    return { here, missing, bytes, companions, absent };
  });
  /** The copies that are to hold their label: which of them cannot, and how many are not looked at yet. */
  readonly tags = computed(() => {
    const kinds = new Set<string>();
    let [cannot, unknown] = [0, 0];
    const items = this.at.value.here.filter(({ label }) => label !== null);
    for (const { photo } of items) {
      const kind = this.#kinds.value.get(photo.id);
      if (kind === undefined) unknown++;
      else if (kind !== null) {
        cannot++;
        kinds.add(kind);
      }
    }
    return { of: items.length, cannot, unknown, kinds: [...kinds].sort() };
  });
  readonly script = computed(() => scriptOf(this.plan.value.items, this.shell.value));
  /** What would be taken along in the way that is chosen. */
  readonly will = computed<readonly Item[]>(() => {
    switch (this.way.value) {
      case "folders":
      case "zip":
        return this.at.value.here;
      case "tags":
        return tagged(this.plan.value);
      case "table":
        return this.plan.value.items;
      case "script":
        return this.script.value.items;
    }
  });
  /** How many ZIPs it will be. */
  readonly parts = computed(() =>
    canStream ? 1 : Math.max(1, inParts(this.at.value.here, (item) => this.#sizeOf(item), PART).length),
  );

  #placed({ items }: Plan) {
    const here: Item[] = [];
    const missing: Item[] = [];
    let [bytes, companions, absent] = [0, 0, 0];
    for (const item of items) {
      const place = this.#places.value.get(item.photo.id);
      if (!place || this.refused.value.includes(place.root)) {
        missing.push(item);
        continue;
      }
      here.push(item);
      bytes += place.size;
      for (const { size } of place.companions.values()) bytes += size;
      companions += place.companions.size;
      absent += item.companions.length - place.companions.size;
    }
    return { here, missing, bytes, companions, absent };
  }

  constructor(readonly page: Page) {
    void this.#recall();
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    effect(() => {
      if (this.work.value) addEventListener("beforeunload", leaving);
      else removeEventListener("beforeunload", leaving);
    });
    stayAwake(computed(() => this.work.value !== null));
  }

  /** The originals that are at hand: another map when they were looked for again. */
  get files(): ReadonlyMap<PhotoId, File> {
    return this.#files.value;
  }

  file(photo: Photo): File | undefined {
    return this.#files.value.get(photo.id);
  }

  companion(photo: Photo, path: string): File | undefined {
    return this.page.engine.companion(photo.id, path);
  }

  /** Every photo that is there, one after the other, until `abort`; how far that is is told. */
  async *#all(abort: AbortSignal): AsyncGenerator<FileFacts> {
    const { engine } = this.page;
    const photos = engine.photos.peek();
    let told = 0;
    for (const [done, photo] of photos.entries()) {
      if (abort.aborted) return;
      if (performance.now() - told > 200) {
        told = performance.now();
        this.looking.value = { done, total: photos.length };
      }
      const facts = await engine.facts(photo.id).catch(() => undefined);
      if (facts) yield facts;
    }
  }

  /** Looks for the places of all originals, until `abort`: those that can be moved. */
  async lookForPlaces(abort: AbortSignal): Promise<void> {
    const readable: Source[] = [];
    const toAsk: Source[] = [];
    let asks: string | null = null;
    for (const folder of await this.page.engine.folders()) {
      const read = await folder.queryPermission({ mode: "read" }).catch(() => "denied");
      if (read === "granted") readable.push(folder);
      else if (read === "prompt") asks ??= folder.name;
    }
    const found = new Places(readable);
    const places = new Map<PhotoId, Place>();
    for await (const facts of this.#all(abort)) {
      const place = await found.find(facts);
      if (place) places.set(facts.id, place);
    }
    for (const root of new Set([...places.values()].map(({ root }) => root))) {
      if ((await root.queryPermission({ mode: "readwrite" })) !== "granted") toAsk.push(root);
    }
    if (abort.aborted) return;
    batch(() => {
      this.#places.value = places;
      this.asks.value = asks;
      this.asksToMove.value = toAsk;
      this.refused.value = [];
      this.looking.value = null;
    });
  }

  /** Asks to be let delete in the folders of the originals. In a gesture only. */
  async allowMoving(): Promise<void> {
    const refused: Source[] = [];
    for (const root of [...this.asksToMove.value, ...this.refused.value]) {
      const answer = await root.requestPermission({ mode: "readwrite" }).catch(() => "denied");
      if (answer !== "granted") refused.push(root);
    }
    batch(() => {
      this.asksToMove.value = [];
      this.refused.value = refused;
    });
  }

  /** Looks for the originals of all photos, until `abort`. */
  async look(abort: AbortSignal): Promise<void> {
    const { engine } = this.page;
    const files = new Map<PhotoId, File>();
    let asks: string | null = null;
    for await (const facts of this.#all(abort)) {
      const original = await engine.original(facts, abort, () => undefined);
      if (original.kind === "here") files.set(facts.id, original.file);
      else if (original.kind === "asks") asks ??= original.folder;
    }
    if (abort.aborted) return;
    batch(() => {
      this.#files.value = files;
      this.asks.value = asks;
      this.looking.value = null;
    });
  }

  /** Looks at how the originals begin, until `abort`: what can hold a tag is not told by a name. */
  async lookInside(abort: AbortSignal): Promise<void> {
    const kinds = new Map(this.#kinds.peek());
    let told = performance.now();
    for (const [photo, file] of this.#files.value) {
      if (abort.aborted) return;
      if (kinds.has(photo)) continue;
      // What cannot be read any more is said when it is written.
      kinds.set(photo, await kindWithoutTag(file, file.name).catch(() => null));
      if (performance.now() - told < 200) continue;
      told = performance.now();
      this.#kinds.value = new Map(kinds);
    }
    if (!abort.aborted) this.#kinds.value = kinds;
  }

  /** Asks where to, and writes. In a gesture only. */
  go(): Promise<void> {
    return this.#attempt(async () => {
      const way = this.way.value;
      if (this.moves.value) await this.#move();
      else if (way === "folders") await this.#copy();
      else if (way === "table") await this.#table();
      else if (way === "script") await this.#script();
      else await this.#zip(way);
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    batch(() => {
      this.trouble.value = null;
      this.result.value = null;
    });
    try {
      await work();
    } catch (thrown) {
      this.trouble.value = problem(thrown);
    } finally {
      this.work.value = null;
    }
  }

  async #copy(): Promise<void> {
    const items = this.will.value;
    const root = await chosenFolder();
    if (!root) return;
    const work = this.#begin("folders", items, this.#meaning());
    work.within = await this.#within(root);
    const copying = new Copying(root);
    await copying.run(items, this.#frozen(items), work);
    this.#end(work.result(foldersOf(items), root.name), copying);
  }

  async #move(): Promise<void> {
    const items = this.will.value;
    const places = this.#places.value;
    const root = await chosenFolder();
    if (!root) return;
    const work = this.#begin("move", items);
    await remember(root as Source).catch(() => undefined);
    const earlier = (await listsIn(root).catch(() => [])).flatMap(({ moved }) => moved);
    work.within = await this.#within(root);
    // Where the photos lie from then on is where they are looked for.
    await this.page.engine.keepFolders([root]);
    const moving = new Moving(root, earlier, (moves) => this.#relocate(moves));
    await moving.run(items, places, work);
    this.#end(work.result(foldersOf(items), root.name), moving.moved.size > 0 ? moving : null);
  }

  /** The remembered folder in which a place lies, if it does. */
  async #within(place: FileSystemDirectoryHandle): Promise<string | null> {
    for (const folder of await this.page.engine.folders()) {
      if (await folder.resolve(place).catch(() => null)) return folder.name;
    }
    return null;
  }

  /** Files that lie elsewhere now: photos are known by their path and size, what belongs to them by its path. */
  async #relocate(moves: readonly Move[]): Promise<void> {
    const { engine } = this.page;
    const byPath = new Map(moves.map((move) => [move.before, move]));
    const news = engine.photos.peek().flatMap(({ id, origin }) => {
      if (!origin) return [];
      const own = byPath.get(origin.path);
      const mine = own?.file.size === origin.size ? own : undefined;
      const others = (origin.companions ?? []).map((path) => byPath.get(path) ?? { after: path, file: null });
      if (!mine && others.every(({ file }) => file === null)) return [];
      const companions = others.map(({ after }) => after);
      const at = mine
        ? { path: mine.after, size: mine.file.size, modified: mine.file.lastModified }
        : { path: origin.path, size: origin.size, modified: origin.modified };
      const found = others.flatMap(({ after, file }) => (file ? [{ path: after, file }] : []));
      const { taken } = origin;
      return [{ photo: id, origin: { ...at, taken, companions }, file: mine?.file, companions: found }];
    });
    // Where it cannot be stored, they are recognised by their content again.
    await engine.relocate(news).catch(() => undefined);
  }

  /** Lets the person choose a folder, and reads what was moved there. In a gesture only. */
  findEarlier(): Promise<void> {
    return this.#attempt(async () => {
      const root = await chosenFolder();
      if (root) await this.#readEarlier(root);
    });
  }

  /** The same, in a place that is remembered. In a gesture only. */
  findRemembered({ root }: Moved): Promise<void> {
    return this.#attempt(async () => {
      await root.requestPermission({ mode: "readwrite" });
      await this.#readEarlier(root);
    });
  }

  async #readEarlier(root: FileSystemDirectoryHandle): Promise<void> {
    const lists = await listsIn(root);
    const folders = await this.page.engine.folders();
    this.earlier.value = lists.map((list) => {
      const sources = new Map<string, FileSystemDirectoryHandle>();
      for (const name of list.sources) {
        // Of two by that name nobody knows which it was.
        const [folder, another] = folders.filter((one) => one.name === name);
        if (folder && !another) sources.set(name, folder);
      }
      return { list, sources };
    });
    if (lists.length === 0) await this.#forget(root);
  }

  async #recall(): Promise<void> {
    const all = await recall().catch(() => []);
    this.remembered.value = all.filter(({ at }) => at < performance.timeOrigin);
  }

  async #forget(root: FileSystemDirectoryHandle): Promise<void> {
    await forget(root).catch(() => undefined);
    await this.#recall();
  }

  /** Lets the person show a folder that files were moved out of. In a gesture only. */
  chooseSource(earlier: Earlier, name: string): Promise<void> {
    return this.#attempt(async () => {
      const folder = await chosenFolder();
      if (!folder) return;
      const sources = new Map(earlier.sources).set(name, folder);
      const all = this.earlier.value ?? [];
      this.earlier.value = all.map((one) => (one === earlier ? { ...one, sources } : one));
    });
  }

  /** What was moved on an earlier visit goes back. In a gesture only. */
  bringBackEarlier({ list, sources }: Earlier): Promise<void> {
    return this.#attempt(async () => {
      for (const folder of sources.values() as Iterable<Source>) {
        await folder.requestPermission({ mode: "readwrite" });
      }
      const { root, moved: lines, folders: made, name } = list;
      await this.#bringBack({
        root,
        lines,
        made,
        source: ({ from }) => sources.get(partsOf(from)[0][0] ?? ""),
        done: () => root.removeEntry(name).catch(() => undefined),
      });
      this.earlier.value = null;
    });
  }

  async #bringBack(what: Returning): Promise<Result> {
    const work = new Work("back", what.lines.length);
    this.work.value = work;
    await this.#relocate(await bringBack(what, work));
    const result = work.result(0, what.root.name);
    this.result.value = result;
    if ((await listsIn(what.root).catch(() => [null])).length === 0) await this.#forget(what.root);
    return result;
  }

  async #zip(way: "zip" | "tags"): Promise<void> {
    const items = this.will.value;
    const name = `keepsake-${way === "zip" ? "photos" : "tags"}-${today()}`;
    const parts = way === "zip" && !canStream ? inParts(items, (item) => this.#sizeOf(item), PART) : [items];
    const first = canStream ? await chosenFile(`${name}.zip`, ZIP) : undefined;
    if (first === null) return;
    const from = this.#frozen(items);
    const nameOf = this.#namesNow();
    const work = this.#begin(way, items, way === "zip" ? this.#meaning() : undefined);
    let outlet: Outlet | undefined = first;
    for (const [at, part] of parts.entries()) {
      const numbered = parts.length > 1 ? `${name}-${at + 1}` : name;
      outlet ??= download(`${numbered}.zip`, ZIP.type, words.downloads);
      try {
        if (way === "zip") await writePhotos(part, from, outlet, work);
        else await writeTags(part, nameOf, this.program.value, from, outlet, work);
        await outlet.done();
      } catch (thrown) {
        await outlet.giveUp();
        throw thrown;
      }
      if (at < parts.length - 1) outlet = undefined;
      if (work.stopped) break;
    }
    this.#end(work.result(foldersOf(items), outlet?.where ?? words.downloads), null);
  }

  async #table(): Promise<void> {
    const items = this.will.value;
    const json = this.format.value === "json";
    const rows = rowsOf(items, this.page.engine.labels.value, words.ownFolders.none);
    const text = json ? asJson(rows) : asCsv(rows);
    await this.#text("table", items, `keepsake-photos-${today()}`, json ? JSON_FILE : CSV, text);
  }

  async #script(): Promise<void> {
    const { text, left } = this.script.value;
    const kind = SCRIPTS[this.shell.value];
    await this.#text("script", this.will.value, this.scriptName, kind, text, (work) => {
      for (const { photo } of left) work.fault(pathOf(photo), "leads-out");
    });
  }

  /** What the script will be called, without its ending. */
  readonly scriptName = `keepsake-move-${today()}`;

  /** A file that is made at once. */
  async #text(
    way: Way,
    items: readonly Item[],
    name: string,
    kind: Kind,
    text: string,
    more: (work: Work) => void = () => undefined,
  ): Promise<void> {
    const outlet = canStream
      ? await chosenFile(name + kind.ending, kind)
      : download(name + kind.ending, kind.type, words.downloads);
    if (!outlet) return;
    const work = this.#begin(way, items);
    try {
      await outlet.write(new TextEncoder().encode(text));
      await outlet.done();
    } catch (thrown) {
      await outlet.giveUp();
      throw thrown;
    }
    work.taken = items.length;
    more(work);
    this.#end(work.result(way === "script" ? foldersOf(items) : 0, outlet.where), null);
  }

  /** What was written is deleted again, as far as nobody changed it; what was moved goes back. */
  undo(past: Past): Promise<void> {
    return this.#attempt(async () => {
      const { by } = past;
      if (!by || past.undone) return;
      const undone =
        by instanceof Copying
          ? await by.undo()
          : await this.#bringBack({
              root: by.root,
              lines: [...by.moved.keys()],
              made: by.made,
              source: (line) => by.moved.get(line),
              done: () => by.list.remove(),
            });
      // What could not go back can be tried again.
      if ("faults" in undone && (undone.stopped || undone.faults.length > 0)) return;
      this.past.value = this.past.value.map((one) => (one === past ? { ...past, undone } : one));
    });
  }

  /** What the work that is under way takes along. */
  running(work: Work): readonly Item[] {
    return this.#items.get(work) ?? [];
  }

  /** The labels' names as they are now, whatever is renamed meanwhile. */
  #namesNow(): (label: LabelId) => string {
    const names = new Map(this.page.engine.labels.value.map(({ id }) => [id, this.page.nameOf(id)]));
    return (label) => names.get(label) ?? "";
  }

  #meaning(): Meaning | undefined {
    return this.inside.value ? labelled(this.#namesNow()) : undefined;
  }

  #begin(way: Deed, items: readonly Item[], meaning?: Meaning): Work {
    const work = new Work(way, items.length, meaning);
    this.#items.set(work, items);
    this.work.value = work;
    return work;
  }

  #end(result: Result, by: Past["by"]): void {
    batch(() => {
      this.result.value = result;
      this.past.value = [{ result, by, undone: null }, ...this.past.value];
    });
  }

  #sizeOf(item: Item): number {
    const own = this.file(item.photo)?.size ?? 0;
    const others = item.companions.map(({ from }) => this.companion(item.photo, from)?.size ?? 0);
    return others.reduce((sum, size) => sum + size, own);
  }

  /** The originals as they are now, whatever is taught or removed meanwhile. */
  #frozen(items: readonly Item[]): Originals {
    const files = this.#files.value;
    const others = new Map<string, File>();
    for (const { photo } of items) {
      for (const path of photo.origin?.companions ?? []) {
        const file = this.companion(photo, path);
        if (file) others.set(`${photo.id}/${path}`, file);
      }
    }
    return {
      file: (photo) => files.get(photo.id),
      companion: (photo, path) => others.get(`${photo.id}/${path}`),
    };
  }
}

function foldersOf(items: readonly Item[]): number {
  return new Set(items.map(({ label }) => label)).size;
}
