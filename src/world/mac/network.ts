/**
 * What the Mac's network does. `off`: no network. `black_hole`: packets vanish. `captive_redirect` and
 * `captive_page`: a portal answers every plain request, with a redirect or with a page of its own. `service_blocked`:
 * everything but the service can be reached (hosts file, packet filter). `service_busy`: the service refuses each call
 * as one too many, as it does while somebody floods it with this Mac's key.
 */
export type NetworkState =
  | "on"
  | "off"
  | "black_hole"
  | "captive_redirect"
  | "captive_page"
  | "service_blocked"
  | "service_busy";

/** The simulated network of one Mac. */
export interface Network {
  state(): NetworkState;
  set(state: NetworkState): void;
  /** How often it has changed: answers to what was asked before the last change never arrive. */
  changes(): number;
  /** Answers are lost when the network changed while they were under way. */
  readonly fetch: typeof globalThis.fetch;
}

const PAGE = "<html><title>Welcome to Cafe Wifi</title><body>Please log in.</body></html>";
const APPLE = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>";

/** Makes a network that leads to `serviceFetch` for the service and to Apple's probe for everything else. */
export function createNetwork(serviceUrl: string, serviceFetch: typeof globalThis.fetch): Network {
  let current: NetworkState = "on";
  let changes = 0;

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    const isService = url.startsWith(`${serviceUrl}/`);
    const signal = init?.signal ?? undefined;
    const before = changes;
    switch (current) {
      case "off":
        throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") });
      case "black_hole":
        return never(signal);
      case "captive_redirect":
        return new Response(null, { status: 302, headers: { location: "http://portal.example/login" } });
      case "captive_page":
        // A portal cannot speak for a host under TLS.
        if (isService)
          throw new TypeError("fetch failed", { cause: new Error("unable to verify certificate") });
        return new Response(PAGE, { status: 200, headers: { "content-type": "text/html" } });
      case "service_blocked":
        if (isService) throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
        break;
      case "service_busy":
        if (isService) return tooMany();
        break;
      case "on":
        break;
    }
    if (!isService) return new Response(APPLE, { status: 200, headers: { "content-type": "text/html" } });
    const response = await serviceFetch(input, init);
    return before === changes ? response : never(signal);
  };

  return {
    state: () => current,
    changes: () => changes,
    set(state) {
      if (state === current) return;
      current = state;
      changes += 1;
    },
    fetch,
  };
}

function tooMany(): Response {
  const detail = "This Mac calls too often. Try again in 1 s.";
  return new Response(
    JSON.stringify({ type: "too_many_calls", title: "Too many calls", status: 429, detail }),
    {
      status: 429,
      headers: { "content-type": "application/problem+json" },
    },
  );
}

/** An answer that never comes: rejects when the caller gives up. */
function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => reject(new TypeError("fetch failed", { cause: new Error("aborted") }));
    if (signal?.aborted === true) give();
    else signal?.addEventListener("abort", give, { once: true });
  });
}
