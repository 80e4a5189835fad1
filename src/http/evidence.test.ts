import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, chunkHash, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, logBody, reportBody, type TestMac } from "../../test/http/mac.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { FIRST_HASH, LOG_CHUNK_MAX_BYTES, logAnswer, statusAnswer } from "../wire/device.ts";

let world: HttpWorld;
let mac: TestMac;
let requestId: string;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
  requestId = await mac.active();
});
afterEach(() => world.running.stop());

const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;
const notes = () => world.chat.thread.map(({ note }) => note.note);
const noteCount = (name: string) => notes().filter((note) => note === name).length;
const read = async () => (await world.store.loadRequest(requestId))?.request;
const version = async () => (await world.store.loadRequest(requestId))?.version;

describe("POST /beat", () => {
  test("is kept beside the request and answered as a status", async () => {
    const before = await version();
    await world.clock.advance(MINUTE_MS);
    const { status, body } = await mac.beat(requestId);
    assert.equal(status, 200);
    assert.equal(statusAnswer.parse(body).remainingSeconds, 840);
    assert.equal(await version(), before, "no new version");
    assert.equal((await world.store.readBeat(requestId))?.at, CAST.start + MINUTE_MS);
  });

  test("L5 one that says admin long after the end raises STILL ADMIN, once; one that crossed the order does not", async () => {
    await world.click(CAST.ben, "hallpass_revoke", requestId);
    await mac.beat(requestId);
    await world.settle();
    assert.equal(noteCount("still_admin"), 0);
    await world.clock.advance(90 * SECOND_MS);
    await mac.beat(requestId);
    await mac.beat(requestId);
    await world.settle();
    assert.equal(noteCount("still_admin"), 1);
    const request = await read();
    assert.ok(request?.status === "ending" && request.proof.state === "still_admin");
  });

  test("L5 silence after the end is never read as still admin", async () => {
    await world.click(CAST.ben, "hallpass_revoke", requestId);
    await world.clock.advance(60 * MINUTE_MS);
    assert.equal(noteCount("still_admin"), 0);
  });

  test("after a silence it says that the Mac is back", async () => {
    await world.clock.advance(4 * MINUTE_MS);
    assert.equal(noteCount("heartbeat_lost"), 1);
    await mac.beat(requestId);
    await world.settle();
    assert.equal(noteCount("heartbeat_returned"), 1);
  });

  test("L6 one that comes after the deadline is told of the end, however late the alarm", async () => {
    await world.running.stop();
    await world.clock.advance(15 * MINUTE_MS);
    const { body } = await mac.beat(requestId);
    const { status, endReason } = statusAnswer.parse(body);
    assert.deepEqual([status, endReason], ["ending", "expired"]);
  });
});

describe("POST /log", () => {
  const lines = logBody("").lines;
  const first = chunkHash(FIRST_HASH, lines);

  test("L15 takes chunks in order, each chained to the one before", async () => {
    const one = await mac.log(requestId);
    assert.deepEqual(logAnswer.parse(one.body), { nextSeq: 1, hash: first });
    const two = await mac.log(requestId, { seq: 1, previousHash: first, lines: ["é", ""], final: true });
    assert.deepEqual(logAnswer.parse(two.body), { nextSeq: 2, hash: chunkHash(first, ["é", ""]) });
    await world.settle();
    assert.equal(world.chat.uploads.length, 1);
    assert.equal(world.chat.uploads[0]?.upload.text, `${lines[0]}\né\n\n`);
    const request = await read();
    assert.ok(request?.status === "active" && request.log.state === "collected");
  });

  test("the same chunk again gets the same answer and is kept once", async () => {
    const one = await mac.log(requestId);
    assert.deepEqual((await mac.log(requestId)).body, one.body);
    assert.equal((await world.store.readLogHead(requestId)).lines, 1);
    await mac.log(requestId, { seq: 1, previousHash: first, lines: [], final: true });
    assert.deepEqual((await mac.log(requestId)).body, one.body, "also after the last one");
  });

  test("a chunk that is too early learns which is expected", async () => {
    await mac.log(requestId);
    const early = await mac.log(requestId, { seq: 5, previousHash: first });
    assert.equal(kind(early), "409 wrong_seq");
    assert.deepEqual([early.body["seq"], early.body["previousHash"]], [1, first]);
    await world.settle();
    assert.equal(noteCount("log_contradiction"), 0, "a lost chunk is no lie");
  });

  for (const [what, change] of [
    ["the same number with other lines", { lines: ["something else"] }],
    ["the same number with another predecessor", { previousHash: "1".repeat(64) }],
    ["the same number, final where it was not", { final: true }],
    ["the next number on another predecessor", { seq: 1, previousHash: "1".repeat(64) }],
  ] as const) {
    test(`L15 ${what} is refused and raised to IT, once`, async () => {
      await mac.log(requestId);
      const again = () => mac.log(requestId, change);
      for (const answer of [...(await Promise.all([again(), again(), again()])), await again()]) {
        assert.equal(kind(answer), "409 log_contradiction");
        assert.deepEqual([answer.body["seq"], answer.body["previousHash"]], [1, first]);
      }
      await world.settle();
      assert.equal(noteCount("log_contradiction"), 1);
      const events = (await world.store.readAudit(requestId, 0, 100)).map((entry) => entry.type);
      assert.equal(events.filter((type) => type === "log_contradicted").length, 1);
      assert.equal((await world.store.readLogHead(requestId)).hash, first, "what is kept stays");
    });
  }

  test("L15 lines after the last chunk are a contradiction", async () => {
    await mac.log(requestId, { final: true });
    assert.equal(kind(await mac.log(requestId, { seq: 1, previousHash: first })), "409 log_contradiction");
  });

  test("of 20 same chunks at once one is kept and all get its answer", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => mac.log(requestId)));
    for (const { status, body } of answers)
      assert.deepEqual([status, body], [200, { nextSeq: 1, hash: first }]);
    assert.equal((await world.store.readLogHead(requestId)).nextSeq, 1);
  });

  test("a request without a session takes no log", async () => {
    const own = await mac.asked({ username: "paul", uid: 502, generatedUid: CAST.paulUid });
    assert.equal(kind(await mac.log(own)), "409 not_allowed_now");
  });

  test("L8 a late log is still taken after it was declared missing", async () => {
    await world.click(CAST.ben, "hallpass_revoke", requestId);
    const { body } = await mac.removed(requestId);
    mac.key = String(body["nextKey"]);
    await world.clock.advance(15 * MINUTE_MS);
    assert.equal(noteCount("log_missing"), 1);
    assert.equal((await mac.log(requestId, { final: true })).status, 200);
    await world.settle();
    assert.equal(world.chat.uploads[0]?.upload.late, true);
  });

  test("a line of 16 KiB and a body of 192 KiB are taken, more is not", async () => {
    assert.equal((await mac.log(requestId, { lines: ["é".repeat(8 * 1024)] })).status, 200);
    const tooLong = await mac.log(requestId, { lines: ["é".repeat(8 * 1024), "x".repeat(16 * 1024 + 1)] });
    assert.equal(tooLong.status, 400);
    assert.deepEqual(tooLong.body["errors"], [{ field: "lines.1", message: "must be at most 16 KiB" }]);

    const body = (padding: number) => ({
      ...logBody(requestId),
      seq: 9,
      serial: CAST.serial,
      lines: [...Array.from({ length: 23 }, () => "x".repeat(8 * 1024)), "y".repeat(padding)],
    });
    const size = (padding: number) => JSON.stringify(body(padding)).length;
    const padding = LOG_CHUNK_MAX_BYTES - size(0);
    assert.equal(size(padding), LOG_CHUNK_MAX_BYTES);
    const fits = await world.call("POST", "/log", { key: mac.key, body: body(padding) });
    assert.equal(kind(fits), "409 wrong_seq", "it was read");
    const tooLarge = await world.call("POST", "/log", { key: mac.key, body: body(padding + 1) });
    assert.equal(kind(tooLarge), "413 too_large");
  });
});

describe("POST /report", () => {
  const report = (change: Readonly<Record<string, unknown>> = {}) =>
    mac.post("/report", { ...reportBody(world.clock.now()), ...change });

  test("of a session it goes to the thread, once for each report", async () => {
    const answers = await Promise.all([report({ requestId }), report({ requestId }), report({ requestId })]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    const events = (await world.store.readAudit(requestId, 0, 100)).map((entry) => entry.type);
    assert.equal(events.filter((type) => type === "reported").length, 1);
    await world.settle();
    assert.equal(noteCount("report"), 1);
    await report({ requestId, reportId: "0c000000-0000-4000-8000-000000000002" });
    await world.settle();
    assert.equal(noteCount("report"), 2);
  });

  test("of no session it goes to the channel and the Mac's own trail, once", async () => {
    await Promise.all([report(), report(), report()]);
    await world.settle();
    assert.deepEqual(
      world.chat.warnings.map(({ warning }) => warning),
      [{ serial: CAST.serial, kind: "drift", items: ["/etc/hosts changed"] }],
    );
    const trail = await world.store.readAudit(`mac:${CAST.serial}`, 0, 100);
    assert.equal(trail.filter((entry) => entry.type === "reported").length, 1);
  });

  test("L5 still_admin after an end raises STILL ADMIN", async () => {
    await world.click(CAST.ben, "hallpass_revoke", requestId);
    await world.clock.advance(2 * MINUTE_MS);
    await report({ requestId, kind: "still_admin", items: [] });
    await world.settle();
    assert.equal(noteCount("still_admin"), 1);
  });
});
