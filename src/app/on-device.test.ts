import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { enroll } from "./enroll.ts";
import { handleCommand } from "./handle-command.ts";

/** What comes of a Mac whose record at the MDM was deleted and made anew, under another id. */

const NEW_ID = "device-2";
const lock = { commandId: "lock", type: "lock", by: SMALL.carla } as const;
const approve = { commandId: "1", type: "approve", by: SMALL.ben, minutes: 10 } as const;

async function enrolledWorld(): Promise<SmallWorld> {
  const world = await createSmallWorld();
  await enroll(world.service, SMALL.serial);
  return world;
}

function makeAnew(world: SmallWorld): void {
  const mac = world.mdm.macs.get(SMALL.serial);
  assert.ok(mac !== undefined);
  world.mdm.macs.set(SMALL.serial, { ...mac, deviceId: NEW_ID });
}

test("L13 a Mac that has another id at Iru is looked up by its serial, gets its tag, and the id is stored", async () => {
  const world = await enrolledWorld();
  const id = await world.ask();
  makeAnew(world);
  await handleCommand(world.service, id, approve);
  await world.clock.advance(0);
  assert.deepEqual(world.mdm.macs.get(SMALL.serial)?.tags, ["finance", "temp-admin-elevation-10min"]);
  const request = await world.read(id);
  assert.equal(request.status === "approved" && request.signal, "set");
  assert.equal((await world.store.loadMac(SMALL.serial))?.deviceId, NEW_ID);
  const trail = await world.store.readAudit(`mac:${SMALL.serial}`, 0, 10);
  assert.deepEqual(trail.at(-1)?.data, { deviceId: NEW_ID, before: SMALL.deviceId });
});

test("a Mac that has another id at Iru is locked all the same, once", async () => {
  const world = await enrolledWorld();
  const id = await world.ask();
  await world.start(id);
  makeAnew(world);
  world.mdm.failNext({ call: "lock", kind: "retryable" });
  await handleCommand(world.service, id, lock);
  await world.clock.advance(MINUTE_MS);
  assert.deepEqual(
    world.mdm.locks.map(({ deviceId }) => deviceId),
    [NEW_ID],
  );
  assert.match(world.chat.privates[0]?.text ?? "", /Unlock PIN: 100000/);
});

test("L9 a Mac that Iru does not know at all stays a failure, and is not looked up without end", async () => {
  const world = await enrolledWorld();
  const id = await world.ask();
  world.mdm.macs.clear();
  let lookUps = 0;
  const { findMac } = world.mdm;
  Object.assign(world.mdm, {
    async findMac(...args: Parameters<typeof findMac>) {
      lookUps += 1;
      return findMac(...args);
    },
  });
  await handleCommand(world.service, id, approve);
  await world.clock.advance(5 * SECOND_MS);
  const request = await world.read(id);
  assert.equal(request.status === "approved" && request.signal, "failed");
  assert.equal(lookUps, 1);
});
