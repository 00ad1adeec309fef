// What the steps need of a browser, whichever it is. One file per engine says how it is driven.

/** An element of a page. */
export interface Found {
  /** Scrolls it into view and clicks into its middle, as a mouse does. */
  click(): Promise<void>;
  /** Clicks and types, as a keyboard does. */
  type(text: string): Promise<void>;
  /** Gives a file field these files, by their paths: the part of a person's choice a page can see. */
  choose(paths: readonly string[]): Promise<void>;
}

/** A point of a page's view, in CSS pixels. */
export type Point = readonly [x: number, y: number];

/** Plain values, which can be handed to a page and back. */
export type Plain = null | boolean | number | string | readonly Plain[];

/** A tab of a browser. */
export interface Tab {
  go(address: string): Promise<void>;
  reload(): Promise<void>;
  /** Calls a function in the page, which knows nothing but what it is given, and waits for its answer. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that answers nothing
  run<Given extends readonly Plain[], Answer extends Plain | undefined | void>(
    work: (...given: Given) => Answer | Promise<Answer>,
    ...given: Given
  ): Promise<Answer>;
  /** The first element that is shown, fits the selector, and whose name begins so. File fields count as shown. */
  find(selector: string, name: string): Promise<Found | null>;
  enter(): Promise<void>;
  /** Moves the mouse along a line with its button down. */
  drag(line: readonly Point[]): Promise<void>;
  close(): Promise<void>;
}

/** Where a browser goes with its requests. */
export interface Network {
  /** Host and port that it may ask directly. */
  readonly own: string;
  /** The port of the proxy on this machine that all other requests go to. */
  readonly proxy: number;
}

/** A running browser with an empty profile of its own. */
export interface Engine {
  /** Its name and version, as it calls itself. */
  readonly version: string;
  /** Where it puts what is downloaded. */
  readonly downloads: string;
  open(): Promise<Tab>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Runs in the page: what {@link Tab.find} finds. */
export function pick(selector: string, name: string): Element | null {
  const nameOf = (element: Element) => {
    const copy = element.cloneNode(true) as Element;
    for (const hidden of copy.querySelectorAll("[aria-hidden=true]")) hidden.remove();
    return (element.getAttribute("aria-label") ?? copy.textContent ?? "").replace(/\s+/g, " ").trim();
  };
  const shown = (element: Element) =>
    element.matches("input[type=file]") || element.checkVisibility({ visibilityProperty: true });
  const all = [...document.querySelectorAll(selector)];
  return all.find((element) => shown(element) && nameOf(element).startsWith(name)) ?? null;
}
