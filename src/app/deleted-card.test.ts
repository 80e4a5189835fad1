import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { MessageGone } from "../ports/errors.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";
import { doubtCard } from "./render-card.ts";

/** What comes of a root message that somebody deleted in Slack. */

const approve = { commandId: "1", type: "approve", by: SMALL.ben, minutes: 15 } as const;

function deleteCards(world: SmallWorld): void {
  world.chat.cards.splice(0);
}

/** A word to IT that changes nothing of the request, so that its root message is not updated for it. */
async function raise(world: SmallWorld, requestId: string): Promise<void> {
  const note = { note: "refused_device_call", call: "POST /end", why: "another Mac's" } as const;
  await world.store.commit({
    stream: requestId,
    audit: [],
    effects: [{ type: "thread", key: "thread:refused", note }],
    at: world.clock.now(),
  });
  world.service.kick(requestId);
}

function threadOf(world: SmallWorld, ts: string | undefined): string[] {
  return world.chat.thread.filter(({ ref }) => ref.ts === ts).map(({ note }) => note.note);
}

test("L14 a root message that was deleted is posted anew, with its buttons and what its thread has to say", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.clock.advance(5 * SECOND_MS);
  deleteCards(world);
  await handleCommand(world.service, id, approve);
  await world.clock.advance(5 * SECOND_MS);
  const [shown, ...more] = world.chat.cards;
  assert.deepEqual(more, []);
  assert.ok(shown !== undefined && shown.card.actions.some(({ action }) => action === "cancel"));
  assert.deepEqual(threadOf(world, shown.ref.ts), ["approved"]);
  await world.clock.advance(30 * MINUTE_MS);
  assert.equal(world.chat.cards.length, 1, "once for each time that it is deleted");
  deleteCards(world);
  world.chat.failNext({ call: "postCard", kind: "terminal" });
  await doubtCard(world.service, id);
  world.service.kick(id);
  await world.clock.advance(6 * MINUTE_MS);
  assert.equal(world.chat.cards.length, 1, "and where Slack would not take it, later");
});

test("L7 a deleted root message that was being posted anew when the process died is posted once", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.clock.advance(5 * SECOND_MS);
  deleteCards(world);
  world.chat.failNext({ call: "postCard", kind: "answer_lost" });
  await handleCommand(world.service, id, approve);
  await world.clock.advance(SECOND_MS);
  await world.running.stop();
  const next = await world.restart();
  await next.clock.advance(MINUTE_MS);
  assert.equal(next.chat.cards.length, 1);
  assert.equal(next.chat.cards[0]?.card.request.status, "approved");
});

test("L9 a word for a thread that is gone has its root message looked for and comes into the new thread", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.clock.advance(5 * SECOND_MS);
  deleteCards(world);
  await raise(world, id);
  await world.clock.advance(10 * SECOND_MS);
  assert.equal(world.chat.cards.length, 1);
  assert.deepEqual(threadOf(world, world.chat.cards[0]?.ref.ts), ["refused_device_call"]);
});

test("L14 a root message that is still there is not posted anew, whatever is said of its thread", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  const postThread = async (): Promise<never> => {
    throw new MessageGone("thread_not_found");
  };
  Object.assign(world.chat, { postThread });
  await raise(world, id);
  await world.clock.advance(9 * HOUR_MS);
  assert.equal(world.chat.cards.length, 1);
});

test("the unlock PIN is shown when the root message is posted anew, and the Mac is locked once", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(5 * SECOND_MS);
  deleteCards(world);
  world.chat.failNext({ call: "postCard", kind: "retryable", times: 3 });
  await raise(world, id);
  await world.clock.advance(5 * SECOND_MS);
  assert.equal(world.chat.cards.length, 0);
  await handleCommand(world.service, id, { commandId: "lock", type: "lock", by: SMALL.carla });
  await world.clock.advance(10 * MINUTE_MS);
  assert.equal(world.mdm.locks.length, 1);
  assert.match(world.chat.privates.map(({ text }) => text).join(), /Unlock PIN: 100000/);
});
