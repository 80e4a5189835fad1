import { type DurationMs, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/** The part of the platform's `fetch` that is needed here. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** No complete answer came within the time limit. Whether the work was done is not known. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

const STATUSES_WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** The slowest line, in bytes a second, over which a file must still get through: 1 Mbit/s. */
const SLOWEST_LINE = 128 * 1024;

/** `timeoutMs`, and as long besides as the slowest line needs for the bytes that are sent. */
function timeLimitMs(timeoutMs: DurationMs, body: RequestInit["body"]): DurationMs {
  const bytes = body instanceof Uint8Array ? body.byteLength : 0;
  return timeoutMs + Math.ceil((bytes / SLOWEST_LINE) * SECOND_MS);
}

/**
 * A `fetch` whose whole exchange, the body included, ends within `timeoutMs` of `clock`, or later by what a file needs
 * to be sent; it rejects with `TimeLimitError` after that, also when the inner fetch pays no attention to its abort
 * signal. The time is counted in waits: setting the machine's clock makes it neither longer nor shorter.
 */
export function limitedFetch(fetch: Fetch, clock: Clock, timeoutMs: DurationMs): Fetch {
  return async (url, init) => {
    const limit = new AbortController();
    const limitMs = timeLimitMs(timeoutMs, init?.body);
    let stopTimer = (): void => undefined;
    const timeUp = new Promise<"time up">((resolve) => {
      stopTimer = clock.after(limitMs, () => resolve("time up"));
    });
    const answer = fetchWhole(fetch, url, { ...init, signal: limit.signal });
    try {
      const winner = await Promise.race([answer, timeUp]);
      if (winner === "time up") throw new TimeLimitError(`no answer within ${limitMs} ms`);
      return winner;
    } finally {
      stopTimer();
      limit.abort("over");
      answer.catch(() => undefined);
    }
  };
}

async function fetchWhole(fetch: Fetch, url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { status, statusText, headers } = response;
  const body = await response.arrayBuffer();
  return new Response(STATUSES_WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers });
}
