import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { describeFailure, replayOf } from "../../src/world/sim/failure-report.ts";
import { runSeed } from "../../src/world/sim/run-seed.ts";
import { createSimStore } from "../../src/world/sim/sim-stores.ts";
import type { WorkerFinding, WorkerTask } from "./start-worker.ts";

/** In memory where the machine has such a folder: what a disk does is not what is tried here. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

async function runTask({ seed, store, length }: WorkerTask): Promise<WorkerFinding> {
  try {
    const result = await runSeed(seed, createSimStore(store, FOLDER), length);
    const { plan, counts, sessions, virtualMs, violations, breakdown } = result;
    const law = breakdown === undefined ? violations[0]?.law : "breakdown";
    const failure = law === undefined ? {} : { failure: describeFailure(result, store), law };
    return { seed, plan, counts: [...counts], sessions, virtualMs, ...failure };
  } catch (error) {
    // The world could not even be made, or not be taken down: there is nothing else to tell.
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure = `FAIL seed ${seed}: there was no world\n${why}\n${replayOf(seed, store, length)}`;
    return { seed, plan: "", failure, law: "breakdown", counts: [], sessions: 0, virtualMs: 0 };
  }
}

process.on("message", (task: WorkerTask) => {
  void runTask(task).then((finding) => process.connected && process.send?.(finding));
});
