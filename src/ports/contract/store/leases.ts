import assert from "node:assert/strict";
import { StoreError } from "../../store.ts";
import { beatOf, cardOf, changeOf, idOf, pendingOf, START, writeOf } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** Leases, and the end of the store itself. */
export function leaseRules(makeStore: MakeStore): void {
  rule(makeStore, "a lease is got when free, over or one's own, and by nobody else", async ({ store }) => {
    const acquire = (owner: string, now: number, until: number) =>
      store.acquireLease("drain:1", owner, START + now, START + until);
    assert.equal(await acquire("a", 0, 10), true, "free");
    assert.equal(await acquire("b", 9, 20), false, "held");
    assert.equal(await acquire("a", 9, 30), true, "its own, renewed");
    assert.equal(await acquire("b", 29, 40), false, "held longer");
    assert.equal(await acquire("b", 30, 40), true, "over");
    assert.equal(await acquire("a", 31, 50), false, "lost to another");
    assert.equal(await store.acquireLease("drain:2", "a", START, START + 10), true, "another key");
  });

  rule(makeStore, "a lease is given back by its owner only", async ({ store }) => {
    const acquire = (owner: string) => store.acquireLease("drain:1", owner, START, START + 10);
    await store.releaseLease("drain:1", "a");
    await acquire("a");
    await store.releaseLease("drain:1", "b");
    assert.equal(await acquire("b"), false);
    await store.releaseLease("drain:1", "a");
    assert.equal(await acquire("b"), true);
  });

  rule(makeStore, "of many takers at once one gets a lease", async ({ store }) => {
    const takers = Array.from({ length: 20 }, (_, number) =>
      store.acquireLease("drain:1", `taker-${number}`, START, START + 10),
    );
    assert.equal((await Promise.all(takers)).filter((isTaken) => isTaken).length, 1);
  });

  rule(makeStore, "close finishes what was asked for, then everything is refused", async ({ store }) => {
    const asked = store.commit(writeOf(pendingOf(1)));
    await Promise.all([asked, store.close()]);
    assert.deepEqual(await asked, { ok: true });
    const done = { state: "done", attempts: 1, notBefore: START } as const;
    const calls = [
      () => store.commit(changeOf("a")),
      () => store.loadRequest(idOf(1)),
      () => store.guardOwner("a"),
      () => store.loadMac("a"),
      () => store.findMacByKeyHash("a"),
      () => store.listByStatus("pending", 1),
      () => store.listOpenBySerial("a"),
      () => store.listLogOwedBySerial("a"),
      () => store.listDue(START, 1),
      () => store.listAlarms(1),
      () => store.readAudit("a", 0, 1),
      () => store.readLogHead("a"),
      () => store.readLogChunk("a", 0),
      () => store.readLogChunks("a", 0, 1),
      () => store.putBeat(beatOf("a")),
      () => store.readBeat("a"),
      () => store.readOutbox("a"),
      () => store.updateOutbox("a", 1, done),
      () => store.listStreamsWithWork(START, 1),
      () => store.readCard("a"),
      () => store.writeCard("a", cardOf(1)),
      () => store.acquireLease("a", "b", START, START),
      () => store.releaseLease("a", "b"),
    ];
    for (const call of calls) await assert.rejects(call, StoreError, call.toString());
    await store.close();
  });
}
