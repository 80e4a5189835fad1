import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { SQL } from "./sql.ts";

const database = new DatabaseSync(":memory:");
migrate(database, MIGRATIONS);

const plan = (text: string) =>
  database
    .prepare(`EXPLAIN QUERY PLAN ${text}`)
    .all()
    .map((row) => String(row["detail"]));

/**
 * Indexes that hold only rows with something to do: walking one from its start is no walk over all requests.
 * "SCAN CONSTANT ROW" is the one row of values of an INSERT … SELECT.
 */
const ALLOWED_SCANS = /^SCAN (requests USING (COVERING )?INDEX requests_behind|CONSTANT ROW)$/;

for (const [name, text] of Object.entries(SQL)) {
  test(`${name} finds its rows by an index, however many requests are over`, () => {
    for (const step of plan(text)) {
      if (step.startsWith("SCAN")) assert.match(step, ALLOWED_SCANS);
      assert.doesNotMatch(step, /TEMP B-TREE/, "sorting means reading everything first");
    }
  });
}

test("W40 each listing of requests has its own index", () => {
  const indexOf = (text: string) => /INDEX (requests_\w+)/.exec(plan(text).join("\n"))?.[1];
  assert.equal(indexOf(SQL.listByStatus), "requests_by_status");
  assert.equal(indexOf(SQL.listOpen), "requests_open");
  assert.equal(indexOf(SQL.listOwingLog), "requests_owing_log");
  assert.equal(indexOf(SQL.listDue), "requests_due");
  assert.equal(indexOf(SQL.listAlarms), "requests_due");
  assert.equal(indexOf(SQL.listBehind), "requests_behind");
  assert.equal(/INDEX (outbox_\w+)/.exec(plan(SQL.listDueItems).join())?.[1], "outbox_due");
  assert.equal(/INDEX (outbox_\w+)/.exec(plan(SQL.readOutbox).join())?.[1], "outbox_pending");
});
