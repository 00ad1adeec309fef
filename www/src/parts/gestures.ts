/**
 * What fingers and a pointer do with a large photo: swipe to the next, pinch, tap twice, move it about. A
 * finger that goes up or down scrolls the page, as everywhere.
 */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Gestures {
  /** Larger than there is room: then it is moved, not swiped. */
  readonly zoomed: boolean;
  readonly factor: number;
  /** To the next photo, or the one before. */
  swipe(by: 1 | -1): void;
  /** A click, or two taps. */
  toggle(under: Point): void;
  pinch(times: number, from: number, under: Point): void;
}

/** How far a swipe goes at least; how far a click or tap may slip. */
const SWIPE = 48;
const STILL = 8;
const TWICE_MS = 350;
const TWICE_NEAR = 32;
/** What one notch of a wheel, or a bit of a pinch on a touchpad, makes it larger by. */
const WHEEL = 0.01;

interface Held {
  readonly from: Point;
  at: Point;
}

export function useGestures(frame: RefObject<HTMLElement | null>, does: Gestures) {
  const now = useRef(does);
  now.current = does;
  const held = useRef(new Map<number, Held>());
  /** A pinch: how far the fingers were apart, and how large the photo was. */
  const pinch = useRef<{ readonly apart: number; readonly factor: number } | null>(null);
  /** Only one finger since the first came down: what two of them end with is no swipe. */
  const alone = useRef(true);
  const tap = useRef({ at: 0, x: 0, y: 0 });

  useEffect(() => {
    // A pinch on a touchpad comes as a wheel with Ctrl, which would zoom the whole page.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { pinch, factor } = now.current;
      pinch(Math.exp(-event.deltaY * WHEEL), factor, { x: event.clientX, y: event.clientY });
    };
    const element = frame.current;
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, []);

  const end = (event: PointerEvent) => {
    held.current.delete(event.pointerId);
    if (held.current.size < 2) pinch.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || onButton(event)) return;
      const at = { x: event.clientX, y: event.clientY };
      alone.current = held.current.size === 0;
      held.current.set(event.pointerId, { from: at, at });
      const [a, b] = [...held.current.values()];
      if (a && b) pinch.current = { apart: apart(a.at, b.at), factor: now.current.factor };
      if (event.pointerType !== "mouse" || now.current.zoomed) {
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      }
    },
    onPointerMove: (event: PointerEvent) => {
      const one = held.current.get(event.pointerId);
      if (!one) return;
      const before = one.at;
      one.at = { x: event.clientX, y: event.clientY };
      const [a, b] = [...held.current.values()];
      if (a && b && pinch.current) {
        const middle = { x: (a.at.x + b.at.x) / 2, y: (a.at.y + b.at.y) / 2 };
        now.current.pinch(apart(a.at, b.at) / pinch.current.apart, pinch.current.factor, middle);
      } else if (now.current.zoomed) {
        frame.current?.scrollBy({ left: before.x - one.at.x, top: before.y - one.at.y, behavior: "instant" });
      }
    },
    onPointerUp: (event: PointerEvent) => {
      const one = held.current.get(event.pointerId);
      end(event);
      if (!one || !alone.current) return;
      const [x, y] = [event.clientX - one.from.x, event.clientY - one.from.y];
      const touch = event.pointerType !== "mouse";
      if (Math.hypot(x, y) < STILL) {
        const at = { x: event.clientX, y: event.clientY };
        const last = tap.current;
        tap.current = { at: event.timeStamp, ...at };
        const twice = event.timeStamp - last.at < TWICE_MS && apart(last, at) < TWICE_NEAR;
        if (touch && !twice) return;
        tap.current.at = 0;
        now.current.toggle(at);
      } else if (touch && !now.current.zoomed && Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) {
        const rtl = getComputedStyle(document.documentElement).direction === "rtl";
        now.current.swipe(x < 0 !== rtl ? 1 : -1);
      }
    },
    onPointerCancel: end,
  };
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function onButton(event: Event): boolean {
  return event.target instanceof Element && event.target.closest("button") !== null;
}
