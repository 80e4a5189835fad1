import type { DurationMs } from "../../core/time.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * Node fires a timer of more than 2^31-1 ms at once (nodejs.org/api/timers.html), so no wait is longer than this.
 * It is much less than that limit because timers do not count the time in which a machine slept, nor see its clock
 * being set: by waking now and then an alarm notices both.
 */
const LONGEST_WAIT_MS = 10 * MINUTE_MS;

/** The timers that the clock is made of: those of the process, unless a test gives others. */
export interface LowLevelTimers {
  now(): number;
  /** Calls `task` once after `delayMs`; returns a function that cancels it. */
  wait(delayMs: DurationMs, task: () => void): () => void;
}

/** The machine's own clock. */
export function createSystemClock(options: { readonly timers?: LowLevelTimers } = {}): Clock {
  const timers = options.timers ?? PROCESS_TIMERS;

  function at(time: number, task: () => void): () => void {
    let cancel = () => {};
    const wake = (): void => {
      const leftMs = time - timers.now();
      if (leftMs <= 0) return task();
      cancel = timers.wait(Math.min(leftMs, LONGEST_WAIT_MS), wake);
    };
    // Never within the call: the caller has not got its cancel function yet.
    cancel = timers.wait(Math.min(Math.max(time - timers.now(), 0), LONGEST_WAIT_MS), wake);
    return () => cancel();
  }

  function after(durationMs: DurationMs, task: () => void): () => void {
    let leftMs = Math.max(durationMs, 0);
    let cancel = () => {};
    // Counted in waits and not by the clock on the wall: setting that changes nothing.
    const wait = (): void => {
      const waitMs = Math.min(leftMs, LONGEST_WAIT_MS);
      leftMs -= waitMs;
      cancel = timers.wait(waitMs, () => (leftMs > 0 ? wait() : task()));
    };
    wait();
    return () => cancel();
  }

  function sleep(durationMs: DurationMs, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true || durationMs <= 0) return resolve();
      let cancel = () => {};
      const finish = () => {
        cancel();
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      signal?.addEventListener("abort", finish, { once: true });
      cancel = after(durationMs, finish);
    });
  }

  return { now: () => timers.now(), at, after, sleep };
}

const PROCESS_TIMERS: LowLevelTimers = {
  now: () => Date.now(),
  wait(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
