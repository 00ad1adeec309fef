// How long the page's own thread was busy at a stretch, by Chromium's trace: in such a time no key is heard
// and nothing moves. To trace costs, too: measure what the work itself costs without.

/** The CPU milliseconds of the longest task of a page's thread while `work` is done. */
export async function longestTask(browser, work) {
  const session = await browser.newBrowserCDPSession();
  const threads = new Map();
  const tasks = [];
  const key = ({ pid, tid }) => `${pid} ${tid}`;
  session.on("Tracing.dataCollected", ({ value }) => {
    for (const event of value) {
      if (event.name === "thread_name") threads.set(key(event), event.args.name);
      // One that was under way at the end says no time.
      else if (event.name === "RunTask")
        tasks.push({ thread: key(event), spent: event.tdur ?? event.dur ?? 0 });
    }
  });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      recordMode: "recordContinuously",
      includedCategories: ["disabled-by-default-devtools.timeline", "__metadata"],
      excludedCategories: ["*"],
    },
  });
  await work();
  const complete = new Promise((done) => session.once("Tracing.tracingComplete", done));
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const own = tasks.filter(({ thread }) => threads.get(thread) === "CrRendererMain");
  if (own.length === 0) throw new Error("the trace tells of no task of the page's thread");
  return own.reduce((longest, { spent }) => Math.max(longest, spent), 0) / 1000;
}
