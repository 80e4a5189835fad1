import assert from "node:assert/strict";
import { STATUSES } from "../../../core/lifecycle.ts";
import { StoreError } from "../../store.ts";
import {
  askOf,
  changeOf,
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

const OK = { ok: true } as const;
const VERSION_CONFLICT = { ok: false, conflict: "version" } as const;

/** Requests and Macs change only from the version that was read. */
export function versionRules(makeStore: MakeStore): void {
  rule(makeStore, "a request of every status is read back whole", async ({ store }) => {
    for (const [number, status] of STATUSES.entries()) {
      const value = requestIn(status, askOf(number));
      assert.deepEqual(await store.commit(writeOf(value)), OK);
      assert.deepEqual(await store.loadRequest(idOf(number)), { version: 1, request: value });
    }
    assert.equal(await store.loadRequest(idOf(99)), undefined);
  });

  rule(makeStore, "a change keeps its due time, and clears it when it has none", async ({ store }) => {
    const value = pendingOf(1);
    const due = changeOf(idOf(1), { request: { expectedVersion: 0, value, dueAt: START + 5 } });
    assert.deepEqual(await store.commit(due), OK);
    assert.deepEqual(await store.loadRequest(idOf(1)), { version: 1, request: value, dueAt: START + 5 });
    await store.commit(writeOf(value, 1));
    assert.deepEqual(await store.loadRequest(idOf(1)), { version: 2, request: value });
  });

  rule(
    makeStore,
    "L2 expected version 0 creates, and conflicts once the request exists",
    async ({ store }) => {
      await store.commit(writeOf(pendingOf(1)));
      assert.deepEqual(await store.commit(writeOf(requestIn("denied", askOf(1)))), VERSION_CONFLICT);
      assert.deepEqual(await store.loadRequest(idOf(1)), { version: 1, request: pendingOf(1) });
    },
  );

  rule(makeStore, "L2 a change wins only from the version that is stored", async ({ store }) => {
    const denied = requestIn("denied", askOf(1));
    assert.deepEqual(await store.commit(writeOf(denied, 1)), VERSION_CONFLICT, "not there yet");
    await store.commit(writeOf(pendingOf(1)));
    assert.deepEqual(await store.commit(writeOf(denied, 2)), VERSION_CONFLICT, "from the future");
    assert.deepEqual(await store.commit(writeOf(denied, 1)), OK);
    assert.deepEqual(await store.commit(writeOf(pendingOf(1), 1)), VERSION_CONFLICT, "from the past");
    assert.deepEqual(await store.loadRequest(idOf(1)), { version: 2, request: denied });
  });

  rule(
    makeStore,
    "L2 so does a change that leaves the request in its state and listings",
    async ({ store }) => {
      const nudged = (nudgesSent: number) => ({ ...requestIn("pending", askOf(1)), nudgesSent });
      await store.commit(writeOf(pendingOf(1)));
      assert.deepEqual(await store.commit(writeOf(nudged(1), 2)), VERSION_CONFLICT, "from the future");
      assert.deepEqual(await store.commit(writeOf(nudged(2), 1)), OK);
      assert.deepEqual(await store.commit(writeOf(nudged(3), 1)), VERSION_CONFLICT, "from the past");
      assert.deepEqual(await store.loadRequest(idOf(1)), { version: 2, request: nudged(2) });
    },
  );

  rule(makeStore, "a Mac is created, changed and refused by its own version", async ({ store }) => {
    const stream = `mac:${SERIAL}`;
    const write = (expectedVersion: number, over = {}) =>
      store.commit(changeOf(stream, { mac: { expectedVersion, value: macOf(SERIAL, over) } }));
    assert.equal(await store.loadMac(SERIAL), undefined);
    assert.deepEqual(await write(1), VERSION_CONFLICT);
    assert.deepEqual(await write(0, { nextKeyHash: "next", reEnrollUntil: START }), OK);
    const first = { ...macOf(SERIAL), nextKeyHash: "next", reEnrollUntil: START, version: 1 };
    assert.deepEqual(await store.loadMac(SERIAL), first);
    assert.deepEqual(await write(0), VERSION_CONFLICT);
    assert.deepEqual(await write(1), OK);
    assert.deepEqual(await store.loadMac(SERIAL), { ...macOf(SERIAL), version: 2 });
  });

  rule(
    makeStore,
    "a Mac is found by its current or its next key, and by no former one",
    async ({ store }) => {
      const write = (serial: string, expectedVersion: number, over: object) =>
        store.commit(changeOf(`mac:${serial}`, { mac: { expectedVersion, value: macOf(serial, over) } }));
      const find = async (hash: string) => (await store.findMacByKeyHash(hash))?.serial;
      await write(SERIAL, 0, { keyHash: "k1", nextKeyHash: "k2" });
      await write("C02OTHERMAC2", 0, { keyHash: "k3" });
      assert.deepEqual(
        [await find("k1"), await find("k2"), await find("k3")],
        [SERIAL, SERIAL, "C02OTHERMAC2"],
      );
      await write(SERIAL, 1, { keyHash: "k2" });
      assert.deepEqual([await find("k1"), await find("k2"), await find("")], [undefined, SERIAL, undefined]);
      assert.equal((await store.findMacByKeyHash("k2"))?.version, 2);
    },
  );

  sizeRules(makeStore);
  raceRules(makeStore);
}

function sizeRules(makeStore: MakeStore): void {
  rule(makeStore, "a change of more than 100 items is refused and stores nothing", async ({ store }) => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => draftOf(`line-${index}`));
    const effects = [effectOf("one")];
    const tooBig = writeOf(pendingOf(1), 0, { audit: lines(99), effects });
    await assert.rejects(store.commit(tooBig), StoreError);
    assert.equal(await store.loadRequest(idOf(1)), undefined);
    assert.deepEqual(await store.readAudit(idOf(1), 0, 200), []);
    assert.deepEqual(await store.commit(writeOf(pendingOf(1), 0, { audit: lines(80), effects })), OK);
    assert.equal((await store.readAudit(idOf(1), 0, 200)).length, 80);
  });

  rule(makeStore, "a change with two guards of one key is refused and stores nothing", async ({ store }) => {
    const guards = [
      { op: "release", key: "name", owner: "a" },
      { op: "claim", key: "name", owner: "b" },
    ] as const;
    await assert.rejects(store.commit(writeOf(pendingOf(1), 0, { guards })), StoreError);
    assert.equal(await store.loadRequest(idOf(1)), undefined);
    assert.equal(await store.guardOwner("name"), undefined);
  });

  rule(makeStore, "a value that JSON cannot say is refused and stores nothing", async ({ store }) => {
    const audit = [draftOf("good"), draftOf("bad", { data: { big: 1n } })];
    await assert.rejects(store.commit(writeOf(pendingOf(1), 0, { audit })), StoreError);
    assert.equal(await store.loadRequest(idOf(1)), undefined);
    assert.deepEqual(await store.readAudit(idOf(1), 0, 10), []);
  });
}

function raceRules(makeStore: MakeStore): void {
  rule(makeStore, "L2 of many commits at once exactly one wins each version", async ({ store }) => {
    for (let version = 0; version < 5; version += 1) {
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, racer) => {
          const value = pendingOf(1, { username: `racer-${racer}` });
          return store.commit(writeOf(value, version, { audit: [draftOf(`${version}-${racer}`)] }));
        }),
      );
      const winners = outcomes.flatMap((outcome, racer) => (outcome.ok ? [racer] : []));
      assert.equal(winners.length, 1, `version ${version + 1} has one writer`);
      const stored = await store.loadRequest(idOf(1));
      assert.equal(stored?.version, version + 1);
      assert.equal(stored.request.ask.username, `racer-${winners[0]}`);
      const trail = await store.readAudit(idOf(1), version, 10);
      assert.deepEqual(
        trail.map((line) => line.type),
        [`${version}-${winners[0]}`],
      );
    }
  });

  rule(makeStore, "commits of different requests do not get in each other's way", async ({ store }) => {
    const changes = Array.from({ length: 30 }, (_, number) => writeOf(pendingOf(number)));
    const outcomes = await Promise.all(changes.map((change) => store.commit(change)));
    assert.ok(outcomes.every((outcome) => outcome.ok));
  });
}
