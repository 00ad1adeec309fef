import { expect, test } from "@playwright/test";
import type { Adapter, Refusal } from "./adapter";
import type { CardLink } from "./card";
import { type Assets, ComputeDevice, type Hands } from "./device";

/** A line to a card that ends when the test says so. */
class Line {
  closed = false;
  lose: (reason: string) => void = () => undefined;
  readonly gone = new Promise<string>((resolve) => {
    this.lose = resolve;
  });
  constructor(
    readonly software: boolean,
    readonly name = "",
  ) {}
  close(): void {
    this.closed = true;
  }
}

const REST = 30;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const rested = () => new Promise((resolve) => setTimeout(resolve, 3 * REST));

/** A device where the browser says `refusal` of its card, and each opening takes the next line. */
function device(refusal: Refusal | null, lines: (Line | Error)[] = []) {
  const hands: Hands[] = [];
  let opened = 0;
  const adapter: Adapter = { name: "Acme One", refusal };
  const it = new ComputeDevice(
    Promise.resolve({} as Assets),
    (given) => hands.push(given),
    async () => adapter,
    async () => {
      const line = lines[opened++];
      if (!(line instanceof Line)) throw line ?? new Error("one opening too many");
      return line as unknown as CardLink;
    },
    REST,
  );
  return { it, hands, opened: () => opened };
}

test("the processor computes, and no card is opened, where there is none worth it", async () => {
  for (const refusal of ["no-webgpu", "no-card", "software", "too-small"] as const) {
    const { it, hands, opened } = device(refusal);
    await it.start();
    expect(it.computing.value).toMatchObject({ kind: "cpu", why: refusal });
    expect(hands).toEqual([{ card: null, processor: true }]);
    expect(opened()).toBe(0);
  }
});

test("the processor answers until the card is warm, and helps it then", async () => {
  const line = new Line(false);
  const { it, hands } = device(null, [line]);
  void it.start();
  await settled();
  expect(hands).toEqual([
    { card: null, processor: true },
    { card: line, processor: true },
  ]);
  expect(it.computing.value).toEqual({ kind: "gpu", name: "Acme One", software: false });
});

test("a card that turns out to be played by software is given back", async () => {
  const line = new Line(true);
  const { it } = device(null, [line]);
  await it.start();
  expect(line.closed).toBe(true);
  expect(it.computing.value).toMatchObject({ kind: "cpu", why: "software" });
});

test("who asks for the card gets it alone, also one that software plays", async () => {
  const { it, hands } = device("software", [new Line(true, "Its own name")]);
  it.choose("webgpu");
  await settled();
  expect(it.computing.value).toEqual({ kind: "gpu", name: "Its own name", software: true });
  expect(hands.map(({ processor }) => processor)).toEqual([false, false]);

  it.choose("cpu");
  await settled();
  expect(it.computing.value).toMatchObject({ kind: "cpu", why: "chosen" });
  expect(hands.at(-1)).toEqual({ card: null, processor: true });
});

test("a lost card is tried once more, then left alone until it is chosen again", async () => {
  const [first, second, third] = [new Line(false), new Line(false), new Line(false)];
  const { it, hands, opened } = device(null, [first, second, third]);
  void it.start();
  await settled();
  first.lose("reset");
  await settled();
  expect(it.computing.value).toEqual({ kind: "cpu", why: "lost", detail: "reset" });
  expect(hands.at(-1)).toEqual({ card: null, processor: true });
  await rested();
  expect(it.computing.value.kind).toBe("gpu");
  second.lose("reset");
  await rested();
  expect(it.computing.value).toMatchObject({ kind: "cpu", why: "lost-again" });
  expect(opened()).toBe(2);

  it.choose("auto");
  await settled();
  expect(hands.at(-1)?.card).toBe(third);
});

test("one that cannot be opened is tried once more, and a loss before it is not forgotten", async () => {
  const unlucky = device(null, [new Error("no"), new Error("no")]);
  await unlucky.it.start();
  expect(unlucky.it.computing.value).toEqual({ kind: "cpu", why: "failed", detail: "no" });
  await rested();
  expect(unlucky.it.computing.value).toMatchObject({ why: "failed" });
  expect(unlucky.opened()).toBe(2);

  const line = new Line(false);
  const lost = device(null, [line, new Error("still resetting")]);
  void lost.it.start();
  await settled();
  line.lose("reset");
  await rested();
  expect(lost.it.computing.value).toMatchObject({ kind: "cpu", why: "lost-again" });
});

test("a choice made while a card is being opened counts", async () => {
  const line = new Line(false);
  const { it } = device(null, [line]);
  void it.start();
  it.choose("cpu");
  await settled();
  expect(it.computing.value).toMatchObject({ kind: "cpu", why: "chosen" });
  line.lose("too late");
  await rested();
  expect(it.computing.value).toMatchObject({ kind: "cpu", why: "chosen" });
});
