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

/** Makes full buckets on `clock`, one for each name that turns up. */
export function createRateLimit(
  clock: Clock,
  limit: { readonly perSecond: number; readonly burst: number },
): RateLimit {
  const fullAfterMs = (limit.burst / limit.perSecond) * SECOND_MS;
  // Two generations, so that forgetting costs nothing: a bucket that nobody touched in the younger one is full again.
  let young = new Map<string, Bucket>();
  let old = new Map<string, Bucket>();
  let youngSince = clock.now();

  function growOld(now: number): void {
    if (now < youngSince) youngSince = now;
    if (now - youngSince < fullAfterMs) return;
    old = young;
    young = new Map();
    youngSince = now;
  }

  return {
    take(name) {
      const now = clock.now();
      growOld(now);
      const bucket = young.get(name) ?? old.get(name) ?? { tokens: limit.burst, at: now };
      // A clock that was set back refills nothing.
      const elapsedSeconds = Math.max(0, now - bucket.at) / SECOND_MS;
      bucket.tokens = Math.min(limit.burst, bucket.tokens + elapsedSeconds * limit.perSecond);
      bucket.at = now;
      young.set(name, bucket);
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.ceil((1 - bucket.tokens) / limit.perSecond);
    },
  };
}
