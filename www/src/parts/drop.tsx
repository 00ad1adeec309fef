/** Photos dropped on the page: files and folders from outside, tiles from inside. */
import type { PhotoId } from "../engine/engine";
import type { Page } from "../state/page";

/** The type under which the page's own photos travel. */
const OWN = "application/x-keepsake-photos";

export function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

export function holdsPhotos(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes(OWN) ?? false;
}

export function takeAlong(event: DragEvent, photos: readonly PhotoId[]): void {
  event.dataTransfer?.setData(OWN, JSON.stringify(photos));
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "link";
}

export function draggedPhotos(event: DragEvent): readonly PhotoId[] {
  const text = event.dataTransfer?.getData(OWN);
  if (!text) return [];
  const ids: unknown = JSON.parse(text);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "number") : [];
}

/** What was dropped. Entries must be asked for before the event is over: they know folders. */
export function filesOf(event: DragEvent): readonly (File | FileSystemEntry)[] {
  const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === "file");
  return items.flatMap((item) => item.webkitGetAsEntry?.() ?? item.getAsFile() ?? []);
}

/** The folders among them, as a browser can remember them. To be asked for before the event is over, too. */
export function foldersOf(event: DragEvent): Promise<readonly (FileSystemHandle | null)[]> {
  const items = [...(event.dataTransfer?.items ?? [])].filter(
    (item) => item.kind === "file",
  ) as Remembering[];
  const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory);
  return Promise.all(folders.map((item) => item.getAsFileSystemHandle?.().catch(() => null) ?? null));
}

/** What the types of the platform leave out. */
interface Remembering extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Who takes files that are dropped anywhere on it. */
type DropPlace = Pick<Page, "dropping" | "addFiles"> & Partial<Pick<Page, "keepFolders">>;

/** Handlers for the whole page; a drop on a label stops before it comes here. */
export function dropHandlers(page: DropPlace) {
  return {
    onDragOver: (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      page.dropping.value = true;
    },
    onDragLeave: (event: DragEvent) => {
      // Only when the pointer leaves the window, not from one part to the next.
      if (event.relatedTarget === null) page.dropping.value = false;
    },
    onDrop: (event: DragEvent) => {
      page.dropping.value = false;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      page.keepFolders?.(foldersOf(event));
      page.addFiles(filesOf(event));
    },
  };
}
