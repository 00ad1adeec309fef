// How a person wants new collections to learn, and on what: kept for this device, beside the
// collection, which keeps how it was begun by itself.

import type { ScratchPreset } from "keepsake/burn";
import { ignoringRefusal } from "../engine/refusal";

const KEY = "keepsake:from-nothing";

export interface Choice {
  readonly preset: ScratchPreset;
  readonly rehearsal: boolean;
  readonly device: "webgpu" | "cpu";
}

const USUAL: Choice = { preset: "exact", rehearsal: true, device: "cpu" };
const PRESETS: readonly unknown[] = ["exact", "rehearse", "article"] satisfies ScratchPreset[];

function isPreset(value: unknown): value is ScratchPreset {
  return PRESETS.includes(value);
}

export function choice(): Choice {
  const kept: unknown = ignoringRefusal(() => JSON.parse(localStorage.getItem(KEY) ?? "null"));
  if (typeof kept !== "object" || kept === null) return USUAL;
  return {
    preset: "preset" in kept && isPreset(kept.preset) ? kept.preset : USUAL.preset,
    rehearsal: "rehearsal" in kept ? kept.rehearsal !== false : USUAL.rehearsal,
    device: "device" in kept && kept.device === "webgpu" ? "webgpu" : USUAL.device,
  };
}

export function remember(changed: Partial<Choice>): void {
  // Refused, the choice lasts as long as nothing is stored at all.
  ignoringRefusal(() => localStorage.setItem(KEY, JSON.stringify({ ...choice(), ...changed })));
}
