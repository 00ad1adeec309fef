// Python, as somebody else who reads what is written: its readers of ZIP, CSV and XML are not ours.

import { execFileSync } from "node:child_process";

/** Runs a script; what it prints is JSON. */
export function python(script: string, input: string | Buffer = "", ...given: readonly string[]): unknown {
  const options = {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONUTF8: "1" },
  } as const;
  return JSON.parse(execFileSync("python3", ["-c", script, ...given], options));
}
