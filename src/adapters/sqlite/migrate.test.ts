import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { StoreError } from "../../ports/store.ts";
import { type Migration, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
const notes: Migration = { number: 1, name: "notes", sql: "CREATE TABLE notes (text TEXT) STRICT" };
const authors: Migration = { number: 2, name: "authors", sql: "ALTER TABLE notes ADD author TEXT" };

const recorded = (database: DatabaseSync) =>
  database.prepare("SELECT number, name FROM schema_migrations ORDER BY number").all().map(Object.values);

test("migrations are numbered from 1 without gaps", () => {
  assert.deepEqual(
    MIGRATIONS.map((migration) => migration.number),
    MIGRATIONS.map((_, index) => index + 1),
  );
});

test("each migration is applied once, recorded, and joined by later ones", () => {
  const database = new DatabaseSync(":memory:");
  assert.equal(migrate(database, [notes]), 1);
  assert.equal(migrate(database, [notes]), 1);
  assert.deepEqual(recorded(database), [[1, "notes"]]);
  assert.equal(migrate(database, [notes, authors]), 2);
  assert.deepEqual(recorded(database), [
    [1, "notes"],
    [2, "authors"],
  ]);
  database.exec("INSERT INTO notes VALUES ('text', 'author')");
});

test("a migration that fails changes nothing, and the ones before it stay", () => {
  const database = new DatabaseSync(":memory:");
  const broken = {
    number: 2,
    name: "broken",
    sql: "CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1)",
  };
  assert.throws(() => migrate(database, [notes, broken]), /migration 2 \(broken\) failed/);
  assert.deepEqual(recorded(database), [[1, "notes"]]);
  assert.equal(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get(), undefined);
  assert.equal(migrate(database, [notes, authors]), 2);
});

test("L9 a data file of a newer Hallpass is refused and left as it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-newer-"));
  const file = join(folder, "hallpass.db");
  const open = () => openSqliteStore({ file, log: silent });
  await open().close();
  const database = new DatabaseSync(file);
  const next = MIGRATIONS.length + 1;
  database.prepare("INSERT INTO schema_migrations VALUES (?, 'from the future', 0)").run(next);
  assert.throws(open, (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      new RegExp(`^The data file was written by a newer Hallpass \\(schema ${next}`),
    );
    return true;
  });
  database.prepare("DELETE FROM schema_migrations WHERE number = ?").run(next);
  database.close();
  await open().close();
  rmSync(folder, { recursive: true });
});
