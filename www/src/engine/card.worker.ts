// The worker that computes on the graphics card. It has a worker of its own because a card that is
// lost may take down all that runs beside it, and because the second wasm module, which drives it,
// is fetched only with this file: by those who have a card.

import { expose, transfer } from "comlink";
import init, { Eye } from "keepsake";
import initCard, { Card } from "keepsake/burn";
import { crossing } from "./failure";

let card: Card | undefined;

function opened(): Card {
  if (!card) throw new Error("The card was not opened.");
  return card;
}

const api = {
  /** Opens the card and tries it out. Answers its name, and whether software plays it. */
  open: (core: WebAssembly.Module, weights: Uint8Array): Promise<{ name: string; software: boolean }> =>
    crossing(async () => {
      await Promise.all([init({ module_or_path: core }), initCard()]);
      card = await Card.open(weights);
      return { name: card.name, software: card.software };
    }),

  /** Resolves, with the reason, when the card is lost. */
  lost: (): Promise<string> => opened().lost,

  /** Features of prepared photos: one upload and one read-back for all of them. */
  features: (inputs: readonly Uint8Array[]): Promise<Uint8Array[]> =>
    crossing(async () => {
      const batch = new Uint8Array(inputs.reduce((sum, input) => sum + input.length, 0));
      let at = 0;
      for (const input of inputs) {
        batch.set(input, at);
        at += input.length;
      }
      const outputs = await opened().outputs(batch);
      const each = outputs.length / inputs.length;
      const features = inputs.map((_, i) => Eye.feature(outputs.subarray(i * each, (i + 1) * each)));
      return transfer(
        features,
        features.map((feature) => feature.buffer as ArrayBuffer),
      );
    }),
};

export type CardApi = typeof api;
expose(api);
