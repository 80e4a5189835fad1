import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type DurationMs, SECOND_MS } from "../../core/time.ts";

/**
 * How long a caller may take. A held poll is quiet for 20 s, so nothing here ends a connection sooner than that
 * while its answer is being waited for: Node's `requestTimeout` counts only until the request has arrived whole
 * (nodejs.org/api/http.html). Kept connections outlive the 60 s that proxies keep theirs, so that a proxy never
 * sends a request into a connection that is just being closed.
 */
const LIMITS = {
  headersTimeout: 10 * SECOND_MS,
  requestTimeout: 30 * SECOND_MS,
  keepAliveTimeout: 75 * SECOND_MS,
  connectionsCheckingInterval: 5 * SECOND_MS,
  maxHeaderSize: 16 * 1024,
} as const;

const LOOK_FOR_IDLE_EVERY_MS = 20;

/** A listening HTTP server. */
export interface HttpListener {
  /** Such as `http://127.0.0.1:4100`. */
  readonly url: string;
  /**
   * Takes no more connections, lets calls under way end for at most `graceMs`, and closes what is left then. Resolves
   * when every connection is closed.
   */
  close(graceMs: DurationMs): Promise<void>;
}

/** What is served, and where. */
export interface ListenOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Answers a request of which not even the address can be read. */
  readonly unreadable: () => Response;
}

/**
 * Serves a fetch handler over plain HTTP. Rejects with one sentence for the operator when it cannot listen there.
 * From then on this process's `Request` and `Response` are @hono/node-server's, which behave alike and do only the
 * work that somebody asks for: Node's own make a stream of every body (docs/performance.md).
 */
export async function listenHttp(options: ListenOptions): Promise<HttpListener> {
  const { fetch, host, port, unreadable } = options;
  const answer = getRequestListener(fetch, { errorHandler: unreadable });
  const server = createServer(LIMITS, (incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    close: (graceMs) =>
      new Promise((resolve) => {
        // A kept connection becomes idle only after its answer, when closing has long begun.
        const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_EVERY_MS);
        const end = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(end);
          resolve();
        });
      }),
  };
}

function cannotListen(error: Error, host: string, port: number): Error {
  const code = "code" in error ? error.code : undefined;
  const why =
    code === "EADDRINUSE"
      ? "something else listens there already"
      : code === "EACCES"
        ? "this user may not use that port"
        : code === "EADDRNOTAVAIL"
          ? "this machine does not have that address"
          : error.message;
  return new Error(`Cannot listen at ${host}, port ${port}: ${why}.`, { cause: error });
}
