import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, test } from "node:test";
import { verifyAuditChain } from "../../ports/audit-chain.ts";
import { idOf } from "../../ports/contract/store/fixtures.ts";
import { StoreError } from "../../ports/store.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };
const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Opens the data file, then commits request after request and says the number of each that was acknowledged. */
const WRITER = `
  import { openSqliteStore } from ${here("./store.ts")};
  import { draftOf, pendingOf, writeOf } from ${here("../../ports/contract/store/fixtures.ts")};
  const log = { info() {}, warn() {}, error() {} };
  const checkpoints = process.env.CHECKPOINTS;
  const store = openSqliteStore({ file: process.env.DATA_FILE, log, checkpoints });
  for (let number = 1; ; number += 1) {
    const audit = [draftOf("line-" + number)];
    await Promise.all([
      store.commit(writeOf(pendingOf(number), 0, { audit })),
      store.commit({ stream: "all", audit, effects: [], at: number }),
    ]);
    process.stdout.write(number + "\\n");
  }
`;

let folder: string;
let file: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-crash-"));
  file = join(folder, "hallpass.db");
  children = [];
});
afterEach(async () => {
  for (const child of children) await kill(child);
  rmSync(folder, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Starts a writer and resolves when it has acknowledged `count` requests; `last` then tells the last number. */
async function startWriter(
  count: number,
  checkpoints: "within" | "thread" = "within",
): Promise<{ child: ChildProcess; last: () => number }> {
  const env = { PATH: "", DATA_FILE: file, CHECKPOINTS: checkpoints };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", WRITER], { env });
  children.push(child);
  let problem = "";
  child.stderr.on("data", (text) => (problem += String(text)));
  let last = 0;
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      last = Number(line);
      if (last >= count) resolve();
    });
    lines.on("close", () => reject(new Error(problem)));
  });
  return { child, last: () => last };
}

/** In a thread, a checkpoint has begun by so many requests, each of two writes. */
const CASES = [
  ["within", 30],
  ["thread", 550],
] as const;

for (const [checkpoints, count] of CASES)
  test(`L7 after kill -9 everything acknowledged is there, whole, and nothing half (checkpoints: ${checkpoints})`, async () => {
    const { child, last } = await startWriter(count, checkpoints);
    await kill(child);
    const store = openSqliteStore({ file, log: silent });
    const acknowledged = last();
    assert.ok(acknowledged >= count);
    for (let number = 1; number <= acknowledged; number += 1) {
      assert.equal((await store.loadRequest(idOf(number)))?.version, 1, `request ${number}`);
      assert.equal((await store.readAudit(idOf(number), 0, 10)).length, 1);
    }
    const trail = await store.readAudit("all", 0, acknowledged + 100);
    assert.ok(trail.length >= acknowledged);
    assert.equal(verifyAuditChain(trail), undefined);
    const lost = await store.loadRequest(idOf(trail.length + 1));
    assert.equal(lost, undefined, "a request and its line of the same group stand or fall together");
    await store.close();
  });

test("a data file in use by another process is refused until that process ends, even by kill -9", async () => {
  const { child } = await startWriter(1);
  const open = () => openSqliteStore({ file, log: silent });
  assert.throws(open, (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(
      error.message,
      /is in use: only one Hallpass may write to it, and another one is running\.$/,
    );
    return true;
  });
  await kill(child);
  await open().close();
});

test("a data file in use by this process is refused until it is closed", async () => {
  const open = () => openSqliteStore({ file, log: silent });
  const store = open();
  assert.throws(open, /is in use/);
  assert.throws(open, /is in use/, "the refusal has not freed it");
  await store.close();
  await open().close();
});
