import assert from "node:assert/strict";
import { test } from "node:test";
import { askOf } from "../core/test-kit.ts";
import type { Policy } from "../core/policy-config.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import { RetryableError } from "../ports/errors.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";
import { handleCommand } from "./handle-command.ts";

const EVE = { id: "U0EVE", email: "eve@example.com" } as const;

/** A world in which Eve is known to Slack, and Anna's Mac belongs to `ownerEmail`. */
async function worldWhere(ownerEmail: string | undefined): Promise<SmallWorld> {
  const world = await createSmallWorld();
  world.chat.people.set(EVE.email, EVE.id);
  const { deviceId, serial } = SMALL;
  const owner = ownerEmail === undefined ? {} : { ownerEmail };
  world.mdm.macs.set(serial, { deviceId, serial, name: "Mac", tags: [], ...owner });
  return world;
}

/** A request of the Mac, and who it was found to be from; without `email` the Mac knows none. */
async function askedBy(world: SmallWorld, email?: string) {
  const { email: _annas, ...ask } = askOf({ serial: SMALL.serial, requestedAt: world.clock.now() });
  const id = ask.requestId;
  const claimed = email === undefined ? {} : { email };
  const submit = { type: "submit", ask: { ...ask, ...claimed } } as const;
  await handleCommand(world.service, id, { commandId: "submit", ...submit });
  await world.clock.advance(0);
  const { identity } = await world.read(id);
  assert.ok(identity.state === "resolved");
  const told = world.chat.directs.find(({ note }) => note.note === "received")?.to;
  return { id, told, doubts: identity.doubts, barred: identity.requesterSlackIds };
}

/** Tries to approve; answers why not. */
async function refusalOf(world: SmallWorld, id: string, by: string): Promise<string | undefined> {
  const approve = { type: "approve", by, minutes: 15 } as const;
  return (await handleCommand(world.service, id, { commandId: `${id}:${by}`, ...approve })).refusal?.refused;
}

test("W26 who asks on another's Mac, or in another's name, is shown to be in doubt, and both are barred", async () => {
  const world = await worldWhere(SMALL.annaEmail);
  const { id, doubts, barred } = await askedBy(world, EVE.email);
  assert.deepEqual(doubts, ["owner_differs"]);
  assert.deepEqual(barred.toSorted(), [SMALL.anna, EVE.id].toSorted());
  const shown = world.chat.cards[0]?.card.request.identity;
  assert.deepEqual(shown?.state === "resolved" && shown.doubts, ["owner_differs"]);
  assert.equal((await world.read(id)).status, "pending", "a person decides");
});

test("W24 an approver who asks decides nothing of their own, whether their Mac or their e-mail names them", async () => {
  const approver = "ben@example.com";
  for (const [ownerEmail, email] of [
    [approver, EVE.email],
    [EVE.email, approver],
    [approver, approver],
  ] as const) {
    const world = await worldWhere(ownerEmail);
    world.chat.people.set(approver, SMALL.ben);
    const { id } = await askedBy(world, email);
    assert.equal(await refusalOf(world, id, SMALL.ben), "own_request", `${ownerEmail} ${email}`);
    assert.equal(await refusalOf(world, id, EVE.id), "not_an_approver");
    assert.equal(await refusalOf(world, id, SMALL.carla), undefined);
  }
});

test("W56 without an e-mail from the Mac its owner in Iru gets the messages, without an owner the e-mail does", async () => {
  const owned = await worldWhere(SMALL.annaEmail);
  const asked = await askedBy(owned);
  assert.deepEqual([asked.told, asked.doubts], [SMALL.anna, ["no_email"]]);
  const ownerless = await worldWhere(undefined);
  const claimed = await askedBy(ownerless, EVE.email);
  assert.deepEqual([claimed.told, claimed.doubts], [EVE.id, ["owner_unknown"]]);
});

test("where nobody is found the request is shown with that doubt, and nobody is written to", async () => {
  const world = await worldWhere("gone@example.com");
  const { told, doubts } = await askedBy(world, "also-gone@example.com");
  assert.deepEqual([told, doubts], [undefined, ["nobody_resolved"]]);
  assert.equal(world.chat.cards.length, 1);
});

test("L11 who asks without an e-mail, or with one that nobody has, may be anybody with an account on the Mac", async () => {
  for (const [email, doubt] of [
    [undefined, "no_email"],
    ["nobody@example.com", "email_unknown"],
  ] as const) {
    const world = await worldWhere(SMALL.annaEmail);
    const { id, doubts, told, barred } = await askedBy(world, email);
    assert.deepEqual(doubts, [doubt]);
    assert.deepEqual([told, barred], [SMALL.anna, [SMALL.anna]], "its owner hears of it");
    const shown = world.chat.cards[0]?.card.request.identity;
    assert.deepEqual(shown?.state === "resolved" && shown.doubts, [doubt]);
    assert.equal((await world.read(id)).status, "pending", "a person decides");
  }
});

test("L11 off-hours approval leaves a request without an e-mail to a human", async () => {
  const offHours: Policy["offHours"] = {
    mode: "enabled",
    zone: "UTC",
    weekdays: [1],
    startMinute: 0,
    endMinute: 1,
    onCallUserId: SMALL.ben,
    capPerNight: 3,
  };
  const world = await createSmallWorld({ policy: { offHours } });
  const unknown = await askedBy(world);
  assert.equal((await world.read(unknown.id)).status, "pending");
  const night = await createSmallWorld({ policy: { offHours } });
  const known = await askedBy(night, SMALL.annaEmail);
  assert.equal((await night.read(known.id)).status, "approved");
});

test("L9 a directory that asks for an hour's patience hides no request for so long, and is not pressed", async () => {
  const world = await createSmallWorld();
  let calls = 0;
  Object.assign(world.mdm, {
    async findMac(): Promise<never> {
      calls += 1;
      throw new RetryableError("429", { retryAfterMs: HOUR_MS });
    },
  });
  const id = await world.ask();
  await world.clock.advance(25 * SECOND_MS);
  assert.equal(world.chat.cards.length, 1);
  const { identity } = await world.read(id);
  assert.deepEqual(identity.state === "resolved" && identity.doubts, ["mac_unknown", "owner_unknown"]);
  assert.equal(calls, 3);
});
