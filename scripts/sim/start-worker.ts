import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { SeedLength } from "../../src/world/sim/run-seed.ts";
import type { StoreKind } from "../../src/world/sim/sim-stores.ts";

/** One seed to run. */
export interface WorkerTask {
  readonly seed: number;
  readonly store: StoreKind;
  readonly length: SeedLength;
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

/** A process that runs one seed after another; another takes its place where it dies or hangs. */
export interface SimWorker {
  run(task: WorkerTask): Promise<WorkerFinding>;
  end(): void;
}

/** A seed that two processes in a row did not survive has failed. */
const TRIES_MAX = 2;
/** A seed takes a fraction of a second; this is for one that never comes to an end. */
const HANGS_AFTER_MS = 120_000;

/** Starts a worker from the tree at `root`, this one by default. */
export function startWorker(root: string = join(import.meta.dirname, "..", "..")): SimWorker {
  let child = startChild(root);
  return {
    async run(task) {
      let why = "";
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        try {
          return await ask(child, task);
        } catch (error) {
          why = String(error);
          child.kill("SIGKILL");
          child = startChild(root);
        }
      }
      const { seed, store } = task;
      const failure = `FAIL seed ${seed}: ${why}\nreplay: npm run sim -- --seed ${seed} --store ${store}`;
      return { seed, plan: "", failure, law: "breakdown", counts: [], sessions: 0, virtualMs: 0 };
    },
    end: () => void child.kill(),
  };
}

function startChild(root: string): ChildProcess {
  return fork(join(root, "scripts", "sim", "worker-process.ts"), {
    cwd: root,
    // Most of what a seed makes is garbage at once: a larger nursery lets it die there.
    execArgv: ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=32"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

function ask(child: ChildProcess, task: WorkerTask): Promise<WorkerFinding> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => over(() => reject(new Error("it never ends"))), HANGS_AFTER_MS);
    const answered = (value: unknown) => over(() => resolve(value as WorkerFinding));
    const ended = (code: number | null, signal: string | null) =>
      over(() => reject(new Error(`the process ended (${signal ?? code})`)));
    const over = (settle: () => void) => {
      clearTimeout(limit);
      child.off("message", answered).off("exit", ended);
      settle();
    };
    child.on("message", answered).on("exit", ended);
    child.send(task);
  });
}
