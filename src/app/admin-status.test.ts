import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { pendingOf, writeOf } from "../ports/contract/store/fixtures.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { answerAdminStatus } from "./admin-status.ts";
import { handleCommand } from "./handle-command.ts";

let asks = 0;

/** What Ben is answered. */
async function statusFor(world: SmallWorld, text = "") {
  const responseUrl = "https://hooks.slack.com/commands/1";
  const act = { act: "admin_status", userId: SMALL.ben, actId: `act-${(asks += 1)}`, responseUrl } as const;
  await (
    await answerAdminStatus(world.service, { ...act, text })
  )?.();
  return world.chat.statuses.at(-1);
}

test("W40 /admin-status misses nobody who is open, however many are over", async () => {
  const world = await createSmallWorld();
  const open: string[] = [];
  for (let index = 0; index < 90; index += 1) {
    const serial = `C02MANY${String(index).padStart(5, "0")}`;
    const id = await world.ask({ serial });
    if (index % 2 === 0) open.push(id);
    else await handleCommand(world.service, id, { commandId: id, type: "deny", by: SMALL.ben });
  }
  const view = await statusFor(world);
  assert.deepEqual(view?.open.map(({ ask }) => ask.requestId).toSorted(), open.toSorted());
  assert.equal(view?.isCut, undefined);
});

test("W40 where there are more than one answer can hold it says so", async () => {
  const store = createMemoryStore();
  for (let number = 1; number <= 501; number += 1) await store.commit(writeOf(pendingOf(number)));
  const world = await createSmallWorld({ store });
  const view = await statusFor(world);
  assert.equal(view?.open.length, 500);
  assert.equal(view?.isCut, true);
});
