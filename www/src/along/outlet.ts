// Where a file goes that is made bit by bit: into one that the person chose, where the browser can; else
// into their downloads.

import { picked } from "../engine/picked";
import { saveAs } from "../parts/save";
import type { Sink } from "./zip";

export interface Outlet extends Sink {
  /** It takes no more: what was thrown last was its own fault. */
  readonly failed: boolean;
  /** The file is whole. */
  done(): Promise<void>;
  /** It never will be: nothing of it stays. */
  giveUp(): Promise<void>;
  /** Where it is, in a word. */
  readonly where: string;
}

export interface Kind {
  readonly description: string;
  readonly type: string;
  readonly ending: `.${string}`;
}

/** Whether a file can be written as it grows, and so be of any size. */
export const canStream = window.showSaveFilePicker !== undefined;

/** Asks where to. In a gesture only. Null where the person chose no place. */
export async function chosenFile(name: string, kind: Kind): Promise<Outlet | null> {
  const types = [{ description: kind.description, accept: { [kind.type]: [kind.ending] } }];
  const picking = window.showSaveFilePicker?.({ id: "keepsake-along", suggestedName: name, types });
  const handle = await picked(picking);
  return handle ? intoFile(handle) : null;
}

async function intoFile(handle: FileSystemFileHandle): Promise<Outlet> {
  // It is written beside the file and takes its place when it is whole.
  const stream = await handle.createWritable();
  let failed = false;
  const guarded = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (thrown) {
      failed = true;
      throw thrown;
    }
  };
  return {
    where: handle.name,
    get failed() {
      return failed;
    },
    write: (piece) => guarded(() => stream.write(piece)),
    done: () => guarded(() => stream.close()),
    giveUp: () => stream.abort().catch(() => undefined),
  };
}

/** A download. Photos are not copied for it: the browser reads them where they lie. */
export function download(name: string, type: string, where: string): Outlet {
  const pieces: BlobPart[] = [];
  return {
    where,
    failed: false,
    write: (piece) => void pieces.push(piece),
    refer: (content) => void pieces.push(content),
    done: async () => saveAs(new Blob(pieces, { type }), name),
    giveUp: async () => undefined,
  };
}
