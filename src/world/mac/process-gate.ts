import type { Power } from "./power.ts";

/**
 * A process of the simulated Mac, seen from inside: nothing that it waits for comes back while the Mac sleeps or the
 * process is stopped, and nothing ever comes back to one that was killed.
 */
export interface ProcessGate {
  /** Lets `work` start and its result through only while the process runs. */
  pass<T>(work: () => T | Promise<T>): Promise<T>;
  /** SIGKILL, or the power going. */
  kill(): void;
  /** SIGSTOP and SIGCONT. */
  stop(): void;
  resume(): void;
  isAlive(): boolean;
}

export function createProcessGate(power: Power): ProcessGate {
  let isAlive = true;
  let stopped: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  async function running(): Promise<void> {
    for (;;) {
      if (!isAlive) await new Promise<never>(() => undefined);
      if (stopped !== undefined) await stopped.over;
      else if (power.isAsleep() || !power.isOn()) await power.awake();
      else return;
    }
  }

  return {
    async pass(work) {
      await running();
      try {
        return await work();
      } finally {
        await running();
      }
    },
    kill() {
      isAlive = false;
    },
    stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      stopped ??= { over: promise, end: resolve };
    },
    resume() {
      stopped?.end();
      stopped = undefined;
    },
    isAlive: () => isAlive,
  };
}
