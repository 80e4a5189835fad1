import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { ARM_ID, enrolledMac, OTHER_ARM_ID, type TestMac } from "../../test/http/mac.ts";
import { handleCommand } from "../app/handle-command.ts";
import { elevationTag } from "../core/tags.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { macAnswer, statusAnswer } from "../wire/device.ts";

/** Requests and sessions of one Mac that meet, and ends that come in an odd order. */

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const PAUL = { username: "paul", uid: 502, generatedUid: CAST.paulUid } as const;
const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;
const read = async (requestId: string) => (await world.store.loadRequest(requestId))?.request;
const tags = () => world.mdm.macs.get(CAST.serial)?.tags ?? [];

/** Somebody sets a tag in Iru by hand. */
function setTagByHand(tag: string): void {
  const device = world.mdm.macs.get(CAST.serial);
  if (device !== undefined) world.mdm.macs.set(CAST.serial, { ...device, tags: [...device.tags, tag] });
}

test("W2 with A approved and B newer and pending, A's tag takes up A alone", async () => {
  const a = await mac.approved();
  const b = await mac.asked(PAUL);
  assert.ok(tags().includes(elevationTag(15)), "the Mac is signalled");
  const { uid, generatedUid } = PAUL;
  assert.equal(kind(await mac.arm(b, { uid, generatedUid })), "409 not_allowed_now");
  assert.equal(kind(await mac.arm(b)), "403 wrong_person", "nor B's request for A's person");
  assert.equal(kind(await mac.start(b)), "409 not_allowed_now", "nor a start of what was never armed");
  assert.equal((await mac.arm(a)).status, 200);
  assert.equal(kind(await mac.start(b)), "409 not_allowed_now", "nor B's start with A's attempt");
  assert.equal((await mac.start(a)).status, 200);
  assert.equal((await read(b))?.status, "pending");
  await world.clock.advance(15 * MINUTE_MS);
  const ended = await read(a);
  assert.equal(ended?.status === "ending" && ended.ending.reason, "expired");
});

test("W2 a tag that lingers, or that somebody sets by hand, is no permission: not after a denial, a cancel or a lapse", async () => {
  const denied = await mac.asked();
  await handleCommand(world.service, denied, { commandId: "deny", type: "deny", by: CAST.ben });
  const cancelled = await mac.approved();
  await mac.post("/cancel", { requestId: cancelled });
  await world.settle();
  const lapsed = await mac.approved({ uid: 503, generatedUid: CAST.annaUid.replace(/1$/, "3") });
  await world.clock.advance(HOUR_MS);
  const ended = await mac.active();
  await world.click(CAST.ben, "hallpass_revoke", ended);
  await mac.removed(ended);
  setTagByHand(elevationTag(30));
  for (const [requestId, status] of [
    [denied, "denied"],
    [cancelled, "cancelled"],
    [lapsed, "lapsed"],
    [ended, "ended"],
  ] as const) {
    assert.equal((await read(requestId))?.status, status);
    const own = await read(requestId);
    const { uid, generatedUid } = own?.ask ?? assert.fail();
    const armed = await mac.arm(requestId, { armId: OTHER_ARM_ID, uid, generatedUid });
    assert.equal(kind(armed), "409 not_allowed_now", status);
    assert.notEqual((await mac.start(requestId, { armId: OTHER_ARM_ID })).status, 200, status);
  }
});

test("W8 a session that its user ended stays open, and its Mac is told to take the rights, until the Mac has proven it", async () => {
  const requestId = await mac.active();
  assert.equal((await mac.post("/end", { requestId })).status, 200);
  await world.settle();
  assert.ok(!tags().includes(elevationTag(15)));
  for (const told of [await mac.get("/status", { requestId }), await mac.beat(requestId, { admin: false })]) {
    const { status, endReason } = statusAnswer.parse(told.body);
    assert.deepEqual([status, endReason], ["ending", "ended_by_user"]);
  }
  const { session } = macAnswer.parse((await mac.get("/mac")).body);
  assert.deepEqual([session?.status, session?.armId], ["ending", ARM_ID]);
  await world.clock.advance(10 * MINUTE_MS);
  assert.ok(
    world.chat.thread.some(({ note }) => note.note === "deadline_alarm"),
    "silence is raised",
  );
  await world.clock.advance(DAY_MS);
  assert.equal((await read(requestId))?.status, "ending", "and never taken for an end");
  assert.equal((await mac.removed(requestId)).status, 200);
  assert.equal((await read(requestId))?.status, "ended");
});
