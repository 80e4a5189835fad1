import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTime } from "./checks-mac.ts";
import { checkRest } from "./checks-rest.ts";
import type { DurableStream } from "./durable-state.ts";
import type { MacSide } from "./mac-side.ts";
import { createSimStore } from "./sim-stores.ts";
import { createSimWorld, type SimWorld } from "./sim-world.ts";
import { createStoreRefusals } from "./store-refusals.ts";
import { isToldOf, isToldOfType } from "./told.ts";

async function inWorld(run: (world: SimWorld, side: MacSide) => Promise<void> | void): Promise<string[]> {
  const world = await createSimWorld(1, createSimStore("memory"));
  world.faults.heal(world.clock.now());
  await world.clock.runTo(world.clock.now() + 30_000, () => undefined);
  const [side] = world.macs;
  assert.ok(side !== undefined);
  await run(world, side);
  for (const { mac } of world.macs) mac.dispose();
  await world.lives.close();
  return world.book.violations.map(({ law, text }) => `${law} ${text}`);
}

test("L7 a world at rest has nothing left to do; a Mac without its key or its record has", async () => {
  assert.deepEqual(await inWorld(checkRest), []);
  const broken = await inWorld(async (world, { mac }) => {
    mac.attack.deleteKeys();
    mac.attack.deleteRecord();
    await checkRest(world);
  });
  assert.match(
    broken.join(),
    /L7 everything comes to rest: a Mac is not enrolled .*a record is not readable/,
  );
});

test("L5 rights that stay while the agent is stopped again and again before it would have to act", async () => {
  const lookAt = (isStopped: (look: number) => boolean) =>
    inWorld((world, side) => {
      side.isAttacked = true;
      side.mac.attack.addAdminByGuidOnly("anna");
      side.isAttacked = false;
      for (let look = 0; look < 20; look += 1) {
        side.isStopped = isStopped(look);
        checkTime(side, world.durable, world.book, world.clock.now() + look * 2_000);
      }
    });
  assert.match((await lookAt((look) => look % 4 === 0)).join(), /^L5 whoever kills the agent gains no time/);
  assert.deepEqual(await lookAt((look) => look > 5), [], "agents that hardly ran are not to blame");
});

test("L9 what is told of one effect is not told of another, but of one change of tags for all", () => {
  const effects = { one: "direct", other: "direct", early: "sync_tags", late: "sync_tags" };
  const stream = {
    effects: new Map(Object.entries(effects).map(([key, type]) => [key, { key, type }])),
    failed: new Set(["one", "early"]),
  } as unknown as DurableStream;
  assert.deepEqual(
    ["one", "other", "late"].map((key) => isToldOf(stream, key)),
    [true, false, true],
  );
  assert.ok(!isToldOfType(stream, "lock_device"));
});

test("L6 a refusal of the store concerns the request it was about, or all where it was of what is due", () => {
  const refusals = createStoreRefusals();
  refusals.note("loadRequest", ["one"], 5);
  refusals.note("readCard", ["other"], 6);
  assert.deepEqual([refusals.lastOf("one"), refusals.lastOf("other")], [5, -Infinity]);
  refusals.note("listDue", [], 7);
  assert.deepEqual([refusals.lastOf("one"), refusals.lastOf("other")], [7, 7]);
});
