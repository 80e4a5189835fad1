import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock } from "../adapters/system/clock.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";
import { sweep } from "./sweep.ts";

/** A small world whose service reads a clock that can be set wrong; `real` time goes on as ever. */
async function worldWithClock(): Promise<{ world: SmallWorld; setAhead: (ms: number) => void }> {
  let aheadMs = 0;
  const world = await createSmallWorld({
    clockOf: (real) =>
      createSystemClock({
        timers: { now: () => real.now() + aheadMs, wait: (ms, task) => real.at(real.now() + ms, task) },
      }),
  });
  return { world, setAhead: (ms) => void (aheadMs = ms) };
}

const hasTag = ({ mdm }: SmallWorld) =>
  mdm.macs.get(SMALL.serial)?.tags.some((tag) => tag.includes("elevation")) === true;

test("L14 a card that was drawn while the clock was ahead is drawn again when it is right", async () => {
  const { world, setAhead } = await worldWithClock();
  setAhead(30 * DAY_MS);
  const id = await world.ask({ requestedAt: world.clock.now() + 30 * DAY_MS });
  await world.clock.advance(30 * SECOND_MS);
  setAhead(0);
  await handleCommand(world.service, id, { commandId: "deny", type: "deny", by: SMALL.ben });
  await world.clock.advance(MINUTE_MS);
  assert.equal(world.chat.cards[0]?.card.request.status, "denied");
});

test("L6 a tag that could not be taken away while the clock was ahead is tried again, also after a restart", async () => {
  const { world, setAhead } = await worldWithClock();
  const id = await world.ask();
  await world.start(id);
  world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 1 });
  setAhead(30 * DAY_MS);
  await handleCommand(world.service, id, { commandId: "tick", type: "tick" });
  await world.clock.advance(500);
  assert.ok(hasTag(world), "it failed once");
  await world.running.stop();
  setAhead(0);
  const again = await world.restart();
  await again.clock.advance(MINUTE_MS);
  assert.ok(!hasTag(again));
});

test("L9 a session that lies in the future of a clock that was set back is over, and the sweep goes on", async () => {
  const { world, setAhead } = await worldWithClock();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(5 * SECOND_MS);
  setAhead(-DAY_MS);
  await world.clock.advance(2 * MINUTE_MS);
  assert.equal((await world.read(id)).status, "ending");
  assert.ok(!hasTag(world));
});

test("L9 an end that lies in the future of a clock that was set back is alarmed about at once, and once", async () => {
  const { world, setAhead } = await worldWithClock();
  const id = await world.ask();
  await world.start(id);
  await handleCommand(world.service, id, { commandId: "revoke", type: "revoke", by: SMALL.ben });
  await world.clock.advance(5 * SECOND_MS);
  setAhead(-DAY_MS);
  await world.clock.advance(10 * MINUTE_MS);
  assert.equal((await world.read(id)).status, "ending", "nobody closes it by itself");
  const alarms = ["log_missing", "deadline_alarm", "close_offered"];
  const told = world.chat.thread.map(({ note }) => note.note).filter((note) => alarms.includes(note));
  assert.deepEqual(told.toSorted(), alarms.toSorted());
  assert.equal((await sweep(world.service)).due, 0, "and it is not looked at for ever");
});

test("L6 a clock that is set back by less than a session's age ends it late by no more than that", async () => {
  const { world, setAhead } = await worldWithClock();
  const id = await world.ask();
  await world.start(id);
  await world.clock.advance(10 * MINUTE_MS);
  setAhead(-9 * MINUTE_MS);
  await world.clock.advance(5 * MINUTE_MS);
  assert.equal((await world.read(id)).status, "active");
  await world.clock.advance(10 * MINUTE_MS);
  assert.equal((await world.read(id)).status, "ending");
  await world.clock.advance(HOUR_MS);
});
