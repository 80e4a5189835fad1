import type { DurationMs, Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { type Activity, createActivity } from "./activity.ts";

/** A clock that moves only when told to. Timers fire in order of time, equal times in order of their making. */
export interface VirtualClock extends Clock {
  /** Who knows whether the world is quiet; sleeps of this clock park themselves there. */
  readonly activity: Activity;
  /**
   * Moves time on by `ms`: waits until the world is quiet, then fires each due timer at its own time and waits
   * for quiet after each. Calls queue up; never await one from inside a timer's task.
   */
  advance(ms: DurationMs): Promise<void>;
  /** As `advance`, up to the time `at`; an `at` in the past only lets the world become quiet. */
  advanceTo(at: Instant): Promise<void>;
  /** When the earliest timer is due; undefined when none waits. */
  nextAt(): Instant | undefined;
}

interface Timer {
  readonly at: Instant;
  readonly order: number;
  readonly task: () => void;
}

/** Makes a virtual clock that stands at `startMs`. */
export function createVirtualClock(startMs: Instant, activity: Activity = createActivity()): VirtualClock {
  let now = startMs;
  let lastOrder = 0;
  let timers: Timer[] = [];
  let queue: Promise<void> = Promise.resolve();

  /** Keeps `timers` sorted; most new timers are late ones, so the search starts at the end. */
  function insert(timer: Timer): void {
    let index = timers.length;
    while (index > 0 && (timers[index - 1] as Timer).at > timer.at) index -= 1;
    timers.splice(index, 0, timer);
  }

  function at(when: Instant, task: () => void): () => void {
    if (when <= now) return soon(task);
    const timer: Timer = { at: when, order: (lastOrder += 1), task };
    insert(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  }

  function soon(task: () => void): () => void {
    const end = activity.begin("due timer");
    const immediate = setImmediate(() => {
      end();
      task();
    });
    return () => {
      clearImmediate(immediate);
      end();
    };
  }

  async function moveTo(target: Instant): Promise<void> {
    await activity.settled();
    for (let next = timers[0]; next !== undefined && next.at <= target; next = timers[0]) {
      timers.shift();
      now = next.at;
      next.task();
      await activity.settled();
    }
    now = Math.max(now, target);
  }

  /** `target` is worked out when its turn has come, so that queued calls add up. */
  function enqueue(target: () => Instant): Promise<void> {
    const move = queue.then(() => moveTo(target()));
    queue = move.catch(() => undefined);
    return move;
  }

  return {
    activity,
    now: () => now,
    at,
    after: (durationMs, task) => at(now + durationMs, task),
    sleep: (durationMs, signal) => activity.park(sleepOn(at, now + durationMs, signal)),
    advance: (ms) => enqueue(() => now + ms),
    advanceTo: (when) => enqueue(() => when),
    nextAt: () => timers[0]?.at,
  };
}

/** A sleep made of `clock.at`, as the clock port promises it. */
export function sleepOn(at: Clock["at"], until: Instant, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    let cancel: (() => void) | undefined;
    const wake = () => {
      cancel?.();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    cancel = at(until, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}
