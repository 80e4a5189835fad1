import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AccessRequest } from "../../core/request.ts";
import { watchAdmins, checkTime } from "./checks-mac.ts";
import { checkChanged } from "./checks-step.ts";
import { createRecordBook } from "./record-book.ts";
import { createSimStore } from "./sim-stores.ts";
import { createSimWorld, type SimWorld } from "./sim-world.ts";
import { reasonOfAnswer } from "./refusal-reasons.ts";
import { checkEnd } from "./checks-end.ts";
import { describeFailure } from "./failure-report.ts";

/** A world that has just begun, and what its book says was broken. */
async function freshWorld(): Promise<{ world: SimWorld; laws: () => string[] }> {
  const world = await createSimWorld(1, createSimStore("memory"));
  world.faults.heal(world.clock.now());
  await world.clock.runTo(world.clock.now() + 30_000, () => undefined);
  return { world, laws: () => world.book.violations.map(({ law }) => law) };
}

async function close(world: SimWorld): Promise<void> {
  for (const { mac } of world.macs) mac.dispose();
  await world.lives.close();
}

describe("the checks see what they are there for", () => {
  test("L1 rights that appear without an attack and without a request", async () => {
    const { world, laws } = await freshWorld();
    const [side] = world.macs;
    assert.ok(side !== undefined);
    side.mac.attack.addAdminByGuidOnly("anna");
    assert.deepEqual(laws(), ["L1", "L3"]);
    await close(world);
  });

  test("L5 rights of an attacker that stay on a Mac whose agent could take them", async () => {
    const { world, laws } = await freshWorld();
    const [side] = world.macs;
    assert.ok(side !== undefined);
    side.isAttacked = true;
    side.mac.attack.addAdminByGuidOnly("anna");
    side.isAttacked = false;
    side.canRemoveSince = world.clock.now();
    for (let second = 0; second < 30; second += 1) {
      checkTime(side, world.durable, world.book, world.clock.now() + second * 1_000);
    }
    assert.ok(laws().includes("L5"));
    await close(world);
  });

  test("L5 a Mac on which something has changed is looked at in the next step, one on which nothing has is not", async () => {
    const { world } = await freshWorld();
    const [side] = world.macs;
    assert.ok(side !== undefined);
    side.isAttacked = true;
    side.mac.attack.addAdminByGuidOnly("anna");
    side.isAttacked = false;
    const [intruder] = side.intruders.values();
    checkChanged(world);
    assert.equal(intruder?.unexplainedSince, world.clock.now());
    intruder.unexplainedSince = undefined;
    checkChanged(world);
    assert.equal(intruder.unexplainedSince, undefined, "nothing has changed since");
    await close(world);
  });

  test("L16 an administrator of before who loses the rights without an attack", async () => {
    const { world, laws } = await freshWorld();
    const [side] = world.macs;
    assert.ok(side !== undefined);
    side.mac.attack.removeAdmin("itadmin");
    assert.deepEqual(laws(), ["L16"]);
    watchAdmins(side, world.durable, world.book, world.clock.now());
    assert.deepEqual(laws(), ["L16"], "said once");
    await close(world);
  });

  test("L13 L12 tags and secrets that are left at the end", async () => {
    const { world, laws } = await freshWorld();
    const [serial = "", deviceId = ""] = [...world.deviceIds][0] ?? [];
    world.iru.editTags(deviceId, (tags) => [...tags, "temp-admin-elevation-5min"]);
    world.othersTags.get(serial)?.add("vanished");
    await checkEnd(world);
    assert.deepEqual(laws(), ["L13", "L13", "L7"]);
    world.secrets.add("C0ITACCESS");
    await checkEnd(world);
    assert.ok(laws().includes("L12"), "the channel's id stands in what Slack shows");
    await close(world);
  });

  test("L2 L7 a second decision, and a version that does not follow", async () => {
    const { world, laws } = await freshWorld();
    const at = world.clock.now();
    const requestId = "6f1c0b52-1d3a-4e6b-9c0d-000000000001";
    const ask = {
      requestId,
      serial: "C02SIM000001",
      hostname: "x",
      username: "anna",
      uid: 501,
      generatedUid: "6F1C0B52-1D3A-4E6B-9C0D-000000010001",
      reason: "x",
      category: "other",
      durationMinutes: 5,
      requestedAt: at,
    } as const;
    const value: AccessRequest = { status: "pending", ask, identity: { state: "pending" }, nudgesSent: 0 };
    const line = (type: string) =>
      ({ at, actor: { kind: "mac", serial: ask.serial }, type, commandId: "1", data: {} }) as const;
    world.durable.stored({
      stream: requestId,
      request: { expectedVersion: 3, value },
      audit: [line("requested"), line("denied")],
      effects: [],
      at,
    });
    assert.deepEqual(laws(), ["L7"]);
    world.durable.stored({ stream: requestId, audit: [line("approved")], effects: [], at });
    world.durable.stored({
      stream: requestId,
      request: { expectedVersion: 4, value },
      audit: [line("approved")],
      effects: [],
      at,
    });
    assert.ok(laws().includes("L2"));
    await close(world);
  });
});

test("a failure is told with its faults, its events and how to replay it", async () => {
  const { world } = await freshWorld();
  world.macs[0]?.mac.attack.addAdminByGuidOnly("anna");
  const { book, clock } = world;
  const text = describeFailure(
    {
      seed: 7,
      length: "whole",
      plan: "faults: none",
      violations: book.violations,
      counts: book.counts,
      trace: book.trace,
      history: [],
      left: [],
      transcript: () => "",
      sessions: 0,
      startedAt: clock.now() - 30_000,
      virtualMs: 30_000,
    },
    "memory",
  );
  assert.match(text, /FAIL seed 7 \(memory store\)/);
  assert.match(text, /L1 at \+ +30\.000 s \(C02SIM000001\)/);
  assert.match(text, /faults: none/);
  assert.match(text, /anna becomes an administrator/);
  assert.match(text, /npm run sim -- --seed 7 --store memory/);
  await close(world);
});

test("a check that never failed and one that did are both counted", () => {
  const book = createRecordBook(() => 0);
  book.check("L1", "no grant without permission", true, () => ({ text: "" }));
  book.check("L1", "no grant without permission", false, () => ({ text: "why" }));
  assert.equal(book.counts.get("check L1 no grant without permission"), 2);
  assert.equal(book.violations[0]?.text, "no grant without permission: why");
});

test("the reason behind a private answer is known from its words", () => {
  assert.equal(reasonOfAnswer({ text: "There is no such request." }), "unknown_request");
  assert.equal(
    reasonOfAnswer({ text: "x", decidedBy: { kind: "slack", userId: "U0BEN" } }),
    "already_decided",
  );
});
