import { expect, test } from "@playwright/test";
import { forFile, LONGEST, numbered, tidy } from "./collection-names";

test("a name is one line without space around it, and cut", () => {
  expect(tidy("  Mia’s \n wardrobe ")).toBe("Mia’s wardrobe");
  expect(tidy(" \t ")).toBe("");
  expect([...tidy("🧦".repeat(100))]).toHaveLength(LONGEST);
  expect(tidy(`${"a".repeat(59)} b`)).toBe("a".repeat(59));
  expect(tidy("Cafe\u0301")).toBe("Caf\u00e9");
});

test("a name that is there gets the first number that is free", () => {
  expect(numbered("Hats", [])).toBe("Hats");
  expect(numbered("Hats", ["hats"])).toBe("Hats 2");
  expect(numbered("Hats", ["Hats", "HATS 2", "Hats 4"])).toBe("Hats 3");
  const long = "a".repeat(LONGEST);
  const next = numbered(long, [long]);
  expect([...next]).toHaveLength(LONGEST);
  expect(next.endsWith("a 2")).toBe(true);
});

test("a name is safe in a file's", () => {
  expect(forFile("Mia’s wardrobe")).toBe("Mia’s wardrobe");
  expect(forFile("../../etc/passwd")).toBe("etc passwd");
  expect(forFile('a:b*c?"<>|\u0000d')).toBe("a b c d");
  expect(forFile("...")).toBe("keepsake");
});
