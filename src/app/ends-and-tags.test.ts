import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../core/commands.ts";
import type { EndReason } from "../core/request.ts";
import { ownTags, DEFAULT_TAG_NAMES } from "../core/tags.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";

/** Whatever ends a request: its elevation tag comes off, and stays off. */

const { serial } = SMALL;
const elevationTags = ({ mdm }: SmallWorld) =>
  (mdm.macs.get(serial)?.tags ?? []).filter((tag) => tag.startsWith("temp-admin-elevation"));

type Act = Command extends infer One ? (One extends unknown ? Omit<One, "commandId"> : never) : never;
const act = (world: SmallWorld, id: string, what: Act) =>
  handleCommand(world.service, id, { commandId: world.service.ids.uuid(), ...what });

const macEnds =
  (cause: "network_loss" | "ended_by_user" | "tampered" | "device_error") =>
  (world: SmallWorld, id: string) =>
    act(world, id, { type: "end", serial, cause });

const ENDS: Readonly<Record<EndReason, (world: SmallWorld, id: string) => Promise<unknown>>> = {
  expired: ({ clock }) => clock.advance(15 * MINUTE_MS),
  revoked: (world, id) => act(world, id, { type: "revoke", by: SMALL.ben }),
  locked: (world, id) => act(world, id, { type: "lock", by: SMALL.ben }),
  network_loss: macEnds("network_loss"),
  ended_by_user: macEnds("ended_by_user"),
  tampered: macEnds("tampered"),
  device_error: macEnds("device_error"),
};

for (const [reason, end] of Object.entries(ENDS)) {
  test(`W1 the elevation tag comes off at any kind of end, and only log collection is wanted then: ${reason}`, async () => {
    const world = await createSmallWorld();
    const id = await world.ask();
    await world.start(id, 15);
    assert.equal(elevationTags(world).length, 1);
    await end(world, id);
    await world.clock.advance(MINUTE_MS);
    const request = await world.read(id);
    assert.equal(request.status === "ending" && request.ending.reason, reason);
    assert.deepEqual(
      (world.mdm.macs.get(serial)?.tags ?? []).filter((tag) => ownTags(DEFAULT_TAG_NAMES).includes(tag)),
      [DEFAULT_TAG_NAMES.logCollection],
    );
    await world.clock.advance(HOUR_MS);
    assert.deepEqual(elevationTags(world), []);
  });
}

const CLOSES: Readonly<Record<string, (world: SmallWorld, id: string) => Promise<unknown>>> = {
  cancelled: (world, id) => act(world, id, { type: "cancel", by: { slack: SMALL.ben } }),
  lapsed: ({ clock }) => clock.advance(HOUR_MS),
};

for (const [status, close] of Object.entries(CLOSES)) {
  test(`W1 the elevation tag of an approval that nobody took up comes off: ${status}`, async () => {
    const world = await createSmallWorld();
    const id = await world.ask();
    await act(world, id, { type: "approve", by: SMALL.ben, minutes: 30 });
    await world.clock.advance(0);
    assert.deepEqual(elevationTags(world), ["temp-admin-elevation-30min"]);
    await close(world, id);
    await world.clock.advance(MINUTE_MS);
    assert.equal((await world.read(id)).status, status);
    assert.deepEqual(elevationTags(world), []);
  });
}
