import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../../ports/log.ts";
import type { Store } from "../../ports/store.ts";
import { startCheckpoints, writerOf } from "./checkpoints.ts";
import { lockFile } from "./file-lock.ts";
import { createGroupCommit, toStoreError } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openDatabase, resolveDataFile } from "./open-database.ts";
import { createReads } from "./reads.ts";
import { prepareStatements } from "./sql.ts";
import { createTransactions } from "./transactions.ts";
import { createWrites } from "./writes.ts";

/** Where the data file is and how it is kept. */
export interface SqliteStoreOptions {
  readonly file: string;
  readonly log: Log;
  /**
   * Where the log of the data file is copied into it: within a COMMIT, as SQLite does by itself, or in a thread, which
   * costs memory and keeps nobody waiting.
   */
  readonly checkpoints?: "within" | "thread";
}

/**
 * The store of one machine, in one SQLite file. Opens `file`, creating it or bringing its schema up to date, and
 * keeps every other Hallpass from opening it. Throws `StoreError` with one sentence for the operator when the file
 * is in use, no database, of another program, or newer than this Hallpass.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { log, checkpoints } = options;
  const file = resolveDataFile(options.file);
  const unlock = lockFile(file);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(file);
    const schema = migrate(database, MIGRATIONS);
    log.info("data file opened", { file, schema });
    return createSqliteStore(database, log, unlock, checkpoints === "thread" ? file : undefined);
  } catch (error) {
    database?.close();
    unlock();
    throw toStoreError(error);
  }
}

/**
 * The store on an open database whose schema is up to date; `close` closes it and then calls `onClosed`. With
 * `checkpointFile`, the database's own file, a thread does the checkpoints.
 */
export function createSqliteStore(
  database: DatabaseSync,
  log: Log,
  onClosed: () => void,
  checkpointFile?: string,
): Store {
  const statements = prepareStatements(database);
  const transactions = createTransactions(database);
  const checkpoints =
    checkpointFile === undefined
      ? undefined
      : startCheckpoints(writerOf(database, checkpointFile, transactions.outside), log);
  const group = createGroupCommit(transactions, log, checkpoints?.stored);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    group.close();
    if (checkpoints === undefined) database.close();
    else await checkpoints.end();
    onClosed();
  }

  return {
    ...createReads(statements, transactions),
    ...createWrites(statements, group),
    close: () => (closing ??= close()),
  };
}
