import assert from "node:assert/strict";
import type { Store } from "../../store.ts";
import {
  beatOf,
  cardOf,
  chunkOf,
  draftOf,
  effectOf,
  idOf,
  macOf,
  pendingOf,
  SERIAL,
  START,
  writeOf,
} from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** Overwrites every value inside `value` that can be overwritten; frozen parts stay as they are. */
function vandalise(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    vandalise(member);
    Reflect.set(value, key, "vandalised");
  }
  if (Array.isArray(value)) Reflect.set(value, value.length, "vandalised");
}

/** Everything that can be read about request 1 and its Mac. */
function readEverything(store: Store): Promise<unknown[]> {
  return Promise.all([
    store.loadRequest(idOf(1)),
    store.loadMac(SERIAL),
    store.findMacByKeyHash(`key-${SERIAL}`),
    store.listByStatus("pending", 10),
    store.listOpenBySerial(SERIAL),
    store.listDue(START + 10, 10),
    store.listAlarms(10),
    store.readAudit(idOf(1), 0, 10),
    store.readLogHead(idOf(1)),
    store.readLogChunk(idOf(1), 0),
    store.readLogChunks(idOf(1), 0, 10),
    store.readBeat(idOf(1)),
    store.readOutbox(idOf(1)),
    store.listStreamsWithWork(START, 10),
    store.readCard(idOf(1)),
  ]);
}

/** What callers do to their objects does not reach what is stored. */
export function aliasingRules(makeStore: MakeStore): void {
  const parts = () => ({
    mac: { expectedVersion: 0, value: macOf(SERIAL) },
    guards: [{ op: "claim", key: "name", owner: "anna" }] as const,
    chunk: chunkOf(idOf(1), 0),
    audit: [draftOf("requested", { data: { deep: { list: [1, 2] } } })],
    effects: [effectOf("one")],
  });

  rule(makeStore, "changing what was passed in changes nothing stored", async ({ store, settle }) => {
    const change = writeOf(pendingOf(1), 0, parts());
    const expected = structuredClone(change);
    const beat = beatOf(idOf(1));
    const card = cardOf(1);
    const writes = [store.commit(change), store.putBeat(beat), store.writeCard(idOf(1), card)];
    // Before the store has had a turn: it must have taken the values at the call.
    for (const passed of [change, beat, card]) vandalise(passed);
    await Promise.all(writes);
    await settle();
    assert.deepEqual((await store.loadRequest(idOf(1)))?.request, expected.request?.value);
    assert.deepEqual(await store.loadMac(SERIAL), { ...expected.mac?.value, version: 1 });
    assert.equal(await store.guardOwner("name"), "anna");
    assert.deepEqual(await store.readLogChunk(idOf(1), 0), expected.chunk);
    assert.deepEqual((await store.readAudit(idOf(1), 0, 10))[0]?.data, expected.audit[0]?.data);
    assert.deepEqual((await store.readOutbox(idOf(1)))[0]?.effect, expected.effects[0]);
    assert.deepEqual(await store.readBeat(idOf(1)), beatOf(idOf(1)));
    assert.deepEqual(await store.readCard(idOf(1)), cardOf(1));
  });

  rule(makeStore, "changing what was read changes nothing stored", async ({ store, settle }) => {
    const request = { expectedVersion: 0, value: pendingOf(1), dueAt: START };
    await store.commit({ ...writeOf(pendingOf(1), 0, parts()), request });
    await store.putBeat(beatOf(idOf(1)));
    await store.writeCard(idOf(1), cardOf(0));
    await settle();
    const before = await readEverything(store);
    const text = JSON.stringify(before);
    assert.ok(!text.includes("[]") && !text.includes("null,"), "every reading holds something");
    vandalise(before);
    assert.equal(JSON.stringify(await readEverything(store)), text);
  });
}
