// The part of the crash benchmark that runs in the page, and is killed with it.

/** Runs in the page: opens the photos, and the drawings if they are wanted; leaves `act`, `stored`, `letGo`. */
export async function prepare(draws) {
  const keepsake = await import("/pkg/keepsake.js");
  await keepsake.default();
  const learner = await keepsake.Learner.open();
  const scratch = {};
  if (draws) {
    const burn = await import("/pkg/keepsake_burn.js");
    await burn.default();
    for (const preset of ["exact", "rehearse"]) {
      // The first lesson of all takes seconds, and would always be the one that is killed.
      const first = await burn.Scratch.open({ storage: "memory", preset: "exact", device: "cpu" });
      await first.teach([new ImageData(28, 28)], "First");
      scratch[preset] = await burn.Scratch.open({ name: `drawn-${preset}`, preset, device: "cpu" });
    }
  }

  const { feature, LENGTH, numbers } = await import("/benches/browser/made-up.mjs");
  /** What an eye would have seen in a photo of that number: one of eight kinds. */
  const look = (number) => {
    const [centre, noise] = [numbers((number % 8) * 7919 + 1), numbers(number * 31 + 5)];
    const seen = Array.from({ length: LENGTH }, () => centre() * 0.03 + noise() * 0.015);
    const key = new Uint8Array(32);
    new DataView(key.buffer).setUint32(0, number);
    return {
      name: `${number}.jpg`,
      feature: feature(seen),
      thumbnail: new Blob([new Uint8Array(4_000 + (number % 7) * 3_000)]),
      width: 640,
      height: 480,
      key,
      eye: new Uint8Array(32).fill(7),
    };
  };
  const drawing = (label, turn) => {
    const context = new OffscreenCanvas(28, 28).getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, 28, 28);
    context.fillStyle = "black";
    context.font = `${20 + (turn % 4)}px serif`;
    context.fillText(label.slice(-1), 6 + (turn % 3), 22);
    return context.getImageData(0, 0, 28, 28);
  };

  const labelOf = (name) => learner.labels().find((label) => label.name === name).id;
  const photosOf = (names) => {
    const ids = new Map(learner.photos().map(({ name, id }) => [name, id]));
    return names.map((name) => ids.get(name));
  };
  /** A file as another device would have made it. */
  const file = async ({ numbers, label }) => {
    const other = await keepsake.Learner.open({ storage: "memory" });
    const ids = await other.addPhotos(numbers.map(look));
    await other.teach(ids, label);
    const bytes = await other.export();
    await other.close();
    return bytes;
  };
  const toText = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 32_768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    }
    return btoa(text);
  };
  const fromText = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  const does = {
    addPhotos: ({ numbers, continued }) => learner.addPhotos(numbers.map(look), continued),
    removePhotos: ({ photos }) => learner.removePhotos(photosOf(photos)),
    teach: ({ photos, label }) => learner.teach(photosOf(photos), label),
    unteach: ({ photos }) => {
      const chosen = new Set(photos);
      return learner.unteach(learner.photos().flatMap((it) => (chosen.has(it.name) ? [it.lesson] : [])));
    },
    addLabel: ({ label }) => learner.addLabel(label),
    rename: ({ label, name }) => learner.rename(labelOf(label), name),
    removeLabel: ({ label }) => learner.removeLabel(labelOf(label)),
    mergeLabels: ({ label, into }) => learner.mergeLabels(labelOf(label), labelOf(into)),
    undo: () => learner.undo(),
    redo: () => learner.redo(),
    export: async () => toText(await learner.export()),
    importMerge: async (action) => learner.import(await file(action), "merge"),
    importReplace: ({ file }) => learner.import(fromText(file), "replace"),
    draw: ({ preset, label, turn }) => scratch[preset].teach([drawing(label, turn)], label),
  };

  /** Actions come one after the other, however many are asked for. */
  let before = Promise.resolve();
  globalThis.act = (action) => {
    const acting = before.then(() => does[action.kind](action));
    before = acting.catch(() => undefined);
    return acting.then((answer) => (action.kind === "export" ? answer : null));
  };

  globalThis.stored = async () => {
    const named = new Map(learner.labels().map(({ id, name }) => [id, name]));
    const photos = [];
    for (const { id, name, label } of learner.photos()) {
      const whole = (await learner.thumbnail(id)) !== undefined;
      photos.push([name, label === null ? null : named.get(label), whole]);
    }
    if (learner.predictAll().photos.length !== photos.length) throw new Error("photos are not answered");
    const labels = learner.labels().filter(({ id }) => id !== 0);
    const lessons = learner.labels().reduce((sum, label) => sum + label.lessons, 0);
    const drawn = {};
    for (const [preset, it] of Object.entries(scratch)) {
      const taught = it.labels().filter((label) => label.taught > 0);
      drawn[preset] = taught.map((label) => [label.name, label.taught]);
      if (taught.length > 0) await it.predict(drawing("A", 0));
    }
    return { photos, labels: labels.map(({ name }) => name), lessons, drawn, problems: learner.problems() };
  };

  globalThis.letGo = async () => {
    await learner.close();
  };
}
