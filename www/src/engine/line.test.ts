import { expect, test } from "@playwright/test";
import { expose } from "comlink";
import { crossing } from "./failure";
import { Line } from "./line";

/** A worker in this thread: comlink needs no more than its messages. */
class Near extends EventTarget {
  readonly #channel = new MessageChannel();

  constructor(api: unknown) {
    super();
    expose(api, this.#channel.port1);
    this.#channel.port2.addEventListener("message", (event) => {
      this.dispatchEvent(new MessageEvent("message", { data: event.data }));
    });
    this.#channel.port2.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#channel.port2.postMessage(message, transfer);
  }

  crash(): void {
    this.dispatchEvent(new Event("error"));
  }

  terminate(): void {
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}

function said(call: Promise<unknown>): Promise<unknown> {
  return call.catch((thrown) => thrown);
}

test("after a crash every call in flight says what happened, and one worker takes over", async () => {
  const workers: Near[] = [];
  let restarted = 0;
  const line = new Line<{ answer(): number | Promise<never> }>({
    worker: () => {
      const first = workers.length === 0;
      const near = new Near({ answer: () => (first ? new Promise(() => undefined) : 42) });
      workers.push(near);
      return near as unknown as Worker;
    },
    start: async () => undefined,
    restarted: async () => {
      restarted++;
    },
  });
  const calls = [1, 2, 3].map(() => said(line.call((api) => api.answer())));
  await new Promise((resolve) => setTimeout(resolve, 20));
  workers[0]?.crash();
  for (const call of calls) expect(await call).toMatchObject({ code: "page/learner-restarted" });
  expect(workers.length).toBe(2);
  expect(restarted).toBe(1);
  expect(await line.call((api) => api.answer())).toBe(42);
  await line.hangUp();
});

test("an instance that answers that it crashed is replaced with its worker", async () => {
  const workers: Near[] = [];
  const line = new Line<{ answer(): number }>({
    worker: () => {
      const first = workers.length === 0;
      const near = new Near({
        answer: () =>
          crossing(() => {
            if (first) throw Object.assign(new Error("Stopped."), { code: "internal/crashed" });
            return 42;
          }),
      });
      workers.push(near);
      return near as unknown as Worker;
    },
    start: async () => undefined,
    restarted: async () => undefined,
  });
  expect(await said(line.call((api) => api.answer()))).toMatchObject({ code: "page/learner-restarted" });
  expect(await line.call((api) => api.answer())).toBe(42);
  expect(workers.length).toBe(2);
  await line.hangUp();
});

test("a start that failed can be tried again", async () => {
  let starts = 0;
  const line = new Line<{ answer(): number }>({
    worker: () => new Near({ answer: () => 42 }) as unknown as Worker,
    start: async () => {
      if (++starts === 1) throw { code: "page/offline", message: "Not there yet." };
    },
    restarted: async () => undefined,
  });
  expect(await said(line.call((api) => api.answer()))).toMatchObject({ code: "page/offline" });
  expect(await line.call((api) => api.answer())).toBe(42);
  await line.hangUp();
});
