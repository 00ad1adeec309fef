// The service worker keeps every file of this version for use without a network. A new version is
// fetched beside the old one and waits until the person asks for it.

import { registerSW } from "virtual:pwa-register";
import { signal } from "@preact/signals";
import type { Offline } from "./engine";

export const offline = signal<Offline>(
  "serviceWorker" in navigator ? { kind: "preparing" } : { kind: "unsupported" },
);
export const updateReady = signal(false);

let activate: ((reload: boolean) => Promise<void>) | undefined;

/** Registers the service worker and follows its life. */
export function keepForOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  activate = registerSW({
    immediate: true,
    onNeedRefresh: () => {
      updateReady.value = true;
    },
    onRegisterError: () => {
      // A private window may refuse service workers: the page works, but only with a network.
      offline.value = { kind: "unsupported" };
    },
  });
  navigator.serviceWorker.ready.then(measure).catch(() => undefined);
}

/** Starts the page again with the new version. */
export function useUpdate(): void {
  void activate?.(true);
}

/** Counts what the service worker keeps, for the details of the status line. */
async function measure(): Promise<void> {
  let files = 0;
  let bytes = 0;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request);
      files++;
      bytes += kept ? (await kept.blob()).size : 0;
    }
  }
  offline.value = { kind: "ready", files, bytes };
}
