import { expect, test } from "@playwright/test";
import { Thumbnails } from "./thumbnails";

/** Small pictures that are read when the test says so, and which were asked for, in that order. */
function slowly() {
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const thumbnails = new Thumbnails((photo) => {
    asked.push(photo);
    return new Promise((resolve) => answers.push(() => resolve(new Blob([`${photo}`]))));
  });
  /** Answers what is being read, until nothing is. */
  const readAll = async () => {
    await Promise.resolve();
    while (answers.length > 0) {
      for (const answer of answers.splice(0)) answer();
      await new Promise((passed) => setTimeout(passed));
    }
  };
  return { thumbnails, asked, readAll };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test("a screen's pictures are read in their order, and the last screen's first", async () => {
  const { thumbnails, asked, readAll } = slowly();
  for (const photo of range(0, 40)) thumbnails.of(photo);
  await Promise.resolve();
  const begun = [...asked];
  for (const photo of range(100, 140)) thumbnails.of(photo);
  await readAll();
  expect(begun).toEqual(range(0, begun.length));
  expect(begun.length).toBeLessThan(20);
  expect(asked).toEqual([...begun, ...range(100, 140), ...range(begun.length, 40)]);
});

test("what is scrolled past before it was read is not read, and is when it comes back", async () => {
  const { thumbnails, asked, readAll } = slowly();
  for (const photo of range(0, 40)) thumbnails.of(photo);
  const leave = range(0, 40).map((photo) => thumbnails.hold(photo));
  await Promise.resolve();
  const begun = [...asked];
  for (const left of leave) left();
  await readAll();
  expect(asked).toEqual(begun);
  const back = thumbnails.of(39);
  await readAll();
  expect(asked).toEqual([...begun, 39]);
  expect(await back.value?.text()).toBe("39");
});

test("a photo that two show is read while one of them is left", async () => {
  const { thumbnails, asked, readAll } = slowly();
  for (const photo of range(0, 40)) thumbnails.of(photo);
  const [first, second] = [thumbnails.hold(39), thumbnails.hold(39)];
  first();
  await readAll();
  expect(asked).toContain(39);
  second();
});

test("a picture that was let go of and is shown at once again is read", async () => {
  const { thumbnails, asked, readAll } = slowly();
  for (const photo of range(0, 40)) thumbnails.of(photo);
  const leave = thumbnails.hold(39);
  leave();
  // Its tile moved: the new one was drawn before the old one went.
  thumbnails.hold(39);
  await readAll();
  expect(asked.filter((photo) => photo === 39)).toEqual([39]);
  expect(await thumbnails.of(39).value?.text()).toBe("39");
});
