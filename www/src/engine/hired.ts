// A worker and what is known of it from the day it is hired: how to speak with it, and that it died.

import { type Remote, releaseProxy, wrap } from "comlink";

export interface Hired<Api> {
  readonly worker: Worker;
  readonly api: Remote<Api>;
  /** Rejects when the worker dies; never resolves. */
  readonly death: Promise<never>;
}

export function hired<Api>(worker: Worker): Hired<Api> {
  const death = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message || "A worker stopped.")));
  });
  death.catch(() => undefined);
  return { worker, api: wrap<Api>(worker), death };
}

/** Ends the worker, whatever it does. */
export function dismiss<Api>({ worker, api }: Hired<Api>): void {
  api[releaseProxy]();
  worker.terminate();
}
