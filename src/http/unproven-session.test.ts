import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { ARM_ID, enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { DAY_MS } from "../core/time.ts";
import { macAnswer } from "../wire/device.ts";

const BASELINE = { admins: ["name:root"], accounts: [], items: {} };

let world: HttpWorld;
let mac: TestMac;
let closed: string;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
  closed = await mac.approved();
  await mac.arm(closed, { baseline: BASELINE });
  await mac.start(closed);
  await world.clock.advance(DAY_MS + DAY_MS);
  await world.click(CAST.ben, "hallpass_close_unverified", closed);
  assert.equal(await proofOf(closed), "closed_unverified");
});
afterEach(() => world.running.stop());

async function proofOf(requestId: string): Promise<string | undefined> {
  const request = (await world.store.loadRequest(requestId))?.request;
  return request !== undefined && "proof" in request ? request.proof.state : undefined;
}
const session = async () => macAnswer.parse((await mac.get("/mac")).body).session;

test("L5 a session that people closed without a proof still has to end on its Mac, which is told what was before", async () => {
  const { requestId, status, armId, endReason, baseline } = (await session()) ?? {};
  assert.deepEqual([requestId, status, armId, endReason], [closed, "ending", ARM_ID, "expired"]);
  assert.deepEqual(baseline, BASELINE);
  assert.equal((await mac.removed(closed)).status, 200);
  assert.equal(await proofOf(closed), "removed");
  assert.equal(await session(), undefined);
});

test("L1 until then the Mac gets no other session, and hears which one is in the way", async () => {
  const next = await mac.approved({ generatedUid: "22222222-2222-4222-8222-222222222222", uid: 502 });
  const armed = { armId: "eeeeeeee-0000-4000-8000-000000000001", uid: 502 };
  const arm = () => mac.arm(next, { ...armed, generatedUid: "22222222-2222-4222-8222-222222222222" });
  const refused = await arm();
  assert.deepEqual([refused.status, refused.body["requestId"]], [409, closed]);
  assert.equal((await session())?.requestId, closed);
  await mac.removed(closed);
  assert.equal((await arm()).status, 200);
  assert.equal((await session())?.requestId, next);
});

test("L12 the proof renews the key then, too: it was in the session's hands all the same", async () => {
  const { body } = await mac.removed(closed);
  assert.match(String(body["nextKey"]), /^[\w-]{43}$/);
});

test("L5 it is told to its Mac also after the Mac has read that the rights are still there", async () => {
  await mac.beat(closed, { admin: true });
  assert.equal(await proofOf(closed), "still_admin");
  assert.equal((await session())?.requestId, closed);
  await mac.removed(closed);
  assert.deepEqual([await proofOf(closed), await session()], ["removed", undefined]);
});

test("a Mac that was wiped and enrolled again has nothing to prove", async () => {
  await world.call("POST", "/enroll", {
    body: { serial: CAST.serial },
    headers: { "x-enrollment-token": CAST.token },
  });
  await world.click(CAST.ben, "hallpass_allow_re_enrollment", CAST.serial);
  mac = await enrolledMac(world);
  assert.equal(await session(), undefined);
  assert.equal(await proofOf(closed), "closed_unverified");
});
