import type { Now } from "../../agent/core/now.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";

/** The simulated Mac's power and clocks: sleep, boots, and a wall clock that its users can set. */
export interface Power {
  now(): Now;
  /** The Mac's wall clock. */
  wall(): number;
  isOn(): boolean;
  isAsleep(): boolean;
  /** Resolves at once on a Mac that is on and awake, else when it is again. */
  awake(): Promise<void>;
  /** Waits `ms` of awake time; a boot in between ends it too. */
  sleepAwake(ms: number, signal?: AbortSignal): Promise<void>;
  closeLid(): void;
  openLid(): void;
  setWallOffset(ms: number): void;
  shutDown(): void;
  /** Off for good: no boot helps. */
  scrap(): void;
  /** Starts a new boot: another boot id, clocks from zero. */
  boot(): void;
  /** Calls `listener` whenever the Mac sleeps, wakes, goes down or boots. */
  onChange(listener: () => void): () => void;
}

interface PowerState {
  bootedAt: number;
  bootSession: string;
  isOn: boolean;
  isScrapped: boolean;
  asleepSince: number | undefined;
  sleptMs: number;
  wallOffset: number;
  readonly clock: Clock;
  readonly listeners: Set<() => void>;
}

/** Makes a Mac that has been on for `upForMs`. */
export function createPower(clock: Clock, ids: Ids, upForMs: number): Power {
  const power: PowerState = {
    bootedAt: clock.now() - upForMs,
    bootSession: ids.uuid(),
    isOn: true,
    isScrapped: false,
    asleepSince: undefined,
    sleptMs: 0,
    wallOffset: 0,
    clock,
    listeners: new Set(),
  };
  return {
    now: () => ({
      wall: clock.now() + power.wallOffset,
      bootSession: power.bootSession,
      continuousSeconds: (clock.now() - power.bootedAt) / 1000,
      awakeSeconds: awakeMs(power) / 1000,
    }),
    wall: () => clock.now() + power.wallOffset,
    isOn: () => power.isOn,
    isAsleep: () => power.asleepSince !== undefined,
    awake: () => untilAwake(power),
    sleepAwake: (ms, signal) => sleepAwake(power, ms, signal),
    closeLid() {
      if (isAwake(power)) change(power, { asleepSince: clock.now() });
    },
    openLid() {
      if (power.asleepSince === undefined) return;
      change(power, { sleptMs: power.sleptMs + clock.now() - power.asleepSince, asleepSince: undefined });
    },
    setWallOffset(ms) {
      power.wallOffset = ms;
    },
    shutDown: () => change(power, { isOn: false, asleepSince: undefined }),
    scrap: () => change(power, { isOn: false, isScrapped: true, asleepSince: undefined }),
    boot() {
      if (power.isScrapped) return;
      change(power, { isOn: true, bootedAt: clock.now(), bootSession: ids.uuid(), sleptMs: 0 });
    },
    onChange: (listener) => listen(power, listener),
  };
}

function change(power: PowerState, patch: Partial<PowerState>): void {
  Object.assign(power, patch);
  for (const listener of power.listeners) listener();
}

function listen({ listeners }: PowerState, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function isAwake({ isOn, asleepSince }: PowerState): boolean {
  return isOn && asleepSince === undefined;
}

function awakeMs({ clock, asleepSince, bootedAt, sleptMs }: PowerState): number {
  return (asleepSince ?? clock.now()) - bootedAt - sleptMs;
}

function untilAwake(power: PowerState): Promise<void> {
  if (isAwake(power)) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = listen(power, () => {
      if (!isAwake(power)) return;
      stop();
      resolve();
    });
  });
}

async function sleepAwake(power: PowerState, ms: number, signal?: AbortSignal): Promise<void> {
  const { bootedAt } = power;
  const until = awakeMs(power) + ms;
  const isOver = () => signal?.aborted === true || power.bootedAt !== bootedAt || awakeMs(power) >= until;
  while (!isOver()) {
    await untilAwake(power);
    const nap = new AbortController();
    // A reason of its own, since making the usual one costs more than all the rest of a nap.
    const end = () => nap.abort("over");
    const stop = listen(power, end);
    signal?.addEventListener("abort", end, { once: true });
    await power.clock.sleep(until - awakeMs(power), nap.signal);
    stop();
    signal?.removeEventListener("abort", end);
  }
}
