// The page's line to the learner's worker.

import type { Remote } from "comlink";
import type { LearnerApi, LearnerState, Storage } from "./learner.worker";
import { Line } from "./line";

export class LearnerLink {
  readonly #line: Line<LearnerApi>;

  constructor(
    core: Promise<WebAssembly.Module>,
    private readonly collection: string,
    /** Called with what a replacement read from storage after a crash. */
    restarted: (state: LearnerState) => void,
  ) {
    this.#line = new Line<LearnerApi>({
      worker: () => new Worker(new URL("./learner.worker.ts", import.meta.url), { type: "module" }),
      start: async (api) => api.start(await core),
      restarted: async (api) => restarted(await this.#open(api)),
    });
  }

  storage: Storage = "indexeddb";
  readOnly = false;

  /** Opens the collection, or opens it anew, in the present mode. */
  open(): Promise<LearnerState> {
    return this.call((api) => this.#open(api));
  }

  /** One call to the learner. Rejects with a problem; after a crash the learner is running again. */
  call<T>(work: (api: Remote<LearnerApi>) => Promise<T>): Promise<T> {
    return this.#line.call(work);
  }

  /** Ends the learner and with it its hold on the storage; the next call starts another. */
  hangUp(): Promise<void> {
    return this.#line.hangUp();
  }

  #open(api: Remote<LearnerApi>): Promise<LearnerState> {
    return api.open(this.collection, this.storage, this.readOnly);
  }
}
