// WebKitGTK's MiniBrowser, over classic WebDriver, on a screen of its own that nobody sees. Safari has
// the same engine, with other parts around it: storage, media and graphics are Apple's there.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Engine, type Found, type Network, pick, type Tab } from "./engine";

/** What WebDriver calls a reference to an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const ENTER = "\ue007";

/** `executable` is the WebDriver, `miniBrowser` what it starts. */
export async function webkit(
  executable: string,
  miniBrowser: string,
  downloads: string,
  network: Network,
): Promise<Engine> {
  const home = mkdtempSync(join(tmpdir(), "keepsake-webkit-"));
  mkdirSync(join(home, ".config"));
  writeFileSync(join(home, ".config/user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);

  const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const display = await firstLine(screen);
  const port = await freePort();
  const driver = spawn(executable, [`--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, DISPLAY: `:${display}`, HOME: home, XDG_CONFIG_HOME: join(home, ".config") },
  });
  const stop = async () => {
    await ended(driver);
    await ended(screen);
    rmSync(home, { recursive: true });
  };

  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error((value as { message: string }).message);
    return value;
  };
  try {
    await answering(port, driver);
    const capabilities = {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": {
        binary: miniBrowser,
        // WebDriver's own way to name a proxy would have it asked over TLS for what is encrypted.
        args: ["--automation", `--proxy=http://127.0.0.1:${network.proxy}`, `--ignore-host=${network.own}`],
      },
    };
    const session = (await send("POST", "/session", { capabilities: { alwaysMatch: capabilities } })) as {
      sessionId: string;
      capabilities: { browserVersion: string };
    };
    const at = `/session/${session.sessionId}`;
    await send("POST", `${at}/timeouts`, { script: 120_000, pageLoad: 60_000 });
    await send("POST", `${at}/window/rect`, { width: 1280, height: 860 });
    let window = (await send("GET", `${at}/window`)) as string;
    let unused: string | null = window;
    return {
      version: `WebKitGTK ${session.capabilities.browserVersion}`,
      downloads,
      open: async () => {
        // The window that it starts with is the first tab.
        const own = unused ?? (await newWindow());
        unused = null;
        return tabOf(own);
      },
      close: async () => {
        await send("DELETE", at).catch(() => undefined);
        await stop();
      },
    };

    async function newWindow(): Promise<string> {
      const { handle } = (await send("POST", `${at}/window/new`, { type: "window" })) as { handle: string };
      return handle;
    }

    function tabOf(own: string): Tab {
      const ask = async (method: string, path: string, body?: object) => {
        if (window !== own) await send("POST", `${at}/window`, { handle: own });
        window = own;
        return send(method, `${at}${path}`, body);
      };
      const found = (id: string): Found => ({
        click: async () => void (await ask("POST", `/element/${id}/click`)),
        type: async (text) => {
          await ask("POST", `/element/${id}/click`);
          await ask("POST", `/element/${id}/value`, { text });
        },
        choose: async (paths) => void (await ask("POST", `/element/${id}/value`, { text: paths.join("\n") })),
      });
      return {
        go: async (address) => void (await ask("POST", "/url", { url: address })),
        reload: async () => void (await ask("POST", "/refresh")),
        run: async (work, ...given) => {
          const script = `const done = arguments[1];
            (async () => (${work})(...arguments[0]))().then((is) => done({ is }), (e) => done({ no: String(e) }))`;
          const answer = await ask("POST", "/execute/async", { script, args: [given] });
          const { is, no } = answer as { is: never; no?: string };
          if (no !== undefined) throw new Error(no);
          return is;
        },
        find: async (selector, name) => {
          const script = `return (${pick})(...arguments)`;
          const answer = await ask("POST", "/execute/sync", { script, args: [selector, name] });
          return answer === null ? null : found((answer as Record<typeof ELEMENT, string>)[ELEMENT]);
        },
        enter: async () =>
          void (await ask("POST", "/actions", {
            actions: [
              {
                type: "key",
                id: "keys",
                actions: [
                  { type: "keyDown", value: ENTER },
                  { type: "keyUp", value: ENTER },
                ],
              },
            ],
          })),
        drag: async ([first, ...rest]) => {
          if (!first) return;
          const move = ([x, y]: readonly [number, number], duration: number) => {
            return { type: "pointerMove", duration, x: Math.round(x), y: Math.round(y) };
          };
          const actions = [
            move(first, 0),
            { type: "pointerDown", button: 0 },
            ...rest.map((point) => move(point, 16)),
            { type: "pointerUp", button: 0 },
          ];
          await ask("POST", "/actions", {
            actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
          });
        },
        close: async () => void (await ask("DELETE", "/window")),
      };
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine(program: ChildProcess): Promise<string> {
  if (!program.stdout) throw new Error("its output is not read");
  for await (const line of createInterface(program.stdout)) return line;
  throw new Error("Xvfb did not start");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits until the driver can be asked. */
async function answering(port: number, driver: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && driver.exitCode === null; tries++) {
    const ready = await fetch(`http://127.0.0.1:${port}/status`).catch(() => null);
    if (ready?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the WebDriver does not answer");
}

async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const end = new Promise((resolve) => program.once("exit", resolve));
  program.kill();
  await end;
}
