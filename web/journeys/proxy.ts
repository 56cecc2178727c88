/** A proxy as somebody would put before the server: it takes a path off what it passes on. */

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

type Mood = "well" | "bad" | "down";

export interface Proxy {
  /** Where the playground is behind it. */
  url: string;
  /** What was asked for that is not under the path. */
  strays: string[];
  /** From now on: pass everything on, answer with a page of its own that it cannot, or hang up. */
  turn(mood: Mood): void;
  close(): Promise<void>;
}

export async function behind(prefix: string, server: string): Promise<Proxy> {
  const strays: string[] = [];
  let mood: Mood = "well";
  const to = new URL(server);
  const proxy = createServer((asked, answer) => {
    if (mood === "down") {
      asked.socket.destroy();
      return;
    }
    if (mood === "bad") {
      answer.writeHead(502, { "Content-Type": "text/html" }).end("<h1>502 Bad Gateway</h1>");
      return;
    }
    if (!asked.url?.startsWith(`${prefix}/`)) {
      strays.push(String(asked.url));
      answer.writeHead(404).end();
      return;
    }
    const passed = request(
      {
        host: to.hostname,
        port: to.port,
        method: asked.method,
        path: asked.url.slice(prefix.length),
        headers: asked.headers,
      },
      (told) => {
        answer.writeHead(told.statusCode ?? 502, told.headers);
        told.pipe(answer);
      },
    );
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((then) => proxy.listen(0, "127.0.0.1", then));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://cutroom.test:${port}${prefix}/`,
    strays,
    turn(to) {
      mood = to;
      proxy.closeAllConnections(); // the stream of events among them
    },
    close: () =>
      new Promise((then) => {
        proxy.closeAllConnections();
        proxy.close(() => then());
      }),
  };
}
