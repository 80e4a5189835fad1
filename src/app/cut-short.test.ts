import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { type Store, StoreError } from "../ports/store.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";
import { takeReport } from "./take-evidence.ts";

/** What must not come of a process that is cut short between two of its steps. */

const notes = (world: SmallWorld) => world.chat.thread.map(({ note }) => note.note);
const countOf = (world: SmallWorld, name: string) => notes(world).filter((one) => one === name).length;

/** As if each pending effect had been begun `more` times, and the process killed each time before the end. */
async function killInEveryEffect(world: SmallWorld, requestId: string, more: number): Promise<void> {
  for (const item of await world.store.readOutbox(requestId)) {
    const { stream, position, state, attempts, notBefore } = item;
    await world.store.updateOutbox(stream, position, { state, attempts: attempts + more, notBefore });
  }
}

test("L7 tries that a crash cut short are no failures: nothing that worked is said to work again", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  await world.running.stop();
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await killInEveryEffect(world, id, 3);
  const next = await world.restart();
  await next.clock.advance(MINUTE_MS);
  assert.deepEqual(notes(next), ["approved"]);
});

test("L7 a crash between two failures of an effect keeps nothing from IT", async () => {
  const world = await createSmallWorld();
  const id = await world.ask();
  world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 4 });
  await handleCommand(world.service, id, { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 });
  await world.clock.advance(0);
  await world.running.stop();
  await killInEveryEffect(world, id, 1);
  const next = await world.restart();
  await next.clock.advance(5 * MINUTE_MS);
  assert.equal(countOf(next, "effect_failed"), 1);
  assert.equal(countOf(next, "effect_recovered"), 1);
});

test("L7 L5 a report of somebody who is still admin is raised although the process dies while taking it", async () => {
  const memory = createMemoryStore();
  let commitsLeft = Number.POSITIVE_INFINITY;
  const store: Store = {
    ...memory,
    async commit(change) {
      commitsLeft -= 1;
      if (commitsLeft < 0) throw new StoreError("the process is dead");
      return memory.commit(change);
    },
  };
  const world = await createSmallWorld({ store });
  const id = await world.ask();
  await world.start(id, 5);
  await world.clock.advance(7 * MINUTE_MS);
  const reportId = "33333333-3333-4333-8333-333333333333";
  const at = world.clock.now();
  const body = {
    serial: SMALL.serial,
    requestId: id,
    reportId,
    kind: "still_admin",
    at,
    items: ["anna"],
  } as const;
  await world.running.stop();
  commitsLeft = 1;
  await takeReport(world.service, SMALL.serial, { ...body, items: [...body.items] }).catch(() => undefined);
  commitsLeft = Number.POSITIVE_INFINITY;
  const next = await world.restart();
  await takeReport(next.service, SMALL.serial, { ...body, items: [...body.items] });
  await next.clock.advance(5 * SECOND_MS);
  const request = await next.read(id);
  assert.equal(request.status === "ending" && request.proof.state, "still_admin");
  assert.equal(countOf(next, "still_admin"), 1);
  assert.equal(countOf(next, "report"), 1);
});
