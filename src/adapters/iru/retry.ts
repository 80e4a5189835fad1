import { HOUR_MS, type DurationMs, type Instant, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { RetryableError } from "../../ports/errors.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Log } from "../../ports/log.ts";

/** How often one operation is tried before its failure is handed to the caller. */
export const MAX_TRIES = 3;

/** The wait after the first and after the second try, before jitter. */
const BASE_WAITS_MS: readonly DurationMs[] = [SECOND_MS, 2 * SECOND_MS];

/** Jitter adds up to this share of the wait, so that many callers do not come back together. */
const JITTER_SHARE = 0.5;

/** A longer wish of the server is not slept through here but handed to the caller, whose outbox can wait. */
const LONGEST_WAIT_MS: DurationMs = 10 * SECOND_MS;

/** A wish beyond this is taken as this: a wrong header must not put an effect off for days. */
const LONGEST_RETRY_AFTER_MS: DurationMs = HOUR_MS;

/**
 * Iru could not serve one try. `refused` means that it certainly did no work (429), `unknown` that it may have:
 * the answer was lost, late, unreadable or a 5xx.
 */
export class IruUnavailable extends RetryableError {
  readonly outcome: "refused" | "unknown";
  constructor(message: string, outcome: "refused" | "unknown", retryAfterMs?: number) {
    super(message, { retryAfterMs });
    this.outcome = outcome;
  }
}

/** What waiting and telling about it need. */
export interface RetryTools {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fraction">;
  readonly log: Log;
}

/**
 * Runs `round` up to `MAX_TRIES` times, as long as it throws an `IruUnavailable` that `mayRepeat` allows. Waits
 * 1 s and 2 s plus jitter in between, or as long as the server asked for. Every other error passes through at
 * once, and so does the last one, with `retryAfterMs` where the server named a time.
 */
export async function withRetries<T>(
  tools: RetryTools,
  operation: string,
  round: () => Promise<T>,
  mayRepeat: (failure: IruUnavailable) => boolean = () => true,
): Promise<T> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    try {
      return await round();
    } catch (error) {
      if (!(error instanceof IruUnavailable) || tryNumber === MAX_TRIES || !mayRepeat(error)) throw error;
      const waitMs = waitAfterTryMs(tryNumber, error.retryAfterMs, tools.ids.fraction());
      if (waitMs === undefined) throw error;
      tools.log.warn("iru: trying again", { operation, tryNumber, waitMs, problem: error.message });
      await tools.clock.sleep(waitMs);
    }
  }
}

/**
 * How long to wait after try `tryNumber` (from 1). `fraction` in [0, 1) is the jitter. Undefined when the server
 * asked for longer than is worth holding the caller up.
 */
export function waitAfterTryMs(
  tryNumber: number,
  retryAfterMs: DurationMs | undefined,
  fraction: number,
): DurationMs | undefined {
  const base = BASE_WAITS_MS[tryNumber - 1] ?? LONGEST_WAIT_MS;
  const ownWaitMs = Math.round(base * (1 + JITTER_SHARE * fraction));
  if (retryAfterMs === undefined) return ownWaitMs;
  if (retryAfterMs > LONGEST_WAIT_MS) return undefined;
  return Math.max(ownWaitMs, retryAfterMs);
}

/**
 * Reads `Retry-After` (RFC 9110 section 10.2.3): seconds or an HTTP date. A date is taken relative to the answer's
 * own `Date` header, so that the two clocks need not agree; without one, to `now`. Bounded to an hour; undefined
 * when absent or unreadable.
 */
export function parseRetryAfter(headers: Headers, now: Instant): DurationMs | undefined {
  const value = headers.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * SECOND_MS, LONGEST_RETRY_AFTER_MS);
  const until = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const answeredAt = Date.parse(headers.get("date") ?? "");
  const waitMs = until - (Number.isNaN(answeredAt) ? now : answeredAt);
  return Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}
