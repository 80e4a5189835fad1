import type { Log } from "../../ports/log.ts";
import { StoreError } from "../../ports/store.ts";
import type { Transactions } from "./transactions.ts";

/**
 * At most so many writes share a transaction, so that one turn of the event loop stays short: what each of them wakes,
 * such as a held poll, is answered in the same turn. With more of them the disk has hardly less to do.
 */
export const GROUP_MAX = 100;

/**
 * Of the writes that nobody outside waits for, so many share a transaction with those that somebody waits for: a
 * backlog of effects shall not make answers wait, nor stand still. With transactions by the hundred each second even one
 * is more than Slack takes, which is about one post a second in a channel (docs.slack.dev/apis/web-api/rate-limits).
 */
export const PATIENT_MAX = 1;

/** Tells a caller how its write went. */
type Answer = () => void;

/** Does the work of one write. What it wrote is undone when it throws or `isKept` says no. */
type Part = Transactions["part"];

interface Waiting {
  /** Does the write with this way to undo it; its answer is to be given once the group is on disk. */
  readonly attempt: (part: Part) => Answer;
  readonly reject: (error: StoreError) => void;
}

/** Writes that share transactions. */
export interface GroupCommit {
  /**
   * Does `work` in the next group, after the writes before it, and resolves with its result after COMMIT. What it
   * wrote is undone, alone, when it throws or when `isKept` says no to its result. When the group cannot be
   * committed nothing of it is stored and all its callers get the `StoreError`, those with a result too: a result
   * may rest on a neighbour's write.
   */
  write<T>(work: () => T, isKept?: (result: T) => boolean): Promise<T>;
  /** As `write`, for work of one statement at the most, which SQLite itself undoes when it fails. */
  writeOne<T>(work: () => T): Promise<T>;
  /** As `write`, for work that lets others pass while there are many. */
  writePatiently<T>(work: () => T): Promise<T>;
  /** Throws `StoreError` after `close`. */
  assertOpen(): void;
  /** Commits everything waiting now; later writes are refused. */
  close(): void;
}

/**
 * Collects writes and does them once per turn of the event loop in one synchronous transaction, each as a part of
 * its own. Being synchronous, no read ever sees a write that is not committed. `stored` hears of every group that was
 * committed, after its callers, or could not be.
 */
export function createGroupCommit(
  transactions: Transactions,
  log: Log,
  stored: (writes: number) => void = () => {},
): GroupCommit {
  let queue: Waiting[] = [];
  let patient: Waiting[] = [];
  let isScheduled = false;
  let isClosed = false;

  const isDone = () => queue.length === 0 && patient.length === 0;

  function runGroup(): void {
    const room = queue.length === 0 ? GROUP_MAX : PATIENT_MAX;
    const group = [...queue.slice(0, GROUP_MAX), ...patient.slice(0, room)];
    queue = queue.slice(GROUP_MAX);
    patient = patient.slice(room);
    for (const answer of commitGroup(transactions, log, group)) answer();
    stored(group.length);
  }

  function schedule(): void {
    if (isScheduled || isDone()) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (!isDone()) runGroup();
      schedule();
    });
  }

  function assertOpen(): void {
    if (isClosed) throw new StoreError("The store is closed.");
  }

  function enqueue<T>(work: (part: Part) => T, line: "queue" | "patient" = "queue"): Promise<T> {
    return new Promise((resolve, reject) => {
      assertOpen();
      const attempt = (part: Part) => attemptOne(transactions, () => work(part), resolve, reject);
      (line === "queue" ? queue : patient).push({ attempt, reject });
      schedule();
    });
  }

  return {
    write: (work, isKept = () => true) => enqueue((part) => part(work, isKept)),
    writeOne: (work) => enqueue(work),
    writePatiently: (work) => enqueue((part) => part(work, () => true), "patient"),
    assertOpen,
    close() {
      isClosed = true;
      while (!isDone()) runGroup();
    },
  };
}

/** Thrown by a part that has to be undone and cannot be, alone. */
class UndoAll extends Error {}

/** A part that relies on all being undone with it. */
const together: Part = (work, isKept) => {
  let result: ReturnType<typeof work>;
  try {
    result = work();
  } catch (cause) {
    throw new UndoAll("a part failed", { cause });
  }
  if (!isKept(result)) throw new UndoAll("a part is not to be kept");
  return result;
};

/**
 * To undo a part alone SQLite keeps a copy of every page that it touches, and nearly none has to be undone. So all
 * are done without that first; only when one has to be undone, all are, and done again so that each can be.
 */
function commitGroup(transactions: Transactions, log: Log, group: readonly Waiting[]): readonly Answer[] {
  const commitWith = (part: Part) => transactions.whole(() => group.map(({ attempt }) => attempt(part)));
  try {
    try {
      return commitWith(together);
    } catch (error) {
      if (!(error instanceof UndoAll)) throw error;
      return commitWith(transactions.part);
    }
  } catch (error) {
    const failure = toStoreError(error);
    log.error("nothing stored: commit failed", { writes: group.length, problem: failure.message });
    return group.map((waiting) => () => waiting.reject(failure));
  }
}

/** One write of a group: its own failure is its own answer, unless the transaction is lost with it. */
function attemptOne<T>(
  transactions: Transactions,
  work: () => T,
  resolve: (result: T) => void,
  reject: (error: StoreError) => void,
): Answer {
  try {
    const result = work();
    return () => resolve(result);
  } catch (error) {
    if (error instanceof UndoAll || transactions.isOver()) throw error;
    return () => reject(toStoreError(error));
  }
}

/** The error as callers of the port know it. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const problem = error instanceof Error ? error.message : String(error);
  return new StoreError(`The data file could not be used: ${problem}.`, { cause: error });
}
