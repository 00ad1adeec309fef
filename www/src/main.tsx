/** The page's first line: opens the engine and draws the page on it. */
import { render } from "preact";
import { App } from "./app";
import { openEngine } from "./engine/open";
import { Page } from "./state/page";

const root = document.getElementById("page");
if (root) render(<App page={new Page(openEngine())} />, root);
