import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { sweep } from "./sweep.ts";
import { createSmallWorld, type SmallWorld } from "../world/small-world.ts";

/** Requests of as many Macs, more than one page of the sweep holds. */
async function askMany(world: SmallWorld, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await world.ask({ serial: `C02MANY${String(index).padStart(5, "0")}` });
  }
}

const nudges = ({ chat }: SmallWorld) => chat.thread.filter(({ note }) => note.note === "nudge").length;

test("L6 alarms stored under other settings are set anew: none comes early, none is lost, none is looked at for ever", async () => {
  const before = await createSmallWorld();
  await askMany(before, 101);
  await before.running.stop();
  const world = await createSmallWorld({ store: before.store, policy: { nudgeEveryMs: 30 * MINUTE_MS } });
  await world.clock.advance(10 * MINUTE_MS);
  const now = world.clock.now();
  assert.deepEqual(await world.store.listDue(now, 10), [], "nothing that is stored as due waits for nothing");
  assert.equal(nudges(world), 0);
  await world.clock.advance(20 * MINUTE_MS + 5_000);
  assert.equal(nudges(world), 101);
  await world.clock.advance(HOUR_MS);
});

test("L9 a sweep through more sessions than a page holds gives others their turn between two pages", async () => {
  const world = await createSmallWorld({ policy: { heartbeatSilentAfterMs: HOUR_MS } });
  for (let index = 0; index < 101; index += 1) {
    await world.start(await world.ask({ serial: `C02MANY${String(index).padStart(5, "0")}` }));
  }
  let turns = 0;
  let isOver = false;
  const countTurns = () => {
    if (isOver) return;
    turns += 1;
    world.clock.after(1, countTurns);
  };
  world.clock.after(1, countTurns);
  const swept = sweep(world.service).finally(() => (isOver = true));
  await world.clock.advance(SECOND_MS);
  assert.equal((await swept).silent, 0);
  assert.ok(turns >= 2, `${turns} turns: the sessions are looked through twice, on two pages each`);
});
