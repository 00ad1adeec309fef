/** A button with a short list of things to do under it. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ActionId } from "../state/actions";
import { Icon, type IconName } from "./icon";
import { Key } from "./key";
import { useOutside } from "./outside";

export interface MenuItem {
  readonly text: string;
  readonly icon?: IconName;
  /** The action that its key does, to be shown beside it. */
  readonly key?: ActionId;
  readonly act: () => void;
  /** Keeps the menu open: the act shows another list in it. */
  readonly stays?: boolean;
}

interface Props {
  readonly name: string;
  readonly items: readonly MenuItem[];
  readonly icon?: IconName;
  /** Opens upwards, where there is no room below. */
  readonly up?: boolean;
  readonly className?: string;
  readonly children?: ComponentChildren;
  readonly onClose?: () => void;
}

export function Menu({ name, items, icon = "more", up, className = "icon-btn", children, onClose }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  const close = (refocus: boolean) => {
    setOpen(false);
    onClose?.();
    if (refocus) button.current?.focus();
  };

  // Opened, or shows another list now: what had the focus may not be in it any more.
  const listed = items.map(({ text }) => text).join("\n");
  useLayoutEffect(() => {
    const menu = open ? root.current?.querySelector("[role=menu]") : null;
    if (menu && !menu.contains(document.activeElement)) {
      menu.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    }
  }, [open, listed]);

  useOutside(open, root, () => close(false));

  const move = (event: KeyboardEvent) => {
    const all = [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(false);
    else if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu-root" ref={root}>
      <button
        type="button"
        ref={button}
        class={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={name}
        title={name}
        onClick={() => (open ? close(true) : setOpen(true))}
      >
        {children ?? <Icon name={icon} />}
      </button>
      {open && (
        <div class={`menu${up ? " up" : ""}`} role="menu" tabIndex={-1} aria-label={name} onKeyDown={move}>
          {items.map((item) => (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              key={item.text}
              onClick={() => {
                if (!item.stays) close(true);
                item.act();
              }}
            >
              {item.icon ? <Icon name={item.icon} small /> : null}
              <span>{item.text}</span>
              {item.key && <Key of={item.key} />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
