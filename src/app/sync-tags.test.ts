import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_MS } from "../core/time.ts";
import { createSmallWorld, SMALL } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";

test("L9 IT is not told that a change of tags is stuck that only waits for another request's", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  const now = world.clock.now();
  const key = `mac:${SMALL.serial}`;
  await world.store.acquireLease(key, "another request", now, now + 60 * SECOND_MS);
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await world.clock.advance(10 * SECOND_MS);
  const [waiting] = (await world.store.readOutbox(id)).filter(({ effect }) => effect.type === "sync_tags");
  assert.ok(waiting !== undefined && waiting.attempts > 2, "tried again and again");
  await world.store.releaseLease(key, "another request");
  await world.clock.advance(10 * SECOND_MS);
  assert.deepEqual(await world.store.readOutbox(id), []);
  const trail = await world.store.readAudit(id, 0, 100);
  assert.ok(trail.some(({ type }) => type === "signal_set"));
  assert.deepEqual(
    trail.filter(({ type }) => type.startsWith("effect_")),
    [],
  );
});
