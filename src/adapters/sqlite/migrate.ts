import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../ports/store.ts";

/** One step of the schema. Numbers run from 1 without gaps; a step that was shipped never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings the schema up to the last of `migrations`, each step in a transaction of its own and recorded in the table
 * `schema_migrations`. Resolves to the number the schema now has. Throws `StoreError` for a schema newer than that.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): number {
  const latest = migrations.at(-1)?.number ?? 0;
  const present = readSchemaNumber(database);
  if (present > latest) {
    throw new StoreError(
      `The data file was written by a newer Hallpass (schema ${present}, this one knows ${latest}): ` +
        "use that version, or restore the backup made before it.",
    );
  }
  for (const migration of migrations.slice(present)) apply(database, migration);
  return latest;
}

function readSchemaNumber(database: DatabaseSync): number {
  const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get();
  if (hasTable === undefined) return 0;
  const row = database.prepare("SELECT coalesce(max(number), 0) AS number FROM schema_migrations").get();
  return Number(row?.["number"]);
}

function apply(database: DatabaseSync, { number, name, sql }: Migration): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(
      "CREATE TABLE IF NOT EXISTS schema_migrations " +
        "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
    );
    database.exec(sql);
    database
      .prepare("INSERT INTO schema_migrations VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER))")
      .run(number, name);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw new StoreError(`Schema migration ${number} (${name}) failed; the data file is as it was.`, {
      cause: error,
    });
  }
}
