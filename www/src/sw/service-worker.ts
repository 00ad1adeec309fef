// The service worker keeps every file of one version of the page, for use without a network.
//
// A version is kept whole or not at all: each file is compared with its digest before it is kept, and a
// download that fails leaves everything as it was, to be tried again at the next visit. The index of a
// version names its scripts and its WebAssembly by their content's digest, so whoever was given one
// index is never given another version's code. A page goes on with the version that it began with: its
// files are kept until it is closed.

import { hex, sha256 } from "../engine/sha256";
import { type Done, GROUPS, type Group, type Kept, lockOf, type Question, type SiteFile } from "./files";

declare const self: ServiceWorkerGlobalScope;
/** Set by the build: all files of this version, and a digest of them all. */
declare const KEEPSAKE_FILES: readonly SiteFile[];
declare const KEEPSAKE_BUILD: string;

/** Where the page is. Other pages may share the origin, and with it the caches. */
const PAGE = new URL("./", self.location.href);
const PREFIX = `keepsake:${PAGE.pathname}:`;
const CACHE = PREFIX + KEEPSAKE_BUILD;

const SITE = KEEPSAKE_FILES;
const FILES = new Map(SITE.map((file) => [address(file.url), file]));
const INDEX = address("index.html");
const NEEDED = SITE.filter((file) => file.groups.length === 0);

function address(url: string): string {
  return new URL(url, PAGE).href;
}

/** Whether an address holds its content's digest. */
function isNamedByContent(url: string): boolean {
  return url.startsWith(address("assets/")) || url.startsWith(address("weights/lite0.bin?"));
}

/** An entry of a version's cache that says that all of a group is kept. */
const markOf = (group: Group): string => address(`kept/${group}`);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function install(): Promise<void> {
  const before = await caches.has(CACHE);
  try {
    await keep(NEEDED);
    await keepWhatIsUsed();
  } catch (thrown) {
    if (!before) await caches.delete(CACHE);
    throw thrown;
  }
}

/** The groups that any version keeps: a new one is to work without a network where the old one did. */
async function keepWhatIsUsed(): Promise<void> {
  for (const group of GROUPS) {
    for (const cache of await versions()) {
      if (await cache.match(markOf(group))) {
        await keepGroup(group);
        break;
      }
    }
  }
}

async function keepGroup(group: Group): Promise<void> {
  await keep(SITE.filter((file) => file.groups.includes(group)));
  const cache = await caches.open(CACHE);
  await cache.put(markOf(group), new Response());
}

/** Keeps these files. Rejects if one of them cannot be had as it should be, or the disk is full. */
async function keep(files: readonly SiteFile[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const kept = await Promise.allSettled(
    files.map(async (file) => {
      const url = address(file.url);
      if (!(await cache.match(url))) await cache.put(url, await obtain(file));
    }),
  );
  for (const one of kept) if (one.status === "rejected") throw one.reason;
}

/** A file of this version, as its digest says: from what is here already, or from the network. */
async function obtain(file: SiteFile): Promise<Response> {
  const url = address(file.url);
  const named = isNamedByContent(url);
  if (named) {
    for (const cache of await versions()) {
      const kept = await cache.match(url);
      const whole = kept && (await checked(kept, file).catch(() => undefined));
      if (whole) return whole;
    }
  }
  try {
    return await checked(await fetch(url, { cache: named ? "default" : "no-cache" }), file);
  } catch {
    // The browser may have kept a damaged one.
    return checked(await fetch(url, { cache: "reload" }), file);
  }
}

/** The caches of all versions, and what the page handed over on the first visit. */
async function versions(): Promise<Cache[]> {
  const names = await caches.keys();
  return Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => caches.open(name)));
}

async function checked(answer: Response, file: SiteFile): Promise<Response> {
  if (answer.status !== 200) throw new Error(`${file.url}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (hex(await sha256(bytes)) !== file.digest) throw new Error(`${file.url} is not this version's.`);
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "transfer-encoding", "vary"]) headers.delete(name);
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { headers });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== PAGE.origin) return;
  if (request.mode === "navigate") {
    const index = pathname === PAGE.pathname || pathname === `${PAGE.pathname}index.html`;
    // Where the index is lost, the network's is as good as any: it names its own files.
    if (index) event.respondWith(serve(INDEX).catch(() => fetch(request)));
    return;
  }
  const url = origin + pathname + search;
  if (FILES.has(url)) event.respondWith(serve(url).catch(() => Response.error()));
  else if (isNamedByContent(url)) event.respondWith(ofAnotherVersion(request, url));
});

/** A file of this version. One that is not kept yet is, if there is room for it. */
async function serve(url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url);
  if (kept) return kept;
  const file = FILES.get(url);
  if (!file) throw new Error(`${url} is none of this version's files.`);
  const whole = await obtain(file);
  await cache.put(url, whole.clone()).catch(() => undefined);
  return whole;
}

/** For a page that began with another version. */
async function ofAnotherVersion(request: Request, url: string): Promise<Response> {
  for (const cache of await versions()) {
    const kept = await cache.match(url);
    if (kept) return kept;
  }
  return fetch(request);
}

/** Deletes the files of versions that no page uses any more. */
async function clearUp(): Promise<void> {
  // What is being installed is not in use yet.
  if (self.registration.installing || self.registration.waiting) return;
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  if (others.length === 0) return;
  // What was used with an old version, and could not be had when this one was fetched.
  if (!(await done(keepWhatIsUsed())).done) return;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = windows.filter(({ url }) => url.startsWith(PAGE.href));
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const locks = held.map(({ name }) => name ?? "").filter((name) => name.startsWith(lockOf(PAGE.href)));
  // A page that has not said yet what it uses.
  if (locks.length < pages.length) return;
  for (const name of others) {
    const cache = await caches.open(name);
    const scripts = (await cache.keys()).map((request) => lockOf(request.url));
    if (!scripts.some((script) => locks.includes(script))) await caches.delete(name);
  }
}

self.addEventListener("message", (event: ExtendableMessageEvent) => {
  const question = event.data as Question;
  const answer = reply(question).then((said) => event.ports[0]?.postMessage(said));
  // A page that asks has said which version it uses.
  event.waitUntil(question.ask === "kept" ? answer.then(clearUp) : answer);
});

async function reply(question: Question): Promise<Kept | Done> {
  switch (question.ask) {
    case "kept":
      return kept();
    case "keep":
      return done(keepGroup(question.group));
    case "take":
      // What came into use since this version was fetched.
      return done(keepWhatIsUsed().then(() => self.skipWaiting()));
  }
}

function done(work: Promise<void>): Promise<Done> {
  return work.then(
    () => ({ done: true }),
    () => ({ done: false }),
  );
}

async function kept(): Promise<Kept> {
  const cache = await caches.open(CACHE);
  const urls = new Set((await cache.keys()).map((request) => request.url));
  const files = SITE.filter((file) => urls.has(address(file.url)));
  const has = (group: Group) => SITE.every((file) => !file.groups.includes(group) || files.includes(file));
  return {
    whole: NEEDED.every((file) => files.includes(file)),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    groups: GROUPS.filter(has),
  };
}
