import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { changeOf, chunksOf, draftOf, idOf } from "../../ports/contract/store/fixtures.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
let folder: string;
let shell: DatabaseSync;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-append-"));
  const file = join(folder, "hallpass.db");
  const store = openSqliteStore({ file, log: silent });
  await store.commit(changeOf("a", { audit: [draftOf("one"), draftOf("two"), draftOf("three")] }));
  for (const chunk of chunksOf(idOf(1), 3)) await store.commit(changeOf(idOf(1), { chunk }));
  await store.close();
  // Anybody's connection, with SQLite's defaults.
  shell = new DatabaseSync(file);
});
after(() => {
  shell.close();
  rmSync(folder, { recursive: true });
});

const AUDIT_ROW = "('a', %, 1, '{}', 'forged', 'c', 'null', 'h', 'h')";
const forged = (seq: number) => AUDIT_ROW.replace("%", String(seq));

const REFUSED: readonly (readonly [string, string])[] = [
  ["an edit of the audit trail", "UPDATE audit SET data = '1' WHERE seq = 2"],
  ["a removal from the audit trail", "DELETE FROM audit WHERE seq = 2"],
  ["a removal of the last audit line", "DELETE FROM audit WHERE seq = 3"],
  ["emptying the audit trail", "DELETE FROM audit"],
  ["a replaced audit line", `INSERT OR REPLACE INTO audit VALUES ${forged(2)}`],
  ["an audit line after a gap", `INSERT INTO audit VALUES ${forged(5)}`],
  ["an audit line before the first", `INSERT INTO audit VALUES ${forged(0)}`],
  ["an edit of a log chunk", "UPDATE log_chunks SET value = '{}' WHERE seq = 1"],
  ["a removal of a log chunk", "DELETE FROM log_chunks WHERE seq = 2"],
  ["a replaced log chunk", `INSERT OR REPLACE INTO log_chunks VALUES ('${idOf(1)}', 1, '{}')`],
  ["a log chunk after a gap", `INSERT INTO log_chunks VALUES ('${idOf(1)}', 9, '{}')`],
];

for (const [what, statement] of REFUSED) {
  test(`W47 L15 the database itself refuses ${what}`, () => {
    const rows = () =>
      shell.prepare("SELECT * FROM audit").all().concat(shell.prepare("SELECT * FROM log_chunks").all());
    const before = rows();
    assert.equal(before.length, 6);
    assert.throws(() => shell.exec(statement), /append-only/);
    assert.deepEqual(rows(), before);
  });
}
