// A host of our own for one spec: a built page that is exchanged for another while it is open, files
// that arrive damaged or not at all, and a list of what was asked.

import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/** How a file can fail to arrive. */
export const FAULTS = ["missing", "broken server", "cut off", "altered"] as const;
export type Fault = (typeof FAULTS)[number];

export class Host {
  /** Every path that was asked for, with its query. */
  readonly asked: string[] = [];
  /** What goes wrong with files whose path matches. */
  fault: { readonly file: RegExp; readonly how: Fault } | null = null;
  /** Nobody answers. */
  down = false;
  readonly #server: Server;

  private constructor(
    /** The folder that is served; exchanged for another it is an update. */
    public site: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.#server = createServer((request, response) => {
      if (this.down) response.destroy();
      else this.#answer(request.url ?? "/", response);
    });
  }

  /** Serves `site` on a port of its own, with the headers that are given for every file. */
  static async open(site: string, headers: Readonly<Record<string, string>>): Promise<Host> {
    const host = new Host(site, headers);
    await new Promise<void>((listening) => host.#server.listen(0, "127.0.0.1", listening));
    return host;
  }

  /** Serves `site` with the headers of another host: of the project's own server, those a careful one sends. */
  static async like(other: string, site: string): Promise<Host> {
    const sent = await fetch(other);
    const headers = [...sent.headers].filter(([name]) => /policy|^x-/.test(name));
    return Host.open(site, Object.fromEntries(headers));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(url: string, response: ServerResponse): void {
    this.asked.push(url);
    const path = url.split("?")[0] ?? "/";
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const fault = this.fault?.file.test(name) ? this.fault.how : undefined;
    let data: Buffer;
    try {
      data = readFileSync(join(this.site, name));
    } catch {
      response.writeHead(404, this.headers).end();
      return;
    }
    if (fault === "missing" || fault === "broken server") {
      response.writeHead(fault === "missing" ? 404 : 500, this.headers).end();
      return;
    }
    if (fault === "altered") data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1;
    response.writeHead(200, {
      ...this.headers,
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-length": data.length,
      // As most hosts do: whoever asks again is answered again, or asks the server first.
      "cache-control": "no-cache",
    });
    if (fault === "cut off") response.write(data.subarray(0, data.length >> 1), () => response.destroy());
    else response.end(data);
  }
}
