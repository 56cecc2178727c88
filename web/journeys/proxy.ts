/** A proxy as somebody would put before the server: it takes a path off what it passes on. */

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Proxy {
  /** Where the playground is behind it. */
  url: string;
  /** What was asked for that is not under the path. */
  strays: string[];
  /** From now on answer with a page of its own that the server is not to be had, or do so no more. */
  bad(is: boolean): void;
  close(): Promise<void>;
}

export async function behind(prefix: string, server: string): Promise<Proxy> {
  const strays: string[] = [];
  let bad = false;
  const to = new URL(server);
  const proxy = createServer((asked, answer) => {
    if (bad) {
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
    bad(is) {
      bad = is;
      if (is) proxy.closeAllConnections();
    },
    close: () =>
      new Promise((then) => {
        proxy.closeAllConnections();
        proxy.close(() => then());
      }),
  };
}
