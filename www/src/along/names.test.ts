import { expect, test } from "@playwright/test";
import { anyName, dice, wellFormed } from "./dice";
import { folded, safeName, withSuffix } from "./names";

test("a name that is fine stays as it is", () => {
  for (const name of [
    "IMG_0412.jpg",
    "日本.jpg",
    "a b (2).jpeg",
    "T-shirt",
    "=1+1.jpg",
    "a'b,c.jpg",
    "é.png",
  ]) {
    expect(safeName(name)).toBe(name);
  }
});

test("names that mean something else to a system are changed", () => {
  const changed: Readonly<Record<string, string>> = {
    "": "_",
    ".": "_",
    "..": "_",
    "../..": "_._",
    "..\\x.jpg": "_._x.jpg",
    CON: "_CON",
    "con.jpg": "_con.jpg",
    "COM1 .txt": "_COM1 .txt",
    "lpt¹": "_lpt¹",
    ".hidden": "_hidden",
    'a"b.jpg': "a_b.jpg",
    "a/b": "a_b",
    "Dress. ": "Dress",
    "\u202egpj.exe": "_gpj.exe",
  };
  for (const [name, safe] of Object.entries(changed)) expect(safeName(name), JSON.stringify(name)).toBe(safe);
});

test("what is too long is cut, and keeps its ending", () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const long = `${"ü".repeat(200)}.jpg`;
  expect(safeName(long)).toBe(`${"ü".repeat(125)}.jpg`);
  expect(bytes(withSuffix(safeName(long), "-12"))).toBeLessThanOrEqual(255);
  expect(withSuffix(safeName(long), "-12")).toMatch(/ü-12\.jpg$/);
  expect(bytes(safeName("👩".repeat(100)))).toBe(252);
});

test("any name becomes one part of a path that stays what it is", () => {
  const roll = dice(1);
  const safes = Array.from({ length: 20_000 }, () => safeName(anyName(roll)));
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const without = (rule: (name: string) => boolean) =>
    expect(safes.filter((name) => !rule(name))).toEqual([]);
  without((name) => safeName(name) === name);
  without((name) => wellFormed(name) === name);
  without((name) => bytes(name) <= 255);
  without((name) => !/[\p{Cc}<>:"/\\|?*]|^[\s.]|[\s.]$|^$/u.test(name));
  without((name) => !/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i.test(name));
});

test("names that some system takes for one are one", () => {
  for (const [a, b] of [
    ["Dress", "dRESS"],
    ["straße", "STRASSE"],
    ["é", "e\u0301"],
  ] as const) {
    expect(folded(a)).toBe(folded(b));
  }
  expect(folded("Dress")).not.toBe(folded("Dress-2"));
});
