// What computes: the processor, or a graphics card where there is a real one or a person insists.
//
// choice   adapter              computes
// cpu      (not asked)          processor
// auto     none, or software    processor
// auto     a card               processor until the card is warm, then the card; the processor helps
// webgpu   none                 processor
// webgpu   any                  the card alone, also where software plays it
//
// A card that fails once is tried once more; one that fails twice is left alone while the page is open.

import { signal } from "@preact/signals";
import { type Adapter, findAdapter } from "./adapter";
import { CardLink } from "./card";
import type { DeviceChoice, WhyProcessor } from "./engine";
import { problem } from "./failure";
import { ignoringRefusal } from "./refusal";

/** Where the choice is kept: it is about this device, so it does not travel with the collection. */
const KEY = "keepsake.device";
/** A driver that was reset, or a computer that woke up, needs a moment. */
const REST_MS = 10_000;
const TRIES = 2;

/** The card that computes, or why none does. */
export type Computing =
  | { readonly kind: "cpu"; readonly why: WhyProcessor; readonly detail: string }
  | { readonly kind: "gpu"; readonly name: string; readonly software: boolean };

/** What those who compute go by. */
export interface Hands {
  readonly card: CardLink | null;
  /** Whether the processor computes too, or only opens photos for the card. */
  readonly processor: boolean;
}

export interface Assets {
  readonly core: WebAssembly.Module;
  readonly weights: Uint8Array;
}

export class ComputeDevice {
  readonly choice = signal<DeviceChoice>(remembered());
  readonly computing = signal<Computing>({ kind: "cpu", why: "looking", detail: "" });

  #card: CardLink | null = null;
  #failures = 0;
  /** One of the failures took a card away that had computed. */
  #lost = false;
  /** Counts changes, so that an answer to an earlier question is known for one. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly assets: Promise<Assets>,
    private readonly use: (hands: Hands) => void,
    private readonly find: () => Promise<Adapter> = findAdapter,
    private readonly open: (
      core: WebAssembly.Module,
      weights: Uint8Array,
    ) => Promise<CardLink> = CardLink.open,
    private readonly rest = REST_MS,
  ) {}

  /** Changes the choice for this device, now and for later visits. A card that failed is tried anew. */
  choose(choice: DeviceChoice): void {
    // Refused, the choice lasts as long as the page.
    ignoringRefusal(() => localStorage.setItem(KEY, choice));
    this.choice.value = choice;
    this.#failures = 0;
    this.#lost = false;
    void this.start();
  }

  /** Looks for a card, as chosen, and opens it. */
  async start(): Promise<void> {
    const turn = ++this.#turn;
    const stale = () => turn !== this.#turn;
    clearTimeout(this.#timer);
    this.#card?.close();
    this.#card = null;
    const choice = this.choice.value;
    if (choice === "cpu") return this.#processor("chosen");
    const { name, refusal } = await this.find();
    if (stale()) return;
    const impossible = refusal === "no-webgpu" || refusal === "no-card";
    if (refusal && (choice === "auto" || impossible)) return this.#processor(refusal);

    // After a loss the page goes on saying so until the card is back.
    if (!this.#lost) this.computing.value = { kind: "cpu", why: "starting", detail: "" };
    this.use({ card: null, processor: choice === "auto" });
    let card: CardLink;
    try {
      const { core, weights } = await this.assets;
      if (stale()) return;
      card = await this.open(core, weights);
    } catch (thrown) {
      if (!stale()) this.#failed("failed", problem(thrown).message);
      return;
    }
    if (stale()) return card.close();
    if (card.software && choice === "auto") {
      card.close();
      return this.#processor("software");
    }
    this.#card = card;
    this.computing.value = { kind: "gpu", name: card.name || name, software: card.software };
    this.use({ card, processor: choice === "auto" });
    const reason = await card.gone;
    if (!stale()) this.#failed("lost", reason);
  }

  #failed(what: "failed" | "lost", detail: string): void {
    this.#card = null;
    this.#failures++;
    this.#lost ||= what === "lost";
    const again = this.#failures < TRIES;
    this.#processor(this.#lost ? (again ? "lost" : "lost-again") : "failed", detail);
    if (again) this.#timer = setTimeout(() => void this.start(), this.rest);
  }

  #processor(why: WhyProcessor, detail = ""): void {
    this.computing.value = { kind: "cpu", why, detail };
    this.use({ card: null, processor: true });
  }
}

function remembered(): DeviceChoice {
  // Refused, as on a first visit.
  const kept = ignoringRefusal(() => localStorage.getItem(KEY));
  return kept === "webgpu" || kept === "cpu" ? kept : "auto";
}
