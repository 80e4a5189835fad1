import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openSqliteStore } from "../adapters/sqlite/store.ts";

const SCRIPT = join(import.meta.dirname, "backup.ts");
const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let file: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-backup-"));
  file = join(folder, "hallpass.db");
  mkdirSync(join(folder, "called-from"));
});
after(() => rmSync(folder, { recursive: true }));

function backUp(args: readonly string[], env: Readonly<Record<string, string>> = { HALLPASS_DATA: file }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", INIT_CWD: join(folder, "called-from"), ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("npm run backup", () => {
  test("copies the data file of a running service to where it was called", async () => {
    const store = openSqliteStore({ file, log: NO_LOG });
    await store.commit({
      stream: "kept",
      guards: [{ op: "claim", key: "kept", owner: "somebody" }],
      audit: [],
      effects: [],
      at: 0,
    });
    const { status, stdout, stderr } = backUp(["copy.db"]);
    const copy = join(folder, "called-from", "copy.db");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.equal(stdout, `hallpass: the data file was copied to ${copy}\n`);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    await store.close();
    const restored = openSqliteStore({ file: copy, log: NO_LOG });
    assert.equal(await restored.guardOwner("kept"), "somebody", "what was stored is in it");
    await restored.close();
  });

  test("says in one sentence what is wrong, and leaves nothing behind", () => {
    assert.match(backUp([]).stderr, /^hallpass: usage: npm run backup -- FILE/);
    assert.match(backUp(["a", "b"]).stderr, /^hallpass: usage/);
    assert.match(backUp(["--help"]).stderr, /^hallpass: usage/);
    assert.match(backUp(["new.db"], {}).stderr, /^hallpass: HALLPASS_DATA is missing/);
    const missing = backUp(["new.db"], { HALLPASS_DATA: join(folder, "no.db") });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^hallpass: The data file .* does not exist\.\n$/);
    assert.match(backUp([file]).stderr, /exists already; it was left as it is\.\n$/);
    assert.ok(!existsSync(join(folder, "called-from", "new.db")));
  });
});
