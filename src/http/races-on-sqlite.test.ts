import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";

/** The same call 20 times at the same moment, on the store of one machine, where they share its transactions. */

const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const AT_ONCE = 20;

let folder: string;
let world: HttpWorld;
let mac: TestMac;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-races-"));
  world = await createHttpWorld({
    store: openSqliteStore({ file: join(folder, "hallpass.db"), log: NO_LOG }),
  });
  mac = await enrolledMac(world);
});

after(async () => {
  await world.running.stop();
  await world.store.close();
  rmSync(folder, { recursive: true });
});

const atOnce = (send: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(index)));
const countOf = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;
const auditCount = async (requestId: string, type: string) =>
  (await world.store.readAudit(requestId, 0, 1000)).filter((entry) => entry.type === type).length;

describe("at the same moment on SQLite", () => {
  test("20 same submissions make one request", async () => {
    const answers = await atOnce(() => mac.ask({}, "the-same-submission"));
    assert.deepEqual([countOf(answers, 201), countOf(answers, 200)], [1, AT_ONCE - 1]);
    const ids = new Set(answers.map(({ body }) => String(body["requestId"])));
    assert.equal(ids.size, 1);
    const [requestId = ""] = ids;
    assert.equal((await world.store.listByStatus("pending", 100)).items.length, 1);
    assert.equal(await auditCount(requestId, "requested"), 1);
    await world.settle();
    assert.equal(world.chat.cards.length, 1);
    await mac.post("/cancel", { requestId });
  });

  test("20 different submissions make one request", async () => {
    const answers = await atOnce((index) => mac.ask({}, `submission-${index}`));
    assert.deepEqual([countOf(answers, 201), countOf(answers, 409)], [1, AT_ONCE - 1]);
    const made = answers.find(({ status }) => status === 201)?.body["requestId"];
    assert.deepEqual([...new Set(answers.map(({ body }) => body["requestId"]))], [made]);
    await mac.post("/cancel", { requestId: made });
  });

  test("20 times each step of a session: each happens once", async () => {
    const requestId = await mac.approved();
    const steps = [
      () => mac.arm(requestId),
      () => mac.start(requestId),
      () => mac.log(requestId),
      () => mac.post("/end", { requestId }),
    ];
    for (const step of steps) assert.equal(countOf(await atOnce(step), 200), AT_ONCE);
    for (const type of ["armed", "baseline", "started", "log_started", "ending_begun"]) {
      assert.equal(await auditCount(requestId, type), 1, type);
    }
    assert.equal((await world.store.readLogHead(requestId)).nextSeq, 1);
    const removals = await atOnce(() => mac.removed(requestId));
    assert.equal(await auditCount(requestId, "removed"), 1);
    const keys = removals.map(({ body }) => body["nextKey"]).filter((key) => typeof key === "string");
    const works = await Promise.all(
      keys.map((key) => world.call("GET", `/mac?serial=${CAST.serial}`, { key })),
    );
    assert.equal(countOf(works, 200), 1, "one next key, whichever answer arrived");
  });
});
