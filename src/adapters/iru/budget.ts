import { HOUR_MS, type Instant, MINUTE_MS } from "../../core/time.ts";
import type { Log } from "../../ports/log.ts";

/** The vendor's limit for a whole tenant, shared by all of its tokens (API description, "Rate Limit"). */
export const CALLS_PER_HOUR = 10_000;

const WARN_AT_CALLS = CALLS_PER_HOUR * 0.8;

/** Counts our calls of the last hour. It only warns: refusing calls here could keep rights from being removed. */
export interface CallBudget {
  /** Counts one call made at `now`; warns in the log once when the hour's count reaches 80 % of the limit. */
  count(now: Instant): void;
}

/** Makes a counter with one bucket a minute, so that it needs the same little memory at any load. */
export function createCallBudget(log: Log): CallBudget {
  const callsByMinute = new Map<number, number>();
  let warned = false;
  return {
    count(now) {
      const minute = Math.floor(now / MINUTE_MS);
      const oldest = minute - HOUR_MS / MINUTE_MS + 1;
      for (const old of callsByMinute.keys()) if (old < oldest) callsByMinute.delete(old);
      callsByMinute.set(minute, (callsByMinute.get(minute) ?? 0) + 1);
      let calls = 0;
      for (const inMinute of callsByMinute.values()) calls += inMinute;
      if (calls < WARN_AT_CALLS) warned = false;
      else if (!warned) {
        warned = true;
        log.warn("iru: calls of the last hour near the tenant's limit", { calls, limit: CALLS_PER_HOUR });
      }
    },
  };
}
