import { fork } from "node:child_process";
import { join } from "node:path";
import type { StoreKind } from "../../src/world/sim/sim-stores.ts";

/** One seed to run. */
export interface WorkerTask {
  readonly seed: number;
  readonly store: StoreKind;
}

/** What came of it; `failure` describes a seed that broke a law. */
export interface WorkerFinding {
  readonly seed: number;
  readonly plan: string;
  readonly failure?: string;
  /** The law that was broken first. */
  readonly law?: string;
  readonly counts: readonly (readonly [string, number])[];
  readonly sessions: number;
  readonly virtualMs: number;
}

/** A process that runs one seed after another. */
export interface SimWorker {
  /** Rejects when the process ends before it has answered. */
  run(task: WorkerTask): Promise<WorkerFinding>;
  end(): void;
}

/** Starts a worker from the tree at `root`, this one by default. */
export function startWorker(root: string = join(import.meta.dirname, "..", "..")): SimWorker {
  const child = fork(join(root, "scripts", "sim", "worker-process.ts"), {
    cwd: root,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", (code, signal) => reject(new Error(`a worker ended (${signal ?? code})`)));
  });
  ended.catch(() => undefined);
  return {
    run(task) {
      const answer = new Promise<WorkerFinding>((resolve) =>
        child.once("message", (value) => resolve(value as WorkerFinding)),
      );
      child.send(task);
      return Promise.race([answer, ended]);
    },
    end: () => void child.kill(),
  };
}
