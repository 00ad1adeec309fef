// What the build tells the service worker, and what the page and the service worker say to each other.

/** Parts of the page that only those fetch who use them: "Take it along"; the drawing page; what drives a graphics card;
 * what opens HEIC where the browser does not; what finds the picture in a RAW file. */
export const GROUPS = ["drawings", "card", "heic", "raw", "along"] as const;
export type Group = (typeof GROUPS)[number];

/** One file of a version. */
export interface SiteFile {
  /** Relative to the page. A name that holds a digest of the content is never given to another content. */
  readonly url: string;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  /** Those of whom only one needs it; empty for what every visit needs. */
  readonly groups: readonly Group[];
}

/** What the page may ask; the answer comes through the port that is sent along. */
export type Question =
  /** What is kept? Answered by {@link Kept}. */
  | { readonly ask: "kept" }
  /** Keep this group, too: it is in use. Answered by {@link Done}. */
  | { readonly ask: "keep"; readonly group: Group }
  /** Become the version that is opened from now on. Answered by {@link Done}. */
  | { readonly ask: "take" };

/** What a service worker keeps of its version. */
export interface Kept {
  /** Every file that each visit needs. */
  readonly whole: boolean;
  readonly files: number;
  readonly bytes: number;
  /** The groups of which every file is kept. */
  readonly groups: readonly Group[];
}

export interface Done {
  readonly done: boolean;
}

/** Each page holds this Web Lock, shared, while it is open: it says which version's files it may still
 * ask for. `script` is the address of the page's first script, which no other version has. */
export const lockOf = (script: string): string => `keepsake:version:${script}`;
