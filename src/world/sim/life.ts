import type { DurationMs } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Scheduler } from "../../ports/scheduler.ts";
import { createTimerScheduler } from "../../adapters/system/scheduler.ts";
import { sleepOn } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Faults } from "./faults.ts";
import type { SimClock } from "./sim-clock.ts";

/**
 * One process of the service, seen from outside: after its death nothing that it waits for comes back and none of
 * its timers fires.
 */
export interface Life {
  readonly clock: Clock;
  isAlive(): boolean;
  die(): void;
  /** Rejects at the death: connections to the process break. */
  readonly died: Promise<never>;
  /** One port call: the process may die before it or after it. */
  cross<T>(point: string, work: () => Promise<T>): Promise<T>;
  /** Alarms that may be lost, late, early or doubled. */
  scheduler(fire: (requestId: string) => void): Scheduler;
}

const ALARM_SHIFT_MS = 240_000;

/** Starts a life; `crash` is told where the process dies by itself. */
export function createLife(clock: SimClock, faults: Faults, crash: (point: string) => void): Life {
  let isAlive = true;
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => undefined);
  const never = () => new Promise<never>(() => undefined);

  function at(when: number, task: () => void): () => void {
    if (!isAlive) return () => undefined;
    return clock.at(when, () => {
      if (isAlive) task();
    });
  }

  function mayDie(point: string): boolean {
    if (isAlive && faults.dies("service", point)) crash(point);
    return !isAlive;
  }

  const own: Clock = {
    now: clock.now,
    at,
    after: (ms: DurationMs, task: () => void) => at(clock.now() + ms, task),
    sleep: (ms: DurationMs, signal?: AbortSignal) => sleepOn(at, clock.now() + ms, signal),
  };
  return {
    clock: own,
    isAlive: () => isAlive,
    die() {
      isAlive = false;
      end.reject(new TypeError("fetch failed", { cause: new Error("socket hang up") }));
    },
    died: end.promise,
    async cross(point, work) {
      if (!isAlive || mayDie(`before ${point}`)) return never();
      try {
        const result = await work();
        if (!isAlive || mayDie(`after ${point}`)) return await never();
        return result;
      } catch (error) {
        if (!isAlive) return never();
        throw error;
      }
    },
    scheduler: (fire) => faultyScheduler(own, faults, fire),
  };
}

function faultyScheduler(clock: Clock, faults: Faults, fire: (requestId: string) => void): Scheduler {
  const inner = createTimerScheduler({ clock, fire });
  const shift = (random: Random) => random.integer(1, ALARM_SHIFT_MS);
  return {
    set(requestId, at) {
      if (at === undefined) return inner.set(requestId, at);
      if (faults.happens("alarm_lost")) return inner.set(requestId, undefined);
      if (faults.happens("alarm_late")) return inner.set(requestId, at + shift(faults.random));
      if (faults.happens("alarm_early")) return inner.set(requestId, at - shift(faults.random));
      inner.set(requestId, at);
      if (faults.happens("alarm_doubled")) clock.at(at + 1, () => fire(requestId));
    },
    stop: () => inner.stop(),
  };
}
