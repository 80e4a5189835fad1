import type { Clock } from "../../ports/clock.ts";
import type { VirtualClock } from "../clock.ts";

/** Moves simulated time along with real time, at a speed that can be changed. */
export interface Pump {
  rate(): number;
  setRate(rate: number): void;
  /** Resolves when time stands still for good. */
  stop(): Promise<void>;
}

const STEP_MS = 25;
/** After a pause of the process (a laptop's sleep, a debugger) time goes on from where it stood. */
const LONGEST_STEP_MS = 250;

/**
 * Makes time pass. It stands still while work is under way, so that at any speed a call takes no simulated time
 * and nothing runs into a time limit for want of a fast machine.
 */
export function startPump(clock: Pick<VirtualClock, "advance">, real: Clock, rate: number): Pump {
  const stopped = new AbortController();
  let speed = rate;
  let last = real.now();

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await real.sleep(STEP_MS, stopped.signal);
      const now = real.now();
      const step = Math.min(Math.max(0, now - last), LONGEST_STEP_MS);
      last = now;
      await clock.advance(Math.round(step * speed));
    }
  }

  const running = run();
  return {
    rate: () => speed,
    setRate(next) {
      speed = next;
    },
    stop() {
      stopped.abort();
      return running;
    },
  };
}
