import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
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

test("GET /mac knows the Mac's session by its key, whatever a listing that lags says", async (t) => {
  const inner = createMemoryStore();
  let listed: Awaited<ReturnType<typeof inner.listOpenBySerial>> | undefined;
  const listOpenBySerial: typeof inner.listOpenBySerial = async (serial) =>
    listed ?? inner.listOpenBySerial(serial);
  const world = await createHttpWorld({ store: { ...inner, listOpenBySerial } });
  t.after(() => world.running.stop());
  const mac = await enrolledMac(world);
  const answered = async () => {
    const { session, openRequests } = macAnswer.parse((await mac.get("/mac")).body);
    return [session?.status, openRequests.map(({ requestId, status }) => [requestId, status])];
  };
  const requestId = await mac.approved();
  for (const stale of [[], await inner.listOpenBySerial(mac.serial)]) {
    listed = stale;
    await mac.arm(requestId);
    assert.deepEqual(await answered(), ["arming", [[requestId, "arming"]]]);
  }
  await mac.start(requestId);
  assert.deepEqual(await answered(), ["active", [[requestId, "active"]]]);
  await mac.post("/end", { requestId });
  assert.deepEqual(await answered(), ["ending", [[requestId, "ending"]]]);
  listed = await inner.listOpenBySerial(mac.serial);
  await mac.removed(requestId);
  assert.deepEqual(await answered(), [undefined, []]);
});
