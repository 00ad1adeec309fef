// What the specs of the package share: the package in an empty page, and looks made of numbers.

type Keepsake = typeof import("keepsake");

declare global {
  /** Put there by {@link prepare}, so that tests read as a program that uses the package. */
  interface Window {
    Learner: Keepsake["Learner"];
    look(kind: number, seed: number, eye?: number): import("keepsake").Look;
    /** `code` of what was thrown or rejected, with the class it belongs to. */
    code(work: () => unknown): Promise<string>;
  }
}

/** Runs in the page: the package, and looks made of numbers (what a photo of some kind looks like). */
export async function prepare(): Promise<void> {
  const address = "/pkg/keepsake.js";
  const keepsake: Keepsake = await import(address);
  await keepsake.default();
  window.Learner = keepsake.Learner;

  const numbers = (seed: number) => () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  /** A number as half precision, for |value| from 2^-14 to 1 (else 0). */
  const half = (value: number) => {
    const exponent = Math.floor(Math.log2(Math.abs(value)));
    if (exponent < -14) return 0;
    const mantissa = Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
    return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | mantissa;
  };
  window.look = (kind, seed, eye = 7) => {
    const centre = numbers(kind * 7919 + 1);
    const noise = numbers(kind * 104729 + seed * 31 + 5);
    const feature = new Uint16Array(3208).map(() => half(centre() * 0.03 + noise() * 0.015));
    const key = new Uint8Array(32);
    key.set([kind, seed & 255, seed >> 8]);
    return {
      feature: new Uint8Array(feature.buffer),
      thumbnail: new Blob([new Uint8Array([0xff, 0xd8, kind, seed])]),
      width: 640,
      height: 480,
      key,
      eye: new Uint8Array(32).fill(eye),
    };
  };
  window.code = async (work) => {
    try {
      await work();
      return "nothing was thrown";
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== "KeepsakeError") return `not ours: ${thrown}`;
      return (thrown as Error & { code: string }).code;
    }
  };
}
