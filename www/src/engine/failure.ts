// Errors as the page knows them: a stable code and a sentence for the person.

import type { Problem } from "./engine";

/** Whatever was thrown, as a code and a sentence. Errors of the package carry both already. */
export function problem(thrown: unknown): Problem {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    const message = String(thrown.message);
    return { code: codeOf(thrown) ?? "page/unexpected", message };
  }
  return { code: "page/unexpected", message: String(thrown) };
}

/** The stable code of an expected error; undefined for a crash or a fault of ours, of the package's, too:
 * its instance has ended, and a fresh one is needed. */
export function codeOf(thrown: unknown): string | undefined {
  return typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    !thrown.code.startsWith("internal/")
    ? thrown.code
    : undefined;
}

/**
 * Runs a worker's method so that errors keep their code on the way to the page: an `Error` loses
 * its own properties there, a plain object does not. What has no code is passed on as it is, and
 * the page takes it for a crash.
 */
export async function crossing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const code = codeOf(thrown);
    throw code === undefined ? thrown : { code, message: problem(thrown).message };
  }
}

/** Whether nothing could be stored: another attempt may succeed once that has changed. */
export function ofStorage(cause: Problem): boolean {
  return cause.code.startsWith("storage/");
}
