import { DatabaseSync } from "node:sqlite";
import { chmodSync } from "node:fs";
import { StoreError } from "../../ports/store.ts";

/**
 * Makes this process the only one that writes to `file`, until the returned function is called or the process ends
 * in any way: the lock is one of the kernel's (fcntl, taken by SQLite on `FILE-lock`), so nothing is left behind
 * that a crash would have to clean up. Readers of `file` itself, such as a backup, are not kept out. Throws
 * `StoreError` when somebody else has the lock.
 */
export function lockFile(file: string): () => void {
  const lockPath = `${file}-lock`;
  try {
    // Never opened by node:fs: closing any descriptor of a file drops all locks that the process has on it.
    const lock = new DatabaseSync(lockPath, { timeout: 0 });
    try {
      chmodSync(lockPath, 0o600);
      lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (error) {
      lock.close();
      throw error;
    }
    return () => {
      if (lock.isOpen) lock.close();
    };
  } catch (error) {
    const problem = isBusy(error)
      ? "is in use: only one Hallpass may write to it, and another one is running."
      : "cannot be locked: Hallpass must be able to write to its folder.";
    throw new StoreError(`The data file ${file} ${problem}`, { cause: error });
  }
}

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
