import { expect, test } from "@playwright/test";
import { isDisplayP3, isHeif } from "./heif";

const head = (text: string) =>
  new Uint8Array([0, 0, 0, 24, ...[...text].map((letter) => letter.charCodeAt(0))]);

test("HEIC is told by its bytes, not by its name", () => {
  expect(isHeif(head("ftypheic"))).toBe(true);
  expect(isHeif(head("ftypmif1"))).toBe(true);
  for (const other of ["ftypavif", "ftypisom", "freeheic", "ftyp", ""])
    expect(isHeif(head(other))).toBe(false);
  expect(isHeif(new Uint8Array())).toBe(false);
});

test("the profile of phones is found where properties lie, and nowhere else", () => {
  const profile = [..."Display P3"].flatMap((letter) => [0, letter.charCodeAt(0)]);
  const file = (at: number) => {
    const bytes = new Uint8Array(200_000);
    bytes.set(profile, at);
    return bytes;
  };
  expect(isDisplayP3(file(1000))).toBe(true);
  expect(isDisplayP3(file(150_000))).toBe(false);
  expect(isDisplayP3(new Uint8Array())).toBe(false);
});
