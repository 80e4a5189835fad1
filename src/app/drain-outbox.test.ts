import assert from "node:assert/strict";
import { test } from "node:test";
import { handleCommand } from "./handle-command.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { RetryableError } from "../ports/errors.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";

const END = { type: "end", serial: SMALL.serial, cause: "ended_by_user" } as const;

function notes(world: SmallWorld): string[] {
  return world.chat.thread.map(({ note }) => note.note);
}

function directs(world: SmallWorld): string[] {
  return world.chat.directs.map(({ note }) => note.note);
}

function tags(world: SmallWorld): readonly string[] {
  return world.mdm.macs.get(SMALL.serial)?.tags ?? [];
}

test("a request is shown once who is asking is known, and a direct message says it was received", async () => {
  const world = await createSmallWorld();
  await world.ask();
  assert.equal(world.chat.cards.length, 1);
  assert.deepEqual(
    world.chat.cards[0]?.card.actions.map((one) => one.action),
    ["approve", "approve", "approve", "approve", "deny"],
  );
  assert.deepEqual(directs(world), ["received"]);
});

test("an approval sets exactly the tag of its minutes, reads it back and leaves other people's tags", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await world.clock.advance(0);
  assert.deepEqual(tags(world), ["finance", "temp-admin-elevation-10min"]);
  const request = await world.read(id);
  assert.equal(request.status === "approved" && request.signal, "set");
});

test("a session's whole effects come once and in order", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(3 * SECOND_MS);
  await handleCommand(world.service, id, { commandId: "end", ...END });
  await world.clock.advance(3 * SECOND_MS);
  assert.deepEqual(tags(world), ["finance", "temp-admin-log-collection"]);
  await world.remove(id, "ended_by_user");
  await world.clock.advance(3 * SECOND_MS);
  assert.deepEqual(notes(world), ["approved", "started", "ending", "removed"]);
  assert.deepEqual(
    directs(world),
    ["received", "approved", "elevated"],
    "L8 no closing message before the log",
  );
  await world.clock.advance(15 * MINUTE_MS);
  assert.deepEqual(notes(world).slice(4), ["log_missing"]);
  assert.deepEqual(directs(world).slice(3), ["closed"]);
  assert.deepEqual(tags(world), ["finance"]);
  assert.deepEqual(world.chat.cards[0]?.card.actions, [], "L14 an ended session has no buttons");
});

test("L7 a post whose answer was lost is looked for before it is tried again", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  world.chat.failNext({ call: "postThread", kind: "answer_lost" });
  world.chat.failNext({ call: "sendDirect", kind: "answer_lost" });
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await world.clock.advance(MINUTE_MS);
  assert.deepEqual(notes(world), ["approved"]);
  assert.deepEqual(directs(world), ["received", "approved"]);
});

test("L7 a root message whose answer was lost is found again and not posted twice", async () => {
  const world = await createSmallWorld();
  world.chat.failNext({ call: "postCard", kind: "answer_lost" });
  await world.ask();
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.chat.cards.length, 1);
  assert.ok((world.chat.cards[0]?.updates ?? 0) >= 1, "the found message is brought up to date");
});

test("L7 a lock that never reached Iru is sent again, whatever lock an earlier session of that Mac brought", async () => {
  const world = await createSmallWorld();
  const earlier = await world.ask();
  await world.start(earlier);
  await handleCommand(world.service, earlier, { commandId: "lock", type: "lock", by: SMALL.carla });
  await world.clock.advance(SECOND_MS);
  await world.remove(earlier, "ended_by_user");
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "lock", kind: "retryable" });
  await handleCommand(world.service, id, { commandId: "lock again", type: "lock", by: SMALL.carla });
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.mdm.locks.length, 2);
});

test("a lock whose answer was lost is not sent twice, and the PIN is fetched for the approver alone", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "lock", kind: "answer_lost" });
  await handleCommand(world.service, id, { commandId: "lock", type: "lock", by: SMALL.carla });
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.mdm.locks.length, 1);
  assert.equal(world.chat.privates.length, 1);
  assert.equal(world.chat.privates[0]?.to, SMALL.carla);
  assert.match(world.chat.privates[0]?.text ?? "", /Unlock PIN: 100000/);
  const everything = JSON.stringify([await world.store.readAudit(id, 0, 500), await world.read(id)]);
  assert.ok(!everything.includes("100000"), "L12 the PIN is stored nowhere");
});

test("Slack down for ten minutes loses nothing and holds up no tag", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  const down = { kind: "retryable", times: 40 } as const;
  world.chat.failNext({ call: "postThread", ...down, times: 5 });
  world.chat.failNext({ call: "updateCard", ...down, times: 5 });
  await handleCommand(world.service, id, { commandId: "end", ...END });
  await world.clock.advance(0);
  assert.ok(!tags(world).includes("temp-admin-elevation-15min"), "the critical path does not wait for Slack");
  await world.clock.advance(10 * MINUTE_MS);
  assert.deepEqual(notes(world).slice(0, 3), ["approved", "started", "ending"]);
});

test("W10 tags that cannot be taken away are retried until they are gone, and IT is told once each way", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 30 });
  await handleCommand(world.service, id, { commandId: "end", ...END });
  await world.remove(id, "ended_by_user");
  await world.clock.advance(6 * 60 * MINUTE_MS);
  assert.ok(!tags(world).some((tag) => tag.startsWith("temp-admin-elevation")));
  assert.equal(notes(world).filter((note) => note === "effect_failed").length, 1);
  assert.equal(notes(world).filter((note) => note === "effect_recovered").length, 1);
});

test("a refusal of Iru for good fails the signal, is told to IT and blocks nothing else", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  world.mdm.failNext({ call: "changeTags", kind: "terminal" });
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 5 });
  await world.clock.advance(0);
  const request = await world.read(id);
  assert.equal(request.status === "approved" && request.signal, "failed");
  await world.clock.advance(5 * SECOND_MS);
  assert.ok(notes(world).includes("signal_failed"));
  assert.deepEqual(directs(world), ["received", "approved"]);
});

test("L7 a root message that Slack would not take holds up nothing but its thread, and comes when it can", async () => {
  const world = await createSmallWorld();
  world.chat.failNext({ call: "postCard", kind: "terminal", times: 2 });
  const id = await world.ask();
  await world.start(id, 30);
  assert.deepEqual(notes(world), []);
  assert.deepEqual(directs(world), ["received", "approved", "elevated"]);
  assert.ok(tags(world).includes("temp-admin-elevation-30min"));
  assert.ok(world.logLines.some(({ level, message }) => level === "error" && /root message/.test(message)));
  const again = await world.restart();
  await again.clock.advance(6 * MINUTE_MS);
  assert.deepEqual(notes(again), [], "refused once more");
  await again.clock.advance(6 * MINUTE_MS);
  assert.equal(again.chat.cards.length, 1);
  assert.deepEqual(notes(again).slice(0, 2), ["approved", "started"]);
});

test("L7 a request whose root message was refused is shown after a restart, though nothing else happens to it", async () => {
  const world = await createSmallWorld();
  world.chat.failNext({ call: "postCard", kind: "terminal" });
  await world.ask();
  await world.running.stop();
  const again = await world.restart();
  await again.clock.advance(6 * MINUTE_MS);
  assert.equal(again.chat.cards.length, 1);
});

test("L11 an outage of the directories delays a request for seconds and leaves its identity in doubt", async () => {
  const world = await createSmallWorld();
  world.mdm.failNext({ call: "findMac", kind: "retryable", times: 99 });
  const id = await world.ask();
  assert.equal(world.chat.cards.length, 0);
  await world.clock.advance(20 * SECOND_MS);
  assert.equal(world.chat.cards.length, 1);
  const { identity } = await world.read(id);
  assert.deepEqual(identity.state === "resolved" && identity.doubts, ["mac_unknown", "owner_unknown"]);
});

test("L14 a card is redrawn at most every two seconds and ends up right", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(10 * SECOND_MS);
  const before = world.chat.cards[0]?.updates ?? 0;
  for (let index = 0; index < 20; index += 1) {
    await handleCommand(world.service, id, {
      commandId: `report-${index}`,
      type: "report",
      serial: SMALL.serial,
      reportId: `report-${index}`,
      kind: "drift",
      items: ["a new launch daemon"],
    });
    await world.clock.advance(200);
  }
  const inFourSeconds = (world.chat.cards[0]?.updates ?? 0) - before;
  assert.ok(inFourSeconds >= 2 && inFourSeconds <= 3, `${inFourSeconds} updates`);
  await world.clock.advance(2 * SECOND_MS);
  const shown = await world.store.readCard(id);
  assert.equal(shown?.renderedVersion, (await world.store.loadRequest(id))?.version);
  assert.equal(world.chat.cards[0]?.card.request.status, "active");
});

test("W37 tags that Iru refuses to take away for a day and more are still tried", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 350 });
  await handleCommand(world.service, id, { commandId: "end", ...END });
  await world.remove(id, "ended_by_user");
  await world.clock.advance(DAY_MS + HOUR_MS);
  assert.ok(tags(world).some((tag) => tag.startsWith("temp-admin-elevation")));
  await world.clock.advance(DAY_MS);
  assert.ok(!tags(world).some((tag) => tag.startsWith("temp-admin-elevation")));
});

test("L7 after a crash at start the alarms are armed again and what was due is done", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id, 5);
  await world.running.stop();
  await world.clock.advance(7 * MINUTE_MS);
  assert.equal((await world.read(id)).status, "active", "nobody was there to end it");
  const again = await world.restart();
  await again.clock.advance(0);
  const request = await again.read(id);
  assert.equal(request.status, "ending");
  assert.ok(!tags(again).some((tag) => tag.startsWith("temp-admin-elevation")));
});

test("L7 alarms are armed again at start, to the moment and not to the next sweep", async () => {
  const world = await createSmallWorld();
  await world.ask();
  await world.running.stop();
  await world.clock.advance(61 * SECOND_MS);
  const again = await world.restart();
  await again.clock.advance(SMALL.start + 10 * MINUTE_MS - again.clock.now());
  assert.ok(notes(again).includes("nudge"));
});

test("W37 L6 a lost alarm is found by the sweep", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  world.service.scheduler.set(id, undefined);
  await world.clock.advance(10 * MINUTE_MS);
  assert.ok(notes(world).includes("nudge"));
});

test("a session whose Mac is silent for three minutes gets one quiet line, and one when it is back", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id, 30);
  await world.clock.advance(8 * MINUTE_MS);
  assert.equal(notes(world).filter((note) => note === "heartbeat_lost").length, 1);
  await handleCommand(world.service, id, { commandId: "back", type: "heartbeat_returned" });
  await world.clock.advance(SECOND_MS);
  assert.equal(notes(world).filter((note) => note === "heartbeat_returned").length, 1);
  assert.equal((await world.read(id)).status, "active");
});

test("L9 a server that asks for no wait at all is not asked without a pause", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  let calls = 0;
  const limited = async (): Promise<never> => {
    calls += 1;
    await world.clock.sleep(100);
    throw new RetryableError("429", { retryAfterMs: 0 });
  };
  Object.assign(world.mdm, { changeTags: limited });
  Object.assign(world.chat, { updateCard: limited });
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await world.clock.advance(MINUTE_MS);
  assert.ok(calls >= 10 && calls <= 25, `${calls} calls in a minute`);
});
