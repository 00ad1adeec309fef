// The engine as it really is: a worker with the learner, a queue of photos to be looked at by a pool of
// workers and a graphics card, the pen among tabs, the service worker. This file only joins them; each has a file of its own.

import { batch, computed, effect, signal } from "@preact/signals";
import type { Identity, Look, Origin, Why } from "keepsake";
import { type AlbumFile, albumOf, asAccepted, changedBetween } from "./album";
import { compileCore, fetchWeights } from "./assets";
import { stayAwake } from "./awake";
import { BackupNotes } from "./backup";
import { forgetBackup, KeptBackup } from "./backup-file";
import { Collections } from "./collections";
import { deleteAll } from "./delete-all";
import { ComputeDevice } from "./device";
import {
  canGuess,
  type Damaged,
  type Device,
  type DeviceChoice,
  type Engine,
  type FileFacts,
  type History,
  type Label,
  type LabelId,
  lessonsIn,
  type Mended,
  type Outcome,
  type Phase,
  type Photo,
  type PhotoId,
  type Problem,
  type Relocated,
  type Sizes,
  type Storage,
} from "./engine";
import { ofStorage, problem } from "./failure";
import type { Dropped } from "./files";
import { type Gathered, pairs } from "./gather";
import { forgetGlance, GLANCE_FROM } from "./glance";
import { HEAD, isHeif, isHeifName } from "./heif";
import { HeifOpener } from "./heif-opener";
import { Importer, type Met, type Seen } from "./importer";
import { kindOf } from "./kinds";
import { joined, Known, moved, originOf } from "./known";
import type { LearnerState, Told } from "./learner.worker";
import { LearnerLink } from "./learner-link";
import { guardLeaving, leftUnread } from "./leaving";
import { AHEAD, Looks, type Recognised } from "./looks";
import { keepAlso, keepForOffline, offline, updateIncomplete, updateReady, useUpdate } from "./offline";
import { copyFolders, type Folder, forgetFolders, type Original, Originals, type Search } from "./originals";
import { Pool, poolSize } from "./pool";
import { RawOpener } from "./raw-opener";
import { Renewer, same } from "./renewal";
import { SAMPLE_COUNT, samplePictures, samplePreviews } from "./samples";
import { sha256 } from "./sha256";
import { pictured, small } from "./summary";
import { Pen } from "./tabs";

declare const KEEPSAKE_VERSION: string;

/** How long after a change the list of collections is told, in milliseconds. */
const SUMMARY_MS = 1_500;
/** How long after the last change what is shown is kept for the next visit, in milliseconds. */
const REST_MS = 3_000;
/** How long after photos were accepted the others are looked at again, in milliseconds. */
const THINK_MS = 250;
/** Looks timed for the device's line; the median of the last few is shown. */
const TIMED = 31;

/** What the learner knows a photo by; a lesson keeps it, too. */
const FEATURE_BYTES = 6_416;
/** Small pictures that are weighed to tell what all of them take up. */
const MEASURED = 100;

/** A follower that has more to read lets the other tab go on for this long first. */
const QUIET_MS = 250;

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

/** Each tile draws names: it is told of labels only where there is something new about them. */
function sameLabels(a: readonly Label[], b: readonly Label[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}

/** Another tab writes. */
function busy(): Problem {
  return {
    code: "storage/busy",
    message: "Another tab has this collection open for writing. Close it, or go on there.",
  };
}

/** Starts everything and returns at once, with a name for the first collection; {@link Engine.phase} tells when it is ready. */
export function openEngine(usualName: string): Engine {
  return new PageEngine(usualName);
}

class PageEngine implements Engine {
  readonly collections: Collections;
  readonly phase = signal<Phase>({ kind: "opening", received: 0, total: null });
  readonly photos = signal<readonly Photo[]>([]);
  readonly bursts = signal<readonly (readonly PhotoId[])[]>([]);
  readonly labels = signal<readonly Label[]>([]);
  readonly history = signal<History>({ undo: null, redo: null });
  readonly otherTab = signal(false);
  readonly offline = offline;
  readonly unread: Engine["unread"];
  readonly updateReady = updateReady;
  readonly updateIncomplete = updateIncomplete;
  readonly version = KEEPSAKE_VERSION;
  readonly useUpdate = useUpdate;

  /** Changes that are not stored yet. */
  #changing = 0;
  /** The browser was asked to keep this origin: once a visit, since some ask the person in turn. */
  #asked = false;
  readonly #files = new Map<PhotoId, AlbumFile>();
  readonly #originals: Originals;
  readonly originalsNews: Engine["originalsNews"];
  readonly #known = new Known();
  readonly #disk = signal<Pick<Storage, "persisted" | "used" | "allowed">>({
    persisted: null,
    used: null,
    allowed: null,
  });
  readonly #setAside = signal<readonly Damaged[]>([]);
  readonly #saveProblem = signal<Problem | null>(null);
  /** Does the action again that could not be stored. */
  #again: (() => Promise<unknown>) | null = null;
  readonly #inMemory = signal(false);
  readonly #backups = signal(0);
  readonly #backup: BackupNotes;
  readonly #keptBackup: KeptBackup;
  readonly backupFile: Engine["backupFile"];
  #summary: ReturnType<typeof setTimeout> | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #toThink: ReturnType<typeof setTimeout> | undefined;
  /** The photos whose pictures the list of collections has. */
  #pictured: readonly PhotoId[] | null = null;
  readonly #times = { cpu: signal<readonly number[]>([]), gpu: signal<readonly number[]>([]) };
  readonly #previews = signal<readonly string[]>([]);
  /** What another tab wrote and was not read yet; undefined where it did not say what, and all is read anew. */
  #toRead: Told[] | undefined = [];
  /** Whether there is anything to be read. */
  #stale = false;
  #following: Promise<void> | undefined;

  readonly #core = compileCore();
  readonly #pool: Promise<Pool>;
  #workers: Pool | undefined;
  readonly #looks = new Looks(
    () => this.#workers?.feed(),
    (kind, milliseconds) => {
      const times = this.#times[kind];
      times.value = [...times.peek(), milliseconds].slice(-TIMED);
    },
  );
  readonly #device: ComputeDevice;
  readonly #heif = new HeifOpener(() => keepAlso("heic"));
  readonly #raw = new RawOpener(() => keepAlso("raw"));
  readonly #learner: LearnerLink;
  readonly #pen: Pen;
  readonly #importer = new Importer({
    width: poolSize() + 1 + AHEAD,
    known: (photo) => this.#known.byFile(photo),
    look: (photo, abort) => this.#look(photo, abort),
    met: (files) => this.#met(files),
    add: (photos, continued) => this.#add(photos, continued),
    teach: (photos, label) => this.#teach(photos, label),
  });
  readonly #renewer = new Renewer({
    thumbnail: (photo) => this.thumbnail(photo),
    look: (photo, abort) => this.#looks.look(photo, abort),
    renew: async (looks) =>
      (await this.#change(async (link) => link.call(async (api) => api.renew(await this.#eye(), looks))))
        .renewal,
  });
  readonly renewing = this.#renewer.renewing;
  readonly renewed = this.#renewer.renewed;
  /** Under way, or done. */
  #renewal: Promise<void> = Promise.resolve();
  readonly importing = this.#importer.importing;
  readonly failures = this.#importer.failures;
  readonly leftOut = computed(() => [...this.#importer.leftOut.value.values()]);

  readonly storage = computed<Storage>(() => {
    const lessons = lessonsIn(this.labels.value);
    void this.#backups.value;
    return {
      ...this.#disk.value,
      unsaved: this.#inMemory.value ? lessons : 0,
      problem: this.#saveProblem.value,
      backup: this.#backup.last(lessons),
      backupDue: ["unsupported", "none"].includes(this.backupFile.value.kind) && this.#backup.due(lessons),
      setAside: this.#setAside.value,
    };
  });

  readonly device = computed<Device>(() => {
    const computing = this.#device.computing.value;
    const { kind } = computing;
    const sorted = [...this.#times[kind].value].sort((a, b) => a - b);
    return {
      kind,
      choice: this.#device.choice.value,
      why: kind === "cpu" ? computing.why : null,
      detail: kind === "cpu" ? computing.detail : "",
      card: kind === "gpu" ? computing.name : "",
      software: kind === "gpu" && computing.software,
      threads: poolSize(),
      millisecondsPerPhoto: sorted[sorted.length >> 1] ?? null,
    };
  });

  readonly samples: Engine["samples"];

  constructor(usualName: string) {
    this.collections = new Collections(
      {
        list: () => this.#learner.call((api) => api.list()),
        delete: (id) => this.#learner.call((api) => api.deleteCollection(id)),
        copy: (from, to) => this.#learner.call((api) => api.copyCollection(from, to)),
        fill: (id, file) => this.#learner.call((api) => api.fillCollection(id, file)),
        meet: (first, second, decides) => this.#learner.call((api) => api.meet(first, second, decides)),
        putTogether: (first, second, decides, to) =>
          this.#learner.call((api) => api.putTogether(first, second, decides, to)),
        forget: async (id) => {
          await forgetBackup(id);
          await forgetFolders(id);
          await forgetGlance(id);
        },
        copyFolders,
      },
      usualName,
    );
    const collection = this.collections.here;
    this.unread = signal(leftUnread(collection));
    this.#originals = new Originals(collection);
    this.originalsNews = this.#originals.news;
    this.#backup = new BackupNotes(collection);
    this.#keptBackup = new KeptBackup({
      collection,
      notes: this.#backup,
      nameOf: (id) => this.collections.nameOf(id),
      file: () => this.#file(),
      unfit: () => this.#unfitForBackup(),
      written: () => this.#noteBackup(),
    });
    this.backupFile = this.#keptBackup.state;
    this.#learner = new LearnerLink(this.#core, collection, (state) => this.#show(state));
    this.#pen = new Pen(collection, {
      held: (held) => void this.#changeHands(held),
      news: (news) => void this.#follow(news),
    });
    const previews = this.#previews;
    this.samples = {
      count: SAMPLE_COUNT,
      // A signal behind a plain property: whoever draws it is told when the pictures are there.
      get previews() {
        return previews.value;
      },
    };
    const weights = fetchWeights(({ loaded, total }) => {
      if (this.phase.value.kind === "opening") {
        this.phase.value = { kind: "opening", received: loaded, total: total || null };
      }
    });
    const assets = Promise.all([this.#core, weights]).then(([core, bytes]) => ({ core, weights: bytes }));
    this.#device = new ComputeDevice(assets, (hands) => {
      this.#looks.use(hands);
      if (hands.card) keepAlso("card");
    });
    this.#pool = assets.then(({ core, weights }) => {
      this.#workers = new Pool(core, weights, this.#looks);
      return this.#workers;
    });
    this.#pool.catch(() => undefined);
    void this.#open(weights);
    // While photos come in each would change what is of one scene: it is asked once all are here.
    effect(() => {
      if (this.importing.value === null && this.photos.peek().length > 0) void this.#findBursts();
    });
    // An import that waits for room on the disk waits for a person, who may be away.
    const atWork = computed(() => (this.importing.value ?? this.renewing.value ?? null) !== null);
    stayAwake(computed(() => atWork.value && !this.importing.value?.waits));
    void keepForOffline(weights);
    guardLeaving(
      collection,
      () => this.#changing > 0 || this.importing.peek() !== null,
      () => {
        const importing = this.importing.peek();
        return importing ? importing.total - importing.done : 0;
      },
    );
    void this.#measureDisk();
  }

  async #open(weights: Promise<unknown>): Promise<void> {
    try {
      const arrival = await this.collections.arrive();
      if (arrival === "deleted") this.phase.value = { kind: "deleted" };
      if (arrival !== "here") return;
      this.#learner.readOnly = !(await this.#pen.take());
      this.otherTab.value = this.#learner.readOnly;
      const many = (this.collections.current.peek()?.photos ?? 0) >= GLANCE_FROM;
      const glance = many ? await this.#learner.glance() : undefined;
      if (glance) {
        // Whatever is done from here on waits for the learner, which is opened next, and then happens.
        this.#show(glance);
        this.phase.value = { kind: "ready" };
      }
      this.#show(await this.#openStorage());
      if (this.photos.value.length === 0) {
        void samplePreviews().then((files) => {
          this.#previews.value = files.map((file) => URL.createObjectURL(file));
        });
        // On a first visit nothing can be done without the network's weights: say how far they are.
        await weights;
      }
      this.phase.value = { kind: "ready" };
      this.collections.opened();
      this.#summarise();
      void this.#keptBackup.find();
    } catch (thrown) {
      this.phase.value = { kind: "failed", problem: problem(thrown) };
      return;
    }
    // Without eyes the album can still be seen and taught; the next import says what is wrong.
    const pool = await this.#pool.catch(() => undefined);
    await pool?.warm().catch(() => undefined);
    if (pool?.eye) this.#renew();
    if (pool) await this.#device.start();
    await this.collections.cleanUp();
  }

  /** Tells the list of collections soon: at once for each of many changes would be too often. */
  #summarise(): void {
    this.#summary ??= setTimeout(() => void this.summarise(), SUMMARY_MS);
  }

  async summarise(): Promise<void> {
    clearTimeout(this.#summary);
    this.#summary = undefined;
    const current = this.collections.current.peek();
    if (!current || this.otherTab.peek() || this.phase.peek().kind !== "ready") return;
    const photos = this.photos.peek();
    const counts = { photos: photos.length, labels: this.labels.peek().length - 1 };
    const ids = pictured(photos);
    const same = ids.join() === (this.#pictured?.join() ?? null);
    const known = current.photos === counts.photos && current.labels === counts.labels;
    if (same && known) return;
    try {
      if (same) return await this.collections.note(counts);
      const pictures = await Promise.all(ids.map(async (id) => this.thumbnail(id)));
      const drawn = await Promise.all(pictures.flatMap((picture) => (picture ? [small(picture)] : [])));
      await this.collections.note({ ...counts, pictures: drawn });
      this.#pictured = ids;
    } catch {
      // The list says what it said before, until the next change.
    }
  }

  /** The collection from storage; where there is none to be had, a learner in memory that says so. */
  async #openStorage(): Promise<LearnerState> {
    try {
      return await this.#learner.open();
    } catch (thrown) {
      const cause = problem(thrown);
      if (cause.code === "storage/full" && !this.#learner.readOnly) {
        // To write begins with a mark in the storage. Where there is no room for it, all can be seen.
        this.#learner.readOnly = true;
        this.#saveProblem.value = cause;
        this.#again = () => this.#openToWrite();
        return this.#learner.open();
      }
      if (cause.code !== "storage/unavailable") throw thrown;
      this.#learner.storage = "memory";
      this.#inMemory.value = true;
      this.#saveProblem.value = cause;
      return this.#learner.open();
    }
  }

  /** Whether there was no room to open for writing, though no other tab does. */
  get #barred(): boolean {
    return this.#learner.readOnly && this.#pen.held;
  }

  /** Opens for writing what could only be opened to be seen. */
  async #openToWrite(): Promise<void> {
    this.#learner.readOnly = false;
    this.#show(await this.#openStorage());
    const cause = this.#saveProblem.peek();
    if (this.#barred && cause) throw cause;
    this.#settle();
  }

  async #changeHands(held: boolean): Promise<void> {
    this.#learner.readOnly = !held;
    // What is in this tab only is no other's to write, and not there to be read anew.
    if (this.#inMemory.peek()) return;
    // One that may write says so when it can; one that may not, at once.
    if (!held) this.otherTab.value = true;
    await this.#follow();
    this.otherTab.value = !this.#pen.held;
    if (!held) return;
    this.#renew();
    await this.#importer.goOn();
  }

  /** Which eye the page's workers have. */
  async #eye(): Promise<Uint8Array> {
    const { eye } = await this.#pool;
    if (!eye) throw new Error("No eye is open yet.");
    return eye;
  }

  /** Looks at all photos again, if another network saw them. */
  #renew(): void {
    this.#renewal = this.#renewal.then(async () => {
      try {
        if (this.otherTab.peek() || this.photos.peek().length === 0) return;
        const [before, now] = await Promise.all([this.#learner.call((api) => api.eye()), this.#eye()]);
        if (before && !same(before, now)) await this.#renewer.run(this.photos.peek().map(({ id }) => id));
      } catch {
        // What could not be stored is said already; anything else, the next visit tries again.
      }
    });
  }

  stopRenewing(): void {
    this.#renewer.stop();
  }

  /** Reads what another tab wrote, or everything: once for all that comes while it reads, not once for each. */
  #follow(news?: Told): Promise<void> {
    this.#stale = true;
    if (news) this.#toRead?.push(news);
    else this.#toRead = undefined;
    this.#following ??= this.#catchUp().finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  async #catchUp(): Promise<void> {
    while (this.#stale && !this.#inMemory.peek()) {
      const news = this.#toRead;
      this.#stale = false;
      this.#toRead = [];
      try {
        const changed = news && this.#learner.readOnly ? await this.#readNews(news) : undefined;
        this.#show(changed ?? (await this.#openStorage()));
        // What is shown now is what is stored.
        if (!this.#barred) this.#settle();
      } catch (thrown) {
        this.#saveProblem.value = problem(thrown);
      }
      if (this.#stale && this.#learner.readOnly) await quiet();
    }
  }

  /** What a tab told of; undefined where a part was missed or cannot be read so: then all is read anew. */
  async #readNews(news: readonly Told[]): Promise<LearnerState | undefined> {
    try {
      return await this.#learner.call((api) => api.follow(news));
    } catch {
      return undefined;
    }
  }

  #show(state: LearnerState, actedOn: readonly PhotoId[] = []): Outcome {
    const { all, files } = state.album;
    if (all) {
      this.#files.clear();
      this.#known.clear();
    }
    for (const file of files) {
      this.#files.set(file.id, file);
      this.#known.place(file);
    }
    const before = this.photos.peek();
    const guessing = canGuess(state.labels);
    const listed = albumOf(before, this.#files, state.predictions, guessing, state.after);
    const after = state.accepted ? asAccepted(listed, state.accepted) : listed;
    if (state.after === null) clearTimeout(this.#toThink);
    // Nobody is shown the new labels beside the old photos, or sorts twice.
    batch(() => {
      if (!sameLabels(this.labels.peek(), state.labels)) this.labels.value = state.labels;
      this.history.value = state.history;
      this.#setAside.value = state.problems;
      this.photos.value = after;
      if (state.bursts) this.bursts.value = state.bursts;
    });
    if (this.phase.peek().kind === "ready") this.#summarise();
    this.#keepGlance();
    return { changed: changedBetween(before, after, actedOn) };
  }

  /** Once nothing changes any more, keeps what is shown for the next visit, which then sees it at once. */
  #keepGlance(): void {
    clearTimeout(this.#rest);
    if (this.otherTab.peek() || this.#inMemory.peek() || this.photos.peek().length < GLANCE_FROM) return;
    this.#rest = setTimeout(() => void this.#learner.keepGlance(), REST_MS);
  }

  /** A person's action. What cannot be stored is remembered, and can be tried again. */
  async #change<T>(
    work: (link: LearnerLink) => Promise<T & { readonly state: LearnerState }>,
    actedOn: readonly PhotoId[] = [],
  ): Promise<Outcome & Omit<T, "state">> {
    try {
      const outcome = await this.#commit(work, actedOn);
      this.#settle();
      // What can be stored again can be so for an import that waits.
      if (this.importing.peek()?.waits) void this.#importer.goOn();
      return outcome;
    } catch (thrown) {
      const cause = problem(thrown);
      if (ofStorage(cause) && !this.otherTab.peek()) {
        this.#saveProblem.value = cause;
        this.#again = () => this.#change(work, actedOn);
      }
      throw cause;
    }
  }

  /** Nothing is left that could not be stored. */
  #settle(): void {
    this.#again = null;
    if (!this.#inMemory.peek()) this.#saveProblem.value = null;
  }

  /** Runs one change; what is shown afterwards is what is stored. */
  async #commit<T>(
    work: (link: LearnerLink) => Promise<T & { readonly state: LearnerState }>,
    actedOn: readonly PhotoId[] = [],
  ): Promise<Outcome & Omit<T, "state">> {
    if (this.otherTab.peek()) throw busy();
    this.#changing++;
    try {
      if (this.#barred) await this.#openToWrite();
      const { state, ...rest } = await work(this.#learner);
      const outcome = this.#show(state, actedOn);
      void this.#tell();
      this.#keptBackup.changed();
      return { ...rest, ...outcome };
    } catch (thrown) {
      // Another writes, and this tab follows from now on.
      if (problem(thrown).code === "storage/busy") this.#pen.drop();
      throw thrown;
    } finally {
      this.#changing--;
    }
  }

  /** Tells other tabs what was stored. */
  async #tell(): Promise<void> {
    const news = await this.#learner.call((api) => api.news()).catch(() => undefined);
    if (!news || news.changes.before !== news.changes.after) this.#pen.tell(news);
  }

  async #findBursts(): Promise<void> {
    try {
      this.bursts.value = await this.#learner.call((api) => api.bursts());
    } catch {
      // Then no photos are shown as one, until the next visit.
    }
  }

  async thumbnail(photo: PhotoId): Promise<Blob | undefined> {
    try {
      return await this.#learner.call((api) => api.thumbnail(photo));
    } catch (thrown) {
      if (problem(thrown).code === "storage/damaged") await this.#lookForDamage();
      throw thrown;
    }
  }

  /** Small pictures are read when they are asked for, and what is damaged is known then. */
  async #lookForDamage(): Promise<void> {
    const found = await this.#learner.call((api) => api.problems());
    if (found.length !== this.#setAside.peek().length) this.#setAside.value = found;
  }

  async mend(file: File): Promise<Outcome & Mended> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return this.#change((learner) => learner.call((api) => api.mend(bytes)));
  }

  async leaveOutDamaged(records: readonly Damaged[]): Promise<Outcome> {
    const needsEye = records.some(({ was }) => was === "description");
    const eye = needsEye ? await this.#eye() : undefined;
    return this.#change((learner) =>
      learner.call(async (api) => ({ state: await api.leaveOut([...records], eye) })),
    );
  }

  facts(photo: PhotoId): Promise<FileFacts> {
    return this.#learner.call((api) => api.photo(photo));
  }

  why(photo: PhotoId, most: number): Promise<Why | undefined> {
    return this.#learner.call((api) => api.why(photo, most));
  }

  here(photo: PhotoId): File | undefined {
    return this.#originals.here(photo);
  }

  original(photo: FileFacts, abort: AbortSignal, searching: (search: Search) => void): Promise<Original> {
    return this.#originals.find(photo, abort, searching);
  }

  draft(file: Blob, width: number, abort: AbortSignal): Promise<ImageBitmap | undefined> {
    return this.#looks.draft(file, width, abort);
  }

  async drawn(file: File, abort: AbortSignal): Promise<Blob | undefined> {
    if (kindOf(file.name) === "raw") return this.#raw.preview(file, abort);
    if (!isHeif(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()))) return undefined;
    const picture = await this.#heif.open(new Uint8Array(await file.arrayBuffer()), abort);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(picture);
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
  }

  companion(photo: PhotoId, path: string): File | undefined {
    return this.#originals.companion(photo, path);
  }

  keepFolders(folders: readonly (FileSystemHandle | null)[]): Promise<void> {
    return this.#originals.keepFolders(folders);
  }

  folders(): Promise<readonly Folder[]> {
    return this.#originals.folders();
  }

  async relocate(photos: readonly Relocated[]): Promise<void> {
    for (const { photo, file, companions } of photos) {
      if (file) this.#originals.keep(photo, file, companions);
    }
    this.#originals.moved();
    const news = photos.map(({ photo, origin }) => ({ ...origin, photo }));
    if (news.length === 0) return;
    await this.#commit((learner) => learner.call(async (api) => ({ state: await api.setOrigins(news) })));
  }

  allowFolders(): Promise<void> {
    return this.#originals.allow();
  }

  offerOriginals(files: readonly File[]): void {
    this.#originals.offer(files);
  }

  async addFiles(files: readonly Dropped[], label?: LabelId): Promise<void> {
    // Until then this page's network is not the collection's.
    await this.#renewal;
    await this.#importer.add(files, label);
    void this.#measureDisk();
  }

  async addSamples(): Promise<void> {
    await this.#importer.add(await samplePictures(), undefined);
  }

  stopImport(): void {
    this.#importer.stop();
  }

  leaveOut(): void {
    this.#importer.forgetFailures();
  }

  forgetLeftOut(): void {
    this.#importer.forgetLeftOut();
  }

  async #look(photo: Gathered, abort: AbortSignal): Promise<Look | Recognised> {
    await this.#pool;
    if (kindOf(photo.file.name) !== "raw") return this.#lookAtFile(photo, abort);
    const preview = await this.#raw.preview(photo.file, abort);
    return preview ? this.#lookAtRaw(photo, preview, abort) : this.#lookAtFile(photo, abort);
  }

  /** The camera's own picture is looked at. The photo is known by its file all the same. */
  async #lookAtRaw(photo: Gathered, preview: Blob, abort: AbortSignal): Promise<Look | Recognised> {
    const key = await this.#raw.key(photo.file, abort);
    const known = await this.#recognise({ key, taken: undefined });
    if (known) return known;
    const asks = this.#known.beside(photo) !== undefined;
    const recognise = async ({ taken }: Identity) => this.#beside(photo, taken);
    const look = await this.#looks.look(preview, abort, asks ? recognise : undefined);
    return "known" in look ? look : { ...look, key };
  }

  async #lookAtFile(photo: Gathered, abort: AbortSignal): Promise<Look | Recognised> {
    const { file } = photo;
    let identity: Identity | undefined;
    const recognise = async (it: Identity) => {
      identity = it;
      return (await this.#recognise(it)) ?? this.#beside(photo, it.taken);
    };
    // A library that opens what the browser does not knows neither its content nor its day.
    const asks =
      this.#known.mayHold(file) || this.#known.beside(photo) !== undefined || isHeifName(file.name);
    try {
      return await this.#looks.look(file, abort, asks ? recognise : undefined);
    } catch (thrown) {
      if (problem(thrown).code !== "photo/unsupported") throw thrown;
      if (!isHeif(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()))) throw thrown;
      return this.#lookAtHeif(file, identity, abort);
    }
  }

  /** What this browser does not open a library does. The photo is known by its file all the same. */
  async #lookAtHeif(file: File, identity: Identity | undefined, abort: AbortSignal): Promise<Look> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const key = identity?.key ?? (await sha256(bytes));
    const picture = await this.#heif.open(bytes, abort);
    try {
      return { ...(await this.#looks.look(picture, abort)), key, taken: identity?.taken };
    } finally {
      picture.close();
    }
  }

  readonly #recognise = async ({ key, taken }: Identity): Promise<Recognised | undefined> => {
    const known = await this.#learner.call((api) => api.find(key));
    return known === undefined ? undefined : { known, taken };
  };

  /** A photo of the same shot, whose raw file or whose JPEG it is. */
  #beside(photo: Gathered, taken: number | undefined): Recognised | undefined {
    const known = taken === undefined ? undefined : this.#known.beside(photo, taken);
    return known === undefined ? undefined : { known, taken };
  }

  /** Known photos whose files came again: they are at hand, and where they lie is brought up to date. */
  async #met(files: readonly Met[]): Promise<void> {
    const news = files.flatMap(({ photo, id, taken, present }) => {
      const before = this.#known.origin(id);
      let origin: Origin | null;
      if (before && pairs(before.path, photo.path)) {
        this.#originals.keepBeside(id, before.path, [photo, ...photo.companions]);
        origin = joined(before, photo);
      } else {
        this.#originals.keep(id, photo.file, photo.companions);
        origin = moved(before, originOf(photo, taken), present);
      }
      return origin ? [{ ...origin, photo: id }] : [];
    });
    if (news.length === 0) return;
    try {
      await this.#commit((learner) => learner.call(async (api) => ({ state: await api.setOrigins(news) })));
    } catch {
      // Nothing is lost: next time they are recognised by their content again.
    }
  }

  async #add(seen: readonly Seen[], continued: boolean): Promise<readonly PhotoId[]> {
    const photos = seen.map(({ photo, look }) => ({
      ...look,
      name: photo.file.name,
      origin: originOf(photo, look.taken),
    }));
    const before = new Set(this.#files.keys());
    const { ids } = await this.#commit((learner) => learner.call((api) => api.addPhotos(photos, continued)));
    // What was recognised only now, such as a file of a folder that came while that one was being read.
    const here: Met[] = [];
    for (const [at, { photo, look, present }] of seen.entries()) {
      const id = ids[at];
      if (id === undefined) continue;
      this.#originals.keep(id, photo.file, photo.companions);
      if (before.has(id)) here.push({ photo, id, taken: look.taken, present });
    }
    await this.#met(here);
    return ids;
  }

  async removePhotos(photos: readonly PhotoId[]): Promise<Outcome> {
    return this.#change((learner) =>
      learner.call(async (api) => ({ state: await api.removePhotos([...photos]) })),
    );
  }

  async teach(
    photos: readonly PhotoId[],
    label: LabelId | string,
    alike: readonly PhotoId[] = [],
  ): Promise<Outcome & { readonly label: LabelId }> {
    const others = new Set(alike);
    const taught = photos.filter((photo) => !others.has(photo));
    const outcome = await this.#change(
      (learner) => learner.call((api) => api.teach(taught, label, [...alike])),
      photos,
    );
    void this.#askToPersist();
    return outcome;
  }

  /** Teaches photos the label they were dropped on: the importer sees to what cannot be stored. */
  async #teach(photos: readonly PhotoId[], label: LabelId): Promise<void> {
    await this.#commit((learner) => learner.call((api) => api.teach([...photos], label, [])), photos);
    void this.#askToPersist();
  }

  async accept(photos: ReadonlyMap<PhotoId, LabelId>): Promise<Outcome> {
    const last = this.photos.peek().at(-1)?.id ?? 0;
    const outcome = await this.#change(
      (learner) => learner.call(async (api) => ({ state: await api.accept(photos, last) })),
      [...photos.keys()],
    );
    // It helps to know the rest. Whoever goes on accepting does not wait for that.
    clearTimeout(this.#toThink);
    this.#toThink = setTimeout(() => void this.#thinkAgain(), THINK_MS);
    return outcome;
  }

  /** Shows what is thought of all photos now. */
  async #thinkAgain(): Promise<void> {
    // What goes wrong is said by the next action.
    const state = await this.#learner.call((api) => api.think()).catch(() => undefined);
    if (state) this.#show(state);
  }

  async takeBack(photos: readonly PhotoId[]): Promise<Outcome> {
    return this.#change(
      (learner) => learner.call(async (api) => ({ state: await api.takeBack([...photos]) })),
      photos,
    );
  }

  async addLabel(name: string): Promise<LabelId> {
    return (await this.#change((learner) => learner.call((api) => api.addLabel(name)))).label;
  }

  async rename(label: LabelId, name: string): Promise<void> {
    await this.#change((learner) => learner.call(async (api) => ({ state: await api.rename(label, name) })));
  }

  async removeLabel(label: LabelId): Promise<Outcome> {
    return this.#change((learner) => learner.call(async (api) => ({ state: await api.removeLabel(label) })));
  }

  async mergeLabels(from: LabelId, into: LabelId): Promise<Outcome> {
    return this.#change((learner) =>
      learner.call(async (api) => ({ state: await api.mergeLabels(from, into) })),
    );
  }

  async undo(): Promise<Outcome & { readonly what: string }> {
    return this.#change((learner) => learner.call((api) => api.step("undo")));
  }

  async redo(): Promise<Outcome & { readonly what: string }> {
    return this.#change((learner) => learner.call((api) => api.step("redo")));
  }

  async exportFile(): Promise<Blob> {
    const file = await this.#file();
    this.#noteBackup();
    return file;
  }

  async #file(): Promise<Blob> {
    const file = await this.#learner.call((api) => api.exportFile());
    await this.#lookForDamage();
    return file;
  }

  get #lessons(): number {
    return lessonsIn(this.labels.peek());
  }

  #noteBackup(): void {
    this.#backup.note(this.#lessons);
    this.#backups.value++;
  }

  /** A collection that lost something must not take the place of its backup. */
  #unfitForBackup(): string | null {
    if (this.#setAside.peek().length > 0) {
      return "Some records here are damaged, so the file is left as it was. Save a backup under another name.";
    }
    if (this.photos.peek().length === 0 && this.#lessons === 0) {
      return "There is nothing here, so the file is left as it was.";
    }
    return null;
  }

  keepBackup(suggestedName: string, description: string): Promise<void> {
    return this.#keptBackup.choose(suggestedName, description);
  }

  allowBackup(): Promise<void> {
    return this.#keptBackup.allow();
  }

  writeBackup(): Promise<void> {
    return this.#keptBackup.tryAgain();
  }

  stopBackup(): Promise<void> {
    return this.#keptBackup.stop();
  }

  earlierBackup(): Promise<Blob | undefined> {
    return this.#keptBackup.earlier();
  }

  putOffBackup(): void {
    this.#backup.putOff(this.#lessons);
    this.#backups.value++;
  }

  async deleteEverything(): Promise<void> {
    if (this.otherTab.peek()) throw busy();
    this.#importer.stop();
    await this.#keptBackup.stop();
    await this.#learner.hangUp();
    try {
      await deleteAll();
    } catch (thrown) {
      this.#show(await this.#learner.open());
      throw problem(thrown);
    }
    this.#pen.tell();
    // What the address named is gone, too.
    location.replace(location.pathname);
  }

  async measure(): Promise<Sizes> {
    const photos = this.photos.peek();
    // Some of them, evenly: to read all would take long.
    const step = Math.ceil(photos.length / MEASURED);
    let [read, bytes] = [0, 0];
    for (let at = 0; at < photos.length; at += step) {
      const photo = photos[at];
      bytes += (photo && (await this.thumbnail(photo.id))?.size) ?? 0;
      read++;
    }
    return {
      photos: photos.length * FEATURE_BYTES,
      pictures: read > 0 ? Math.round((bytes / read) * photos.length) : 0,
      lessons: this.#lessons * FEATURE_BYTES,
    };
  }

  async importFile(file: File, how: "replace" | "merge"): Promise<Outcome & { readonly lessons: number }> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const outcome = await this.#change((learner) => learner.call((api) => api.importFile(bytes, how)));
    void this.#measureDisk();
    return outcome;
  }

  chooseDevice(choice: DeviceChoice): void {
    this.#device.choose(choice);
  }

  async saveAgain(): Promise<void> {
    if (this.#inMemory.peek()) await this.#moveToDisk();
    else if (this.#again) {
      try {
        await this.#again();
      } catch (thrown) {
        // Refused for another reason: there is nothing left to be stored.
        if (!ofStorage(problem(thrown))) this.#settle();
        throw thrown;
      }
    } else if (this.#saveProblem.peek()) await this.#follow();
    await this.#importer.goOn();
  }

  /** Moves what is only in memory to the disk, if the disk can be used now. */
  async #moveToDisk(): Promise<void> {
    const file = await this.#learner.call((api) => api.exportFile());
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.#learner.storage = "indexeddb";
    try {
      await this.#learner.open();
      await this.#change((learner) => learner.call((api) => api.importFile(bytes, "merge")));
    } catch (thrown) {
      this.#learner.storage = "memory";
      await this.#learner.open();
      await this.#change((learner) => learner.call((api) => api.importFile(bytes, "replace")));
      throw problem(thrown);
    }
    this.#inMemory.value = false;
    this.#saveProblem.value = null;
  }

  async teachHere(): Promise<void> {
    await this.#pen.steal();
  }

  /** Asks the browser, once there is something to lose, not to clear this origin by itself. */
  async #askToPersist(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    if (this.#disk.peek().persisted === false) await navigator.storage.persist();
    await this.#measureDisk();
  }

  async #measureDisk(): Promise<void> {
    if (!navigator.storage) return;
    const [persisted, estimate] = await Promise.all([
      navigator.storage.persisted(),
      navigator.storage.estimate(),
    ]);
    this.#disk.value = { persisted, used: estimate.usage ?? null, allowed: estimate.quota ?? null };
  }
}
