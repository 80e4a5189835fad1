import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Answer, CAST, chunkHash, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { DEFAULT_TAG_NAMES } from "../core/tags.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { FIRST_HASH, logAnswer } from "../wire/device.ts";

/** The way of a command log from the Mac to the thread, with everything that can come between. */

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;
const notes = () => world.chat.thread.map(({ note }) => note.note);
const directs = () => world.chat.directs.map(({ note }) => note.note);
const tags = () => world.mdm.macs.get(CAST.serial)?.tags ?? [];
const logOf = async (requestId: string) => {
  const request = (await world.store.loadRequest(requestId))?.request;
  return request !== undefined && "log" in request ? request.log : undefined;
};

/** Ships chunks as a Mac does, each chained to the one before; the last one says so. */
async function ship(requestId: string, chunks: readonly (readonly string[])[]): Promise<void> {
  let previousHash = FIRST_HASH;
  for (const [seq, lines] of chunks.entries()) {
    const final = seq === chunks.length - 1;
    const { body } = await mac.log(requestId, { seq, previousHash, lines, final });
    previousHash = logAnswer.parse(body).hash;
  }
}

/** The Mac's proof, after which it uses the key that it was given. */
async function prove(requestId: string): Promise<void> {
  const { body } = await mac.removed(requestId);
  mac.key = String(body["nextKey"]);
}

/** A session that Ben has just revoked. */
async function revoked(): Promise<string> {
  const requestId = await mac.active();
  await world.click(CAST.ben, "hallpass_revoke", requestId);
  await world.settle();
  return requestId;
}

test("W14 a log that never comes is said to be missing within 15 minutes, to IT, the requester and the card", async () => {
  const requestId = await revoked();
  await prove(requestId);
  await world.clock.advance(14 * MINUTE_MS);
  assert.deepEqual([notes().includes("log_missing"), directs().includes("closed")], [false, false]);
  await world.clock.advance(MINUTE_MS + 5 * SECOND_MS);
  assert.equal(notes().filter((note) => note === "log_missing").length, 1);
  const closed = world.chat.directs.map(({ note }) => note).find(({ note }) => note === "closed");
  assert.equal(closed?.note === "closed" && closed.logState, "missing");
  const card = world.chat.cards[0]?.card;
  assert.ok(card?.request.status === "ended" && card.request.log.state === "missing");
  assert.deepEqual(card.actions, [], "and its buttons are gone");
});

test("W18 who holds the Mac's key cannot put a log of his own in place of the Mac's without IT hearing of it", async () => {
  const requestId = await mac.active();
  const own = ["[session of anna]", "anna : TTY=ttys001 ; PWD=/ ; USER=root ; COMMAND=/bin/rm -rf /"];
  const forged = { lines: ["nothing was done"], final: true };
  const head = async () => (await mac.log(requestId, { lines: own })).status;
  assert.equal(await head(), 200);
  const seq1 = { seq: 1, previousHash: chunkHash(FIRST_HASH, own) };
  assert.equal((await mac.log(requestId, { ...seq1, ...forged })).status, 200, "a good forgery is taken");
  const truth = await mac.log(requestId, { ...seq1, lines: ["anna : COMMAND=/usr/bin/dscl"], final: false });
  assert.equal(kind(truth), "409 log_contradiction", "and the Mac's own next chunk gives it away");
  await world.settle();
  assert.equal(notes().filter((note) => note === "log_contradiction").length, 1);
  assert.match(world.chat.uploads[0]?.upload.text ?? "", /rm -rf/, "what was shipped before stays");
});

test("W18 no log is taken before the session, and none replaces one that is complete", async () => {
  for (const early of [await mac.asked(), await mac.approved({ uid: 502, generatedUid: CAST.paulUid })]) {
    assert.equal(kind(await mac.log(early, { final: true })), "409 not_allowed_now");
    await mac.post("/cancel", { requestId: early });
  }
  const requestId = await revoked();
  await ship(requestId, [["the truth"]]);
  await prove(requestId);
  const before = await logOf(requestId);
  for (const late of [
    { lines: ["a lie"], final: true },
    { seq: 1, lines: ["a lie"], final: true },
  ]) {
    assert.equal(kind(await mac.log(requestId, late)), "409 log_contradiction");
  }
  await world.clock.advance(HOUR_MS);
  assert.deepEqual(await logOf(requestId), before);
  assert.deepEqual(
    world.chat.uploads.map(({ upload }) => upload.text),
    ["the truth\n"],
  );
});

test("W19 W21 W22 a log of half a megabyte arrives whole: first line, last line, the Mac's own notes, each once", async () => {
  const requestId = await revoked();
  const command = (index: number) =>
    `Nov 23 10:${String(index % 60).padStart(2, "0")}:00 2026 : anna : PWD=/ ; USER=root ; COMMAND=/bin/echo ${index} ${"x".repeat(900)}`;
  const chunks = Array.from({ length: 6 }, (_, chunk) =>
    Array.from({ length: 100 }, (__, line) => command(chunk * 100 + line)),
  );
  chunks.unshift(["[session of anna (uid 501); times of sudo are local, UTC+01:00]"]);
  chunks.push(["[root shell /bin/zsh (pid 77) ran from 10:01 to 10:04: its contents are not recorded]"]);
  await ship(requestId, chunks);
  await world.settle();
  const expected = chunks.flat();
  assert.ok(expected.join("\n").length > 500 * 1024);
  assert.equal(world.chat.uploads.length, 1);
  assert.equal(world.chat.uploads[0]?.upload.text, `${expected.join("\n")}\n`);
  assert.equal(world.chat.uploads[0]?.upload.lines, expected.length);
});

test("W20 a log that arrives while Slack is down is kept, frees the Mac, and is uploaded whole afterwards", async () => {
  const requestId = await revoked();
  assert.ok(tags().includes(DEFAULT_TAG_NAMES.logCollection));
  for (const call of ["uploadLog", "postThread", "updateCard", "sendDirect"] as const) {
    world.chat.failNext({ call, kind: "retryable", times: 8 });
  }
  await prove(requestId);
  await ship(requestId, [["one ``` two"], ["```", "three"]]);
  await world.settle();
  assert.equal((await logOf(requestId))?.state, "collected", "stored although Slack is down");
  assert.ok(!tags().includes(DEFAULT_TAG_NAMES.logCollection), "and nothing collects it a second time");
  assert.equal(world.chat.uploads.length, 0);
  await world.clock.advance(HOUR_MS);
  assert.deepEqual(
    world.chat.uploads.map(({ upload }) => upload.text),
    ["one ``` two\n```\nthree\n"],
  );
  assert.equal(directs().filter((note) => note === "closed").length, 1);
});

test("W20 a channel that is gone for good loses no log", async () => {
  const requestId = await revoked();
  world.chat.failNext({ call: "uploadLog", kind: "terminal" });
  await ship(requestId, [["one"]]);
  await world.clock.advance(HOUR_MS);
  assert.equal((await logOf(requestId))?.state, "collected");
  assert.deepEqual((await world.store.readLogChunk(requestId, 0))?.lines, ["one"]);
  const failed = world.chat.thread.map(({ note }) => note).filter(({ note }) => note === "effect_failed");
  assert.deepEqual(
    failed.map((note) => note.note === "effect_failed" && note.what),
    ["uploading the log"],
  );
});
