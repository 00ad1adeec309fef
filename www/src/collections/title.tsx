/** The name at the top left: of the collection, and its list under it; before there is any, of the page. */
import { useEffect, useRef } from "preact/hooks";
import { Icon, Logo } from "../parts/icon";
import { useOutside } from "../parts/outside";
import { StorageWords } from "../parts/status";
import { usePage } from "../state/context";
import * as pageWords from "../words";
import { List } from "./list";
import * as words from "./words";

export function Title({ plain }: { plain: boolean }) {
  const page = usePage();
  const { all, current } = page.engine.collections;
  const named = current.value && !(plain && all.value.length < 2) ? current.value : null;
  return named ? <Named name={named.name} plain={plain} /> : <Nameless plain={plain} />;
}

function Nameless({ plain }: { plain: boolean }) {
  const page = usePage();
  const about = () => {
    page.panel.value = "device";
  };
  return (
    <button type="button" class="title" onClick={about}>
      <Logo />
      <span>
        <b>{pageWords.appName}</b>
        {!plain && <StorageWords />}
        <span class="sr">{pageWords.about}</span>
      </span>
    </button>
  );
}

function Named({ name, plain }: { name: string; plain: boolean }) {
  const page = usePage();
  const { open } = page.switcher;
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (refocus: boolean) => {
    open.value = false;
    if (refocus) button.current?.focus();
  };
  useOutside(open.value, root, () => close(false));
  // Of several tabs each says which collection it is.
  useEffect(() => {
    document.title = pageWords.titleOf(name);
  }, [name]);
  return (
    <div class="title-root" ref={root}>
      <button
        type="button"
        ref={button}
        class="title"
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => {
          if (open.value) return close(true);
          void page.engine.summarise();
          open.value = true;
        }}
      >
        <Logo />
        <span>
          <b>
            <span class="title-text">{name}</span>
            <Icon name="down" small />
          </b>
          {!plain && <StorageWords />}
          <span class="sr">{words.collections}</span>
        </span>
      </button>
      {open.value && <List close={close} />}
    </div>
  );
}
