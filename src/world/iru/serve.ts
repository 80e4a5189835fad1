import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** A server on this machine. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:49152`, without a slash at the end. */
  readonly url: string;
  /** Stops it and breaks what is open. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a fetch handler over HTTP on 127.0.0.1, on a free port unless `port` is given. A handler that rejects
 * breaks its connection; the request's signal tells it when the caller hung up. Rejects when the port is taken.
 */
export async function serveHandler(
  handle: (request: Request) => Response | Promise<Response>,
  port = 0,
): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    void exchange(handle, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function exchange(
  handle: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const hungUp = new AbortController();
  outgoing.once("close", () => hungUp.abort());
  const method = incoming.method ?? "GET";
  const body = await buffer(incoming);
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const hasBody = method !== "GET" && method !== "HEAD" && body.byteLength > 0;
  const request = new Request(`http://${incoming.headers.host ?? "127.0.0.1"}${incoming.url ?? "/"}`, {
    method,
    headers,
    signal: hungUp.signal,
    ...(hasBody ? { body } : {}),
  });
  const response = await handle(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}
