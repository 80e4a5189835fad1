import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { ARM_ID, enrolledMac, macWithKey } from "../../test/http/mac.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { enrollAnswer } from "../wire/device.ts";

let world: HttpWorld;
beforeEach(async () => {
  world = await createHttpWorld();
});
afterEach(() => world.running.stop());

function enroll(serial: string = CAST.serial, token: string = CAST.token): Promise<Answer> {
  return world.call("POST", "/enroll", { body: { serial }, headers: { "x-enrollment-token": token } });
}

/** The button under the question in the channel. */
const allow = (userId: string) => world.click(userId, "hallpass_allow_re_enrollment", CAST.serial);
const answersTo = (userId: string) =>
  world.privates.filter((one) => one.responseUrl.endsWith(userId)).map((one) => one.answer.text);
const auditTypes = async (stream: string) =>
  (await world.store.readAudit(stream, 0, 1000)).map((entry) => entry.type);

describe("POST /enroll", () => {
  test("W25 gives a Mac that Iru knows its own key, once", async () => {
    const first = await enroll();
    assert.equal(first.status, 201);
    const { deviceKey } = enrollAnswer.parse(first.body);
    assert.match(deviceKey, /^[A-Za-z0-9_-]{43}$/);
    assert.equal((await macWithKey(world, CAST.serial, deviceKey).get("/mac")).status, 200);

    const again = await enroll();
    assert.equal(again.status, 409);
    assert.equal(again.body["type"], "urn:hallpass:problem:enrolled_already");
    assert.equal(
      (await macWithKey(world, CAST.serial, deviceKey).get("/mac")).status,
      200,
      "the key still works",
    );
  });

  test("L12 only a hash of the key is kept", async () => {
    const { body } = await enroll();
    const kept = JSON.stringify([
      await world.store.loadMac(CAST.serial),
      await world.store.readAudit(`mac:${CAST.serial}`, 0, 9),
    ]);
    assert.ok(!kept.includes(String(body["deviceKey"])));
    assert.match(kept, /"keyHash":"[0-9a-f]{64}"/);
  });

  test("takes the current and the previous token, and no other", async () => {
    assert.equal((await enroll(CAST.serial, CAST.previousToken)).status, 201);
    for (const token of ["", "x", CAST.token.slice(1), `${CAST.token}x`, CAST.token.toUpperCase()]) {
      const { status } = await enroll(CAST.otherSerial, token);
      assert.equal(status, 401, JSON.stringify(token));
    }
    assert.equal((await world.call("POST", "/enroll", { body: { serial: CAST.otherSerial } })).status, 401);
  });

  test("L9 without any configured token nobody enrols, not even with an empty one", async () => {
    for (const enrollmentTokens of [[], [""]]) {
      const closed = await createHttpWorld({ enrollmentTokens });
      const headers = { "x-enrollment-token": "" };
      const { status } = await closed.call("POST", "/enroll", { body: { serial: CAST.serial }, headers });
      assert.equal(status, 401);
      await closed.running.stop();
    }
  });

  test("refuses a serial that Iru does not know exactly", async () => {
    for (const serial of ["C02HALLPASS9", "C02HALLPASS"]) {
      const { status, body } = await enroll(serial);
      assert.equal(status, 403);
      assert.equal(body["type"], "urn:hallpass:problem:unknown_mac");
      assert.equal(await world.store.loadMac(serial), undefined);
    }
  });

  test("says 503 and when to come back while Iru does not answer, and 403 when it refuses", async () => {
    world.mdm.failNext({ call: "findMac", kind: "retryable" });
    const later = await enroll();
    assert.equal(later.status, 503);
    assert.equal(later.headers.get("retry-after"), "30");
    world.mdm.failNext({ call: "findMac", kind: "terminal" });
    assert.equal((await enroll()).status, 403);
    assert.equal((await enroll()).status, 201);
  });

  test("of two Macs with one serial at once, one gets a key", async () => {
    const statuses = (await Promise.all([enroll(), enroll(), enroll()])).map((answer) => answer.status);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [201, 409, 409],
    );
  });

  test("is limited for each serial", async () => {
    const busy = await createHttpWorld({ rateLimit: { perSecond: 0.1, burst: 2 } });
    const headers = { "x-enrollment-token": CAST.token };
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) {
      statuses.push((await busy.call("POST", "/enroll", { body: { serial: CAST.serial }, headers })).status);
    }
    assert.deepEqual(statuses, [201, 409, 429]);
    await busy.running.stop();
  });
});

describe("enrolling a wiped Mac again", () => {
  test("needs an approver's click, which is asked for once an hour, and holds for one enrolment", async () => {
    const old = await enrolledMac(world);
    for (let tries = 0; tries < 3; tries += 1) assert.equal((await enroll()).status, 409);
    await world.settle();
    assert.deepEqual(
      world.chat.reEnrollments.map((one) => one.serial),
      [CAST.serial],
    );

    await allow(CAST.ben);
    await world.settle();
    assert.match(answersTo(CAST.ben).join(), /may enrol once within the next hour/);
    const { status, body } = await enroll();
    assert.equal(status, 201);
    assert.notEqual(body["deviceKey"], old.key);
    assert.equal((await old.get("/mac")).status, 401, "the old key is dead");
    assert.equal((await enroll()).status, 409, "one click is one enrolment");
    assert.deepEqual(await auditTypes(`mac:${CAST.serial}`), [
      "enrolled",
      "re_enrollment_asked",
      "re_enrollment_allowed",
      "enrolled_again",
      "re_enrollment_asked",
    ]);
  });

  test("the click holds for an hour and no longer", async () => {
    await enrolledMac(world);
    await enroll();
    await allow(CAST.ben);
    await world.clock.advance(HOUR_MS);
    assert.equal((await enroll()).status, 409);
    await allow(CAST.ben);
    await world.clock.advance(HOUR_MS - MINUTE_MS);
    assert.equal((await enroll()).status, 201);
  });

  test("L11 nobody but a configured approver may allow it, and a refusal is told and audited", async () => {
    await enrolledMac(world);
    await enroll();
    for (const userId of [CAST.mallory, CAST.anna]) {
      await allow(userId);
      await world.settle();
      assert.match(answersTo(userId).join(), /not on the list of approvers/);
    }
    assert.equal((await enroll()).status, 409);
    assert.equal((await auditTypes(`mac:${CAST.serial}`)).filter((type) => type === "refused").length, 2);
  });

  for (const state of ["pending", "approved", "active"] as const) {
    test(`closes what is open on it (${state}) and says so`, async () => {
      const mac = await enrolledMac(world);
      const requestId =
        state === "pending"
          ? await mac.asked()
          : state === "approved"
            ? await mac.approved()
            : await mac.active();
      await enroll();
      await allow(CAST.carla);
      assert.equal((await enroll()).status, 201);
      await world.settle();
      const stored = await world.store.loadRequest(requestId);
      assert.equal(stored?.request.status, state === "active" ? "ended" : "cancelled");
      const types = await auditTypes(requestId);
      assert.ok(types.includes(state === "active" ? "closed_by_re_enrollment" : "cancelled"), types.join());
      const said = world.chat.thread.map(({ note }) => note.note);
      assert.ok(said.includes(state === "active" ? "re_enrolled" : "cancelled"), said.join());
    });
  }

  test("L11 nobody closes a session of their own by letting its Mac enrol again", async () => {
    const mac = await enrolledMac(world);
    world.chat.people.set("ben@example.com", CAST.ben);
    const requestId = await mac.asked({ email: "ben@example.com" });
    await world.click(CAST.carla, "hallpass_approve_15", requestId);
    assert.equal((await mac.arm(requestId)).status, 200);
    await enroll();
    await allow(CAST.ben);
    await world.settle();
    assert.match(answersTo(CAST.ben).join(), /Your own session is open on this Mac/);
    assert.equal((await enroll()).status, 409);
    assert.ok((await auditTypes(`mac:${CAST.serial}`)).includes("refused"));
    await allow(CAST.carla);
    assert.equal((await enroll()).status, 201);
  });

  test("L14 an old button lets no Mac enrol that does not ask any more", async () => {
    await enrolledMac(world);
    await enroll();
    await world.clock.advance(25 * HOUR_MS);
    await allow(CAST.ben);
    await world.settle();
    assert.match(answersTo(CAST.ben).join(), /does not ask for a new enrolment any more/);
    assert.equal((await enroll()).status, 409, "and it is asked for again");
    await allow(CAST.ben);
    assert.equal((await enroll()).status, 201);
    await allow(CAST.ben);
    assert.equal((await enroll()).status, 409, "the button that was used up does nothing");
  });

  test("L1 the key of before the wipe takes nothing up", async () => {
    const old = await enrolledMac(world);
    const requestId = await old.approved();
    await enroll();
    await allow(CAST.ben);
    const { body } = await enroll();
    assert.equal((await old.arm(requestId)).status, 401);
    const fresh = macWithKey(world, CAST.serial, String(body["deviceKey"]));
    const { status } = await fresh.arm(requestId, { armId: ARM_ID });
    assert.equal(status, 409, "what was open is closed");
  });
});
