import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { ASK, enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { DAY_MS, MINUTE_MS } from "../core/time.ts";
import { macAnswer, requestAnswer } from "../wire/device.ts";

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const KEY = "0d000000-0000-4000-8000-000000000001";
const requestCount = async () => (await world.store.listByStatus("pending", 100)).items.length;

describe("POST /request", () => {
  test("makes a request that is stored as it was asked, raw", async () => {
    const { status, body } = await mac.ask({ reason: " a <b>reason</b> & more\n" });
    assert.equal(status, 201);
    const { requestId } = requestAnswer.parse(body);
    assert.equal(body["status"], "pending");
    const stored = await world.store.loadRequest(requestId);
    assert.deepEqual(stored?.request.ask, {
      ...ASK,
      reason: " a <b>reason</b> & more\n",
      serial: CAST.serial,
      requestId,
      requestedAt: CAST.start,
    });
  });

  test("takes everything that the contract allows", async () => {
    for (const change of [
      { hostname: "é".repeat(255) },
      { hostname: "安娜的电脑 💻" },
      { username: "ann a.müller-o'neil" },
      { uid: 2 ** 31 - 1 },
      { reason: "💻".repeat(500) },
      { reason: "x" },
      { durationMinutes: 5 },
      { durationMinutes: 30 },
      { category: "security" },
      { email: undefined },
    ]) {
      const { status, body, text } = await mac.ask(change);
      assert.equal(status, 201, text);
      await mac.post("/cancel", { requestId: body["requestId"] });
    }
  });

  test("the same submission again gets the same answer, also when its request has moved on", async () => {
    const first = await mac.ask({}, KEY);
    const again = await mac.ask({}, KEY);
    assert.equal(first.status, 201);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, first.body);
    await world.settle();
    await world.click(CAST.ben, "hallpass_deny", String(first.body["requestId"]));
    await mac.post("/cancel", { requestId: first.body["requestId"] });
    await world.clock.advance(2 * DAY_MS);
    const late = await mac.ask({}, KEY);
    assert.equal(late.status, 200);
    assert.deepEqual(late.body, { requestId: first.body["requestId"], status: "cancelled" });
  });

  test("20 same submissions at once make one request", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => mac.ask({}, KEY)));
    assert.equal(new Set(answers.map(({ body }) => body["requestId"])).size, 1);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 19);
    assert.equal(await requestCount(), 1);
    await world.settle();
    assert.equal(world.chat.cards.length, 1);
  });

  test("W32 20 different submissions at once make one request, and the others learn which", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => mac.ask({}, `${KEY}-${index}`)),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    const made = answers.find(({ status }) => status === 201)?.body["requestId"];
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      assert.equal(status, 409);
      assert.equal(body["type"], "urn:hallpass:problem:open_request");
      assert.equal(body["requestId"], made);
    }
    assert.equal(await requestCount(), 1);
  });

  for (const [field, value] of Object.entries({
    hostname: "Other",
    username: "other",
    uid: 502,
    generatedUid: CAST.paulUid,
    reason: "another reason",
    category: "debug",
    durationMinutes: 30,
    email: "other@example.com",
  })) {
    test(`the same Idempotency-Key with another ${field} is refused`, async () => {
      await mac.ask({}, KEY);
      const { status, body } = await mac.ask({ [field]: value }, KEY);
      assert.equal(status, 409);
      assert.equal(body["type"], "urn:hallpass:problem:key_reused");
      assert.equal(await requestCount(), 1);
    });
  }

  test("an Idempotency-Key belongs to its Mac", async () => {
    const other = await enrolledMac(world, CAST.otherSerial);
    const [first, second] = [await mac.ask({}, KEY), await other.ask({}, KEY)];
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.notEqual(first.body["requestId"], second.body["requestId"]);
  });

  test("an Idempotency-Key is needed, and is 8-128 visible ASCII characters", async () => {
    for (const headers of [
      {},
      { "idempotency-key": "1234567" },
      { "idempotency-key": "x".repeat(129) },
      { "idempotency-key": "with a space" },
    ]) {
      const { status, body } = await mac.post("/request", ASK, { headers });
      assert.equal(status, 400);
      assert.deepEqual(body["errors"], [
        { field: "Idempotency-Key", message: "must be 8-128 printable ASCII characters" },
      ]);
    }
    assert.equal(await requestCount(), 0);
  });

  test("a user with an open request learns which it is; another user of the same Mac may ask", async () => {
    const requestId = await mac.asked();
    const { status, body } = await mac.ask({ reason: "more" });
    assert.equal(status, 409);
    assert.equal(body["type"], "urn:hallpass:problem:open_request");
    assert.equal(body["requestId"], requestId);
    const paul = await mac.ask({ username: "paul", uid: 502, generatedUid: CAST.paulUid });
    assert.equal(paul.status, 201);
  });

  test("L6 an open request whose time is over stands in nobody's way", async () => {
    const requestId = await mac.asked();
    await world.clock.advance(DAY_MS);
    assert.equal((await world.store.loadRequest(requestId))?.request.status, "expired_unanswered");
    assert.equal((await mac.ask()).status, 201);
  });
});

describe("POST /cancel", () => {
  test("W59 cancels a pending and an approved request, and again is the same answer", async () => {
    for (const requestId of [await mac.asked(), undefined]) {
      const id = requestId ?? (await mac.approved());
      const first = await mac.post("/cancel", { requestId: id });
      assert.equal(first.status, 200);
      assert.deepEqual(first.body, { requestId: id, status: "cancelled" });
      assert.deepEqual((await mac.post("/cancel", { requestId: id })).body, first.body);
    }
  });

  test("is refused once the Mac has taken the approval up, and after every other end", async () => {
    const requestId = await mac.active();
    const { status, body } = await mac.post("/cancel", { requestId });
    assert.equal(status, 409);
    assert.equal(body["type"], "urn:hallpass:problem:not_allowed_now");
    assert.equal((await world.store.loadRequest(requestId))?.request.status, "active");
  });

  test("L2 a cancel that comes after IT's is told so", async () => {
    const requestId = await mac.approved();
    await world.click(CAST.ben, "hallpass_cancel", requestId);
    const { status, body } = await mac.post("/cancel", { requestId });
    assert.equal(status, 409);
    assert.equal(body["type"], "urn:hallpass:problem:already_decided");
  });
});

describe("GET /mac", () => {
  test("says what the Mac should be: nothing, an open request, a session", async () => {
    const nothing = macAnswer.parse((await mac.get("/mac")).body);
    assert.deepEqual(nothing.openRequests, []);
    assert.equal(nothing.session, undefined);
    assert.deepEqual(nothing.config, {
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      longPoll: true,
      probeUrl: "http://captive.apple.com/",
    });
    const requestId = await mac.asked();
    const asked = macAnswer.parse((await mac.get("/mac")).body);
    assert.deepEqual(
      asked.openRequests.map((one) => [one.requestId, one.username, one.uid, one.generatedUid, one.status]),
      [[requestId, "anna", 501, CAST.annaUid, "pending"]],
    );
    await world.click(CAST.ben, "hallpass_approve_15", requestId);
    await world.settle();
    await mac.arm(requestId);
    await mac.start(requestId);
    const { session } = macAnswer.parse((await mac.get("/mac")).body);
    assert.equal(session?.status, "active");
    assert.equal(session?.elevationEnd, new Date(CAST.start + 15 * MINUTE_MS).toISOString());
  });

  test("L6 shows no request whose time is over, however late the alarm", async () => {
    await mac.asked();
    world.running.service.scheduler.stop();
    await world.running.stop();
    await world.clock.advance(DAY_MS);
    assert.deepEqual(macAnswer.parse((await mac.get("/mac")).body).openRequests, []);
  });

  test("a Mac sees nothing of another", async () => {
    await mac.asked();
    const other = await enrolledMac(world, CAST.otherSerial);
    assert.deepEqual(macAnswer.parse((await other.get("/mac")).body).openRequests, []);
  });
});
