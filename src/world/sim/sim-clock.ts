import type { DurationMs, Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { sleepOn } from "../clock.ts";

/**
 * The simulator's clock. Time stands still while anything is under way; then the next timer fires, one at a time,
 * those of one instant in the order of their making. So the order of everything follows from the timers alone, and
 * how many turns of the event loop a store needs for its work changes nothing.
 */
export interface SimClock extends Clock {
  /** Fires every timer up to `until`, in order, and stands there; `afterEach` runs when the world is quiet again. */
  runTo(until: Instant, afterEach: () => void): Promise<void>;
  /** Counts a promise that needs turns of the event loop (a write of the store) as under way until it settles. */
  track<T>(work: Promise<T>): Promise<T>;
  /** How many timers have fired. */
  fired(): number;
}

interface Timer {
  readonly at: Instant;
  readonly order: number;
  task: (() => void) | undefined;
}

/** Makes a clock that stands at `start`. */
export function createSimClock(start: Instant): SimClock {
  let now = start;
  let orders = 0;
  let fired = 0;
  let underWay = 0;
  const timers = createTimerHeap();

  function at(when: Instant, task: () => void): () => void {
    const timer: Timer = { at: Math.max(when, now), order: (orders += 1), task };
    timers.push(timer);
    return () => {
      timer.task = undefined;
    };
  }

  async function quiet(): Promise<void> {
    do await turn();
    while (underWay > 0);
  }

  async function runTo(until: Instant, afterEach: () => void): Promise<void> {
    await quiet();
    for (let next = timers.peek(); next !== undefined && next.at <= until; next = timers.peek()) {
      timers.pop();
      if (next.task === undefined) continue;
      now = next.at;
      fired += 1;
      next.task();
      await quiet();
      afterEach();
    }
    now = Math.max(now, until);
  }

  return {
    now: () => now,
    at,
    after: (durationMs: DurationMs, task: () => void) => at(now + durationMs, task),
    sleep: (durationMs: DurationMs, signal?: AbortSignal) => sleepOn(at, now + durationMs, signal),
    runTo,
    async track(work) {
      underWay += 1;
      try {
        return await work;
      } finally {
        underWay -= 1;
      }
    },
    fired: () => fired,
  };
}

/** One turn of the event loop: all promises that wait for nothing else have gone as far as they can. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Timers by time, then by order; cancelled ones stay until their turn. */
function createTimerHeap() {
  const heap: Timer[] = [];
  const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function sink(timer: Timer): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, left)) child += 1;
      const smaller = heap[child] as Timer;
      if (!isBefore(smaller, timer)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = timer;
  }

  return {
    peek: () => heap[0],
    push(timer: Timer): void {
      let index = heap.length;
      heap.push(timer);
      while (index > 0) {
        const parent = (index - 1) >> 1;
        const above = heap[parent] as Timer;
        if (!isBefore(timer, above)) break;
        heap[index] = above;
        index = parent;
      }
      heap[index] = timer;
    },
    pop(): void {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
    },
  };
}
