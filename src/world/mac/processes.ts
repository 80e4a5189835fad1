/** A root process that somebody started through sudo. */
export interface SimulatedProcess {
  readonly pid: number;
  readonly command: string;
  /** GeneratedUID of the person whose login it belongs to. */
  readonly byGuid: string;
  readonly bornSeconds: number;
  /** When it started by the world's clock, which nobody on the Mac can set. */
  readonly bornAt: number;
  /** When it started, as the Mac's wall clock said. */
  readonly started: string;
  readonly isInstaller: boolean;
  /** Ignores HUP, as `nohup` makes it. */
  readonly ignoresHangUp: boolean;
}

/** The simulated process table, as far as root processes of people go. */
export interface Processes {
  start(process: Omit<SimulatedProcess, "pid" | "bornAt">): SimulatedProcess;
  list(): readonly SimulatedProcess[];
  signal(signal: "HUP" | "KILL", pids: readonly number[]): void;
  clear(): void;
}

/** Makes an empty table; `now` is the world's clock. */
export function createProcesses(now: () => number): Processes {
  let lastPid = 400;
  let running: SimulatedProcess[] = [];
  return {
    start(process) {
      const started = { ...process, bornAt: now(), pid: (lastPid += 1) };
      running.push(started);
      return started;
    },
    list: () => running,
    signal(signal, pids) {
      running = running.filter(
        (process) => !pids.includes(process.pid) || (signal === "HUP" && process.ignoresHangUp),
      );
    },
    clear() {
      running = [];
    },
  };
}
