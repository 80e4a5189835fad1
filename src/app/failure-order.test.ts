import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { type Store, StoreError } from "../ports/store.ts";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";

/** What a failure at the wrong moment must not do, whoever fails: this process, Slack, Iru or the disk. */

const notes = (world: SmallWorld) => world.chat.thread.map(({ note }) => note.note);
const countOf = (names: readonly string[], name: string) => names.filter((one) => one === name).length;
const directs = (world: SmallWorld) => world.chat.directs.map(({ note }) => note.note);
const elevationTags = (world: SmallWorld) =>
  (world.mdm.macs.get(SMALL.serial)?.tags ?? []).filter((tag) => tag.startsWith("temp-admin-elevation"));

/** The process dies at once after its next commits: what they ask for is not begun. */
async function dieBeforeEffects(world: SmallWorld): Promise<void> {
  await world.running.stop();
}

test("W1 a loss of network takes off the tag of the session's own length, also while Iru is out", async () => {
  for (const minutes of [5, 10, 15, 30] as const) {
    const world = await createSmallWorld();
    const id = await world.ask();
    await world.start(id, minutes);
    assert.deepEqual(elevationTags(world), [`temp-admin-elevation-${minutes}min`]);
    world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 5 });
    const end = { type: "end", serial: SMALL.serial, cause: "network_loss" } as const;
    await handleCommand(world.service, id, { commandId: "end", ...end });
    await world.clock.advance(0);
    assert.equal(elevationTags(world).length, 1, "Iru is out");
    await world.clock.advance(10 * MINUTE_MS);
    assert.deepEqual(elevationTags(world), []);
    await world.remove(id, "expired");
    await world.clock.advance(HOUR_MS);
    assert.deepEqual(elevationTags(world), [], "and nothing puts it back");
  }
});

test("W10 a lock that Iru refuses keeps no tag on and is told to IT", async () => {
  for (const kind of ["terminal", "retryable"] as const) {
    const world = await createSmallWorld();
    const id = await world.ask();
    await world.start(id);
    world.mdm.failNext({ call: "lock", kind, times: 1_000 });
    await handleCommand(world.service, id, { commandId: "lock", type: "lock", by: SMALL.ben });
    await world.clock.advance(0);
    assert.deepEqual(elevationTags(world), [], "taking rights away waits for no lock");
    await world.clock.advance(MINUTE_MS);
    const failures = world.chat.thread.filter(({ note }) => note.note === "effect_failed");
    assert.deepEqual(
      failures.map(({ note }) => note.note === "effect_failed" && note.what),
      ["locking the Mac"],
    );
    const request = await world.read(id);
    assert.ok(request.status === "ending" && request.ending.lock?.confirmed === false);
    await world.clock.advance(5 * SECOND_MS);
    const offered = world.chat.cards[0]?.card.actions.some(({ action }) => action === "lock");
    assert.equal(offered, kind === "terminal", "what is still being tried is not offered again");
  }
});

test("L9 a lock that Iru refused is ordered anew by the next press of its button", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "lock", kind: "terminal" });
  await handleCommand(world.service, id, { commandId: "lock", type: "lock", by: SMALL.ben });
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.mdm.locks.length, 0);
  const again = await handleCommand(world.service, id, { commandId: "again", type: "lock", by: SMALL.ben });
  assert.equal(again.changed, true);
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.mdm.locks.length, 1);
  assert.equal(countOf(notes(world), "locked"), 1);
});

test("W35 an approval whose process died before Iru and Slack heard of it is delivered by the next", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await dieBeforeEffects(world);
  const approve = { type: "approve", by: SMALL.ben, minutes: 5 } as const;
  await handleCommand(world.service, id, { commandId: "approve", ...approve });
  await world.clock.advance(SECOND_MS);
  assert.deepEqual(elevationTags(world), [], "it died before");
  const next = await world.restart();
  await next.clock.advance(10 * SECOND_MS);
  assert.deepEqual(elevationTags(next), ["temp-admin-elevation-5min"]);
  const request = await next.read(id);
  assert.equal(request.status === "approved" && request.signal, "set");
  assert.equal(countOf(notes(next), "approved"), 1);
  assert.equal(countOf(directs(next), "approved"), 1);
});

test("W10 a revoke whose process died before Iru heard of it is carried out by the next", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await dieBeforeEffects(world);
  await handleCommand(world.service, id, { commandId: "revoke", type: "revoke", by: SMALL.ben });
  await world.clock.advance(SECOND_MS);
  assert.equal(elevationTags(world).length, 1, "it died before");
  const next = await world.restart();
  await next.clock.advance(10 * SECOND_MS);
  assert.deepEqual(elevationTags(next), []);
  assert.equal(countOf(notes(next), "ending"), 1);
});

test("W36 a start is stored together with its end: whoever dies right after it, the session ends", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await dieBeforeEffects(world);
  await world.start(id, 5);
  const stored = await world.store.loadRequest(id);
  assert.equal(stored?.dueAt, world.clock.now() + 4 * MINUTE_MS, "the warning is stored with the start");
  const next = await world.restart();
  await next.clock.advance(5 * MINUTE_MS);
  const request = await next.read(id);
  assert.equal(request.status === "ending" && request.ending.reason, "expired");
  assert.deepEqual(elevationTags(next), []);
  assert.equal(countOf(directs(next), "warning"), 1);
});

test("W38 a request that could not be stored is told to nobody, and asking again works", async () => {
  const { store, refuse } = refusableStore();
  const world = await createSmallWorld({ store });
  refuse.next = true;
  await assert.rejects(world.ask(), StoreError);
  await world.clock.advance(MINUTE_MS);
  assert.deepEqual([world.chat.cards.length, directs(world).length], [0, 0]);
  await world.ask();
  assert.equal(world.chat.cards.length, 1);
});

/** A store whose next commit fails. */
function refusableStore(): { store: Store; refuse: { next: boolean } } {
  const inner = createMemoryStore();
  const refuse = { next: false };
  const store: Store = {
    ...inner,
    async commit(change) {
      if (!refuse.next) return inner.commit(change);
      refuse.next = false;
      throw new StoreError("disk full");
    },
  };
  return { store, refuse };
}

test("W38 a click that is faster than the answer to our post finds its request", async () => {
  const world = await createSmallWorld();
  const { postCard } = world.chat;
  Object.assign(world.chat, {
    async postCard(...args: Parameters<typeof postCard>) {
      const ref = await postCard(...args);
      const { requestId } = args[0].request.ask;
      const approve = { type: "approve", by: SMALL.ben, minutes: 15 } as const;
      const { refusal } = await handleCommand(world.service, requestId, { commandId: "click", ...approve });
      assert.equal(refusal, undefined);
      return ref;
    },
  });
  const id = await world.ask();
  await world.clock.advance(5 * SECOND_MS);
  assert.equal((await world.read(id)).status, "approved");
  assert.equal(world.chat.cards.length, 1);
  assert.equal(world.chat.cards[0]?.card.request.status, "approved", "and the message shows it");
});

test("W39 no error of Slack ends the chain of nudges or keeps a request pending for ever", async () => {
  const policy = {
    nudgeEveryMs: MINUTE_MS,
    nudgeFirstPhaseMs: 6 * MINUTE_MS,
    nudgeLaterEveryMs: 6 * MINUTE_MS,
    autoDenyAfterMs: HOUR_MS,
  };
  for (const kind of ["retryable", "terminal", "answer_lost"] as const) {
    const world = await createSmallWorld({ policy });
    const id = await world.ask();
    world.chat.failNext({ call: "postThread", kind, times: 100_000 });
    world.chat.failNext({ call: "updateCard", kind, times: 100_000 });
    await world.clock.advance(HOUR_MS);
    assert.equal((await world.read(id)).status, "expired_unanswered");
    const events = (await world.store.readAudit(id, 0, 500)).map(({ type }) => type);
    assert.equal(countOf(events, "nudged"), 6 + 8);
  }
});

test("W41 two requests of one Mac never change its tags at the same time", async () => {
  const world = await createSmallWorld();
  const { changeTags } = world.mdm;
  let underWay = 0;
  let most = 0;
  let changes = 0;
  Object.assign(world.mdm, {
    async changeTags(...args: Parameters<typeof changeTags>) {
      underWay += 1;
      changes += 1;
      most = Math.max(most, underWay);
      await world.clock.sleep(SECOND_MS);
      const tags = await changeTags(...args);
      underWay -= 1;
      return tags;
    },
  });
  const requestId = (last: number) => `0d000000-0000-4000-8000-00000000000${last}`;
  const anna = await world.ask({ requestId: requestId(1) });
  const generatedUid = SMALL.generatedUid.replace(/1$/, "2");
  const paul = await world.ask({ requestId: requestId(2), uid: 502, generatedUid });
  for (const [id, minutes] of [
    [anna, 5],
    [paul, 30],
  ] as const) {
    const approve = { type: "approve", by: SMALL.ben, minutes } as const;
    await handleCommand(world.service, id, { commandId: `approve-${id}`, ...approve });
  }
  await world.clock.advance(30 * SECOND_MS);
  assert.equal(most, 1);
  assert.ok(changes >= 2, `${changes} changes`);
  assert.deepEqual(elevationTags(world), ["temp-admin-elevation-5min"], "one length at a time");
  const cancel = { type: "cancel", by: { slack: SMALL.ben } } as const;
  await handleCommand(world.service, anna, { commandId: "cancel", ...cancel });
  await world.clock.advance(30 * SECOND_MS);
  assert.deepEqual(elevationTags(world), ["temp-admin-elevation-30min"], "the other's turn");
  assert.equal(most, 1);
});

test("W42 a warning whose answer was lost, and whose process died too, is given once", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id, 5);
  world.chat.failNext({ call: "postThread", kind: "answer_lost" });
  world.chat.failNext({ call: "sendDirect", kind: "answer_lost" });
  await world.clock.advance(4 * MINUTE_MS);
  await world.running.stop();
  const next = await world.restart();
  await next.clock.advance(MINUTE_MS);
  assert.equal(countOf(notes(next), "warning"), 1);
  assert.equal(countOf(directs(next), "warning"), 1);
});

test("L7 after an outage of more than a day nothing that waited is lost to the first errors of Slack", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(5 * SECOND_MS);
  await dieBeforeEffects(world);
  await handleCommand(world.service, id, { commandId: "revoke", type: "revoke", by: SMALL.ben });
  await world.remove(id, "expired");
  const log = { type: "log_chunk_stored", final: true, chunks: 1, lines: 1, hash: "0".repeat(64) } as const;
  await handleCommand(world.service, id, { commandId: "log", ...log });
  const warning = { serial: SMALL.serial, kind: "tampered", items: ["the agent was stopped"] };
  await world.store.commit({
    stream: `mac:${SMALL.serial}`,
    audit: [],
    effects: [{ type: "warn_channel", key: "tampered", ...warning }],
    at: world.clock.now(),
  });
  await world.clock.advance(25 * HOUR_MS);
  for (const call of ["postThread", "sendDirect", "uploadLog", "warnChannel"] as const) {
    world.chat.failNext({ call, kind: "retryable", times: 2 });
  }
  const next = await world.restart();
  await next.clock.advance(10 * MINUTE_MS);
  assert.deepEqual(
    ["ending", "removed"].map((name) => countOf(notes(next), name)),
    [1, 1],
  );
  assert.equal(countOf(directs(next), "closed"), 1);
  assert.equal(next.chat.uploads.length, 1);
  assert.deepEqual(
    next.chat.warnings.map((one) => one.warning),
    [warning],
  );
});

test("L9 a word in the thread that Slack will never take is named there, once and without end", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(5 * SECOND_MS);
  const seen = { type: "report", serial: SMALL.serial, kind: "drift", items: ["a new daemon"] } as const;
  world.chat.failNext({ call: "postThread", kind: "terminal" });
  await handleCommand(world.service, id, { commandId: "report", reportId: "first", ...seen });
  await world.clock.advance(5 * SECOND_MS);
  const failures = world.chat.thread.flatMap(({ note }) =>
    note.note === "effect_failed" ? [note.what] : [],
  );
  assert.deepEqual(failures, ["posting in the thread: report"]);
  world.chat.failNext({ call: "postThread", kind: "terminal", times: 2 });
  await handleCommand(world.service, id, { commandId: "again", reportId: "second", ...seen });
  await world.clock.advance(5 * SECOND_MS);
  assert.deepEqual(
    await world.store.readOutbox(id),
    [],
    "word of the second loss was lost as well: that is all",
  );
});
