import assert from "node:assert/strict";
import { cardOf, changeOf, effectOf, idOf, pendingOf, START, writeOf } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** The root message's state, and the streams in which something waits to be done. */
export function workRules(makeStore: MakeStore): void {
  rule(makeStore, "a card's state is read back whole and replaced whole", async ({ store }) => {
    assert.equal(await store.readCard(idOf(1)), undefined);
    await store.writeCard(idOf(1), cardOf(1, { problem: "channel_not_found" }));
    await store.writeCard(idOf(2), cardOf(9));
    assert.deepEqual(await store.readCard(idOf(1)), cardOf(1, { problem: "channel_not_found" }));
    const bare = { attempted: false, renderedVersion: 0, renderedAt: START + 1 };
    await store.writeCard(idOf(1), bare);
    assert.deepEqual(await store.readCard(idOf(1)), bare);
    assert.deepEqual(await store.readCard(idOf(2)), cardOf(9));
  });

  rule(makeStore, "L14 a request is work until its card shows its version", async ({ store, settle }) => {
    const work = async () => (await settle(), store.listStreamsWithWork(START, 10));
    await store.commit(writeOf(pendingOf(1)));
    assert.deepEqual(await work(), [idOf(1)], "never rendered");
    await store.writeCard(idOf(1), cardOf(0));
    assert.deepEqual(await work(), [idOf(1)], "rendering begun");
    await store.writeCard(idOf(1), cardOf(1));
    assert.deepEqual(await work(), []);
    await store.commit(writeOf(pendingOf(1), 1));
    assert.deepEqual(await work(), [idOf(1)], "changed since");
    await store.writeCard(idOf(1), cardOf(2));
    assert.deepEqual(await work(), []);
  });

  rule(
    makeStore,
    "a card with a problem is work, one without a request is not",
    async ({ store, settle }) => {
      const work = async () => (await settle(), store.listStreamsWithWork(START, 10));
      await store.commit(writeOf(pendingOf(1)));
      await store.writeCard(idOf(1), cardOf(0, { problem: "channel_not_found" }));
      assert.deepEqual(await work(), [idOf(1)], "it is tried again");
      await store.writeCard(idOf(2), cardOf(0));
      assert.deepEqual(await work(), [idOf(1)], "no such request");
      await store.writeCard(idOf(3), cardOf(1));
      await store.commit(writeOf(pendingOf(3)));
      assert.deepEqual(await work(), [idOf(1)], "the card was there before its request");
      await store.commit(writeOf(pendingOf(2)));
      assert.deepEqual(await work(), [idOf(1), idOf(2)]);
    },
  );

  rule(
    makeStore,
    "a pending item is work from its time on, until it is done or failed",
    async ({ store, settle }) => {
      const work = async (now: number) => (await settle(), store.listStreamsWithWork(now, 10));
      await store.commit(changeOf("mac:A", { effects: [effectOf("one"), effectOf("two")], at: START }));
      assert.deepEqual(await work(START - 1), []);
      assert.deepEqual(await work(START), ["mac:A"]);
      const [one, two] = await store.readOutbox("mac:A");
      const update = (
        position: number | undefined,
        state: "pending" | "done" | "failed",
        notBefore: number,
      ) => store.updateOutbox("mac:A", position ?? -1, { state, attempts: 1, notBefore });
      await update(one?.position, "pending", START + 10);
      await update(two?.position, "failed", START);
      assert.deepEqual(await work(START + 9), []);
      assert.deepEqual(await work(START + 10), ["mac:A"]);
      await update(one?.position, "done", START + 10);
      assert.deepEqual(await work(START + 99), []);
    },
  );

  rule(
    makeStore,
    "each stream with work is named once, the longest waiting first",
    async ({ store, settle }) => {
      const item = (stream: string, key: string, at: number) =>
        store.commit(changeOf(stream, { effects: [effectOf(key)], at }));
      await item("mac:B", "one", START + 30);
      await item("mac:B", "two", START + 10);
      await item("mac:A", "one", START + 20);
      await store.commit(writeOf(pendingOf(1), 0, { at: START + 15, effects: [effectOf("one")] }));
      await store.commit(writeOf(pendingOf(2), 0, { at: START + 5 }));
      await item("mac:C", "one", START + 50);
      // In both ways behind: the older of the two counts.
      await store.commit(writeOf(pendingOf(3), 0, { at: START + 12, effects: [effectOf("one")] }));
      await store.commit(writeOf(pendingOf(3), 1, { at: START + 45 }));
      await store.commit(writeOf(pendingOf(4), 0, { at: START + 17 }));
      await item(idOf(4), "one", START + 35);
      await settle();
      const order = [idOf(2), "mac:B", idOf(3), idOf(1), idOf(4), "mac:A"];
      assert.deepEqual(await store.listStreamsWithWork(START + 40, 10), order);
      assert.deepEqual(await store.listStreamsWithWork(START + 40, 3), order.slice(0, 3));
      assert.deepEqual(await store.listStreamsWithWork(START + 40, 1), order.slice(0, 1));
    },
  );
}
