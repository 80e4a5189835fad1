import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac } from "../../test/http/mac.ts";
import { macAnswer } from "../wire/device.ts";

test("L5 GET /mac gives a session's baseline back as it was sent with /arm, and none to a Mac without a session", async (t) => {
  const world = await createHttpWorld();
  t.after(() => world.running.stop());
  const mac = await enrolledMac(world);
  const requestId = await mac.approved();
  const baseline = {
    admins: ["guid:FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", "name:root"],
    accounts: [{ uid: 501, generatedUid: "11111111-1111-4111-8111-111111111111", username: "anna" }],
    items: { "hosts: /private/etc/hosts": "a".repeat(64) },
  };
  const before = macAnswer.parse((await mac.get("/mac")).body);
  assert.equal(before.session, undefined);
  await mac.arm(requestId, { baseline });
  const { session } = macAnswer.parse((await mac.get("/mac")).body);
  assert.deepEqual(session?.baseline, baseline);
  await mac.removed(requestId);
  assert.equal(macAnswer.parse((await mac.get("/mac")).body).session, undefined);
});

test("L5 a baseline that was too long to be sent whole is not given back as one", async (t) => {
  const world = await createHttpWorld();
  t.after(() => world.running.stop());
  const mac = await enrolledMac(world);
  const requestId = await mac.approved();
  const summary = { count: 3, sha256: "b".repeat(64) };
  await mac.arm(requestId, { baseline: { admins: ["name:root"], accounts: [], items: summary } });
  const { session } = macAnswer.parse((await mac.get("/mac")).body);
  assert.deepEqual(session?.baseline, { admins: ["name:root"], accounts: [], items: undefined });
  const other = await createHttpWorld();
  t.after(() => other.running.stop());
  const one = await enrolledMac(other);
  await one.arm(await one.approved(), { baseline: { admins: summary, accounts: summary, items: summary } });
  const answered = macAnswer.parse((await one.get("/mac")).body);
  assert.deepEqual([answered.session?.status, answered.session?.baseline], ["arming", undefined]);
});
