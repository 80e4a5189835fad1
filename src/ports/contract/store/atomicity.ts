import assert from "node:assert/strict";
import type { Change, CommitOutcome, Store } from "../../store.ts";
import { EMPTY_LOG_HEAD } from "../../store-rules.ts";
import {
  askOf,
  changeOf,
  chunkOf,
  draftOf,
  effectOf,
  idOf,
  macOf,
  pendingOf,
  requestIn,
  SERIAL,
  START,
  writeOf,
} from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

const REQUEST = idOf(1);

/** A change of request 1 that touches everything there is, and would be accepted by `seed`ed data. */
const EVERYTHING: Change = {
  stream: REQUEST,
  request: { expectedVersion: 1, value: requestIn("denied", askOf(1)), dueAt: START + 60 },
  mac: { expectedVersion: 0, value: macOf(SERIAL, { keyHash: "new-key" }) },
  guards: [
    { op: "claim", key: "free", owner: REQUEST },
    { op: "release", key: "held", owner: REQUEST },
  ],
  quota: { key: "night", limit: 2 },
  chunk: chunkOf(REQUEST, 0),
  audit: [draftOf("denied")],
  effects: [effectOf("denied")],
  at: START,
};

/** One way to lose for each part, and what the loser is told. */
const LOSERS: readonly { readonly why: string; readonly change: Change; readonly outcome: CommitOutcome }[] =
  [
    {
      why: "the request's version",
      change: { ...EVERYTHING, request: { expectedVersion: 2, value: pendingOf(1) } },
      outcome: { ok: false, conflict: "version" },
    },
    {
      why: "the Mac's version",
      change: { ...EVERYTHING, mac: { expectedVersion: 4, value: macOf(SERIAL, { keyHash: "new-key" }) } },
      outcome: { ok: false, conflict: "version" },
    },
    {
      why: "a guard",
      change: {
        ...EVERYTHING,
        guards: [...(EVERYTHING.guards ?? []), { op: "claim", key: "taken", owner: REQUEST }],
      },
      outcome: { ok: false, conflict: "guard", key: "taken", owner: "somebody" },
    },
    {
      why: "the quota",
      change: { ...EVERYTHING, quota: { key: "night", limit: 1 } },
      outcome: { ok: false, conflict: "quota", key: "night" },
    },
    {
      why: "the chunk",
      change: { ...EVERYTHING, chunk: chunkOf(REQUEST, 1) },
      outcome: { ok: false, conflict: "chunk" },
    },
  ];

async function seed(store: Store): Promise<void> {
  const guards = [
    { op: "claim", key: "held", owner: REQUEST },
    { op: "claim", key: "taken", owner: "somebody" },
  ] as const;
  const quota = { key: "night", limit: 1 };
  const parts = { guards, quota, audit: [draftOf("requested")], effects: [effectOf("received")] };
  assert.deepEqual(await store.commit(writeOf(pendingOf(1), 0, parts)), { ok: true });
}

/** A change is stored whole or not at all. */
export function atomicityRules(makeStore: MakeStore): void {
  for (const { why, change, outcome } of LOSERS) {
    rule(makeStore, `L7 a change that loses by ${why} stores nothing`, async ({ store, settle }) => {
      await seed(store);
      assert.deepEqual(await store.commit(change), outcome);
      assert.deepEqual(await store.loadRequest(REQUEST), { version: 1, request: pendingOf(1) });
      assert.equal(await store.loadMac(SERIAL), undefined);
      assert.equal(await store.findMacByKeyHash("new-key"), undefined);
      assert.equal(await store.guardOwner("free"), undefined);
      assert.equal(await store.guardOwner("held"), REQUEST);
      assert.equal(await store.guardOwner("taken"), "somebody");
      assert.deepEqual(await store.readLogHead(REQUEST), EMPTY_LOG_HEAD);
      assert.equal(await store.readLogChunk(REQUEST, 0), undefined);
      assert.deepEqual(
        (await store.readAudit(REQUEST, 0, 10)).map((line) => line.type),
        ["requested"],
      );
      assert.deepEqual(
        (await store.readOutbox(REQUEST)).map((item) => item.effect.key),
        ["received"],
      );
      await settle();
      assert.deepEqual(await store.listDue(START + 100, 10), []);
      assert.deepEqual((await store.listByStatus("denied", 10)).items, []);
      // The same change without its flaw is still welcome, the quota's last place included.
      assert.deepEqual(await store.commit(EVERYTHING), { ok: true });
    });
  }

  rule(makeStore, "L7 a change that wins stores everything in it", async ({ store, settle }) => {
    await seed(store);
    assert.deepEqual(await store.commit(EVERYTHING), { ok: true });
    const stored = { version: 2, request: requestIn("denied", askOf(1)), dueAt: START + 60 };
    assert.deepEqual(await store.loadRequest(REQUEST), stored);
    assert.equal((await store.findMacByKeyHash("new-key"))?.serial, SERIAL);
    assert.equal(await store.guardOwner("free"), REQUEST);
    assert.equal(await store.guardOwner("held"), undefined);
    assert.equal((await store.readLogHead(REQUEST)).nextSeq, 1);
    assert.deepEqual(
      (await store.readAudit(REQUEST, 0, 10)).map((line) => line.type),
      ["requested", "denied"],
    );
    assert.deepEqual(
      (await store.readOutbox(REQUEST)).map((item) => item.effect.key),
      ["received", "denied"],
    );
    assert.deepEqual(await store.commit(changeOf("x", { quota: { key: "night", limit: 2 } })), {
      ok: false,
      conflict: "quota",
      key: "night",
    });
    await settle();
    assert.deepEqual(await store.listDue(START + 100, 10), [{ requestId: REQUEST, dueAt: START + 60 }]);
  });

  rule(makeStore, "of several conflicts the first in the port's order is named", async ({ store }) => {
    await seed(store);
    await store.commit(changeOf("x", { mac: { expectedVersion: 0, value: macOf(SERIAL) } }));
    const all: Change = {
      ...EVERYTHING,
      request: { expectedVersion: 7, value: pendingOf(1) },
      guards: [
        { op: "claim", key: "taken", owner: "a" },
        { op: "claim", key: "held", owner: "a" },
      ],
      quota: { key: "night", limit: 1 },
      chunk: chunkOf(REQUEST, 9),
    };
    const { request: _request, ...withoutRequest } = all;
    const { mac: _mac, ...withoutVersions } = withoutRequest;
    const { guards: _guards, ...withoutGuards } = withoutVersions;
    const { quota: _quota, ...onlyChunk } = withoutGuards;
    const guard = { ok: false, conflict: "guard", key: "taken", owner: "somebody" };
    assert.deepEqual(await store.commit(all), { ok: false, conflict: "version" });
    assert.deepEqual(await store.commit(withoutRequest), { ok: false, conflict: "version" });
    assert.deepEqual(await store.commit(withoutVersions), guard);
    assert.deepEqual(await store.commit(withoutGuards), { ok: false, conflict: "quota", key: "night" });
    assert.deepEqual(await store.commit(onlyChunk), { ok: false, conflict: "chunk" });
  });
}
