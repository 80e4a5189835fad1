import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import { StoreError } from "../../ports/store.ts";
import { openDatabase } from "./open-database.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-open-"));
  file = join(folder, "hallpass.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (path = file) => openSqliteStore({ file: path, log: silent });
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Asserts that opening is refused with one sentence that says `about`, for the operator. */
function assertRefused(about: RegExp, path = file): void {
  assert.throws(
    () => open(path),
    (error) => {
      assert.ok(error instanceof StoreError);
      assert.match(error.message, about);
      assert.match(error.message, /^The [^\n]+\.$/);
      return true;
    },
  );
}

test("L7 a commit is on disk before it returns: write-ahead log, synchronous FULL", () => {
  const database = openDatabase(file);
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.equal(pragma("journal_mode"), "wal");
  assert.equal(pragma("synchronous"), 2, "FULL (https://www.sqlite.org/pragma.html#pragma_synchronous)");
  assert.equal(pragma("fullfsync"), 1);
  assert.equal(pragma("foreign_keys"), 1);
  assert.equal(pragma("busy_timeout"), 2_000);
  assert.equal(pragma("trusted_schema"), 0);
  database.close();
});

test("L12 nobody else can read the data file and its companions", async () => {
  const store = open();
  await store.putBeat({
    requestId: "r",
    at: 1,
    bootSession: "b",
    continuousSeconds: 1,
    admin: true,
    logSeq: 0,
    agentSha256: "a",
  });
  for (const suffix of ["", "-wal", "-shm", "-lock"]) assert.equal(modeOf(file + suffix), "600", suffix);
  await store.close();
});

test("L12 a data file that others could read is closed to them", async () => {
  await open().close();
  chmodSync(file, 0o644);
  await open().close();
  assert.equal(modeOf(file), "600");
});

test("a file that is no database is refused and left as it was", () => {
  const text = "just some notes, longer than the sixteen bytes of a header\n".repeat(20);
  writeFileSync(file, text);
  assertRefused(/cannot be opened: it is not a database/);
  assert.equal(readFileSync(file, "utf8"), text);
});

test("the database of another program is refused and left as it was", () => {
  const other = new DatabaseSync(file);
  other.exec("CREATE TABLE notes (text TEXT)");
  other.close();
  const before = readFileSync(file);
  assertRefused(/is a database of another program/);
  assert.deepEqual(readFileSync(file), before);
});

test("a missing folder and a folder in place of the file are refused", () => {
  assertRefused(/^The folder of the data file .* does not exist/, join(folder, "nowhere", "hallpass.db"));
  mkdirSync(file);
  assertRefused(/is not a regular file/);
});

test("a data file is one and the same under any of its names", async () => {
  const store = open();
  const link = join(folder, "link.db");
  symlinkSync(file, link);
  assertRefused(/is in use/, link);
  await store.close();
  await open(link).close();
});

test("an empty file becomes a data file", async () => {
  writeFileSync(file, "");
  await open().close();
  await open().close();
});

test("a store that was refused holds on to nothing", async () => {
  writeFileSync(file, "not a database at all, whatever the name says");
  assertRefused(/not a database/);
  rmSync(file);
  await open().close();
});
