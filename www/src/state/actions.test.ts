import { expect, test } from "@playwright/test";
import { actions, capsOf, reservedLetters, SCOPES } from "./actions";
import { actionFor } from "./keyboard";
import { letters } from "./labels";
import { isCharacter, isLetter, strokeOf } from "./strokes";

const NOTHING = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

test("no two actions of one place have the same key", () => {
  // Whoever is on a photo is also on the page, and there may be typing anywhere: these share one keyboard.
  const together = (["photo", "page", "text"] as const).map((scope) =>
    actions.filter((action) => action.scope === scope),
  );
  const inside = (...scopes: string[]) => actions.filter(({ scope }) => scopes.includes(scope));
  for (const here of [together.flat(), inside("choice"), inside("closely", "text")]) {
    const strokes = here.flatMap(({ keys }) => (typeof keys === "string" ? [keys] : keys));
    expect(strokes.filter((stroke, at) => strokes.indexOf(stroke) !== at)).toEqual([]);
  }
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
});

test("the letters that no label gets are those of the actions", () => {
  const commands = actions
    .flatMap(({ keys }) => (typeof keys === "string" ? [] : keys))
    .filter((stroke) => isCharacter(stroke))
    .map((stroke) => stroke.replace("Shift+", ""))
    .filter(isLetter);
  expect([...reservedLetters].sort()).toEqual([...new Set(commands)].sort());
  const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const given = letters(
    alphabet.map((name, id) => ({ id: id + 1, name })),
    reservedLetters,
  );
  for (const letter of given.values())
    expect(actionFor("page", letter)?.id ?? "").toMatch(/^(teachLetter)?$/);
});

test("a key is for the action that lists it, and else for a name or a label", () => {
  expect(actionFor("page", "U")?.id).toBe("undo");
  expect(actionFor("page", "Shift+U")?.id).toBe("redo");
  expect(actionFor("page", "K")?.id).toBe("teachLetter");
  expect(actionFor("page", "Shift+K")?.id).toBe("teachLetter");
  expect(actionFor("page", "Mod+K")).toBeUndefined();
  expect(actionFor("page", "!")).toBeUndefined();
  expect(actionFor("choice", "U")?.id).toBe("name");
  expect(actionFor("photo", "Mod+Home")?.id).toBe("move");
  expect(actionFor("photo", "Shift+ArrowLeft")?.id).toBe("extend");
  for (const scope of SCOPES) expect(actionFor(scope, "Alt+ArrowLeft")).toBeUndefined();
});

test("a stroke is named alike on every keyboard", () => {
  expect(strokeOf({ ...NOTHING, key: "u" })).toBe("U");
  expect(strokeOf({ ...NOTHING, key: "U", shiftKey: true })).toBe("Shift+U");
  expect(strokeOf({ ...NOTHING, key: "/", shiftKey: true })).toBe("/");
  expect(strokeOf({ ...NOTHING, key: "z", metaKey: true })).toBe("Mod+Z");
  expect(strokeOf({ ...NOTHING, key: " " })).toBe("Space");
  expect(strokeOf({ ...NOTHING, key: "ß" })).toBe("ß");
});

test("without single keys only what needs none is offered", () => {
  const offered = (single: boolean) =>
    Object.fromEntries(actions.map((action) => [action.id, capsOf(action, single)?.join(" ") ?? null]));
  expect(offered(true)).toMatchObject({ undo: "U", teachLetter: "A … Z", find: "/", remove: "Delete" });
  expect(offered(false)).toMatchObject({ undo: "Ctrl Z", teachLetter: null, find: null, remove: "Delete" });
});
