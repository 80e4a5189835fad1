import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../ports/store.ts";
import { toStoreError } from "./group-commit.ts";
import { assertOurs, resolveDataFile } from "./open-database.ts";

/**
 * Writes a copy of the data file to `to`, as of one moment, compact, readable by its owner only (mode 600) and on
 * disk when this returns. The service may be running meanwhile and is not held up, so this belongs into a process
 * of its own. Throws `StoreError` when `to` exists, or the data file is none of ours or cannot be read whole; `to` is
 * then as it was.
 */
export function backUpDataFile(options: { readonly file: string; readonly to: string }): void {
  const file = resolveDataFile(options.file);
  const to = resolve(options.to);
  if (!existsSync(file)) throw new StoreError(`The data file ${file} does not exist.`);
  if (existsSync(to)) throw new StoreError(`The backup ${to} exists already; it was left as it is.`);
  const part = `${to}.part`;
  try {
    rmSync(part, { force: true });
    closeSync(openSync(part, "wx", 0o600));
    copyInto(file, part);
    syncToDisk(part);
    renameSync(part, to);
    syncToDisk(dirname(to));
  } catch (error) {
    rmSync(part, { force: true });
    throw toStoreError(error);
  }
}

/** VACUUM INTO takes one consistent snapshot; its target must be missing or empty (sqlite.org/lang_vacuum.html). */
function copyInto(file: string, part: string): void {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
  try {
    assertOurs(database, file);
    database.prepare("VACUUM INTO ?").run(part);
  } finally {
    database.close();
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
