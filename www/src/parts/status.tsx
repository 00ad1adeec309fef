/** The honest line: what is stored and whether it is safe, offline or not, what computes. */
import { usePage } from "../state/context";
import * as words from "../words";
import { Icon } from "./icon";

interface StorageState {
  readonly long: string;
  readonly short: string;
  /** Everything is stored. */
  readonly safe: boolean;
  /** And the browser promised not to clear it by itself. */
  readonly kept: boolean;
}

/** Whether everything is stored, in words. */
export function useStorageState(): StorageState {
  const page = usePage();
  const { problem, unsaved, persisted } = page.engine.storage.value;
  const importing = page.engine.importing.value;
  const photos = page.engine.photos.value.length;
  if (problem || unsaved > 0) {
    const text = words.unsaved(unsaved);
    return { long: text, short: text, safe: false, kept: false };
  }
  if (photos === 0 && page.engine.labels.value.length <= 1) {
    return { long: words.nothingStored, short: words.nothingStored, safe: true, kept: false };
  }
  const short = importing ? words.readShort(importing) : `${words.photos(photos)} · ${words.savedShort}`;
  const file = page.engine.backupFile.value;
  // A file that is kept up to date is safe from what the browser may do.
  const twice = file.kind === "kept" && file.upToDate;
  const long = persisted === false && !twice ? words.savedFragile : words.savedTwice(file);
  return { long, short, safe: true, kept: persisted === true };
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
        {state.kept && <Icon name="shield" small extra="ok" />}
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
