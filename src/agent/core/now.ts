import type { Instant } from "../../core/time.ts";

/** A reading of a Mac's clocks. The brain knows no other time. */
export interface Now {
  /** The wall clock: an admin can set it, so it is evidence and text, never a deadline. */
  readonly wall: Instant;
  /** `kern.bootsessionuuid`, lower case: another value means another boot. */
  readonly bootSession: string;
  /** Seconds since boot, sleep included, untouched by clock changes (`mach_continuous_time`). */
  readonly continuousSeconds: number;
  /** Seconds since boot without sleep (`CLOCK_UPTIME_RAW`): tells a gap in sleep from a stopped agent. */
  readonly awakeSeconds: number;
}

/** A point in continuous time of one boot. */
export interface Deadline {
  bootSession: string;
  continuousSeconds: number;
}

/** The deadline `seconds` from now. */
export function deadlineAfter(now: Now, seconds: number): Deadline {
  return { bootSession: now.bootSession, continuousSeconds: now.continuousSeconds + seconds };
}

/** Seconds until the deadline; 0 when it has passed or belongs to another boot (law L4). */
export function secondsLeft(deadline: Deadline, now: Now): number {
  if (deadline.bootSession !== now.bootSession) return 0;
  return Math.max(0, deadline.continuousSeconds - now.continuousSeconds);
}

/** True once the deadline has passed, and always under another boot id (law L4). */
export function isOver(deadline: Deadline, now: Now): boolean {
  return secondsLeft(deadline, now) === 0;
}

/** The earlier of the deadline and `remainingSeconds` from now: the service may shorten, never extend (law L4). */
export function shortened(deadline: Deadline, now: Now, remainingSeconds: number | undefined): Deadline {
  if (remainingSeconds === undefined || !Number.isFinite(remainingSeconds)) return deadline;
  if (deadline.bootSession !== now.bootSession) return deadline;
  const asked = now.continuousSeconds + Math.max(0, remainingSeconds);
  return asked < deadline.continuousSeconds ? { ...deadline, continuousSeconds: asked } : deadline;
}
