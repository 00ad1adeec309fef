/**
 * Key presses by name: "U", "Shift+U", "Mod+Z", "ArrowLeft", "Space". `Mod` is Ctrl, or Cmd on a Mac.
 * A letter is named by its capital; Shift counts where it does not merely make another character.
 */
type Pressed = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** Whether a stroke is one character and nothing held with it but Shift. */
export function isCharacter(stroke: string): boolean {
  return [...stroke.replace(/^Shift\+(?=.)/u, "")].length === 1;
}

export function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}

export function strokeOf(event: Pressed): string {
  const single = [...event.key].length === 1;
  const name = event.key === " " ? "Space" : isLetter(event.key) ? capital(event.key) : event.key;
  const shift = event.shiftKey && (!single || isLetter(event.key) || event.key === " ");
  const held = [shift && "Shift", (event.ctrlKey || event.metaKey) && "Mod", event.altKey && "Alt"];
  return [...held.filter(Boolean), name].join("+");
}

/** "ß" has no capital of one letter and stays as it is. */
function capital(letter: string): string {
  const upper = letter.toLocaleUpperCase();
  return [...upper].length === 1 ? upper : letter;
}

const CAPS: Readonly<Record<string, string>> = {
  Mod: "Ctrl",
  Escape: "Esc",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A stroke as it stands on the keys, one after the other. */
export function keycaps(stroke: string): readonly string[] {
  return stroke.split("+").map((part) => CAPS[part] ?? part);
}
