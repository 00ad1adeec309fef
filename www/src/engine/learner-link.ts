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

  /** What can be shown of the collection before it is opened, if anything. */
  async glance(): Promise<LearnerState | undefined> {
    // Whatever is wrong is said by who opens.
    return this.call((api) => api.glance(this.collection)).catch(() => undefined);
  }

  /** Keeps what is shown now for that. */
  async keepGlance(): Promise<void> {
    // Nothing is lost without it: the next visit waits a little.
    await this.call((api) => api.keepGlance(this.collection)).catch(() => undefined);
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
