import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { replayOf } from "../../src/world/sim/failure-report.ts";
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

/** A seed takes a fraction of a second, on a crowded machine many; this is for one that never comes to an end. */
const HANGS_AFTER_MS = 300_000;

/**
 * Starts a worker from the tree at `root`, this one by default. A seed over which a process dies or hangs has failed,
 * also when a second process comes through: what it said then stands below.
 */
export function startWorker(root: string = join(import.meta.dirname, "..", "..")): SimWorker {
  let child = startChild(root);
  const restart = () => {
    child.kill("SIGKILL");
    child = startChild(root);
  };
  return {
    async run(task) {
      try {
        return await ask(child, task);
      } catch (error) {
        restart();
        const again = await ask(child, task).catch((second: unknown) => {
          restart();
          return { plan: "", counts: [], sessions: 0, virtualMs: 0, failure: String(second) };
        });
        return diedOver(task, String(error), again);
      }
    },
    end: () => void child.kill(),
  };
}

/** What came of a seed that a process did not survive. */
function diedOver(
  { seed, store, length }: WorkerTask,
  why: string,
  again: Omit<WorkerFinding, "seed">,
): WorkerFinding {
  const failure = [
    `FAIL seed ${seed}: its process died or hung`,
    `  ${why}; in a second process: ${again.failure ?? "every law was kept"}`,
    ...(again.plan === "" ? [] : [again.plan]),
    replayOf(seed, store, length),
  ].join("\n");
  return { ...again, seed, failure, law: "breakdown" };
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
