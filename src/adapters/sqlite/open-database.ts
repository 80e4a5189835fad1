import { chmodSync, closeSync, existsSync, openSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../ports/store.ts";

/** Marks a file as ours in its header ("Hall" as ASCII); see https://www.sqlite.org/pragma.html#pragma_application_id. */
const APPLICATION_ID = 0x48616c6c;

/** How long a write waits for another program that has the file locked, such as an administrator's shell. */
const BUSY_TIMEOUT_MS = 2_000;

/** The absolute path of a data file, symbolic links followed. Throws `StoreError` for a missing or wrong place. */
export function resolveDataFile(file: string): string {
  const path = resolve(file);
  if (!existsSync(dirname(path))) throw new StoreError(`The folder of the data file ${path} does not exist.`);
  if (!existsSync(path)) return path;
  const real = realpathSync(path);
  if (!statSync(real).isFile()) throw new StoreError(`The data file ${path} is not a regular file.`);
  return real;
}

/**
 * Opens or creates the data file, readable by nobody else (mode 600; SQLite gives `-wal` and `-shm` the same), with
 * write-ahead logging and every commit on disk before it returns. Throws `StoreError` for a file that is no
 * database, or one of another program, and leaves it as it was.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    makePrivate(file);
    const database = new DatabaseSync(file, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
      defensive: true,
    });
    try {
      assertOurs(database, file);
      configure(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(`The data file ${file} cannot be opened: ${describe(error)}.`, { cause: error });
  }
}

function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    // An existing file is not opened here; see file-lock.ts on what closing it would do.
    if (!existsSync(file)) throw error;
    if ((statSync(file).mode & 0o777) !== 0o600) chmodSync(file, 0o600);
  }
}

/** Throws `StoreError` for a database with tables that are not ours. */
export function assertOurs(database: DatabaseSync, file: string): void {
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"];
  const id = database.prepare("PRAGMA application_id").get()?.["application_id"];
  if (tables !== 0 && id !== APPLICATION_ID) {
    throw new StoreError(`The data file ${file} is a database of another program.`);
  }
}

function configure(database: DatabaseSync): void {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
  if (mode !== "wal")
    throw new StoreError("The file system of the data file does not allow write-ahead logging.");
  database.exec(`
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA synchronous = FULL;
    -- On macOS fsync does not reach the disk without this.
    PRAGMA fullfsync = ON;
    -- What a SAVEPOINT keeps for its undoing would else be written to a temporary file, page by page.
    PRAGMA temp_store = MEMORY;
    -- 64 MiB instead of 2: the pages of a few ten thousand requests need not be read again for every call.
    PRAGMA cache_size = -65536;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA journal_size_limit = ${64 * 1024 * 1024};
  `);
}

/** SQLITE_NOTADB (https://www.sqlite.org/rescode.html#notadb) in plain words, all else as it came. */
function describe(error: unknown): string {
  if (error instanceof Error && "errcode" in error && error.errcode === 26) return "it is not a database";
  return error instanceof Error ? error.message : String(error);
}
