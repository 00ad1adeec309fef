import { expect, test } from "@playwright/test";
import type { Look, Prepared } from "keepsake";
import { AHEAD, Looks } from "./looks";
import type { Task } from "./pool";

type Eye = Parameters<Task["perform"]>[0];
type Card = NonNullable<Parameters<Looks["use"]>[0]["card"]>;

const soon = () => new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 3));

/** Workers that answer a little later, each with one task at a time, as the pool has them. */
class Workers {
  /** Photos opened, and features computed here. */
  opened = 0;
  computed = 0;
  readonly looks = new Looks(
    () => this.feed(),
    () => undefined,
  );
  #free = 2;

  feed(): void {
    while (this.#free > 0 && this.looks.waiting()) {
      const task = this.looks.next();
      if (!task) return;
      this.#free--;
      void task
        .perform(this.#eye as Eye)
        .catch(task.failed)
        .then(() => {
          this.#free++;
          this.feed();
        });
    }
  }

  /** What was asked for, in turn. */
  readonly asked: string[] = [];

  readonly #eye = {
    draft: async (_: Blob, width: number): Promise<ImageBitmap> => {
      this.asked.push("draft");
      await soon();
      return { width, close: () => this.asked.push("closed") } as unknown as ImageBitmap;
    },
    prepare: async (photo: Blob): Promise<Prepared> => {
      await soon();
      this.opened++;
      return { ...size, input: new Uint8Array(await photo.arrayBuffer()) };
    },
    feature: async (input: Uint8Array): Promise<Uint8Array> => {
      await soon();
      this.computed++;
      return input;
    },
    look: async (photo: Blob): Promise<Look> => {
      this.asked.push("look");
      await soon();
      this.opened++;
      this.computed++;
      return { ...size, feature: new Uint8Array(await photo.arrayBuffer()) };
    },
  } as unknown;
}

const size = { thumbnail: new Blob(), width: 1, height: 1, key: new Uint8Array(), eye: new Uint8Array() };

/** A card that computes batches, and is lost after some. */
function card(batches: number, milliseconds: number): Card & { computed: number } {
  const it = {
    computed: 0,
    batchOf: (ready: number) => Math.min(ready, 4),
    features: async (inputs: readonly Uint8Array[]) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      if (batches-- <= 0) throw new Error("lost");
      it.computed += inputs.length;
      return inputs;
    },
  };
  return it as unknown as Card & { computed: number };
}

/** Looks at `count` photos and checks that each comes back as itself. */
async function all({ looks }: Workers, count: number): Promise<void> {
  const seen = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      looks.look(new Blob([new Uint8Array([n])]), new AbortController().signal),
    ),
  );
  expect(seen.map(({ feature }) => feature[0])).toEqual(Array.from({ length: count }, (_, n) => n));
}

test("without a card the workers do everything in one go", async () => {
  const workers = new Workers();
  await all(workers, 30);
  expect(workers).toMatchObject({ opened: 30, computed: 30 });
});

test("a fast card leaves the workers opening photos", async () => {
  const workers = new Workers();
  const fast = card(1000, 0);
  workers.looks.use({ card: fast, processor: true });
  await all(workers, 100);
  expect(fast.computed).toBeGreaterThan(50);
});

test("a slow card is helped", async () => {
  const workers = new Workers();
  const slow = card(1000, 200);
  workers.looks.use({ card: slow, processor: true });
  await all(workers, 100);
  expect(slow.computed + workers.computed).toBe(100);
  expect(workers.computed).toBeGreaterThan(50);
});

test("a card that was asked for computes alone, and not too much is opened ahead of it", async () => {
  const workers = new Workers();
  const slow = card(1000, 10);
  workers.looks.use({ card: null, processor: false });
  const done = all(workers, 60);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(workers.opened).toBeGreaterThanOrEqual(AHEAD);
  expect(workers.opened).toBeLessThanOrEqual(AHEAD + 1);
  workers.looks.use({ card: slow, processor: false });
  await done;
  expect(slow.computed).toBe(60);
  expect(workers.computed).toBe(0);
});

test("a card lost on any batch takes no photo with it, and none is opened twice", async () => {
  for (let batch = 0; batch < 6; batch++) {
    for (const processor of [true, false]) {
      const workers = new Workers();
      const weak = card(batch, 2);
      workers.looks.use({ card: weak, processor });
      await all(workers, 40);
      expect(weak.computed + workers.computed).toBe(40);
      expect(workers.opened).toBe(40);
    }
  }
});

test("an import that is stopped leaves nothing behind", async () => {
  const workers = new Workers();
  workers.looks.use({ card: card(1000, 20), processor: true });
  const stops = Array.from({ length: 50 }, () => new AbortController());
  const looks = stops.map(({ signal }) => workers.looks.look(new Blob([new Uint8Array(1)]), signal));
  setTimeout(() => {
    for (const stop of stops) stop.abort();
  }, 20);
  const results = await Promise.allSettled(looks);
  expect(results.some(({ status }) => status === "rejected")).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(workers.looks.waiting()).toBe(false);
  await all(workers, 10);
});

test("without a single worker everything that waits is told so", async () => {
  const looks = new Looks(
    () => undefined,
    () => undefined,
  );
  const { signal } = new AbortController();
  const look = looks.look(new Blob(), signal);
  looks.hopeless(new Error("no worker"));
  await expect(look).rejects.toThrow("no worker");
});

test("who waits to see a photo goes before an import, and one that is left is not read", async () => {
  const workers = new Workers();
  const { looks, asked } = workers;
  const importing = all(workers, 6);
  const here = new AbortController();
  const seen = looks.draft(new Blob(), 900, here.signal);
  const left = new AbortController();
  const unseen = looks.draft(new Blob(), 900, left.signal);
  left.abort();
  expect((await seen)?.width).toBe(900);
  expect(await unseen).toBeUndefined();
  await importing;
  // Two were being looked at when it came.
  expect(asked.slice(0, 3)).toEqual(["look", "look", "draft"]);
  expect(asked.filter((what) => what === "draft")).toHaveLength(1);
  // Left while it is read: what comes is closed.
  const late = looks.draft(new Blob(), 900, here.signal);
  here.abort();
  expect(await late).toBeUndefined();
  expect(asked.at(-1)).toBe("closed");
  // No worker is to be had.
  const none = new Looks(
    () => undefined,
    () => undefined,
  );
  const waiting = none.draft(new Blob(), 900, new AbortController().signal);
  none.hopeless(new Error("none"));
  await expect(waiting).rejects.toThrow("none");
});
