import { type Lane, LANES } from "../core/effects.ts";
import type { Service } from "./service.ts";
import { drainOutbox } from "./drain-outbox.ts";
import { SECOND_MS } from "../core/time.ts";

/** So many streams are drained side by side in each lane; the rest wait their turn. */
const STREAMS_AT_ONCE_MAX = 32;
const AFTER_ERROR_MS = 5 * SECOND_MS;

/** Drains streams in the background, each lane by one worker at a time, and comes back when something falls due. */
export interface Drainer {
  /** Wants these lanes of `stream`, or all, drained soon; one that is being drained, once more after that. */
  kick(stream: string, lanes?: readonly Lane[]): void;
  /** Takes no more work and waits for what is under way. */
  stop(): Promise<void>;
}

/** Runs a piece of background work; a simulated world counts it, to know when everything is quiet. */
export type BackgroundWork = <T>(run: () => Promise<T>) => Promise<T>;

/** `work` wraps each background run, so that a simulated world can tell when everything is quiet. */
export function createDrainer(service: () => Service, work: BackgroundWork = (run) => run()): Drainer {
  const drainers = new Map(LANES.map((lane) => [lane, createLaneDrainer(service, work, lane)]));
  return {
    kick(stream, lanes = LANES) {
      for (const lane of lanes) drainers.get(lane)?.kick(stream);
    },
    async stop() {
      await Promise.all([...drainers.values()].map((drainer) => drainer.stop()));
    },
  };
}

function createLaneDrainer(service: () => Service, work: BackgroundWork, lane: Lane): Drainer {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const alarms = new Map<string, () => void>();
  let isStopped = false;

  function kick(stream: string): void {
    if (isStopped) return;
    waiting.add(stream);
    startNext();
  }

  function startNext(): void {
    for (const stream of waiting) {
      if (running.size >= STREAMS_AT_ONCE_MAX) return;
      if (running.has(stream)) continue;
      waiting.delete(stream);
      const run = work(() => drainOnce(stream)).finally(() => {
        running.delete(stream);
        startNext();
      });
      running.set(stream, run);
    }
  }

  async function drainOnce(stream: string): Promise<void> {
    alarms.get(stream)?.();
    alarms.delete(stream);
    try {
      const next = await drainOutbox(service(), stream, lane);
      if (next !== undefined) comeBack(stream, next);
    } catch (error) {
      service().log.error("draining failed", {
        stream,
        lane,
        why: error instanceof Error ? error.message : String(error),
      });
      comeBack(stream, service().clock.now() + AFTER_ERROR_MS);
    }
  }

  function comeBack(stream: string, at: number): void {
    if (isStopped) return;
    alarms.get(stream)?.();
    alarms.set(
      stream,
      // Counted in waits: a clock that is set back meanwhile keeps nothing waiting.
      service().clock.after(at - service().clock.now(), () => {
        alarms.delete(stream);
        kick(stream);
      }),
    );
  }

  return {
    kick,
    async stop() {
      isStopped = true;
      waiting.clear();
      for (const cancel of alarms.values()) cancel();
      alarms.clear();
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
