/** The ways in for photos: the browser's own choice of files or of a folder. */
import { picked } from "../engine/picked";
import type { Page } from "../state/page";
import * as words from "../words";

/**
 * Opens the browser's choice. Made on the spot, because an input in the page would be one
 * more thing to tab over; attached while it is open, because Safari wants that.
 */
function choose(prepare: (input: HTMLInputElement) => void, then: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.hidden = true;
  prepare(input);
  input.addEventListener("change", () => {
    then([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

export function choosePictures(then: (files: File[]) => void): void {
  choose((input) => {
    input.multiple = true;
    input.accept = "image/*";
  }, then);
}

export function chooseFiles(page: Page): void {
  choosePictures((files) => page.addFiles(files));
}

export function chooseFolder(page: Page): void {
  choose(
    (input) => {
      input.webkitdirectory = true;
    },
    (files) => page.addFiles(files),
  );
}

/** Whether the browser lets a person choose a folder; phones mostly do not. */
export const canChooseFolder =
  "webkitdirectory" in HTMLInputElement.prototype && !matchMedia("(pointer: coarse)").matches;

declare global {
  interface Window {
    showDirectoryPicker?(options: { readonly id: string }): Promise<FileSystemDirectoryHandle>;
  }
}

/** How the files of photos that are here already are found again, in this browser. */
export function chooseOriginals(page: Page): { readonly text: string; choose(): void } {
  const { engine } = page;
  const pick = window.showDirectoryPicker?.bind(window);
  if (pick) {
    const choose = async () => {
      const folder = await picked(pick({ id: "keepsake-photos" }));
      if (folder) await engine.keepFolders([folder]);
    };
    return { text: words.chooseTheFolder, choose: () => void page.attempt(choose) };
  }
  if (canChooseFolder) {
    const folder = (input: HTMLInputElement) => {
      input.webkitdirectory = true;
    };
    return {
      text: words.chooseTheFolder,
      choose: () => choose(folder, (files) => engine.offerOriginals(files)),
    };
  }
  return {
    text: words.chooseTheFile,
    choose: () => choosePictures((files) => engine.offerOriginals(files)),
  };
}

export function chooseBackup(then: (file: File) => void): void {
  choose(
    (input) => {
      input.accept = ".keepsake";
    },
    ([file]) => file && then(file),
  );
}
