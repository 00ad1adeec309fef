/** The ways in for photos: the browser's own choice of files or of a folder. */
import type { Page } from "../state/page";

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

export function chooseBackup(then: (file: File) => void): void {
  choose(
    (input) => {
      input.accept = ".keepsake";
    },
    ([file]) => file && then(file),
  );
}
