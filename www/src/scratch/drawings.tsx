/** Draws the page that learns from nothing. A chunk of its own: a first visit does not fetch it. */
import { render } from "preact";
import { StudioContext } from "./context";
import { Screen } from "./screen";
import "./style.css";
import { Studio } from "./studio";

export function openStudio(root: HTMLElement): void {
  render(
    <StudioContext.Provider value={new Studio()}>
      <Screen />
    </StudioContext.Provider>,
    root,
  );
}
