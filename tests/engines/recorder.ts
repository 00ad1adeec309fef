// A recorder of requests: the proxy to which a browser is sent with all that does not go to the page's own
// origin. It writes down what was asked for, whoever in the browser asked (a page, a worker, the service
// worker, the browser itself), and answers nothing.

import { once } from "node:events";
import { createServer } from "node:http";

export interface Recorder {
  /** The proxy's port on this machine. */
  readonly port: number;
  /** Every address that was asked for; of an encrypted one its host and port. */
  readonly asked: string[];
  close(): void;
}

export async function recorder(): Promise<Recorder> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "?");
    response.writeHead(502).end();
  });
  // What is encrypted, and web sockets.
  server.on("connect", (request, socket) => {
    asked.push(request.url ?? "?");
    socket.end("HTTP/1.1 502 Refused\r\n\r\n");
  });
  server.on("clientError", (_, socket) => {
    asked.push("something that is no request");
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return {
    port: address.port,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
