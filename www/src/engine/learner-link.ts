// The page's line to the learner's worker. A worker that crashes is replaced by one that reads the
// same storage: everything that was acknowledged is there, and the call that failed says so.

import { type Remote, releaseProxy, wrap } from "comlink";
import type { Problem } from "./engine";
import { codeOf } from "./failure";
import type { LearnerApi, LearnerState, Storage } from "./learner.worker";

const CRASHED: Problem = {
  code: "page/learner-restarted",
  message: "The learner stopped and was started again. Everything saved is there; try once more.",
};

interface Running {
  readonly worker: Worker;
  readonly api: Remote<LearnerApi>;
  /** Rejects when the worker dies; never resolves. */
  readonly death: Promise<never>;
}

export class LearnerLink {
  #running: Promise<Running> | undefined;

  constructor(
    private readonly core: Promise<WebAssembly.Module>,
    private readonly collection: string,
    /** Called with what a replacement read from storage after a crash. */
    private readonly restarted: (state: LearnerState) => void,
  ) {}

  storage: Storage = "indexeddb";
  readOnly = false;

  /** Opens the collection, or opens it anew, in the present mode. */
  open(): Promise<LearnerState> {
    return this.call((api) => api.open(this.collection, this.storage, this.readOnly));
  }

  /** One call to the learner. Rejects with a problem; after a crash the learner is running again. */
  async call<T>(work: (api: Remote<LearnerApi>) => Promise<T>): Promise<T> {
    this.#running ??= this.#start();
    const running = await this.#running;
    try {
      return await Promise.race([work(running.api), running.death]);
    } catch (thrown) {
      if (codeOf(thrown) !== undefined) throw thrown;
      await this.#replace(running);
      throw CRASHED;
    }
  }

  async #start(): Promise<Running> {
    const worker = new Worker(new URL("./learner.worker.ts", import.meta.url), { type: "module" });
    const death = new Promise<never>((_, reject) => {
      worker.addEventListener("error", (event) => reject(new Error(event.message || "The worker stopped.")));
    });
    death.catch(() => undefined);
    const api = wrap<LearnerApi>(worker);
    await Promise.race([api.start(await this.core), death]);
    return { worker, api, death };
  }

  async #replace(crashed: Running): Promise<void> {
    crashed.api[releaseProxy]();
    crashed.worker.terminate();
    const next = this.#start();
    this.#running = next;
    const { api } = await next;
    this.restarted(await api.open(this.collection, this.storage, this.readOnly));
  }
}
