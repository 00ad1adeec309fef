/** A finger that stays on a photo chooses it, as in any album on a phone. */
import { useRef } from "preact/hooks";

const LONG = 450;
/** A finger is never quite still. */
const STILL = 10;

export function useLongPress(act: (event: PointerEvent) => void) {
  const press = useRef({ timer: 0, x: 0, y: 0, long: false });
  const end = () => clearTimeout(press.current.timer);
  return {
    /** Whether the click that now comes ends a long press and means nothing more. */
    wasLong(): boolean {
      const { long } = press.current;
      press.current.long = false;
      return long;
    },
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        end();
        if (event.pointerType !== "touch") return;
        const timer = window.setTimeout(() => {
          press.current.long = true;
          act(event);
        }, LONG);
        press.current = { timer, x: event.clientX, y: event.clientY, long: false };
      },
      onPointerMove: (event: PointerEvent) => {
        const { x, y } = press.current;
        if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) end();
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
