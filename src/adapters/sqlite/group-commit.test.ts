import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import {
  beatOf,
  changeOf,
  draftOf,
  idOf,
  pendingOf,
  START,
  writeOf,
} from "../../ports/contract/store/fixtures.ts";
import { type Change, type Store, StoreError } from "../../ports/store.ts";
import { createGroupCommit, GROUP_MAX, PATIENT_MAX } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openDatabase } from "./open-database.ts";
import { createSqliteStore } from "./store.ts";
import { createTransactions } from "./transactions.ts";

let folder: string;
let database: DatabaseSync;
let store: Store;
let errors: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-group-"));
  database = openDatabase(join(folder, "hallpass.db"));
  migrate(database, MIGRATIONS);
  errors = [];
  const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  store = createSqliteStore(database, log, () => undefined);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
const storedCount = () => Number(database.prepare("SELECT count(*) AS n FROM requests").get()?.["n"]);
const change = (number: number, expectedVersion = 0): Change =>
  writeOf(pendingOf(number), expectedVersion, { audit: [draftOf(`line-${number}`)] });

/** Loses by a guard, which is looked at after the request was written. */
function refusedByGuard(number: number): Change {
  return { ...change(number), guards: [{ op: "claim", key: "taken", owner: idOf(number) }] };
}

/** A line whose time is no whole number: the table refuses it, after the request was written. */
function thrownInside(number: number): Change {
  return writeOf(pendingOf(number), 0, { audit: [draftOf("good"), draftOf("bad", { at: START + 0.5 })] });
}

/** From now on a COMMIT that holds a new audit line fails, as a disk that does not answer would make it fail. */
function breakCommits(): void {
  database.exec(`
    CREATE TABLE promises (id INTEGER PRIMARY KEY);
    CREATE TABLE broken_promises (id INTEGER REFERENCES promises (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TEMP TRIGGER break_commit AFTER INSERT ON audit BEGIN INSERT INTO broken_promises VALUES (1); END;
  `);
}
const mendCommits = () => database.exec("DROP TRIGGER break_commit");

test("L7 of 50 changes in one group, 10 that conflict and one that throws undo only themselves", async () => {
  await store.commit(changeOf("other", { guards: [{ op: "claim", key: "taken", owner: "somebody" }] }));
  const changes = Array.from({ length: 50 }, (_, number) => {
    if (number === 25) return thrownInside(number);
    if (number % 10 === 4) return change(number, 7);
    return number % 10 === 9 ? refusedByGuard(number) : change(number);
  });
  const outcomes = await Promise.allSettled(changes.map((one) => store.commit(one)));
  const told = (value: string) =>
    outcomes.filter((outcome) => JSON.stringify(outcome).includes(value)).length;
  assert.equal(told('"ok":true'), 39);
  assert.equal(told('"conflict":"version"'), 5);
  assert.equal(told('"conflict":"guard"'), 5);
  const rejected = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  assert.equal(rejected.length, 1);
  assert.ok(rejected[0] instanceof StoreError);
  assert.equal(storedCount(), 39);
  for (const loser of [24, 25, 29]) {
    assert.equal(await store.loadRequest(idOf(loser)), undefined, `request ${loser}`);
    assert.deepEqual(await store.readAudit(idOf(loser), 0, 10), [], `the audit lines of ${loser}`);
  }
  assert.equal((await store.readAudit(idOf(26), 0, 10)).length, 1, "a neighbour's are there");
});

test("L7 a failed COMMIT rejects the whole group, stores nothing, and the next one works", async () => {
  await store.commit(change(0));
  breakCommits();
  const group = [change(1), change(2), change(0), change(3, 7)].map((one) => store.commit(one));
  const beat = store.putBeat(beatOf(idOf(0)));
  const outcomes = await Promise.allSettled([...group, beat]);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, "rejected", "losers too: what they lost against is not stored");
    assert.ok(outcome.reason instanceof StoreError);
  }
  assert.equal(errors.length, 1, "said once in the log");
  assert.equal(storedCount(), 1);
  assert.equal(await store.loadRequest(idOf(1)), undefined);
  mendCommits();
  assert.deepEqual(await store.commit(change(1)), { ok: true });
  assert.equal(await store.readBeat(idOf(0)), undefined);
  assert.equal(storedCount(), 2);
});

test("L7 a disk that fills up takes down its own change, or the group with it, and never half of one", async () => {
  await store.commit(change(0));
  const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  database.exec(`PRAGMA max_page_count = ${pages + 4}`);
  const huge = changeOf(idOf(9), { audit: [draftOf("huge", { data: "x".repeat(200_000) })] });
  const outcomes = await Promise.allSettled([change(1), huge, change(2)].map((one) => store.commit(one)));
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.equal(storedCount(), 3);
  assert.deepEqual(await store.readAudit(idOf(9), 0, 10), []);
  // SQLite gives up the whole transaction when the statement that finds the disk full has no way back.
  const hugeBeat = { ...beatOf(idOf(3)), agentSha256: "x".repeat(200_000) };
  const group = [store.commit(change(3)), store.putBeat(hugeBeat), store.commit(change(4))];
  const lost = await Promise.allSettled(group);
  assert.deepEqual(
    lost.map((outcome) => outcome.status),
    ["rejected", "rejected", "rejected"],
  );
  assert.equal(errors.length, 1);
  assert.equal(storedCount(), 3);
  database.exec("PRAGMA max_page_count = 1000000");
  await store.putBeat(hugeBeat);
  assert.deepEqual(await store.commit(huge), { ok: true });
  assert.deepEqual(await store.commit(change(3)), { ok: true });
});

test("L7 while somebody else writes to the file a group waits, then is rejected whole", async () => {
  database.exec("PRAGMA busy_timeout = 1");
  const other = openDatabase(join(folder, "hallpass.db"));
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.commit(change(1)), StoreError);
  other.exec("ROLLBACK");
  other.close();
  assert.deepEqual(await store.commit(change(1)), { ok: true });
});

test("reads see only what is committed", async () => {
  const seen: unknown[] = [];
  const writing = store.commit(change(1)).then(() => seen.push("committed"));
  assert.equal(await store.loadRequest(idOf(1)), undefined, "asked before its group ran");
  await writing;
  assert.equal((await store.loadRequest(idOf(1)))?.version, 1);
});

test("reads of one turn share a transaction, which ends with the turn and before anything is written", async () => {
  const reads = Promise.all([store.loadRequest(idOf(1)), store.readBeat(idOf(1))]);
  assert.equal(database.isTransaction, true);
  await reads;
  await turn();
  assert.equal(database.isTransaction, false);
  const writing = store.commit(change(1));
  assert.equal(await store.loadRequest(idOf(1)), undefined);
  assert.deepEqual(await writing, { ok: true });
  assert.equal((await store.loadRequest(idOf(1)))?.version, 1);
});

test("a group is limited, so that one turn stays short", async () => {
  let done = 0;
  const all = Array.from({ length: 2 * GROUP_MAX + 10 }, (_, number) =>
    store.putBeat(beatOf(idOf(number))).then(() => (done += 1)),
  );
  const counts: number[] = [];
  for (let index = 0; index < 3; index += 1) {
    await turn();
    counts.push(done);
  }
  assert.deepEqual(counts, [GROUP_MAX, 2 * GROUP_MAX, 2 * GROUP_MAX + 10]);
  await Promise.all(all);
});

test("writes of one turn are done in the order in which they were asked for", async () => {
  const outcomes = await Promise.all([
    store.commit(changeOf("a", { guards: [{ op: "claim", key: "one", owner: "a" }] })),
    store.commit(changeOf("b", { guards: [{ op: "claim", key: "one", owner: "b" }] })),
    store.commit(changeOf("a", { guards: [{ op: "release", key: "one", owner: "a" }] })),
    store.commit(changeOf("c", { guards: [{ op: "claim", key: "one", owner: "c" }] })),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.ok),
    [true, false, true, true],
  );
  assert.equal(await store.guardOwner("one"), "c");
});

test("a store that closes commits what waits, more than one group of it", async () => {
  const all = Array.from({ length: GROUP_MAX + 5 }, (_, number) => store.putBeat(beatOf(idOf(number))));
  await store.close();
  await Promise.all(all);
  const again = openDatabase(join(folder, "hallpass.db"));
  assert.equal(again.prepare("SELECT count(*) AS n FROM beats").get()?.["n"], GROUP_MAX + 5);
  again.close();
});

test("a backlog of patient writes makes nobody wait, and goes on while others write", async () => {
  const transactions = createTransactions(database);
  const groups: string[][] = [];
  const whole = <T>(work: () => T): T => {
    groups.push([]);
    return transactions.whole(work);
  };
  const group = createGroupCommit({ ...transactions, whole }, { info() {}, warn() {}, error() {} });
  const note = (text: string) => () => void groups.at(-1)?.push(text);
  const rest = 3;
  const backlog = Array.from({ length: 2 * PATIENT_MAX + rest }, (_, number) =>
    group.writePatiently(note(`patient ${number}`)),
  );
  await group.write(note("first"));
  await group.write(note("second"));
  await Promise.all(backlog);
  const patient = (from: number, count = PATIENT_MAX) =>
    Array.from({ length: count }, (_, number) => `patient ${from + number}`);
  assert.deepEqual(groups.slice(0, 2), [
    ["first", ...patient(0)],
    ["second", ...patient(PATIENT_MAX)],
  ]);
  assert.deepEqual(groups.slice(2), [patient(2 * PATIENT_MAX, rest)]);
  group.close();
});

test("L7 a part that has to be undone takes no neighbour with it", async () => {
  const transactions = createTransactions(database);
  const group = createGroupCommit(transactions, { info() {}, warn() {}, error() {} });
  const insert = database.prepare("INSERT INTO guards (key, owner) VALUES (?, 'me')");
  const writes = [
    group.write(() => insert.run("a").changes),
    group.write(
      () => insert.run("b").changes,
      () => false,
    ),
    group.writePatiently(() => insert.run("c").changes),
  ];
  assert.deepEqual(await Promise.all(writes), [1, 1, 1]);
  const keys = database.prepare("SELECT key FROM guards ORDER BY key").all();
  assert.deepEqual(
    keys.map(({ key }) => key),
    ["a", "c"],
  );
  group.close();
});
