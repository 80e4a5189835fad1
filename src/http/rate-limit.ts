import type { Clock } from "../ports/clock.ts";
import { SECOND_MS } from "../core/time.ts";

/** A token bucket for each name: `perSecond` on average, `burst` at once. */
export interface RateLimit {
  /** 0 when the call may go on, else the whole seconds after which to try again. */
  take(name: string): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that have filled up again are forgotten when there are more than this. */
const BUCKETS_MAX = 10_000;

/** Makes full buckets on `clock`, one for each name that turns up. */
export function createRateLimit(
  clock: Clock,
  limit: { readonly perSecond: number; readonly burst: number },
): RateLimit {
  const buckets = new Map<string, Bucket>();

  function forgetFull(now: number): void {
    const fullAfterMs = (limit.burst / limit.perSecond) * SECOND_MS;
    for (const [name, bucket] of buckets) if (now - bucket.at >= fullAfterMs) buckets.delete(name);
  }

  return {
    take(name) {
      const now = clock.now();
      if (buckets.size > BUCKETS_MAX) forgetFull(now);
      const bucket = buckets.get(name) ?? { tokens: limit.burst, at: now };
      // A clock that was set back refills nothing.
      const elapsedSeconds = Math.max(0, now - bucket.at) / SECOND_MS;
      bucket.tokens = Math.min(limit.burst, bucket.tokens + elapsedSeconds * limit.perSecond);
      bucket.at = now;
      buckets.set(name, bucket);
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.ceil((1 - bucket.tokens) / limit.perSecond);
    },
  };
}
