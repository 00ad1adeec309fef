// The page's side of the service worker (sw/service-worker.ts): what works without a network, and
// whether a new version waits. A new version is fetched beside this one and waits until the person asks
// for it, or until the page is opened next; it never reloads a page by itself.

import { signal } from "@preact/signals";
import type { Done, Group, Kept, Question } from "../sw/files";
import { lockOf } from "../sw/files";
import { WEIGHTS } from "./assets";
import type { Offline, Problem } from "./engine";

export const offline = signal<Offline>(
  "serviceWorker" in navigator ? { kind: "preparing" } : { kind: "unsupported" },
);
export const updateReady = signal(false);
/** There is a new version of which a file could not be fetched; it is tried again. */
export const updateIncomplete = signal(false);

/** A tab that stays open looks for a new version so often. */
const LOOK_MS = 60 * 60 * 1000;

/** Where the page is: other pages may share the origin, and with it the caches. */
const PAGE = new URL("./", document.baseURI);

/** Groups of files that this visit has used. */
const used = new Set<Group>();
let registration: ServiceWorkerRegistration | undefined;

/** Registers the service worker and follows its life. On a first visit that waits until the network's
 * weights are here, and hands them over, so that they are fetched once. */
export async function keepForOffline(weights?: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  claimVersion();
  const { serviceWorker } = navigator;
  let controlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    // Another tab took a new version; this one goes on with its own until it is asked.
    updateReady.value ||= controlled;
    controlled = true;
    void measure();
  });
  try {
    if (weights && !(await serviceWorker.getRegistration())?.active) await handOver(weights);
    await look();
  } catch {
    // A private window may refuse service workers: the page works, but only with a network.
    offline.value = { kind: "unsupported" };
    return;
  }
  setInterval(lookAgain, LOOK_MS);
  addEventListener("online", lookAgain);
}

/** Tells the service worker that this group of files is in use, and so to be kept. */
export function keepAlso(group: Group): void {
  used.add(group);
  void measure();
}

/** Starts this tab again with the new version; other tabs go on with theirs. Rejects with a
 * {@link Problem} where that version, with all that is in use, cannot be had now. */
export async function useUpdate(): Promise<void> {
  const waiting = registration?.waiting;
  if (waiting) {
    const { done } = await ask<Done>(waiting, { ask: "take" });
    if (!done) {
      throw {
        code: "page/update-incomplete",
        message: "A part of the new version could not be fetched. This one goes on; try again later.",
      } satisfies Problem;
    }
    await activated(waiting);
  }
  location.reload();
}

/** Says which version's files this page may still ask for, for as long as it is open. */
function claimVersion(): void {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src;
  if (!script) return;
  const open = () => new Promise(() => {});
  navigator.locks?.request(lockOf(script), { mode: "shared" }, open).catch(() => undefined);
}

/** Puts the weights where the service worker looks before it asks the network. */
async function handOver(weights: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
  try {
    const bytes = await weights;
    const cache = await caches.open(`keepsake:${PAGE.pathname}:handed-over`);
    await cache.put(
      WEIGHTS,
      new Response(bytes, { headers: { "content-type": "application/octet-stream" } }),
    );
  } catch {
    // No weights, or no room for them: the service worker fetches them itself.
  }
}

/** Registers the service worker, which may begin to fetch a version. */
async function look(): Promise<void> {
  const found = await navigator.serviceWorker.register(new URL("sw.js", PAGE));
  if (found !== registration) {
    registration = found;
    found.addEventListener("updatefound", () => follow(found));
    follow(found);
  }
  if (found.waiting && found.active) updateReady.value = true;
  await measure();
}

function lookAgain(): void {
  const looking = registration?.active ? registration.update().then(nothingNew) : look();
  void looking.catch(() => undefined);
}

/** The version that could not be fetched is no longer offered. */
function nothingNew(found: ServiceWorkerRegistration | undefined): void {
  if (found && !found.installing) updateIncomplete.value = false;
}

function follow(found: ServiceWorkerRegistration): void {
  const worker = found.installing;
  let fetched = false;
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && found.active) updateReady.value = true;
    if (worker.state === "activated") void measure();
    if (worker.state !== "redundant") {
      fetched = true;
      updateIncomplete.value = false;
    } else if (!found.active) {
      // It could not be fetched whole, and there is none from before.
      offline.value = { kind: "incomplete" };
    } else updateIncomplete.value ||= !fetched;
  });
}

/** Has the service worker keep what is in use, and learns what is kept. */
async function measure(): Promise<void> {
  const active = registration?.active;
  if (!active) return;
  const { waiting } = registration ?? {};
  for (const group of used) {
    await ask<Done>(active, { ask: "keep", group });
    if (waiting) void ask<Done>(waiting, { ask: "keep", group });
  }
  const { whole, files, bytes, groups } = await ask<Kept>(active, { ask: "kept" });
  offline.value = whole ? { kind: "ready", files, bytes, groups } : { kind: "incomplete" };
}

function ask<Answer>(worker: ServiceWorker, question: Question): Promise<Answer> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data as Answer);
    worker.postMessage(question, [port2]);
  });
}

function activated(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === "activated" || worker.state === "redundant") resolve();
    };
    worker.addEventListener("statechange", look);
    look();
  });
}
