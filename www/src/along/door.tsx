/** The way to "Take it along". Its code is fetched when it is first used; where it cannot be had, that is said. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { keepAlso } from "../engine/offline";
import { act } from "../parts/act";
import { Icon } from "../parts/icon";
import { usePage } from "../state/context";
import * as words from "../words";

export function AlongDoor() {
  const page = usePage();
  const [Screen, show] = useState<ComponentType | "failed" | null>(null);
  useEffect(() => {
    import("./take-along").then(
      (code) => {
        keepAlso("along");
        show(() => code.AlongScreen);
      },
      () => show("failed"),
    );
  }, []);
  if (Screen === null) return null;
  if (Screen !== "failed") return <Screen />;
  return (
    <main class="main" id="along" tabIndex={-1}>
      <div class="notice warn" role="alert">
        <Icon name="warn" />
        <p>
          <b>{words.alongMissing.what}</b> {words.alongMissing.todo}
        </p>
        {/* A browser may remember that a module could not be had: only a new page asks again. */}
        <div class="acts">
          {act(words.reload, () => location.reload())}
          {act(words.backToPhotos, () => page.leaveAlong(), true)}
        </div>
      </div>
    </main>
  );
}
