// The page's own queue, pool and line to the card, in a page that only feeds them.
import { CardLink } from "../../../www/src/engine/card.ts";
import { Looks } from "../../../www/src/engine/looks.ts";
import { Pool } from "../../../www/src/engine/pool.ts";

globalThis.start = async () => {
  const core = await WebAssembly.compileStreaming(fetch("/pkg/keepsake_bg.wasm"));
  const weights = new Uint8Array(await (await fetch("/weights/lite0.bin")).arrayBuffer());
  const photo = await (await fetch("/tests/reference/images/chelsea.png")).blob();
  const looks = new Looks(
    () => pool.feed(),
    () => undefined,
  );
  const pool = new Pool(core, weights, looks);
  const card = await CardLink.open(core, weights);
  looks.use({ card, processor: false });
  const { signal } = new AbortController();
  globalThis.look = async (count) => {
    const all = await Promise.all(Array.from({ length: count }, () => looks.look(photo, signal)));
    if (all.some(({ feature }) => feature.length !== 6416)) throw new Error("a feature is missing");
  };
};
