// One collection, several tabs: the one that holds the pen writes, the others follow along.
// The pen is a Web Lock, which the browser takes back when its tab closes or crashes.

import type { Told } from "./learner.worker";

/** What a tab wants to hear. */
export interface PenEvents {
  /** This tab may write now, or may no longer. */
  held(held: boolean): void;
  /** The tab with the pen wrote something: this, or what it did not say. */
  news(news: Told | undefined): void;
}

export class Pen {
  readonly #lock: string;
  readonly #channel: BroadcastChannel;
  #release: (() => void) | undefined;

  constructor(
    collection: string,
    private readonly events: PenEvents,
  ) {
    this.#lock = `keepsake:pen:${collection}`;
    this.#channel = new BroadcastChannel(`keepsake:${collection}`);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<Told | string>) => {
      // An earlier version says a word.
      if (!this.held) this.events.news(typeof data === "string" ? undefined : data);
    });
  }

  get held(): boolean {
    return this.#release !== undefined;
  }

  /** Takes the pen if it is free; otherwise waits for it in the background. True if it is held. */
  async take(): Promise<boolean> {
    if (!navigator.locks) {
      // Without locks the tab that opened the collection last writes; the storage refuses the others.
      this.#release = () => undefined;
      return true;
    }
    if (await this.#request({ ifAvailable: true })) return true;
    void this.#request({}).then((held) => {
      if (held) this.events.held(true);
    });
    return false;
  }

  /** Takes the pen from whichever tab has it. That tab becomes a follower. */
  async steal(): Promise<void> {
    if (this.held) return;
    if (!navigator.locks) {
      this.#release = () => undefined;
      this.events.held(true);
    } else if (await this.#request({ steal: true })) this.events.held(true);
  }

  /**
   * Another writes without having taken the pen: this tab becomes a follower. It does not stand in line
   * for the pen, or the two would take the collection from each other for ever.
   */
  drop(): void {
    const release = this.#release;
    if (!release) return;
    this.#release = undefined;
    release();
    this.events.held(false);
  }

  /** Tells the other tabs that something was written, and what, if that is known. */
  tell(news?: Told): void {
    this.#channel.postMessage(news ?? "changed");
  }

  /** Resolves once the lock is held, or is found taken; the lock itself is kept until it is lost. */
  #request(options: LockOptions): Promise<boolean> {
    return new Promise((answer) => {
      let granted = false;
      navigator.locks
        .request(this.#lock, options, (lock) => {
          if (!lock) {
            answer(false);
            return undefined;
          }
          return new Promise<void>((release) => {
            granted = true;
            this.#release = release;
            answer(true);
          });
        })
        .catch(() => {
          // Stolen by another tab: follow it, and stand in line for when it closes.
          answer(false);
          if (!granted) return;
          // It may have been dropped in the meantime.
          if (this.#release) {
            this.#release = undefined;
            this.events.held(false);
          }
          void this.#request({}).then((held) => {
            if (held) this.events.held(true);
          });
        });
    });
  }
}
