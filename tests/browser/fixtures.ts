// What every spec runs under: a recorder of all requests. One that asks any address but the page's own
// fails, whatever else it shows.

import { type BrowserContext, test as base, expect } from "@playwright/test";

export * from "@playwright/test";

/** Nothing but the own origin; what a page made itself (`blob:`) has the origin of that page. */
function isForeign(url: string, own: string): boolean {
  const { protocol, origin } = new URL(url);
  return protocol !== "data:" && origin.replace(/^ws/, "http") !== own;
}

export const test = base.extend<{ record: (context: BrowserContext) => void }>({
  record: [
    async ({ browser, baseURL }, use) => {
      const own = new URL(String(baseURL)).origin;
      const foreign: string[] = [];
      const asked = (url: string) => {
        if (isForeign(url, own)) foreign.push(url);
      };
      const record = (context: BrowserContext) => {
        // A service worker's own requests are among the context's.
        context.on("request", (request) => asked(request.url()));
        context.on("page", (page) => page.on("websocket", (socket) => asked(socket.url())));
      };
      const open = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await open(options);
        record(context);
        return context;
      };
      await use(record);
      browser.newContext = open;
      expect(foreign, "requests to another origin").toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, record }, use) => {
    record(context);
    await use(context);
  },
});
