import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { sleepOn } from "./clock.ts";

/** A clock that runs `rate` times as fast as the one under it. */
export interface ScaledClock extends Clock {
  rate(): number;
  /** Changes the speed from now on; 0 stops time. Waiting timers are kept and re-aimed. */
  setRate(rate: number): void;
}

interface Timer {
  readonly at: Instant;
  readonly task: () => void;
  cancel: () => void;
}

/**
 * Makes a clock that stands at `startMs` now and runs `rate` times as fast as `base` (the system's clock in the
 * demo). A negative or non-finite rate throws RangeError.
 */
export function createScaledClock(startMs: Instant, rate: number, base: Clock): ScaledClock {
  let anchor = { real: base.now(), scaled: startMs, rate: checked(rate) };
  const timers = new Set<Timer>();

  const now = () => Math.floor(anchor.scaled + (base.now() - anchor.real) * anchor.rate);

  function aim(timer: Timer): void {
    timer.cancel = () => undefined;
    if (timer.at > now() && anchor.rate === 0) return;
    const realAt =
      anchor.real + Math.ceil((timer.at - anchor.scaled) / Math.max(anchor.rate, Number.MIN_VALUE));
    timer.cancel = base.at(timer.at <= now() ? base.now() : realAt, () => {
      timers.delete(timer);
      timer.task();
    });
  }

  function at(when: Instant, task: () => void): () => void {
    const timer: Timer = { at: when, task, cancel: () => undefined };
    timers.add(timer);
    aim(timer);
    return () => {
      timers.delete(timer);
      timer.cancel();
    };
  }

  return {
    now,
    at,
    after: (durationMs, task) => at(now() + durationMs, task),
    sleep: (durationMs, signal) => sleepOn(at, now() + durationMs, signal),
    rate: () => anchor.rate,
    setRate: (next) => {
      anchor = { real: base.now(), scaled: now(), rate: checked(next) };
      for (const timer of timers) {
        timer.cancel();
        aim(timer);
      }
    },
  };
}

function checked(rate: number): number {
  if (!Number.isFinite(rate) || rate < 0) throw new RangeError("the rate must be a number of 0 or more");
  return rate;
}
