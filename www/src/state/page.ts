/**
 * What a person is doing on the page: what is shown, chosen, open and just said. The learner's
 * own state stays in the engine; everything here is gone on reload, and that is right.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import {
  canGuess,
  type Damaged,
  type Engine,
  type LabelId,
  type Photo,
  type PhotoId,
  type Problem,
  type WhyProcessor,
} from "../engine/engine";
import { ofStorage } from "../engine/failure";
import type { Dropped } from "../engine/files";
import * as words from "../words";
import { reservedLetters } from "./actions";
import { Arriving } from "./arriving";
import { Backups } from "./backups";
import { Bursts, photosOf } from "./bursts";
import { Calm } from "./calm";
import { Closely } from "./closely";
import { DrawnPictures } from "./drawn";
import { Finish } from "./finish";
import { FoldersAsLabels } from "./folders-as-labels";
import { digits, folded, labelForKey, letters, NONE } from "./labels";
import { LargePictures } from "./large";
import { readAheadAtRest } from "./resting";
import {
  asSorted,
  counts,
  type Filter,
  isDone,
  type Section,
  STATES,
  sections,
  type TileId,
} from "./sections";
import { remember, singleKeys } from "./single-keys";
import { Switcher } from "./switcher";
import { Thumbnails } from "./thumbnails";
import { type Walk, walkOn } from "./walk";

/** What the label choice is open for. */
export interface Choosing {
  readonly photos: readonly PhotoId[];
  /** The tile it stands under; null when it is for many. */
  readonly under: PhotoId | null;
  /** Whether the keys go to its field at once. */
  readonly typing: boolean;
  /** What its field holds at first. */
  readonly text?: string;
}

export interface Said {
  readonly text: string;
  readonly canUndo: boolean;
  /** What it did, where that was several steps: they are undone together. */
  readonly steps: readonly string[];
  /** Takes it back, where that is no step of the learner's. */
  readonly back: (() => Promise<void>) | null;
}

/** A wish that the album puts the focus on a tile once it is drawn. */
export interface FocusWish {
  readonly tile: TileId;
}

export type Panel = "device" | "keys" | "damage";

const NOTHING: ReadonlySet<PhotoId> = new Set();
/** How long a line about what just happened stays. */
const SAID_FOR = 10_000;

export class Page {
  readonly thumbnails: Thumbnails;
  readonly drawn = new DrawnPictures();
  readonly filter = signal<Filter>({ kind: "all" });
  readonly query = signal("");
  /** The one tile that Tab reaches. */
  readonly active = signal<TileId | null>(null);
  readonly chosen = signal<ReadonlySet<PhotoId>>(new Set());
  /** Taps choose photos instead of opening the label choice. */
  readonly selecting = signal(false);
  readonly choosing = signal<Choosing | null>(null);
  readonly panel = signal<Panel | null>(null);
  readonly said = signal<Said | null>(null);
  readonly trouble = signal<Problem | null>(null);
  readonly focusWish = signal<FocusWish | null>(null);
  /** The notice about damaged records was read. */
  readonly setAsideSeen = signal(false);
  /** The notice about a lost graphics card was read, this one. */
  readonly lossSeen = signal<WhyProcessor | null>(null);
  /** Single characters are commands. */
  readonly singleKeys = singleKeys();
  /** Files hang over the page. */
  readonly dropping = signal(false);

  readonly large: LargePictures;
  /** "Take it along" is open, in the place of the photos. */
  readonly takingAlong = signal(false);
  /** The one photo that is looked at closely. */
  readonly closely: Closely;

  readonly finish: Finish;
  readonly bursts: Bursts;
  readonly backups: Backups;
  readonly #calm = new Calm();
  /** How often something left the screen that was to be sorted again. */
  readonly #away = signal(0);
  readonly arriving: Arriving;
  readonly folders: FoldersAsLabels;
  readonly switcher: Switcher;
  #anchor: PhotoId | null = null;
  #walk: Walk | null = null;
  /** Photos of the actions that are not done yet. */
  readonly #underWay = new Set<ReadonlySet<PhotoId>>();
  #turn: Promise<unknown> = Promise.resolve();
  #saidTimer: ReturnType<typeof setTimeout> | undefined;

  readonly letters = computed(() => letters(this.engine.labels.value, reservedLetters));
  readonly digits = computed(() => digits(this.engine.labels.value));
  readonly guessing = computed(() => canGuess(this.engine.labels.value));
  readonly counts = computed(() => counts(this.engine.photos.value, this.engine.labels.value));
  readonly photoById = computed(() => new Map(this.engine.photos.value.map((photo) => [photo.id, photo])));
  readonly failureByTile = computed(
    () => new Map(this.engine.failures.value.map((failure) => [-1 - failure.id, failure])),
  );
  readonly #sorted = computed<readonly Section[]>(() => {
    const { sort, show, differing, lingering, order } = this.finish;
    void this.#away.value;
    const scene = {
      photos: this.engine.photos.value,
      failures: this.engine.failures.value,
      labels: this.engine.labels.value,
      filter: this.filter.value,
      query: this.query.value,
      freshAfter: this.arriving.freshAfter.value,
      waiting: this.arriving.waiting.value,
      sort: sort.value,
      show: show.value,
      differing: differing.value,
      // Where all is shown it makes no difference.
      lingering: show.value.size < STATES.length || differing.value ? lingering.value : NOTHING,
    };
    const view = JSON.stringify([scene.filter, scene.query, order.value]);
    return this.#calm.sort(sections(scene), view);
  });
  /** The section of the tile that Tab reaches. */
  readonly #busy = computed(() => {
    const active = this.active.value;
    const of = active === null ? undefined : this.#sorted.value.find(({ tiles }) => tiles.includes(active));
    return of?.key ?? null;
  });
  readonly #folded = computed(() =>
    this.bursts.fold(this.#sorted.value, this.photoById.value, this.guessing.value),
  );
  #drawn: readonly Section[] = [];
  readonly sections = computed(() => {
    const looking = this.filter.value.kind !== "all" || this.query.value.trim() !== "";
    const now = this.finish.folded(this.#folded.value, this.#busy.value, looking);
    // What is the same is drawn as it was.
    const before = this.#drawn;
    if (now.length !== before.length || now.some((section, at) => section !== before[at])) this.#drawn = now;
    return this.#drawn;
  });
  /** The tiles that stand for several photos, with these. */
  readonly #burstAt = computed(
    () => new Map(this.sections.value.flatMap(({ folded, bursts }) => (folded ? [] : [...bursts]))),
  );
  readonly #tileOf = computed(
    () => new Map([...this.#burstAt.value].flatMap(([tile, photos]) => photos.map((id) => [id, tile]))),
  );

  constructor(readonly engine: Engine) {
    this.thumbnails = new Thumbnails((photo) => engine.thumbnail(photo));
    this.large = new LargePictures(engine);
    this.closely = new Closely(this);
    this.finish = new Finish(engine);
    this.bursts = new Bursts(engine);
    this.backups = new Backups(this);
    this.folders = new FoldersAsLabels(this);
    this.arriving = new Arriving(this);
    this.switcher = new Switcher(this);
    readAheadAtRest(this);
    this.#keepSound();
    effect(() => remember(this.singleKeys.value));
  }

  nameOf(label: LabelId): string {
    if (label === NONE) return words.noneOfThese;
    return this.engine.labels.value.find((known) => known.id === label)?.name ?? "";
  }

  /** The label that a key teaches. */
  labelForKey(key: string): LabelId | undefined {
    return labelForKey(key, this.engine.labels.value, reservedLetters);
  }

  /** The photos that tiles stand for. */
  photosAt(tiles: readonly TileId[]): readonly PhotoId[] {
    const bursts = this.#burstAt.value;
    return tiles.flatMap((tile) => bursts.get(tile) ?? [tile]);
  }

  /** The tile that stands for a photo. */
  tileOf(photo: PhotoId): TileId {
    return this.#tileOf.value.get(photo) ?? photo;
  }

  /** Shows all photos of a tile's burst, or folds them again; false where it is none. */
  unfold(tile: TileId): boolean {
    if (!this.sections.value.some(({ bursts, open }) => bursts.has(tile) || open.has(tile))) return false;
    batch(() => {
      this.choosing.value = null;
      this.bursts.toggle(tile);
      this.focus(tile);
    });
    return true;
  }

  say(text: string, canUndo = false, steps: readonly string[] = [], back: Said["back"] = null): void {
    clearTimeout(this.#saidTimer);
    this.said.value = { text, canUndo, steps, back };
    this.#saidTimer = setTimeout(() => this.hush(), SAID_FOR);
  }

  hush(): void {
    clearTimeout(this.#saidTimer);
    batch(() => {
      this.said.value = null;
      this.finish.leave(this.active.value);
    });
  }

  /** The line stays while somebody is on it. */
  holdSaid(): void {
    clearTimeout(this.#saidTimer);
  }

  /** The sections that are on the screen now; what left it may be sorted again. */
  looksAt(keys: ReadonlySet<string>): void {
    if (this.#calm.look(keys)) this.#away.value += 1;
  }

  /** Runs an action; what goes wrong is said in a notice, and nothing else changes. */
  async attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await action();
      this.trouble.value = null;
      return result;
    } catch (thrown) {
      const problem = asProblem(thrown);
      // What could not be stored has a notice of its own, which goes when it can be.
      const told = this.engine.otherTab.value || this.engine.storage.value.problem !== null;
      this.trouble.value = told && ofStorage(problem) ? null : problem;
      // The notice already says what to do; this says that the last key did nothing.
      if (this.engine.otherTab.value) this.say(words.notHere);
      return undefined;
    }
  }

  /* ── teaching ── */

  async teach(photos: readonly PhotoId[], label: LabelId | string): Promise<void> {
    if (photos.length === 0) return;
    const alike = this.#alike(photos);
    const act = async () => {
      this.finish.linger(photos);
      const outcome = await this.engine.teach(photos, label, alike);
      this.say(words.said.taught(this.nameOf(outcome.label), photos.length, outcome.changed), true);
    };
    await this.#acting(photos, act, { named: true, text: typeof label === "string" ? label : "" });
  }

  /** Of the photos of a burst that are taught together one teaches, and the others are accepted: these. */
  #alike(photos: readonly PhotoId[]): readonly PhotoId[] {
    const all = new Set(photos);
    return this.#known(photos)
      .filter(({ id, taught }) => taught === null && this.tileOf(id) !== id && all.has(this.tileOf(id)))
      .map(({ id }) => id);
  }

  /**
   * Takes back their lessons, with what was accepted with them; of photos that teach nothing, that they
   * were accepted.
   */
  async takeBack(photos: readonly PhotoId[]): Promise<void> {
    const known = this.#known(photos);
    const taught = known.filter((photo) => photo.taught !== null).map(({ id }) => id);
    const accepted = known.filter((photo) => photo.accepted !== null).map(({ id }) => id);
    if (taught.length > 0) {
      const tiles = new Set(taught.map((id) => this.tileOf(id)));
      const withThem = accepted.filter((id) => tiles.has(this.tileOf(id)));
      await this.#acting(photos, async () => {
        const outcome = await this.engine.takeBack([...taught, ...withThem]);
        this.say(words.said.tookBack(taught.length, withThem.length, outcome.changed), true);
      });
    } else if (accepted.length > 0) {
      await this.#acting(photos, async () => {
        const outcome = await this.engine.takeBack(accepted);
        this.say(words.said.unaccepted(accepted.length, outcome.changed), true);
      });
    }
  }

  /* ── accepting ── */

  /**
   * "This is right, I have seen it": each photo as the label that it is sorted under now. One that is
   * done stays as it is; one that is not sure has nothing that could be right.
   */
  async accept(photos: readonly PhotoId[]): Promise<void> {
    const known = this.#known(photos);
    const right = asSorted(known, this.guessing.value);
    if (right.size > 0) await this.#acting(photos, () => this.#accept(right), { named: true });
    else if (known.some((photo) => !isDone(photo))) this.say(words.nothingRight);
  }

  /** What is left in a section as it is shown, also far beyond the screen, as one step. */
  async acceptRest(section: Section): Promise<void> {
    const right = asSorted(this.#known(photosOf(section)), this.guessing.value);
    if (right.size === 0) return;
    // Whoever is done with it stands on none of its photos any more: it may fold.
    if (this.active.value !== null && section.tiles.includes(this.active.value)) this.active.value = null;
    const done = await this.inTurn(async () => {
      await this.#accept(right);
      return true;
    });
    if (done) this.arriving.sortIn();
  }

  async #accept(right: ReadonlyMap<PhotoId, LabelId>): Promise<void> {
    this.finish.linger(right.keys());
    const { changed } = await this.engine.accept(right);
    const [first, ...others] = new Set(right.values());
    const name = first !== undefined && others.length === 0 ? this.nameOf(first) : null;
    this.say(words.said.accepted(right.size, name, changed), true);
  }

  #known(tiles: readonly TileId[]): readonly Photo[] {
    return tiles.flatMap((id) => this.photoById.value.get(id) ?? []);
  }

  async removePhotos(photos: readonly PhotoId[]): Promise<void> {
    if (photos.length === 0) return;
    await this.#acting(photos, async () => {
      await this.engine.removePhotos(photos);
      this.say(words.said.removed(photos.length), true);
    });
  }

  /** What the line offers is what its key does, also where that is no step of the learner's. */
  async undoSaid(): Promise<void> {
    const back = this.said.value?.back;
    if (!back) return this.undo();
    this.hush();
    await back();
  }

  async undo(): Promise<void> {
    await this.inTurn(async () => {
      if (this.engine.history.value.undo === null) return;
      const { what, changed } = await this.#undoStep();
      this.say(words.said.undid(what, changed));
    });
  }

  /** Takes back steps that belong together, the last first; not what was done before or since. */
  async undoAll(steps: readonly string[]): Promise<void> {
    await this.inTurn(async () => {
      let done = 0;
      for (const step of steps.toReversed()) {
        if (this.engine.history.value.undo !== step) break;
        await this.#undoStep();
        done++;
      }
      if (done === steps.length) this.folders.undone();
      if (done > 0) this.say(words.said.undidSteps(done));
    });
  }

  async #undoStep() {
    const outcome = await this.engine.undo();
    this.closely.undone();
    return outcome;
  }

  async redo(): Promise<void> {
    await this.inTurn(async () => {
      if (this.engine.history.value.redo === null) return;
      const { what, changed } = await this.engine.redo();
      this.closely.redone();
      this.say(words.said.redid(what, changed), true);
    });
  }

  /* ── labels ── */

  async addLabel(name: string): Promise<boolean> {
    const same = this.engine.labels.value.find((label) => folded(label.name) === folded(name));
    if (same) {
      this.say(words.labelIsThere(same.name));
      return false;
    }
    const label = await this.inTurn(() => this.engine.addLabel(name));
    if (label === undefined) return false;
    this.say(words.said.made(this.nameOf(label)), true);
    return true;
  }

  async rename(label: LabelId, name: string): Promise<boolean> {
    if (name.trim() === this.nameOf(label)) return true;
    const done = await this.inTurn(async () => {
      await this.engine.rename(label, name);
      this.say(words.said.renamed(this.nameOf(label)), true);
      return true;
    });
    return done ?? false;
  }

  async removeLabel(label: LabelId): Promise<void> {
    const name = this.nameOf(label);
    const outcome = await this.inTurn(() => this.engine.removeLabel(label));
    if (outcome) this.say(words.said.removedLabel(name, outcome.changed), true);
  }

  async merge(from: LabelId, into: LabelId): Promise<void> {
    const [a, b] = [this.nameOf(from), this.nameOf(into)];
    const outcome = await this.inTurn(() => this.engine.mergeLabels(from, into));
    if (outcome) this.say(words.said.merged(a, b, outcome.changed), true);
  }

  /* ── files ── */

  addFiles(files: readonly Dropped[], label?: LabelId): void {
    if (files.length === 0) return;
    const engine = this.engine;
    if (label === undefined) void this.attempt(() => engine.addFiles(files));
    else {
      this.arriving.teachesTo(label);
      void this.attempt(() => engine.addFiles(files, label));
    }
  }

  /** Folders that files come from: where they can be remembered, photos can be seen large on the next visit. */
  keepFolders(folders: Promise<readonly (FileSystemHandle | null)[]>): void {
    void folders.then((all) => this.engine.keepFolders(all)).catch(() => undefined);
  }

  addSamples(): void {
    void this.attempt(() => this.engine.addSamples());
  }

  /** Takes what is damaged over from a backup; true when it was. */
  async mend(file: File): Promise<boolean> {
    const done = await this.inTurn(() => this.engine.mend(file));
    if (!done) return false;
    this.say(words.said.mended(done.records, done.left), done.records > 0);
    return done.records > 0;
  }

  async leaveOutDamaged(records: readonly Damaged[]): Promise<boolean> {
    const done = await this.inTurn(() => this.engine.leaveOutDamaged(records));
    if (done) this.say(words.said.leftOut(records.length));
    return done !== undefined;
  }

  /** Opens "Take it along". */
  takeAlong(): void {
    batch(() => {
      if (this.closely.looking.value) this.closely.close();
      this.choosing.value = null;
      this.panel.value = null;
      this.takingAlong.value = true;
    });
  }

  leaveAlong(): void {
    this.takingAlong.value = false;
    this.focusPhotos();
  }

  /* ── choosing ── */

  openChooser(photo: PhotoId, typing: boolean): void {
    const tile = this.tileOf(photo);
    batch(() => {
      this.active.value = tile;
      this.choosing.value = { photos: this.photosAt([tile]), under: tile, typing };
    });
  }

  openChooserForChosen(): void {
    const photos = [...this.chosen.value];
    if (photos.length > 0) this.choosing.value = { photos, under: null, typing: true };
  }

  closeChooser(): void {
    const open = this.choosing.value;
    if (!open) return;
    this.choosing.value = null;
    const tile = open.under ?? this.active.value;
    if (tile !== null) this.focus(tile);
  }

  toggle(photo: PhotoId): void {
    const chosen = new Set(this.chosen.value);
    const were = chosen.has(photo);
    for (const one of this.photosAt([photo])) were ? chosen.delete(one) : chosen.add(one);
    this.#anchor = photo;
    this.choose(chosen);
  }

  /** Chooses everything from the last chosen photo to this one, in the given order. */
  extend(order: (from: TileId) => readonly TileId[]): void {
    const from = this.#anchor ?? this.active.value;
    if (from === null) return;
    this.#anchor = from;
    const photos = this.photosAt(order(from)).filter((id) => this.photoById.value.has(id));
    this.choose(new Set([...this.chosen.value, ...photos]));
  }

  choose(photos: ReadonlySet<PhotoId>): void {
    batch(() => {
      this.chosen.value = photos;
      this.selecting.value = photos.size > 0;
      this.choosing.value = null;
      this.hush();
    });
  }

  /** Chooses all that is shown, or all of one section, also what is far beyond the screen. */
  chooseAll(sections: readonly Section[] = this.sections.value): void {
    const shown = sections.flatMap(photosOf);
    this.choose(new Set(shown.filter((id) => this.photoById.value.has(id))));
  }

  letGo(): void {
    batch(() => {
      this.#chooseNone();
      this.choosing.value = null;
    });
    if (this.active.value !== null) this.focus(this.active.value);
  }

  #chooseNone(): void {
    batch(() => {
      this.chosen.value = new Set();
      this.selecting.value = false;
    });
    this.#anchor = null;
  }

  /** Back to the photos, from a field or a door that is no longer there. */
  focusPhotos(): void {
    if (this.closely.looking.value) {
      this.closely.focus();
      return;
    }
    const shown = this.sections.value.flatMap(({ tiles }) => tiles);
    const stood = this.active.value;
    const before = stood === null ? null : this.tileOf(stood);
    // Whoever was on no photo yet is put on none: on a fresh page that would look like a choice.
    const tile = before === null ? undefined : (shown.find((id) => id === before) ?? shown[0]);
    if (tile !== undefined) this.focus(tile);
    else document.getElementById("main")?.focus({ preventScroll: true });
  }

  focus(on: TileId): void {
    const tile = this.tileOf(on);
    batch(() => {
      this.active.value = tile;
      this.focusWish.value = { tile };
    });
  }

  /** Opens the label choice on a photo that nobody named yet, the least certain first. */
  showUnnamed(): void {
    let best: PhotoId | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const photo of this.engine.photos.value) {
      if (isDone(photo)) continue;
      const certainty = photo.prediction?.certainty ?? 0;
      if (certainty < least) [best, least] = [photo.id, certainty];
    }
    if (best === undefined) {
      this.say(words.nothingToName);
      return;
    }
    batch(() => {
      this.filter.value = { kind: "all" };
      this.query.value = "";
    });
    this.focus(best);
    this.openChooser(best, true);
  }

  /**
   * An action on photos. The choice that it was made with ends at once and the focus moves on; what is
   * done afterwards, while it is still under way, belongs to the person and is left alone.
   */
  async #acting(
    photos: readonly PhotoId[],
    action: () => Promise<void>,
    { named = false, text = "" } = {},
  ): Promise<void> {
    const closely = this.closely.looking.value !== null;
    const goBack = closely ? this.closely.moveOn(photos, named, text) : this.#moveOn(photos, text);
    const acted = new Set(photos);
    this.#underWay.add(acted);
    const done = await this.inTurn(async () => {
      await action();
      return true;
    });
    this.#underWay.delete(acted);
    if (done) this.arriving.sortIn();
    else goBack();
  }

  /** Ends the choice of these photos and goes on to the next one; the function that is returned takes that back. */
  #moveOn(photos: readonly PhotoId[], text: string): () => void {
    const acted = new Set(photos);
    const [from, chosen, choosing] = [
      this.active.value ?? photos[0] ?? null,
      this.chosen.value,
      this.choosing.value,
    ];
    const ownChosen = chosen.size > 0 && [...chosen].every((id) => acted.has(id));
    const ownChoice = choosing?.photos.every((id) => acted.has(id)) ?? false;
    const known = this.photoById.value;
    const left = (id: TileId) => {
      const photo = known.get(id);
      return photo !== undefined && !isDone(photo);
    };
    // Whoever goes through what is left is led past what is done.
    const only = from !== null && left(from) ? left : (id: TileId) => known.has(id);
    const walk =
      from === null
        ? null
        : walkOn(
            {
              sections: this.sections.value,
              free: (id) => only(id) && !acted.has(id) && ![...this.#underWay].some((of) => of.has(id)),
              untaught: left,
            },
            from,
            this.#walk,
          );
    this.#walk = walk;
    batch(() => {
      if (ownChoice) this.choosing.value = null;
      if (ownChosen) this.#chooseNone();
      const tile = walk?.at ?? from;
      if (tile !== null && this.choosing.value === null) this.focus(tile);
    });
    return () => {
      const moved = this.active.value !== (walk?.at ?? from);
      if (moved || this.choosing.value || this.selecting.value) return;
      batch(() => {
        if (ownChosen) {
          this.chosen.value = chosen;
          this.selecting.value = true;
        }
        const typed = text !== "";
        if (typed) this.active.value = from;
        else if (from !== null) this.focus(from);
        if (ownChoice && choosing) this.choosing.value = { ...choosing, text, typing: typed };
      });
    };
  }

  /** Changes come one after the other, in the order in which they were asked for. */
  inTurn<T>(change: () => Promise<T>): Promise<T | undefined> {
    const done = this.#turn.then(() => this.attempt(change));
    this.#turn = done;
    return done;
  }

  /* ── keeping up with the engine ── */

  /** Lets go of photos and labels that no longer exist. */
  #keepSound(): void {
    effect(() => {
      const known = this.photoById.value;
      const chosen = this.chosen.peek();
      if ([...chosen].some((id) => !known.has(id))) {
        this.chosen.value = new Set([...chosen].filter((id) => known.has(id)));
      }
      const choosing = this.choosing.peek();
      if (choosing?.photos.some((id) => !known.has(id))) this.choosing.value = null;
    });
    effect(() => {
      const labels = this.engine.labels.value;
      const filter = this.filter.peek();
      if (filter.kind === "label" && !labels.some((label) => label.id === filter.label)) {
        this.filter.value = { kind: "all" };
      }
    });
  }
}

/** Whatever was thrown, as something that can be said. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    const { message } = thrown;
    const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "unknown";
    return { code, message: String(message) };
  }
  return { code: "unknown", message: String(thrown) };
}
