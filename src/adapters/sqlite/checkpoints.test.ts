import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { pendingOf, writeOf } from "../../ports/contract/store/fixtures.ts";
import { type Checkpoints, CHECKPOINT, NO_THREAD, startCheckpoints } from "./checkpoints.ts";
import { openDatabase } from "./open-database.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-checkpoints-"));
  file = join(folder, "hallpass.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Until `isSo`; a test that waits in vain ends by the time limit of the run. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

/** What the data file alone holds, without its log. */
function requestsWithoutLog(): number {
  const copy = join(folder, "copy.db");
  const database = copyAndOpen(copy);
  try {
    return Number(database.prepare("SELECT count(*) AS count FROM requests").get()?.["count"]);
  } catch {
    // Copied while the thread was writing.
    return 0;
  } finally {
    database.close();
  }
}

function copyAndOpen(copy: string): DatabaseSync {
  for (const path of [copy, `${copy}-wal`, `${copy}-shm`]) rmSync(path, { force: true });
  copyFileSync(file, copy);
  return new DatabaseSync(copy);
}

test("a thread copies what was committed into the data file while the store is open", async () => {
  const store = openSqliteStore({ file, log: silent, checkpoints: "thread" });
  const numbers = Array.from({ length: 1_100 }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => store.commit(writeOf(pendingOf(number), 0))));
  assert.ok(existsSync(`${file}-wal`));
  await until(() => requestsWithoutLog() >= 1_000);
  await store.close();
  assert.equal(existsSync(`${file}-wal`), false, "the last connection to close is the store's");
  assert.equal(requestsWithoutLog(), 1_100);
});

/** A database of one table, with checkpoints of its own, that counts what its writer was told to do. */
function openBusy(limits: { everyWrites: number; logPagesMax: number }) {
  const database = openDatabase(file);
  database.exec("CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
  let rests = 0;
  const auto: number[] = [];
  const writer = {
    file,
    setAutoCheckpoint: (pages: number) => void auto.push(pages),
    checkpoint: () => {
      rests += 1;
      database.prepare(CHECKPOINT).get();
    },
    close: () => database.close(),
  };
  const checkpoints: Checkpoints = startCheckpoints(writer, silent, limits);
  database.exec("PRAGMA wal_autocheckpoint = 0");
  const insert = database.prepare("INSERT INTO numbers DEFAULT VALUES");
  return {
    checkpoints,
    rests: () => rests,
    write() {
      insert.run();
      checkpoints.stored(1);
    },
    close: checkpoints.end,
  };
}

/** Changes each time the log is begun anew: the salts in its header (sqlite.org/fileformat2.html#walformat). */
const saltOfLog = (): string => readFileSync(`${file}-wal`).subarray(16, 24).toString("hex");

test("a long log is begun anew although writes never stop", async () => {
  const busy = openBusy({ everyWrites: 10, logPagesMax: 50 });
  while (busy.rests() === 0) {
    for (let count = 0; count < 50; count += 1) busy.write();
    await setImmediate();
  }
  const before = saltOfLog();
  busy.write();
  assert.notEqual(saltOfLog(), before);
  await busy.close();
});

test("a log that is not long is copied by the thread alone", async () => {
  const busy = openBusy({ everyWrites: 1, logPagesMax: Number.POSITIVE_INFINITY });
  busy.write();
  const copied = () => {
    const database = copyAndOpen(join(folder, "copy.db"));
    try {
      return database.prepare("SELECT 1 FROM numbers").get() !== undefined;
    } catch {
      return false;
    } finally {
      database.close();
    }
  };
  await until(copied);
  assert.equal(busy.rests(), 0);
  await busy.close();
});

test("without its thread SQLite makes the checkpoints itself, and the log says so", async () => {
  const errors: string[] = [];
  const auto: number[] = [];
  writeFileSync(file, "no database at all".repeat(100));
  let isClosed = false;
  const writer = {
    file,
    setAutoCheckpoint: (pages: number) => void auto.push(pages),
    checkpoint: () => {},
    close: () => void (isClosed = true),
  };
  const log = { ...silent, error: (message: string) => void errors.push(message) };
  const checkpoints = startCheckpoints(writer, log);
  await until(() => errors.length > 0);
  checkpoints.stored(10_000);
  await checkpoints.end();
  assert.deepEqual(errors, [NO_THREAD]);
  assert.equal(auto.at(-1), 1_000);
  assert.ok(isClosed);
});
