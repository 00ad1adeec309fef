import { expect, test } from "@playwright/test";
import { anyName, dice, wellFormed } from "./dice";
import { python } from "./python";
import { asCsv, csv, type Row } from "./table";

const READ =
  "import csv,io,json,sys; t=sys.stdin.buffer.read().decode('utf-8-sig'); print(json.dumps(list(csv.reader(io.StringIO(t,newline=''),strict=True))))";

test("a table is what Python reads in it", () => {
  const row: Row = {
    path: "x",
    label: "",
    state: "sure",
    guess: "",
    probability: 0.5,
    second: "",
    taken: "",
  };
  const paths = ['a"b,c.jpg', "日本.jpg", "..\\x.jpg", " a ", "a\r\nb", "x;y", "", "'q"];
  const read = python(READ, asCsv(paths.map((path) => ({ ...row, path })))) as string[][];
  expect(read[0]).toEqual(["path", "label", "state", "guess", "probability", "second", "taken"]);
  expect(read.slice(1).map(([path]) => path)).toEqual(paths);
});

test("no cell is a formula, whatever the names are", () => {
  const roll = dice(3);
  const names = ["=1+1.jpg", "+1", "-rf", "@SUM(A1)", "\t=1", " =1", "＝1", "\n@x"];
  for (let n = 0; n < 3_000; n++) names.push(wellFormed(anyName(roll)));
  const read = python(READ, csv(names.map((name) => [name]))) as string[][];
  expect(read.length).toBe(names.length);
  const wrong = read.filter(
    ([got = ""], at) =>
      /^[\s\p{Cc}]*[=+\-@＝＋－＠]/u.test(got) || (got !== names[at] && got !== `'${names[at]}`),
  );
  expect(wrong).toEqual([]);
});
