import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { macAnswer } from "../wire/device.ts";

/** A world with one Mac whose listing of open requests can be stopped where it is, while key reads go on. */
interface LaggingWorld {
  readonly world: HttpWorld;
  readonly mac: TestMac;
  /** Whatever happens from now on, the listing does not show. */
  readonly stopListing: () => Promise<void>;
}

async function createLaggingWorld(t: TestContext): Promise<LaggingWorld> {
  const inner = createMemoryStore();
  let listed: Awaited<ReturnType<typeof inner.listOpenBySerial>> | undefined;
  const listOpenBySerial: typeof inner.listOpenBySerial = async (serial) =>
    listed ?? inner.listOpenBySerial(serial);
  const world = await createHttpWorld({ store: { ...inner, listOpenBySerial } });
  t.after(() => world.running.stop());
  const mac = await enrolledMac(world);
  return {
    world,
    mac,
    async stopListing() {
      listed = await inner.listOpenBySerial(mac.serial);
    },
  };
}

const allow = (world: HttpWorld, userId: string) =>
  world.click(userId, "hallpass_allow_re_enrollment", CAST.serial);

function enroll(world: HttpWorld) {
  const headers = { "x-enrollment-token": CAST.token };
  return world.call("POST", "/enroll", { body: { serial: CAST.serial }, headers });
}

test("GET /mac knows the Mac's session by its key, whatever a listing that lags says", async (t) => {
  const { mac, stopListing } = await createLaggingWorld(t);
  const answered = async () => {
    const { session, openRequests } = macAnswer.parse((await mac.get("/mac")).body);
    return [session?.status, openRequests.map(({ requestId, status }) => [requestId, status])];
  };
  const requestId = await mac.approved();
  await stopListing();
  await mac.arm(requestId);
  assert.deepEqual(await answered(), ["arming", [[requestId, "arming"]]]);
  await mac.start(requestId);
  assert.deepEqual(await answered(), ["active", [[requestId, "active"]]]);
  await mac.post("/end", { requestId });
  assert.deepEqual(await answered(), ["ending", [[requestId, "ending"]]]);
  await stopListing();
  await mac.removed(requestId);
  assert.deepEqual(await answered(), [undefined, []]);
});

test("GET /mac knows a session that the listing has never shown", async (t) => {
  const { mac, stopListing } = await createLaggingWorld(t);
  await stopListing();
  const requestId = await mac.active();
  assert.equal(macAnswer.parse((await mac.get("/mac")).body).session?.requestId, requestId);
});

test("L11 nobody lets a Mac enrol again over a session of their own that a listing does not show yet", async (t) => {
  const { world, mac, stopListing } = await createLaggingWorld(t);
  world.chat.people.set("ben@example.com", CAST.ben);
  await stopListing();
  const requestId = await mac.asked({ email: "ben@example.com" });
  await world.click(CAST.carla, "hallpass_approve_15", requestId);
  assert.equal((await mac.arm(requestId)).status, 200);
  await enroll(world);
  await allow(world, CAST.ben);
  assert.equal((await enroll(world)).status, 409);
});

test("a session that a listing does not show yet is closed when its Mac enrols again", async (t) => {
  const { world, mac, stopListing } = await createLaggingWorld(t);
  await stopListing();
  const requestId = await mac.active();
  await enroll(world);
  await allow(world, CAST.carla);
  assert.equal((await enroll(world)).status, 201);
  assert.equal((await world.store.loadRequest(requestId))?.request.status, "ended");
});

test("the tag of a session that a listing does not show yet stays when another approval is cancelled", async (t) => {
  const { world, mac, stopListing } = await createLaggingWorld(t);
  const paul = { username: "paul", uid: 502, generatedUid: CAST.paulUid, email: "paul@example.com" };
  const other = await mac.approved(paul);
  await stopListing();
  await mac.active();
  assert.equal((await mac.post("/cancel", { requestId: other })).status, 200);
  await world.settle();
  assert.deepEqual(world.mdm.macs.get(CAST.serial)?.tags, ["finance", "temp-admin-elevation-15min"]);
});
