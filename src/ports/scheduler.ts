import type { RequestId } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";

/**
 * Alarms for requests. Only alarms: the stored `dueAt` is the truth (law L6), so one that is late, early, doubled
 * or lost changes nothing but the delay.
 */
export interface Scheduler {
  /** Sets the one alarm of a request, replacing an earlier one; undefined clears it. */
  set(requestId: RequestId, at: Instant | undefined): void;
  /** Stops all alarms. */
  stop(): void;
}
