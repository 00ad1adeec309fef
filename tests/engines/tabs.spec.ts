// Two tabs of one browser: one teaches, the other follows, and may take over.

import { test } from "./fixtures";
import {
  click,
  expectGone,
  expectLessons,
  expectShown,
  expectState,
  expectTaught,
  open,
  ready,
  teach,
} from "./person";

const NOTICE = "Another tab is teaching.";

test("one tab teaches, the other follows, and takes over", async ({ engine, site }) => {
  const first = await engine.open();
  await open(first, site.url);
  await click(first, "button", "Try it with these");
  await expectState(first, "40 photos");
  await teach(first, "drawing-1.png", "Cup");

  const second = await engine.open();
  await open(second, site.url);
  await expectShown(second, "b", NOTICE);
  await expectTaught(second, "drawing-1.png", "Cup");
  await teach(first, "drawing-2.png", "Fish");
  await expectLessons(second, "Fish", 1);

  await click(second, "button", "Teach here instead");
  await expectGone(second, "b", NOTICE);
  await teach(second, "drawing-6.png", "Fish");
  await expectShown(first, "b", NOTICE);
  await expectLessons(first, "Fish", 2);

  // When the tab that teaches closes, the other one may again.
  await second.close();
  await expectGone(first, "b", NOTICE);
  await teach(first, "drawing-3.png", "House");
  await first.reload();
  await ready(first);
  await expectTaught(first, "drawing-3.png", "House");
  await expectTaught(first, "drawing-6.png", "Fish");
});
