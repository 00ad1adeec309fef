// ExifTool, as one more reader of what is written, where it is at hand: nobody needs to have it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The label in a file, at the three places where programs look for it. */
export interface Tags {
  readonly Subject?: readonly string[];
  readonly HierarchicalSubject?: readonly string[];
  readonly TagsList?: readonly string[];
  /** What it found wrong. */
  readonly Error?: string;
  readonly Warning?: string;
}

/** What it reads of each file, in their order (their endings say what they are); null where there is no ExifTool. */
export function exiftoolReads(files: readonly (readonly [ending: string, content: Buffer])[]): Tags[] | null {
  const folder = mkdtempSync(join(tmpdir(), "keepsake-tags-"));
  try {
    const paths = files.map(([ending, content], at) => {
      const path = join(folder, `${at}.${ending}`);
      writeFileSync(path, content);
      return path;
    });
    const asked = ["-XMP:Subject", "-XMP:HierarchicalSubject", "-XMP:TagsList", "-Warning", "-Error"];
    const said = execFileSync("exiftool", ["-json", ...asked, ...paths], { encoding: "utf8", stdio: "pipe" });
    const list = (value: unknown) => (value === undefined ? undefined : [value].flat().map(String));
    return (JSON.parse(said) as Record<string, unknown>[]).map((read) =>
      Object.fromEntries(
        Object.entries(read)
          .filter(([name]) => name !== "SourceFile")
          .map(([name, value]) => [name, /^(Error|Warning)$/.test(name) ? String(value) : list(value)]),
      ),
    );
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ENOENT") return null;
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
