import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { CAST, chunkHash, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, reportBody, type TestMac } from "../../test/http/mac.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import { FIRST_HASH } from "../wire/device.ts";

/** Whoever has a Mac's key may talk much; IT still has to see what matters, and the service has to live. */

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld({ rateLimit: { perSecond: 1, burst: 1_000_000 } });
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const notes = () => world.chat.thread.map(({ note }) => note.note);
const uuid = (n: number) => `0c000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const report = (n: number, change: Readonly<Record<string, unknown>>) =>
  mac.post("/report", { ...reportBody(world.clock.now()), reportId: uuid(n), ...change });

test("L15 a flood of reports cannot bury an alarm: the thread gets forty, and once that there are more", async () => {
  const requestId = await mac.active();
  for (let n = 0; n < 100; n += 1) assert.equal((await report(n, { requestId })).status, 200);
  assert.equal((await report(100, { requestId, kind: "still_admin" })).status, 200);
  await world.settle();
  assert.equal(notes().filter((note) => note === "report").length, 41);
  const trail = await world.store.readAudit(requestId, 0, 200);
  assert.equal(trail.filter(({ type }) => type === "reported").length, 101, "each is in the audit trail");
  await world.click(CAST.ben, "hallpass_revoke", requestId);
  await world.settle();
  await world.clock.advance(100 * SECOND_MS);
  await report(101, { requestId, kind: "still_admin" });
  await world.settle();
  assert.equal(notes().at(-1), "still_admin", "and what matters still comes");
});

test("L15 contradictions of a log that is closed cannot flood the thread either", async () => {
  const requestId = await mac.active();
  await mac.log(requestId, { seq: 0, lines: [], final: true });
  for (let seq = 1; seq <= 100; seq += 1) {
    assert.equal((await mac.log(requestId, { seq, previousHash: FIRST_HASH })).status, 409);
  }
  await world.settle();
  assert.equal(notes().filter((note) => note === "log_contradiction").length, 40);
  assert.equal(notes().filter((note) => note === "report").length, 1);
});

test("reports of no request are twenty lines an hour in the channel, and one that there are more", async () => {
  for (let n = 0; n < 50; n += 1) assert.equal((await report(n, {})).status, 200);
  await world.settle();
  assert.equal(world.chat.warnings.length, 21);
  await world.clock.advance(HOUR_MS);
  await report(50, {});
  await world.settle();
  assert.equal(world.chat.warnings.length, 22);
});

test("a Mac can ask sixty times an hour, however often it cancels, and again in the next hour", async () => {
  const ask = async () => {
    const { status, body, headers } = await mac.ask();
    if (status === 201) await mac.post("/cancel", { requestId: body["requestId"] });
    return `${status} ${headers.get("retry-after") ?? ""}`.trim();
  };
  for (let n = 0; n < 60; n += 1) assert.equal(await ask(), "201");
  assert.equal(await ask(), "429 3600");
  await world.clock.advance(HOUR_MS);
  assert.equal(await ask(), "201");
});

test("a log of endless chunks is refused, and IT told once; its last chunk is taken", async () => {
  const requestId = await mac.active();
  let previousHash: string = FIRST_HASH;
  for (let seq = 0; seq < 1_000; seq += 1) {
    assert.equal((await mac.log(requestId, { seq, previousHash, lines: [] })).status, 200);
    previousHash = chunkHash(previousHash, []);
  }
  for (let again = 0; again < 3; again += 1) {
    assert.equal((await mac.log(requestId, { seq: 1_000, previousHash })).status, 409);
  }
  assert.equal((await mac.log(requestId, { seq: 1_000, previousHash, lines: [], final: true })).status, 200);
  await world.settle();
  assert.equal(notes().filter((note) => note === "log_contradiction").length, 1);
});

test("of a huge log the thread gets the beginning, with a word on the rest", async () => {
  const requestId = await mac.active();
  const lines = Array.from({ length: 12 }, () => "x".repeat(15_000));
  let previousHash: string = FIRST_HASH;
  for (let seq = 0; seq < 100; seq += 1) {
    await mac.log(requestId, { seq, previousHash, lines });
    previousHash = chunkHash(previousHash, lines);
  }
  await mac.log(requestId, { seq: 100, previousHash, lines: ["the end"], final: true });
  await world.settle();
  const [upload] = world.chat.uploads;
  assert.ok((upload?.upload.text.length ?? 0) < 17 * 1024 * 1024);
  assert.match(
    upload?.upload.text.slice(-80) ?? "",
    /\[cut before chunk 93: the whole log is kept by the service\]\n$/,
  );
});

test("L9 a flood with a Mac's key does not keep its own heartbeats and questions from hearing of a revoke", async () => {
  const busy = await createHttpWorld({ rateLimit: { perSecond: 5, burst: 60 } });
  const own = await enrolledMac(busy);
  const requestId = await own.active({ durationMinutes: 30 });
  await busy.click(CAST.ben, "hallpass_revoke", requestId);
  const refused = { flood: 0, beat: 0, status: 0 };
  for (let second = 0; second < 20; second += 1) {
    for (let call = 0; call < 50; call += 1) {
      const { status } = await own.post("/report", { ...reportBody(busy.clock.now()), reportId: uuid(call) });
      if (status === 429) refused.flood += 1;
    }
    const beat = await own.beat(requestId);
    if (beat.status === 200) assert.equal(beat.body["status"], "ending");
    else refused.beat += 1;
    if ((await own.get("/status", { requestId })).status !== 200) refused.status += 1;
    await busy.clock.advance(SECOND_MS);
  }
  assert.ok(refused.flood > 800, `${refused.flood} refused`);
  assert.deepEqual([refused.beat, refused.status], [0, 0]);
  await busy.running.stop();
});
