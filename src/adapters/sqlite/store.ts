import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../../ports/log.ts";
import type { Store } from "../../ports/store.ts";
import { lockFile } from "./file-lock.ts";
import { createGroupCommit, toStoreError } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openDatabase, resolveDataFile } from "./open-database.ts";
import { createReads } from "./reads.ts";
import { prepareStatements } from "./sql.ts";
import { createTransactions } from "./transactions.ts";
import { createWrites } from "./writes.ts";

/**
 * The store of one machine, in one SQLite file. Opens `file`, creating it or bringing its schema up to date, and
 * keeps every other Hallpass from opening it. Throws `StoreError` with one sentence for the operator when the file
 * is in use, no database, of another program, or newer than this Hallpass.
 */
export function openSqliteStore(options: { readonly file: string; readonly log: Log }): Store {
  const file = resolveDataFile(options.file);
  const unlock = lockFile(file);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(file);
    const schema = migrate(database, MIGRATIONS);
    options.log.info("data file opened", { file, schema });
    return createSqliteStore(database, options.log, unlock);
  } catch (error) {
    database?.close();
    unlock();
    throw toStoreError(error);
  }
}

/** The store on an open database whose schema is up to date; `close` closes it and then calls `onClosed`. */
export function createSqliteStore(database: DatabaseSync, log: Log, onClosed: () => void): Store {
  const statements = prepareStatements(database);
  const transactions = createTransactions(database);
  const group = createGroupCommit(transactions, log);
  return {
    ...createReads(statements, transactions),
    ...createWrites(statements, group),
    async close() {
      if (!database.isOpen) return;
      group.close();
      database.close();
      onClosed();
    },
  };
}
