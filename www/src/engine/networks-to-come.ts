// Stands for the networks' module while that is still being compiled: `cargo xtask serve` shows the page
// minutes before. Whoever asks for the module is told so, in the sentence that the page says of any failure.

export default async function toCome(): Promise<never> {
  throw {
    code: "page/networks-to-come",
    message:
      "The part for graphics cards and drawings is still being built. Reload the page in some minutes.",
  };
}

/** What the module has besides, and nobody comes to before it is loaded. */
export const [Card, Scratch]: readonly never[] = [];
