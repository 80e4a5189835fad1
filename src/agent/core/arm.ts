import type { Minutes } from "./calls.ts";
import type { Context } from "./context.ts";
import { forgetFindings, type Preparation } from "./memory.ts";
import { freshNetwork } from "./network.ts";
import { deadlineAfter } from "./now.ts";
import { newLog, type Waiting } from "./record.ts";

/** The grant itself may take this long; verified, the deadline is set from then, which is always earlier. */
export const GRANT_MAX_SECONDS = 60;

/**
 * The approval is taken up: the session with its deadline goes on record. The grant waits until that is on disk
 * (law L3).
 */
export function createSession(
  ctx: Context,
  waiting: Waiting,
  preparation: Preparation,
  minutes: Minutes,
): void {
  const { memory, record, now } = ctx;
  const log = preparation.log as { inode: string; size: number };
  record.session = {
    requestId: preparation.requestId,
    armId: preparation.armId,
    person: waiting.person,
    minutes,
    baseline: preparation.baseline,
    phase: "granting",
    deadline: deadlineAfter(now, minutes * 60 + GRANT_MAX_SECONDS),
    granted: false,
    sinceWall: now.wall,
    sinceSeconds: now.continuousSeconds,
    startTold: false,
    warned: false,
    watchedAtAwake: now.awakeSeconds,
    heardAtAwake: now.awakeSeconds,
    log: newLog(log.inode, log.size),
  };
  record.requests = record.requests.filter((other) => other !== waiting);
  delete memory.requests[waiting.idempotencyKey];
  memory.preparation = undefined;
  memory.grantRun = {
    armId: preparation.armId,
    armedAtSeconds: now.continuousSeconds,
    privilegesOver: false,
  };
  memory.network = freshNetwork(now);
  forgetFindings(memory);
  memory.serviceEnd = undefined;
  memory.doneWanted = false;
  const at = now.continuousSeconds;
  memory.beat = { dueSeconds: at + 60, failures: 0 };
  memory.held = { dueSeconds: at, failures: 0 };
  memory.start = { dueSeconds: at, failures: 0 };
  memory.canary = { dueSeconds: at + 60, misses: 0 };
}
