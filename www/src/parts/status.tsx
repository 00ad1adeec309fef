/** The honest line: what is stored and whether it is safe, offline or not, what computes. */
import { usePage } from "../state/context";
import * as words from "../words";
import { Icon } from "./icon";

/** Whether everything is stored, in words. */
export function useStorageState(): { readonly long: string; readonly short: string; readonly safe: boolean } {
  const page = usePage();
  const { problem, unsaved } = page.engine.storage.value;
  const importing = page.engine.importing.value;
  const photos = page.engine.photos.value.length;
  if (problem || unsaved > 0) {
    const text = words.unsaved(unsaved);
    return { long: text, short: text, safe: false };
  }
  if (photos === 0 && page.engine.labels.value.length <= 1) {
    return { long: words.nothingStored, short: words.nothingStored, safe: true };
  }
  const short = importing ? words.readShort(importing) : `${words.photos(photos)} · ${words.savedShort}`;
  return { long: words.savedTwice(page.engine.backupFile.value), short, safe: true };
}

/** The short form, under the name on a phone. */
export function StorageWords() {
  const { short, safe } = useStorageState();
  return (
    <small class={safe ? "" : "warn"}>
      {!safe && <Icon name="warn" small />}
      {short}
    </small>
  );
}

export function Status() {
  const page = usePage();
  const state = useStorageState();
  const photos = page.engine.photos.value.length;
  const open = () => {
    page.panel.value = "device";
  };
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: not inside main, so it is a landmark
    <footer class="status" aria-label={words.status}>
      {photos > 0 && (
        <button type="button" onClick={open}>
          {words.photos(photos)}
        </button>
      )}
      <button type="button" class={state.safe ? "" : "warn"} onClick={open}>
        {!state.safe && <Icon name="warn" small />}
        {state.safe && photos > 0 && <Icon name="shield" small extra="ok" />}
        {state.long}
      </button>
      <button type="button" onClick={open}>
        <Icon name="offline" small />
        {words.offline(page.engine.offline.value)}
      </button>
      <button type="button" onClick={open}>
        <Icon name="chip" small />
        {words.device(page.engine.device.value)}
      </button>
    </footer>
  );
}
