// What the specs of "Take it along" share: the way there, and folders that are the browser's own.

import { expect, type Locator, type Page, type TestInfo } from "./fixtures";
import { expectNoViolations } from "./screens";

export async function takeAlong(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Take it along" }).click();
  const screen = page.getByRole("main", { name: "Take it along" });
  await expect(screen.getByRole("heading", { name: "Take it along" })).toBeVisible();
  await expect(screen.getByRole("progressbar")).toHaveCount(0);
  return screen;
}

/** Pickers that answer with real handles, of the browser's own files: a test can press no button of the system's. The folder is "sorted", or what `choosing` said. */
export async function withPickers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const root = () => navigator.storage.getDirectory();
    const own = window as unknown as Record<string, unknown>;
    own.showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) =>
      (await root()).getFileHandle(suggestedName, { create: true });
    own.showDirectoryPicker = async () => {
      const path = localStorage.getItem("test:folder") ?? "sorted";
      let folder = await root();
      for (const name of path.split("/")) folder = await folder.getDirectoryHandle(name, { create: true });
      return folder;
    };
  });
}

/** The folder that is chosen from now on. */
export async function choosing(page: Page, path: string): Promise<void> {
  await page.evaluate((path) => localStorage.setItem("test:folder", path), path);
}

/** The files below a folder, the one that was chosen if none is named: their paths, and what is in them in base64. */
export function filesIn(page: Page, below = "sorted"): Promise<Record<string, string>> {
  return page.evaluate(async (below) => {
    const found: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === "directory") await walk(entry as FileSystemDirectoryHandle, `${path}${name}/`);
        else {
          const file = await (entry as FileSystemFileHandle).getFile();
          const bytes = new Uint8Array(await file.arrayBuffer());
          let text = "";
          for (const byte of bytes) text += String.fromCharCode(byte);
          found[path + name] = btoa(text);
        }
      }
    };
    const root = await navigator.storage.getDirectory();
    await walk(await root.getDirectoryHandle(below, { create: true }), "");
    return found;
  }, below);
}

/** Puts files into folders of the browser's own, by their paths, from base64. */
export async function putInto(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(async (files) => {
    for (const [path, content] of Object.entries(files)) {
      const folders = path.split("/");
      const name = folders.pop() ?? "";
      let folder = await navigator.storage.getDirectory();
      for (const one of folders) folder = await folder.getDirectoryHandle(one, { create: true });
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await stream.write(Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0)));
      await stream.close();
    }
  }, files);
}

/** Drops a folder of the browser's own on the page, as a person drops one of theirs: with its handle. */
export async function dropFolder(page: Page, path: string): Promise<void> {
  await page.evaluate(async (path) => {
    let handle = await navigator.storage.getDirectory();
    for (const name of path.split("/")) handle = await handle.getDirectoryHandle(name);
    type Handle = FileSystemDirectoryHandle | FileSystemFileHandle;
    const entryOf = (one: Handle): unknown => ({
      name: one.name,
      isFile: one.kind === "file",
      isDirectory: one.kind === "directory",
      file: (resolve: (file: File) => void, reject: () => void) =>
        void (one as FileSystemFileHandle).getFile().then(resolve, reject),
      createReader: () => {
        let read = false;
        return {
          readEntries: async (resolve: (entries: unknown[]) => void) => {
            const entries: unknown[] = [];
            if (!read) {
              const all = (one as FileSystemDirectoryHandle).values();
              for await (const entry of all) entries.push(entryOf(entry as Handle));
            }
            read = true;
            resolve(entries);
          },
        };
      },
    });
    const item = {
      kind: "file",
      webkitGetAsEntry: () => entryOf(handle),
      getAsFileSystemHandle: async () => handle,
    };
    const event = new Event("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], items: [item] } });
    document.querySelector("#main")?.dispatchEvent(event);
  }, path);
}

/** A state of the screen is accessible and no wider than its window; a picture of it is kept. */
export async function expectFits(screen: Locator, state: string, info: TestInfo): Promise<void> {
  const page = screen.page();
  await page.screenshot({ path: info.outputPath(`${state}.png`) });
  await expectNoViolations(page, state);
  const wider = await screen.evaluate((main) => main.scrollWidth - main.clientWidth);
  expect(wider, "scrolls sideways").toBeLessThanOrEqual(0);
}
