/** The studio's state, for any part that needs it. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Studio } from "./studio";

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("a part outside the studio");
  return studio;
}
