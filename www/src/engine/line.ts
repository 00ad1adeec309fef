// A line to a worker that may crash. One that does is replaced by a fresh one that reads the same
// storage: everything that was acknowledged is there, and the call that failed says so.

import type { Remote } from "comlink";
import type { Problem } from "./engine";
import { codeOf } from "./failure";
import { dismiss, type Hired, hired } from "./hired";

const CRASHED: Problem = {
  code: "page/learner-restarted",
  message: "The learner stopped and was started again. Everything saved is there; try once more.",
};

/** What a line needs to know of its worker. */
export interface Wiring<Api> {
  worker(): Worker;
  /** What every new worker is asked first. */
  start(api: Remote<Api>): Promise<unknown>;
  /** What is asked of one that replaces a crashed one, once it has started. */
  restarted(api: Remote<Api>): Promise<void>;
}

export class Line<Api> {
  #running: Promise<Hired<Api>> | undefined;

  constructor(private readonly wiring: Wiring<Api>) {}

  /** One call to the worker. Rejects with a problem; after a crash the worker is running again. */
  async call<T>(work: (api: Remote<Api>) => Promise<T>): Promise<T> {
    this.#running ??= this.#start();
    const running = this.#running;
    const worker = await running.catch((thrown) => {
      // The next call starts another: what was missing may be there by then.
      if (this.#running === running) this.#running = undefined;
      throw thrown;
    });
    try {
      return await Promise.race([work(worker.api), worker.death]);
    } catch (thrown) {
      if (codeOf(thrown) !== undefined) throw thrown;
      // All calls in flight end here; the first of them replaces the worker, and each waits for that.
      if (this.#running === running) this.#running = this.#replace(worker);
      await this.#running;
      throw CRASHED;
    }
  }

  /** Ends the worker, whatever it does; the next call starts another. */
  async hangUp(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.then(dismiss).catch(() => undefined);
  }

  async #start(): Promise<Hired<Api>> {
    const running = hired<Api>(this.wiring.worker());
    try {
      await Promise.race([this.wiring.start(running.api), running.death]);
    } catch (thrown) {
      dismiss(running);
      throw thrown;
    }
    return running;
  }

  async #replace(crashed: Hired<Api>): Promise<Hired<Api>> {
    dismiss(crashed);
    const next = await this.#start();
    try {
      await Promise.race([this.wiring.restarted(next.api), next.death]);
    } catch (thrown) {
      dismiss(next);
      throw thrown;
    }
    return next;
  }
}
