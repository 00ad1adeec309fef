// The way to the server, which can be shut: connections end and new ones are refused, as with a server
// that is gone. Each test has one, and with it an origin of its own.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface Gate {
  /** Such as `http://127.0.0.1:4321`. */
  readonly url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function gate(served: string): Promise<Gate> {
  const { hostname, port } = new URL(served);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      // One end that breaks takes the other with it.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = async (at: number) => {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || !address) throw new Error("no port");
    return address.port;
  };
  const own = await listen(0);
  return {
    url: `http://127.0.0.1:${own}`,
    open: async () => void (await listen(own)),
    shut: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
