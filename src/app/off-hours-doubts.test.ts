import assert from "node:assert/strict";
import { test } from "node:test";
import type { OffHours } from "../core/policy-config.ts";
import { createSmallWorld, SMALL, type SmallWorld } from "../world/small-world.ts";

/** Off hours, when a rule may decide: what it is shown as, and each doubt that leaves the request to a human. */

type Enabled = Extract<OffHours, { mode: "enabled" }>;

/** Only Sundays are worked, and the world begins on a Monday; Ben is on call. */
const OFF_HOURS: Enabled = {
  mode: "enabled",
  zone: "Europe/Berlin",
  weekdays: [7],
  startMinute: 9 * 60,
  endMinute: 18 * 60,
  onCallUserId: SMALL.ben,
  capPerNight: 3,
};

const worldWith = (over: Partial<Enabled> = {}) =>
  createSmallWorld({ policy: { offHours: { ...OFF_HOURS, ...over } } });

const owned = (world: SmallWorld, ownerEmail?: string) => {
  const { serial, deviceId } = SMALL;
  const owner = ownerEmail === undefined ? {} : { ownerEmail };
  world.mdm.macs.set(serial, { deviceId, serial, name: "Mac", tags: [], ...owner });
};

test("W31 what the rule approved is the rule's decision everywhere: in the record, the trail and the thread", async () => {
  const world = await worldWith();
  const requestId = await world.ask();
  await world.clock.advance(0);
  const request = await world.read(requestId);
  assert.ok(request.status === "approved");
  const rule = { kind: "policy", rule: "off_hours", onCallUserId: SMALL.ben };
  assert.deepEqual(request.approval.by, rule);
  const trail = await world.store.readAudit(requestId, 0, 100);
  assert.deepEqual(
    trail.filter(({ type }) => type === "approved").map(({ actor }) => actor),
    [rule],
  );
  const told = world.chat.thread.map(({ note }) => note).filter(({ note }) => note === "approved");
  assert.deepEqual(
    told.map((note) => note.note === "approved" && note.by),
    [rule],
  );
  assert.deepEqual(
    world.chat.directs
      .map(({ to, note }) => `${to} ${note.note}`)
      .filter((line) => line.startsWith(SMALL.ben)),
    [`${SMALL.ben} on_call_approved`],
    "who is on call hears of it",
  );
});

const PEOPLE_DOUBTS: readonly (readonly [what: string, make: (world: SmallWorld) => void, email?: string])[] =
  [
    ["Iru does not know the Mac", (world) => world.mdm.macs.clear()],
    ["the Mac has no owner in Iru", (world) => owned(world)],
    ["Slack does not know the owner", (world) => owned(world, "nobody@example.com")],
    ["nobody is found in Slack", (world) => world.chat.people.clear()],
    [
      "the Mac belongs to somebody else",
      (world) => {
        world.chat.people.set("eve@example.com", "U0EVE");
        owned(world, "eve@example.com");
      },
    ],
    ["the requester is on call", (world) => world.chat.people.set(SMALL.annaEmail, SMALL.ben)],
    ["Iru is down", (world) => world.mdm.failNext({ call: "findMac", kind: "retryable", times: 9 })],
    [
      "Slack is down",
      (world) => world.chat.failNext({ call: "findUserByEmail", kind: "retryable", times: 9 }),
    ],
  ];

const RULE_DOUBTS: readonly (readonly [what: string, over: Partial<Enabled>])[] = [
  ["the time zone is unknown", { zone: "Europe/Atlantis" }],
  ["no weekday is worked", { weekdays: [] }],
  ["the hours end before they begin", { startMinute: 18 * 60, endMinute: 9 * 60 }],
  ["the cap is nothing", { capPerNight: 0 }],
  ["who is on call approves nothing else", { onCallUserId: "U0EVE" }],
];

/** A human has to decide, and the thread says that the rule did not. */
async function waitsForHuman(world: SmallWorld): Promise<void> {
  const requestId = await world.ask();
  await world.clock.advance(60_000);
  const { status } = await world.read(requestId);
  assert.equal(status, "pending");
  const notes = world.chat.thread.map(({ note }) => note.note);
  assert.equal(notes.filter((note) => note === "auto_approval_declined").length, 1, notes.join());
}

for (const [what, make] of PEOPLE_DOUBTS) {
  test(`W31 L9 off hours a human decides where ${what}, and IT is told`, async () => {
    const world = await worldWith();
    make(world);
    await waitsForHuman(world);
  });
}

for (const [what, over] of RULE_DOUBTS) {
  test(`W31 L9 off hours a human decides where ${what}, and IT is told`, async () => {
    await waitsForHuman(await worldWith(over));
  });
}

test("W31 L9 off hours a human decides past the cap of the night, and the next night begins anew", async () => {
  const world = await worldWith({ capPerNight: 2 });
  const asked: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const generatedUid = `B11A0000-0000-4000-8000-00000000000${index}`;
    asked.push(await world.ask({ generatedUid, uid: 600 + index, requestedAt: world.clock.now() }));
  }
  await world.clock.advance(0);
  const states = await Promise.all(asked.map(async (id) => (await world.read(id)).status));
  assert.deepEqual(states, ["approved", "approved", "pending"]);
  await world.clock.advance(24 * 3_600_000);
  const next = await world.ask({ generatedUid: SMALL.generatedUid, requestedAt: world.clock.now() });
  await world.clock.advance(0);
  assert.equal((await world.read(next)).status, "approved");
});
