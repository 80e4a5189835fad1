import type { RequestId } from "../../core/ids.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Scheduler } from "../../ports/scheduler.ts";

/**
 * Alarms as timers of the process, on whatever clock is given. `fire` is called once for each alarm that comes due;
 * it must not throw. After `stop` no alarm fires and none can be set.
 */
export function createTimerScheduler(options: {
  readonly clock: Clock;
  readonly fire: (requestId: RequestId) => void;
}): Scheduler {
  const { clock, fire } = options;
  const alarms = new Map<RequestId, { readonly at: Instant; cancel: () => void }>();
  let isStopped = false;

  function clear(requestId: RequestId): void {
    alarms.get(requestId)?.cancel();
    alarms.delete(requestId);
  }

  return {
    set(requestId, at) {
      // Most changes of a request leave its alarm where it is.
      if (at !== undefined && alarms.get(requestId)?.at === at) return;
      clear(requestId);
      if (at === undefined || isStopped) return;
      const alarm = { at, cancel: () => {} };
      alarms.set(requestId, alarm);
      alarm.cancel = clock.at(at, () => {
        // An alarm that was replaced while its timer was already on its way must not fire.
        if (alarms.get(requestId) !== alarm) return;
        alarms.delete(requestId);
        fire(requestId);
      });
    },
    stop() {
      isStopped = true;
      for (const requestId of alarms.keys()) clear(requestId);
    },
  };
}
