import assert from "node:assert/strict";
import { type Effect, LANE_OF } from "../../../core/effects.ts";
import { type OutboxItem, type Store, StoreError } from "../../store.ts";
import { changeOf, effectOf, idOf, START } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

const REQUEST = idOf(1);

/** One effect for several lanes. */
const EFFECTS: readonly Effect[] = [
  { type: "resolve_identity", key: "identity" },
  effectOf("nudge:1"),
  { type: "sync_tags", key: "tags:2" },
  { type: "direct", key: "direct:closed", to: "requester", note: { note: "lapsed" } },
  { type: "upload_log", key: "log" },
  { type: "lock_device", key: "lock", by: "U0APPROVER" },
  { type: "private_answer", key: "answer", responseUrl: "https://example.test/1", answer: { text: "<b>" } },
];

const keysOf = (items: readonly OutboxItem[]) => items.map((item) => item.effect.key);
const add = (store: Store, keys: readonly string[], stream = REQUEST, at = START) =>
  store.commit(changeOf(stream, { effects: keys.map(effectOf), at }));

/** Effects waiting to be performed. */
export function outboxRules(makeStore: MakeStore): void {
  rule(makeStore, "effects are stored as pending, in order, in the lane of their type", async ({ store }) => {
    await store.commit(changeOf(REQUEST, { effects: EFFECTS, at: START + 7 }));
    const items = await store.readOutbox(REQUEST);
    assert.deepEqual(
      items.map((item) => ({ ...item, position: 0 })),
      EFFECTS.map((effect) => ({
        stream: REQUEST,
        position: 0,
        lane: LANE_OF[effect.type],
        effect,
        createdAt: START + 7,
        state: "pending",
        attempts: 0,
        notBefore: START + 7,
      })),
    );
  });

  rule(makeStore, "a lane is read alone, so that no other lane's items take its place", async ({ store }) => {
    await add(
      store,
      Array.from({ length: 90 }, (_, index) => `note:${index}`),
    );
    await add(
      store,
      Array.from({ length: 90 }, (_, index) => `more:${index}`),
    );
    await store.commit(changeOf(REQUEST, { effects: [{ type: "sync_tags", key: "tags" }], at: START }));
    assert.deepEqual(keysOf(await store.readOutbox(REQUEST, "mdm")), ["tags"]);
    assert.equal((await store.readOutbox(REQUEST, "chat")).length, 100);
    assert.deepEqual(await store.readOutbox(REQUEST, "lock"), []);
  });

  rule(makeStore, "positions grow within a stream over all its changes", async ({ store }) => {
    await add(store, ["b", "a"]);
    await add(store, ["c"], idOf(2));
    await add(store, ["0"]);
    const items = await store.readOutbox(REQUEST);
    assert.deepEqual(keysOf(items), ["b", "a", "0"]);
    const positions = items.map((item) => item.position);
    assert.ok(positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0)));
    assert.deepEqual(keysOf(await store.readOutbox(idOf(2))), ["c"]);
    assert.deepEqual(await store.readOutbox(idOf(3)), []);
  });

  rule(
    makeStore,
    "an effect whose key the stream already has is dropped, done ones included",
    async ({ store }) => {
      await add(store, ["one", "two", "one"]);
      assert.deepEqual(keysOf(await store.readOutbox(REQUEST)), ["one", "two"]);
      const [first] = await store.readOutbox(REQUEST);
      const done = { state: "done", attempts: 1, notBefore: START } as const;
      await store.updateOutbox(REQUEST, first?.position ?? -1, done);
      assert.deepEqual(await add(store, ["one", "two", "three"], REQUEST, START + 9), { ok: true });
      assert.deepEqual(keysOf(await store.readOutbox(REQUEST)), ["two", "three"]);
      assert.equal((await store.readOutbox(REQUEST))[0]?.createdAt, START, "the first stays as it was");
      await add(store, ["one"], idOf(2));
      assert.deepEqual(
        keysOf(await store.readOutbox(idOf(2))),
        ["one"],
        "another stream may have the same key",
      );
    },
  );

  rule(makeStore, "an item's new state is stored and its order kept", async ({ store }) => {
    await add(store, ["one", "two", "three"]);
    const [one, two, three] = await store.readOutbox(REQUEST);
    assert.ok(one !== undefined && two !== undefined && three !== undefined);
    const retry = {
      state: "pending",
      attempts: 2,
      notBefore: START + 5_000,
      problem: "Slack said 503",
    } as const;
    await store.updateOutbox(REQUEST, one.position, retry);
    await store.updateOutbox(REQUEST, two.position, { ...retry, state: "failed" });
    assert.deepEqual(await store.readOutbox(REQUEST), [{ ...one, ...retry }, three]);
    const again = { state: "pending", attempts: 3, notBefore: START + 6_000 } as const;
    await store.updateOutbox(REQUEST, one.position, again);
    assert.deepEqual(await store.readOutbox(REQUEST), [{ ...one, ...again }, three], "the problem is gone");
    await store.updateOutbox(REQUEST, one.position, { ...again, state: "done" });
    assert.deepEqual(await store.readOutbox(REQUEST), [three]);
  });

  rule(makeStore, "a state for an item that does not exist is refused", async ({ store }) => {
    await add(store, ["one"]);
    const [item] = await store.readOutbox(REQUEST);
    const done = { state: "done", attempts: 1, notBefore: START } as const;
    await assert.rejects(store.updateOutbox(REQUEST, (item?.position ?? 0) + 1, done), StoreError);
    await assert.rejects(store.updateOutbox(idOf(2), item?.position ?? 0, done), StoreError);
    assert.deepEqual(await store.readOutbox(REQUEST), [item]);
  });

  rule(makeStore, "at most 100 pending items are read, the first ones", async ({ store }) => {
    const keys = Array.from({ length: 130 }, (_, index) => `key-${index}`);
    await add(store, keys.slice(0, 90));
    await add(store, keys.slice(90));
    assert.deepEqual(keysOf(await store.readOutbox(REQUEST)), keys.slice(0, 100));
  });
}
