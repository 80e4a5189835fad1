import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Activity } from "./activity.ts";
import type { RunningServer } from "./iru/serve.ts";

/** How the parts of a world reach each other: by calls, or by real HTTP over loopback. */
export type Transport = "in-process" | "loopback";

/** How long a request to an origin takes to arrive, and its answer to come back, together. */
export type Latency = (origin: string) => Promise<void>;

/** Answers the requests to one origin. */
export type Handler = (request: Request) => Response | Promise<Response>;

/**
 * A fetch that reaches everything in a world. In process a request goes straight to the handler of its origin; one
 * that nobody serves cannot be reached, and each takes its `latency`. What it does counts as work of `activity`.
 */
export function worldFetch(
  transport: Transport,
  handlers: ReadonlyMap<string, Handler>,
  activity: Activity | undefined,
  latency: Latency = async () => undefined,
): typeof globalThis.fetch {
  const byCall: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    const handler = handlers.get(origin);
    if (handler === undefined) throw new TypeError(`fetch failed: ${origin}`);
    await latency(origin);
    return handler(request);
  };
  // oxlint-disable-next-line eslint/no-restricted-properties -- real HTTP is what "loopback" is for
  const inner = transport === "loopback" ? globalThis.fetch : byCall;
  return activity === undefined ? inner : activity.fetch(inner);
}

/** Serves the service's handler on 127.0.0.1 with the same server as `npm run serve`. Rejects when the port is taken. */
export async function serveOnLoopback(handler: Handler, port = 0): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: handler });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
