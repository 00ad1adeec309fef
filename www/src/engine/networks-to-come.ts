// Stands for the networks' module while that is still being compiled: `cargo xtask serve` shows the page
// minutes before. Whoever asks for the module is told so, in the sentence that the page says of any failure.

class ToCome extends Error {
  readonly code = "page/networks-to-come";
  constructor() {
    super("The part for graphics cards and drawings is still being built. Reload the page in some minutes.");
  }
}

const toCome = (): never => {
  throw new ToCome();
};

export default async (): Promise<never> => toCome();
export const Card = { open: toCome };
export const Scratch = { open: toCome };
