import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import {
  ARM_ID,
  enrolledMac,
  macWithKey,
  networkLossBody,
  OTHER_ARM_ID,
  type TestMac,
} from "../../test/http/mac.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { armAnswer, removedAnswer, startAnswer } from "../wire/device.ts";

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const time = (at: number) => new Date(at).toISOString();
const read = async (requestId: string) => (await world.store.loadRequest(requestId))?.request;
const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;
const auditOf = (stream: string) => world.store.readAudit(stream, 0, 1000);
const notes = () => world.chat.thread.map(({ note }) => note.note);

describe("POST /arm", () => {
  test("L1 confirms an approved request of this Mac and this person, for 120 s, with its backstop stored", async () => {
    const requestId = await mac.approved();
    const { status, body } = await mac.arm(requestId);
    assert.equal(status, 200);
    assert.deepEqual(armAnswer.parse(body), {
      approvedMinutes: 15,
      confirmBy: time(CAST.start + 120 * SECOND_MS),
    });
    const stored = await world.store.loadRequest(requestId);
    assert.equal(stored?.request.status, "arming");
    assert.equal(stored?.dueAt, CAST.start + 120 * SECOND_MS, "L3");
    const baseline = (await auditOf(requestId)).find((entry) => entry.type === "baseline");
    assert.ok(baseline !== undefined);
    assert.deepEqual((baseline.data as { baseline: unknown }).baseline, {
      admins: ["root"],
      sudoers: "0".repeat(64),
    });
  });

  test("the same attempt again gets the same answer until its window is over", async () => {
    const requestId = await mac.approved();
    const first = await mac.arm(requestId);
    await world.clock.advance(119 * SECOND_MS);
    assert.deepEqual((await mac.arm(requestId)).body, first.body);
    assert.equal((await auditOf(requestId)).filter((entry) => entry.type === "baseline").length, 1);
    await world.clock.advance(SECOND_MS);
    assert.equal(kind(await mac.arm(requestId)), "409 confirm_window_over");
    assert.equal((await read(requestId))?.status, "ending");
  });

  test("L1 another attempt beside one under way is refused", async () => {
    const requestId = await mac.approved();
    await mac.arm(requestId);
    assert.equal(kind(await mac.arm(requestId, { armId: OTHER_ARM_ID })), "409 not_allowed_now");
  });

  for (const [what, change] of [
    ["another uid", { uid: 502 }],
    ["the same name with another GeneratedUID", { generatedUid: CAST.paulUid }],
  ] as const) {
    test(`L1 ${what} is refused, audited and raised to IT`, async () => {
      const requestId = await mac.approved();
      assert.equal(kind(await mac.arm(requestId, change)), "403 wrong_person");
      await world.settle();
      assert.equal((await read(requestId))?.status, "approved");
      const refusals = (await auditOf(requestId)).filter((entry) => entry.type === "refused");
      assert.equal(refusals.length, 1);
      assert.ok(notes().includes("refused_device_call"));
    });
  }

  test("L1 before the approval, after a denial, a cancel or a lapse it is refused", async () => {
    const requestId = await mac.asked();
    assert.equal(kind(await mac.arm(requestId)), "409 not_allowed_now");
    await mac.post("/cancel", { requestId });
    assert.equal(kind(await mac.arm(requestId)), "409 not_allowed_now");
    const lapsed = await mac.approved();
    await world.clock.advance(HOUR_MS);
    assert.equal(kind(await mac.arm(lapsed)), "409 not_allowed_now");
    assert.equal((await read(lapsed))?.status, "lapsed");
  });

  test("L6 a lapsed approval is not taken up, however late its alarm", async () => {
    const requestId = await mac.approved();
    await world.running.stop();
    await world.clock.advance(HOUR_MS);
    assert.equal((await read(requestId))?.status, "approved", "the alarm has not come");
    assert.equal(kind(await mac.arm(requestId)), "409 not_allowed_now");
    assert.equal((await read(requestId))?.status, "lapsed");
  });

  test("one session at a time on a Mac; the other learns which it waits for", async () => {
    const paul = { username: "paul", uid: 502, generatedUid: CAST.paulUid };
    const first = await mac.active();
    const second = await mac.approved(paul);
    const refused = await mac.arm(second, { uid: 502, generatedUid: CAST.paulUid, armId: OTHER_ARM_ID });
    assert.equal(kind(refused), "409 other_session");
    assert.equal(refused.body["requestId"], first);
    assert.equal((await read(second))?.status, "approved");
  });
});

describe("POST /start", () => {
  test("L4 the minutes count from the receipt of the first start, and a repeat does not stretch them", async () => {
    const requestId = await mac.approved();
    await mac.arm(requestId);
    await world.clock.advance(30 * SECOND_MS);
    const elevatedAt = time(world.clock.now() - 2 * SECOND_MS);
    const first = startAnswer.parse((await mac.start(requestId, { elevatedAt })).body);
    const elevationEnd = time(CAST.start + 30 * SECOND_MS + 15 * MINUTE_MS);
    assert.deepEqual(first, { elevationEnd, remainingSeconds: 900 });
    await world.clock.advance(MINUTE_MS);
    const again = startAnswer.parse((await mac.start(requestId)).body);
    assert.deepEqual(again, { elevationEnd, remainingSeconds: 840 });
  });

  test("a clock that is off by more than 60 s is pointed out, and changes nothing", async () => {
    const requestId = await mac.approved();
    await mac.arm(requestId);
    const { body } = await mac.start(requestId, { elevatedAt: time(CAST.start + 10 * MINUTE_MS) });
    assert.equal(body["elevationEnd"], time(CAST.start + 15 * MINUTE_MS));
    await world.settle();
    const started = world.chat.thread.find(({ note }) => note.note === "started")?.note;
    assert.ok(started?.note === "started" && started.clockSkewSeconds === 600);
  });

  test("L1 a start that was not armed, is too late or belongs to another attempt is refused", async () => {
    const requestId = await mac.approved();
    assert.equal(kind(await mac.start(requestId)), "409 not_allowed_now");
    await mac.arm(requestId);
    assert.equal(kind(await mac.start(requestId, { armId: OTHER_ARM_ID })), "409 wrong_arm");
    await world.clock.advance(120 * SECOND_MS);
    assert.equal(kind(await mac.start(requestId)), "409 confirm_window_over");
    const request = await read(requestId);
    assert.ok(request?.status === "ending" && request.ending.reason === "device_error");
  });

  test("a start after a revoke is refused: the Mac takes the rights away", async () => {
    const requestId = await mac.approved();
    await mac.arm(requestId);
    await world.click(CAST.ben, "hallpass_revoke", requestId);
    assert.equal(kind(await mac.start(requestId)), "409 not_allowed_now");
  });
});

describe("POST /end and /revoke-network-loss", () => {
  test("the user ends a session, in arming as in active, and again is the same answer", async () => {
    const requestId = await mac.approved();
    await mac.arm(requestId);
    const first = await mac.post("/end", { requestId });
    assert.equal(first.status, 200);
    assert.deepEqual(first.body, { requestId, status: "ending" });
    assert.deepEqual((await mac.post("/end", { requestId })).body, first.body);
    const request = await read(requestId);
    assert.ok(request?.status === "ending" && request.ending.reason === "ended_by_user");
  });

  test("without a session there is nothing to end", async () => {
    const requestId = await mac.approved();
    assert.equal(kind(await mac.post("/end", { requestId })), "409 not_allowed_now");
    assert.equal(
      kind(await mac.post("/revoke-network-loss", networkLossBody(world, requestId))),
      "409 not_allowed_now",
    );
  });

  test("a loss of network ends the session, and one told afterwards is taken too", async () => {
    const requestId = await mac.active();
    const loss = networkLossBody(world, requestId);
    assert.equal((await mac.post("/revoke-network-loss", loss)).status, 200);
    const request = await read(requestId);
    assert.ok(request?.status === "ending" && request.ending.reason === "network_loss");
    await mac.removed(requestId, { reason: "network_loss" });
    assert.equal((await mac.post("/revoke-network-loss", loss)).status, 200);
    assert.equal((await read(requestId))?.status, "ended");
  });
});

describe("POST /removed and the renewal of keys", () => {
  test("L5 the Mac's proof ends the session and brings it its next key", async () => {
    const requestId = await mac.active();
    const { status, body } = await mac.removed(requestId);
    assert.equal(status, 200);
    assert.match(removedAnswer.parse(body).nextKey ?? "", /^[A-Za-z0-9_-]{43}$/);
    const request = await read(requestId);
    assert.ok(request?.status === "ended" && request.proof.state === "removed");
  });

  test("W25 L12 the old key holds until the first use of the new one, and not after it", async () => {
    const requestId = await mac.active();
    const old = mac.key;
    const { body } = await mac.removed(requestId);
    const fresh = macWithKey(world, CAST.serial, String(body["nextKey"]));
    assert.equal((await mac.get("/mac")).status, 200, "the answer with the new key may be lost");
    assert.equal((await fresh.get("/mac")).status, 200);
    assert.equal((await mac.get("/mac")).status, 401, "the old key is dead");
    assert.equal((await fresh.get("/mac")).status, 200);
    const trail = await auditOf(`mac:${CAST.serial}`);
    assert.equal(trail.at(-1)?.type, "key_renewed");
    const text = JSON.stringify(trail);
    assert.ok(!text.includes(old) && !text.includes(fresh.key), "only hashes are kept");
  });

  test("a repeat whose answer was lost gets a next key that works", async () => {
    const requestId = await mac.active();
    const lost = await mac.removed(requestId);
    const again = await mac.removed(requestId);
    assert.equal(again.status, 200);
    const fresh = macWithKey(world, CAST.serial, String(again.body["nextKey"]));
    assert.equal((await fresh.get("/mac")).status, 200);
    const stale = macWithKey(world, CAST.serial, String(lost.body["nextKey"]));
    assert.equal((await stale.get("/mac")).status, 401, "at most one next key");
    assert.equal((await auditOf(requestId)).filter((entry) => entry.type === "removed").length, 1);
  });

  test("a repeat with the new key gets no further one", async () => {
    const requestId = await mac.active();
    const { body } = await mac.removed(requestId);
    mac.key = String(body["nextKey"]);
    const again = await mac.removed(requestId);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, {});
  });

  test("many first uses of the new key at once all pass", async () => {
    const requestId = await mac.active();
    const { body } = await mac.removed(requestId);
    mac.key = String(body["nextKey"]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => mac.get("/mac")));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(
      (await auditOf(`mac:${CAST.serial}`)).filter((entry) => entry.type === "key_renewed").length,
      1,
    );
  });

  test("L5 a removal that could not be verified ends nothing and renews nothing", async () => {
    const requestId = await mac.active();
    const { status, body } = await mac.removed(requestId, { verified: false });
    assert.equal(status, 200);
    assert.deepEqual(body, {});
    const request = await read(requestId);
    assert.ok(request?.status === "ending" && request.proof.state === "not_confirmed");
    assert.equal((await world.store.loadMac(CAST.serial))?.nextKeyHash, undefined);
    await world.settle();
    assert.ok(notes().includes("not_confirmed"));
    assert.equal((await mac.removed(requestId)).status, 200);
    assert.equal((await read(requestId))?.status, "ended");
  });

  test("L1 the removal of another attempt, or of no session, is refused", async () => {
    const requestId = await mac.approved();
    assert.equal(kind(await mac.removed(requestId)), "409 not_allowed_now");
    await mac.arm(requestId);
    assert.equal(kind(await mac.removed(requestId, { armId: OTHER_ARM_ID })), "409 wrong_arm");
    assert.equal((await read(requestId))?.status, "arming");
    assert.equal((await world.store.loadMac(CAST.serial))?.nextKeyHash, undefined, "no key for a refusal");
  });

  test("L5 the Mac cannot claim that IT revoked or locked", async () => {
    const requestId = await mac.active();
    await mac.removed(requestId, { reason: "locked", armId: ARM_ID });
    const request = await read(requestId);
    assert.ok(request?.status === "ended" && request.ending.reason === "device_error");
  });
});
