// Firefox as anyone has it, over WebDriver BiDi.

import puppeteer, { type ElementHandle } from "puppeteer-core";
import { type Engine, type Found, type Network, pick, type Tab } from "./engine";

export async function firefox(executable: string, downloads: string, network: Network): Promise<Engine> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: executable,
    headless: true,
    // A release believes another address for its own settings only so.
    env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: "1" },
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: {
      "browser.download.dir": downloads,
      "browser.download.folderList": 2,
      // The tests ask nothing of the network, and neither shall the browser.
      "app.update.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      "services.settings.server": "data:,#remote-settings-dummy/v1",
      "network.proxy.type": 1,
      "network.proxy.http": "127.0.0.1",
      "network.proxy.http_port": network.proxy,
      "network.proxy.ssl": "127.0.0.1",
      "network.proxy.ssl_port": network.proxy,
      // Other ports of this machine are other origins.
      "network.proxy.allow_hijacking_localhost": true,
      "network.proxy.no_proxies_on": network.own,
    },
  });
  return {
    version: await browser.version(),
    downloads,
    open: async () => {
      const page = await browser.newPage();
      // The steps wait for what they want to see, each as long as that may take.
      const soon = { waitUntil: "domcontentloaded" } as const;
      const tab: Tab = {
        go: async (address) => void (await page.goto(address, soon)),
        reload: async () => void (await page.reload(soon)),
        run: (work, ...given) => page.evaluate(work as never, ...given) as never,
        find: async (selector, name) => {
          const element = (await page.evaluateHandle(pick, selector, name)).asElement();
          return element && found(element as ElementHandle<Element>);
        },
        enter: () => page.keyboard.press("Enter"),
        drag: async ([first, ...rest]) => {
          if (!first) return;
          await page.mouse.move(...first);
          await page.mouse.down();
          for (const point of rest) await page.mouse.move(...point);
          await page.mouse.up();
        },
        close: () => page.close(),
      };
      return tab;
    },
    close: () => browser.close(),
  };
}

function found(element: ElementHandle<Element>): Found {
  return {
    click: () => element.click(),
    type: (text) => element.type(text),
    choose: (paths) => (element as ElementHandle<HTMLInputElement>).uploadFile(...paths),
  };
}
