import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { describeFailure } from "../../src/world/sim/failure-report.ts";
import { runSeed } from "../../src/world/sim/run-seed.ts";
import { createSimStore } from "../../src/world/sim/sim-stores.ts";
import type { WorkerFinding, WorkerTask } from "./start-worker.ts";

/** In memory where the machine has such a folder: what a disk does is not what is tried here. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

async function runTask({ seed, store, length }: WorkerTask): Promise<WorkerFinding> {
  try {
    const result = await runSeed(seed, createSimStore(store, FOLDER), length);
    const { plan, counts, sessions, virtualMs, violations } = result;
    const [first] = violations;
    const failure = first === undefined ? {} : { failure: describeFailure(result, store), law: first.law };
    return { seed, plan, counts: [...counts], sessions, virtualMs, ...failure };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure = `FAIL seed ${seed}: the world broke down\n${why}\nreplay: npm run sim -- --seed ${seed} --store ${store}`;
    return { seed, plan: "", failure, law: "breakdown", counts: [], sessions: 0, virtualMs: 0 };
  }
}

process.on("message", (task: WorkerTask) => {
  void runTask(task).then((finding) => process.connected && process.send?.(finding));
});
