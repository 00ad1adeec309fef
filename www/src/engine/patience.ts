/** Who has not answered for so long, and does not say why, hangs. */
const PATIENCE_MS = 60_000;

/** The answer; after a minute of silence, a refusal with that reason. */
export async function patiently<T>(answer: Promise<T>, silent: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(silent()), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** A photo that took so long is left out, and its worker is taken for stuck. */
export class TooSlow extends Error {
  readonly code = "photo/too-slow";
  constructor() {
    super("This picture took more than a minute to open and was left out.");
  }
}
