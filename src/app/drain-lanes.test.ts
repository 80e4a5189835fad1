import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
import type { Command } from "../core/commands.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { type Store, StoreError } from "../ports/store.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";

const approval = { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 } as const;

/** A store whose next write about an effect of this kind fails. */
function storeThatFails(): { readonly store: Store; failNext: (kind: string) => void } {
  const inner = createMemoryStore();
  let failing: string | undefined;
  const store: Store = {
    ...inner,
    async updateOutbox(stream, position, patch) {
      const item = (await inner.readOutbox(stream)).find((one) => one.position === position);
      if (item?.effect.type !== failing) return inner.updateOutbox(stream, position, patch);
      failing = undefined;
      throw new StoreError("the disk is full");
    },
  };
  return { store, failNext: (kind) => void (failing = kind) };
}

function threadNotes(world: SmallWorld): readonly string[] {
  return world.chat.thread.map(({ note }) => note.note);
}

test("L7 a lane that fails does not let a second drainer begin beside the lanes still at work", async () => {
  const { store, failNext } = storeThatFails();
  const world = await createSmallWorld({ store });
  const id = await world.ask();
  const post = world.chat.postThread;
  // A post takes longer than the drainer rests after an error.
  world.chat.postThread = async (...args) => {
    await world.clock.sleep(20 * SECOND_MS);
    return post(...args);
  };
  failNext("sync_tags");
  await handleCommand(world.service, id, approval);
  await world.clock.advance(2 * MINUTE_MS);
  assert.deepEqual(
    threadNotes(world).filter((note) => note === "approved"),
    ["approved"],
  );
  assert.deepEqual(await store.readOutbox(id), []);
});

test("L7 a request cancelled before anybody knew who asked is shown and leaves nothing to be done", async () => {
  const world = await createSmallWorld();
  world.mdm.failNext({ call: "findMac", kind: "retryable" });
  const id = await world.ask();
  assert.equal((await world.read(id)).identity.state, "pending");
  await handleCommand(world.service, id, { commandId: "2", type: "cancel", by: { mac: SMALL.serial } });
  await world.clock.advance(2 * MINUTE_MS);
  assert.deepEqual(await world.store.readOutbox(id), []);
  assert.deepEqual(await world.store.listStreamsWithWork(world.clock.now(), 10), []);
  assert.deepEqual(threadNotes(world), ["cancelled"]);
  assert.equal(world.chat.cards.length, 1);
  assert.deepEqual(world.chat.cards[0]?.card.actions, []);
});

test("L5 a log that cannot be uploaded holds back neither an alarm nor the word that it is stuck", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await handleCommand(world.service, id, { commandId: "revoke", type: "revoke", by: SMALL.ben });
  world.chat.failNext({ call: "uploadLog", kind: "retryable", times: 30 });
  const log = { type: "log_chunk_stored", final: true, chunks: 1, lines: 1, hash: "0".repeat(64) } as const;
  await handleCommand(world.service, id, { commandId: "log", ...log });
  await world.clock.advance(2 * MINUTE_MS);
  const report = {
    type: "report",
    serial: SMALL.serial,
    reportId: "r",
    kind: "still_admin",
    items: ["anna"],
  };
  await handleCommand(world.service, id, { commandId: "report", ...report } as Command);
  await world.clock.advance(SECOND_MS);
  assert.ok(threadNotes(world).includes("still_admin"));
  assert.ok(threadNotes(world).includes("effect_failed"), "IT knows that the log is stuck");
  assert.equal(world.chat.uploads.length, 0);
  await world.clock.advance(3 * HOUR_MS);
  assert.equal(world.chat.uploads.length, 1, "and the log comes when it can");
});

test("L13 slow posts to Slack hold up no tag, nor its next try: taking rights away waits for nobody", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id, 30);
  await world.clock.advance(5 * SECOND_MS);
  const post = world.chat.postThread;
  world.chat.postThread = async (...args) => {
    await world.clock.sleep(9 * SECOND_MS);
    return post(...args);
  };
  for (let index = 0; index < 20; index += 1) {
    const report = {
      type: "report",
      serial: SMALL.serial,
      reportId: `r${index}`,
      kind: "drift",
      items: ["x"],
    };
    await handleCommand(world.service, id, { commandId: `r${index}`, ...report } as Command);
  }
  await world.clock.advance(12 * SECOND_MS);
  world.mdm.failNext({ call: "changeTags", kind: "retryable" });
  await handleCommand(world.service, id, { commandId: "revoke", type: "revoke", by: SMALL.ben });
  await world.clock.advance(3 * SECOND_MS);
  const tags = world.mdm.macs.get(SMALL.serial)?.tags ?? [];
  assert.ok(!tags.some((tag) => tag.includes("elevation")), tags.join());
});
