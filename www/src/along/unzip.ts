// unzip, as one more reader of what is written, where it is at hand: nobody needs to have it.

import { execFileSync } from "node:child_process";

/** Throws where unzip finds a fault. Whether it was there to look. */
export function unzipFindsNoFault(path: string): boolean {
  try {
    execFileSync("unzip", ["-t", path], { stdio: "pipe" });
    return true;
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ENOENT") return false;
    throw thrown;
  }
}
