import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { verifyAuditChain } from "../../ports/audit-chain.ts";
import { draftOf, idOf, pendingOf, writeOf } from "../../ports/contract/store/fixtures.ts";
import { type Store, StoreError } from "../../ports/store.ts";
import { backUpDataFile } from "./backup.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
let folder: string;
let file: string;
let to: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-backup-"));
  file = join(folder, "hallpass.db");
  to = join(folder, "backup.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (path = file) => openSqliteStore({ file: path, log: silent });
const add = (store: Store, number: number) =>
  store.commit(writeOf(pendingOf(number), 0, { audit: [draftOf("requested")] }));

async function assertHolds(path: string, numbers: readonly number[], missing: number): Promise<void> {
  const store = open(path);
  for (const number of numbers) {
    assert.equal((await store.loadRequest(idOf(number)))?.version, 1);
    const trail = await store.readAudit(idOf(number), 0, 10);
    assert.equal(trail.length, 1);
    assert.equal(verifyAuditChain(trail), undefined);
  }
  assert.equal(await store.loadRequest(idOf(missing)), undefined);
  await store.close();
}

test("a backup made beside the running service by another process can take its place", async () => {
  const store = open();
  await add(store, 1);
  const source = `import { backUpDataFile } from ${JSON.stringify(new URL("./backup.ts", import.meta.url).href)};
    backUpDataFile({ file: ${JSON.stringify(file)}, to: ${JSON.stringify(to)} });`;
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", source], { encoding: "utf8" });
  assert.equal(child.status, 0, child.stderr);
  await add(store, 2);
  await store.close();
  assert.equal((statSync(to).mode & 0o777).toString(8), "600");
  await assertHolds(to, [1], 2);
  await assertHolds(file, [1, 2], 3);
});

test("a backup within the process leaves the service's lock and its writes alone", async () => {
  const store = open();
  await add(store, 1);
  backUpDataFile({ file, to });
  assert.throws(() => open(), /is in use/);
  await add(store, 2);
  await store.close();
  await assertHolds(to, [1], 2);
  await assertHolds(file, [1, 2], 3);
});

test("a backup of a stopped service is made too", async () => {
  const store = open();
  await add(store, 1);
  await store.close();
  backUpDataFile({ file, to });
  await assertHolds(to, [1], 2);
});

test("a backup never replaces a file, and leaves no half one", async () => {
  await open().close();
  writeFileSync(to, "the last good one");
  assert.throws(() => backUpDataFile({ file, to }), /exists already/);
  assert.equal(statSync(to).size, 17);
  rmSync(to);
  writeFileSync(file, "not a database any more, so nothing can be copied from it");
  assert.throws(() => backUpDataFile({ file, to }), StoreError);
  rmSync(file);
  assert.throws(() => backUpDataFile({ file, to }), /does not exist/);
  assert.ok(!existsSync(to));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("backup")),
    [],
  );
});
