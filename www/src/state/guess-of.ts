// For tests: what is thought of a photo that could be one thing only.

import type { LabelId, Prediction } from "../engine/engine";

export function guessOf(likeliest: LabelId, certainty: number, notSure = false): Prediction {
  const ranked = [{ label: likeliest, probability: certainty }];
  return { likeliest, certainty, ranked, notSure };
}
