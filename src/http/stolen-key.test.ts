import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, macWithKey, reportBody, type TestMac } from "../../test/http/mac.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";

/** Somebody read the Mac's key while they were root, and speaks for the Mac from elsewhere. */

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const warnings = () => world.chat.warnings.map(({ warning }) => warning);
const report = () => mac.post("/report", reportBody(world.clock.now()));

/** A session that a thief closes: a clean proof, an empty log, and the Mac's next key, used first. */
async function stolen(): Promise<TestMac> {
  const requestId = await mac.active();
  const thief = macWithKey(world, CAST.serial, mac.key);
  await thief.log(requestId, { lines: [], final: true });
  const { body } = await thief.removed(requestId);
  thief.key = String(body["nextKey"]);
  assert.equal((await thief.get("/mac")).status, 200);
  return thief;
}

test("L15 a thief who takes the Mac's next key cannot do so unseen: the Mac's own key rings the bell, once an hour", async () => {
  await stolen();
  await world.clock.advance(5 * MINUTE_MS);
  for (let tries = 0; tries < 3; tries += 1) assert.equal((await report()).status, 401);
  await world.settle();
  assert.deepEqual(
    warnings().map(({ serial, kind }) => [serial, kind]),
    [[CAST.serial, "tampered"]],
  );
  assert.match(warnings()[0]?.items[0] ?? "", /somebody else took its new key/);
  const trail = await world.store.readAudit(`mac:${CAST.serial}`, 0, 100);
  assert.equal(trail.filter(({ type }) => type === "retired_key_used").length, 1);
  await world.clock.advance(HOUR_MS);
  await report();
  await world.settle();
  assert.equal(warnings().length, 2);
});

test("L15 a next key that another took the place of rings the bell too", async () => {
  const requestId = await mac.active();
  const first = String((await mac.removed(requestId)).body["nextKey"]);
  const second = String((await mac.removed(requestId)).body["nextKey"]);
  const old = mac.key;
  await macWithKey(world, CAST.serial, second).get("/mac");
  await world.clock.advance(2 * MINUTE_MS);
  assert.equal((await macWithKey(world, CAST.serial, first).get("/mac")).status, 401);
  await world.settle();
  assert.equal(warnings().length, 1);
  await world.clock.advance(HOUR_MS);
  assert.equal((await macWithKey(world, CAST.serial, old).get("/mac")).status, 401);
  await world.settle();
  assert.equal(warnings().length, 2);
});

test("L15 the key of before a new enrolment rings the bell: it was kept by somebody", async () => {
  const enrolment = { body: { serial: CAST.serial }, headers: { "x-enrollment-token": CAST.token } };
  assert.equal((await world.call("POST", "/enroll", enrolment)).status, 409);
  await world.click(CAST.ben, "hallpass_allow_re_enrollment", CAST.serial);
  await enrolledMac(world);
  await world.clock.advance(2 * MINUTE_MS);
  assert.equal((await report()).status, 401);
  await world.settle();
  assert.equal(warnings().length, 1);
});

test("a call that was under way while the key was renewed, and a key that nobody ever had, say nothing", async () => {
  const requestId = await mac.active();
  const fresh = macWithKey(world, CAST.serial, String((await mac.removed(requestId)).body["nextKey"]));
  await fresh.get("/mac");
  assert.equal((await report()).status, 401);
  await world.clock.advance(HOUR_MS);
  assert.equal((await macWithKey(world, CAST.serial, "k".repeat(43)).get("/mac")).status, 401);
  await world.settle();
  assert.deepEqual(warnings(), []);
});
