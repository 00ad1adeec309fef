/** The page's first line: opens the engine and draws the page on it, or the other page. */
import "./engine/trusted";
import { render } from "preact";
import { App } from "./app";
import { keepForOffline } from "./engine/offline";
import { openEngine } from "./engine/open";
import { isFromNothing } from "./scratch/door";
import { openDrawings } from "./scratch/threshold";
import { Page } from "./state/page";
import { firstCollection } from "./words";

const root = document.getElementById("page");
if (root && isFromNothing()) {
  void openDrawings(root);
  void keepForOffline();
} else if (root) render(<App page={new Page(openEngine(firstCollection))} />, root);
