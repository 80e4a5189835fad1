import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
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
