// What must be stored, as the crash benchmark knows it: every action changes a small picture of the
// collection, and what is found after a kill must be one of the pictures from the last one that was
// acknowledged on.

/** Photos are removed or replaced when there are this many, so that actions stay quick. */
const MANY = 60;
const LETTERS = "ABCDEFGH";

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Labels, photos with what they are taught, and drawings by label. */
const EMPTY = { labels: new Set(), photos: new Map(), drawn: { exact: new Map(), rehearse: new Map() } };

function facts({ labels, photos, drawn }) {
  const all = new Set();
  for (const label of labels) all.add(`the label ${label}`);
  for (const [name, label] of photos) {
    all.add(`the photo ${name}`);
    if (label !== null) all.add(`the lesson ${name} → ${label}`);
  }
  for (const [preset, taught] of Object.entries(drawn)) {
    for (const [label, times] of taught) all.add(`${times} drawings of ${label} (${preset})`);
  }
  return all;
}

export class Model {
  /** As of the last action that was acknowledged. */
  #stored = EMPTY;
  /** As of each action that was asked for after it: a kill may leave any of these, in order. */
  #asked = [];
  #undo = [];
  #redo = [];
  /** An exported file, and what is in it. */
  #file;
  #photo = 0;
  #label = 0;
  #lastAdded = false;
  #random;

  constructor(random) {
    this.#random = random;
  }

  get #latest() {
    return this.#asked.at(-1)?.after ?? this.#stored;
  }

  #below(count) {
    return Math.floor(this.#random() * count);
  }

  #one(list) {
    return list[this.#below(list.length)];
  }

  #numbers(most) {
    return Array.from({ length: 1 + this.#below(most) }, () => this.#photo++);
  }

  /** Draws an action that can be done after all that were asked for. */
  next(draws) {
    for (;;) {
      const drawn = this.#draw(draws);
      if (!drawn) continue;
      const [action, after] = drawn;
      this.#asked.push({ action, after });
      return action;
    }
  }

  #draw(draws) {
    const now = this.#latest;
    const photos = [...now.photos.keys()];
    const taught = photos.filter((name) => now.photos.get(name) !== null);
    const labels = [...now.labels];
    const label = this.#one(labels);
    const fresh = () => `Label ${++this.#label}`;
    /** Photos with other labels; `null` for none. */
    const relabelled = (change) =>
      new Map([...now.photos].map(([name, label]) => [name, change(name, label)]));
    const without = (gone) => new Map([...now.photos].filter(([name]) => !gone.includes(name)));
    const add = (numbers, label) =>
      new Map([...now.photos, ...numbers.map((number) => [`${number}.jpg`, label])]);
    const also = (label) => new Set([...now.labels, label]);
    const minus = (label) => new Set(labels.filter((other) => other !== label));

    if (photos.length > MANY) {
      const gone = photos.slice(0, MANY / 2);
      return this.#change({ kind: "removePhotos", photos: gone }, { photos: without(gone) });
    }
    const dice = this.#random();
    if (dice < 0.14) {
      const numbers = this.#numbers(12);
      const continued = this.#lastAdded && this.#random() < 0.5;
      return this.#change(
        { kind: "addPhotos", numbers, continued },
        { photos: add(numbers, null) },
        continued,
      );
    }
    if (dice < 0.44 && photos.length > 0) {
      const name = label && labels.length > 3 && this.#random() < 0.9 ? label : fresh();
      const some = new Set(Array.from({ length: 1 + this.#below(3) }, () => this.#one(photos)));
      const chosen = [...some].filter((photo) => now.photos.get(photo) !== name);
      if (chosen.length === 0) return undefined;
      return this.#change(
        { kind: "teach", photos: chosen, label: name },
        { labels: also(name), photos: relabelled((photo, old) => (chosen.includes(photo) ? name : old)) },
      );
    }
    if (dice < 0.52 && taught.length > 0) {
      const photo = this.#one(taught);
      const after = relabelled((name, old) => (name === photo ? null : old));
      return this.#change({ kind: "unteach", photos: [photo] }, { photos: after });
    }
    if (dice < 0.62) return this.#step("undo", this.#undo, this.#redo);
    if (dice < 0.67) return this.#step("redo", this.#redo, this.#undo);
    if (dice < 0.7) {
      const name = fresh();
      return this.#change({ kind: "addLabel", label: name }, { labels: also(name) });
    }
    if (dice < 0.73 && label) {
      const name = fresh();
      return this.#change(
        { kind: "rename", label, name },
        {
          labels: new Set([...minus(label), name]),
          photos: relabelled((_, old) => (old === label ? name : old)),
        },
      );
    }
    if (dice < 0.75 && labels.length > 3) {
      const after = relabelled((_, old) => (old === label ? null : old));
      return this.#change({ kind: "removeLabel", label }, { labels: minus(label), photos: after });
    }
    if (dice < 0.79 && labels.length > 3) {
      const into = this.#one([...minus(label)]);
      const after = relabelled((_, old) => (old === label ? into : old));
      return this.#change({ kind: "mergeLabels", label, into }, { labels: minus(label), photos: after });
    }
    if (dice < 0.81 && photos.length > 0) {
      const gone = [this.#one(photos)];
      return this.#change({ kind: "removePhotos", photos: gone }, { photos: without(gone) });
    }
    if (dice < 0.84) {
      this.#lastAdded = false;
      return [{ kind: "export" }, now];
    }
    if (dice < 0.89) {
      const numbers = this.#numbers(8);
      const name = label && this.#random() < 0.5 ? label : fresh();
      return this.#change(
        { kind: "importMerge", numbers, label: name },
        { labels: also(name), photos: add(numbers, name) },
      );
    }
    if (dice < 0.91 && this.#file) {
      const { bytes, held } = this.#file;
      return this.#change({ kind: "importReplace", file: bytes }, held);
    }
    if (draws && dice < 0.97) return this.#draws("exact");
    if (draws && dice < 0.99) return this.#draws("rehearse");
    return undefined;
  }

  /** One step that undo takes back; with `more`, together with the one before. */
  #change(action, parts, more = false) {
    if (!more) this.#undo.push(this.#latest);
    this.#redo = [];
    this.#lastAdded = action.kind === "addPhotos";
    return [action, { ...this.#latest, ...parts }];
  }

  #step(kind, from, to) {
    const there = from.pop();
    if (!there) return undefined;
    to.push(this.#latest);
    this.#lastAdded = false;
    // Drawings are another learner's, which has no undo.
    return [{ kind }, { ...there, drawn: this.#latest.drawn }];
  }

  #draws(preset) {
    const label = `Drawing ${this.#one(LETTERS)}`;
    const { drawn } = this.#latest;
    const turn = drawn[preset].get(label) ?? 0;
    const taught = new Map(drawn[preset]).set(label, turn + 1);
    return [
      { kind: "draw", preset, label, turn },
      { ...this.#latest, drawn: { ...drawn, [preset]: taught } },
    ];
  }

  /** The promise of an action resolved, here. They do so in the order in which they were asked for. */
  acknowledged(action, answer) {
    const first = this.#asked.shift();
    if (first?.action !== action) throw new Error("the actions were answered out of order");
    this.#stored = first.after;
    if (action.kind === "export") {
      const { labels, photos } = first.after;
      this.#file = { bytes: answer, held: { labels, photos } };
    }
  }

  /**
   * What was found after a kill, against what must be there: `lost` names what acknowledged actions had
   * made or undone, `half` says whether an action under way was there in part, `parts` names them. From here
   * on what was found is what is stored.
   */
  compare(found) {
    const pictures = [this.#stored, ...this.#asked.map(({ after }) => after)].map(facts);
    // Where drawings were not opened, none was asked for since they were looked at last.
    const drawn = { ...this.#stored.drawn };
    for (const [preset, taught] of Object.entries(found.drawn)) drawn[preset] = new Map(taught);
    const state = {
      labels: new Set(found.labels),
      photos: new Map(found.photos.map(([name, label]) => [name, label])),
      drawn,
    };
    const there = facts(state);
    const whole = found.photos.every(([, , whole]) => whole);
    const lessons = [...state.photos.values()].filter((label) => label !== null).length;
    const parts = [];
    if (!whole) parts.push("photos without their small pictures");
    if (lessons !== found.lessons) parts.push(`${found.lessons} lessons for ${lessons} taught photos`);
    const same = (picture) => picture.size === there.size && [...picture].every((fact) => there.has(fact));
    const lost = [];
    if (!pictures.some(same)) {
      // What is so in every picture is what was acknowledged and is not being changed.
      const [first, ...rest] = pictures;
      for (const fact of first) {
        if (!there.has(fact) && rest.every((picture) => picture.has(fact))) lost.push(`lost: ${fact}`);
      }
      for (const fact of there) {
        if (!pictures.some((picture) => picture.has(fact))) lost.push(`came back: ${fact}`);
      }
      if (lost.length === 0) {
        for (const fact of there) if (!first.has(fact)) parts.push(`in part: ${fact}`);
        for (const fact of first) if (!there.has(fact)) parts.push(`in part, gone: ${fact}`);
      }
    }
    const half = parts.length > 0;
    this.#stored = state;
    this.#asked = [];
    this.#undo = [];
    this.#redo = [];
    this.#lastAdded = false;
    return { lost, half, parts };
  }
}
