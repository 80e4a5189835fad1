import type { DatabaseSync } from "node:sqlite";

/** Synchronous transactions on one connection, with parts that can be undone alone. */
export interface Transactions {
  /**
   * Does `work`, which only reads. The reads of one turn of the event loop share a transaction, since beginning and
   * ending one costs as much as what is usually read in it. It is over before anything is written, so that no read
   * ever sees an old state.
   */
  reading<T>(work: () => T): T;
  /** Does `work` between BEGIN IMMEDIATE and COMMIT. When either of the three throws, nothing is stored. */
  whole<T>(work: () => T): T;
  /**
   * Does `work` as one part of a transaction. What it wrote is undone when it throws or `isKept` says no to its
   * result. Some failures, such as a full disk, undo the whole transaction (sqlite.org/lang_transaction.html);
   * `isOver` tells.
   */
  part<T>(work: () => T, isKept: (result: T) => boolean): T;
  /** True when no transaction is going on. */
  isOver(): boolean;
  /** Does `work`, for which no transaction may be going on, not even one that reads. */
  outside<T>(work: () => T): T;
}

/** Makes them for a connection that nobody else opens transactions on. */
export function createTransactions(database: DatabaseSync): Transactions {
  const beginReading = database.prepare("BEGIN DEFERRED");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const savepoint = database.prepare("SAVEPOINT part");
  const undo = database.prepare("ROLLBACK TO part");
  const release = database.prepare("RELEASE part");
  const isOver = () => !database.isTransaction;
  let isReading = false;

  function endReading(): void {
    if (!isReading) return;
    isReading = false;
    if (database.isOpen && !isOver()) commit.run();
  }

  return {
    reading(work) {
      if (!isReading) {
        beginReading.run();
        isReading = true;
        setImmediate(endReading);
      }
      return work();
    },
    whole(work) {
      endReading();
      begin.run();
      try {
        const result = work();
        commit.run();
        return result;
      } catch (error) {
        if (!isOver()) rollback.run();
        throw error;
      }
    },
    part(work, isKept) {
      savepoint.run();
      let keep = false;
      try {
        const result = work();
        keep = isKept(result);
        return result;
      } finally {
        if (!isOver()) {
          if (!keep) undo.run();
          release.run();
        }
      }
    },
    isOver,
    outside(work) {
      endReading();
      return work();
    },
  };
}
