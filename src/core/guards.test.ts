import assert from "node:assert/strict";
import { test } from "node:test";
import { guardChanges, openGuardKey, sessionGuardKey } from "./guards.ts";
import type { Status } from "./request.ts";
import { act, askOf, lifeIn, POLICY, SERIAL } from "./test-kit.ts";
import { SECOND_MS } from "./time.ts";

const OPEN = `open:${SERIAL}:${askOf().generatedUid}`;
const SESSION = `session:${SERIAL}`;

/** The guards that the step from a request in `from` to one in `to` claims (+) and releases (-). */
function change(from: Status | undefined, to: Status): string {
  const before = from === undefined ? undefined : lifeIn(from).request;
  return guardChanges(before, lifeIn(to).request)
    .map(({ op, key }) => `${op === "claim" ? "+" : "-"}${key}`)
    .join(" ");
}

test("W32 one open request per Mac and user, one session per Mac: the guards say so in their keys", () => {
  const { request } = lifeIn("pending");
  assert.equal(openGuardKey(request), OPEN);
  assert.equal(sessionGuardKey(request.ask.serial), SESSION);
  const second = lifeIn("pending", { ask: { generatedUid: "FFFFFFFF-0000-4000-8000-000000000001" } }).request;
  assert.notEqual(openGuardKey(second), OPEN);
  assert.equal(sessionGuardKey(second.ask.serial), SESSION, "two users of one Mac share the session guard");
});

test("a request holds its place from the asking until it is over", () => {
  assert.equal(change(undefined, "pending"), `+${OPEN}`);
  assert.equal(change("pending", "approved"), "");
  for (const over of ["denied", "cancelled", "expired_unanswered"] as const) {
    assert.equal(change("pending", over), `-${OPEN}`);
  }
  assert.equal(change("approved", "lapsed"), `-${OPEN}`);
});

test("a session holds the Mac from arming until the end is proven, and not before", () => {
  assert.equal(change("approved", "arming"), `+${SESSION}`);
  assert.equal(change("arming", "active"), "");
  assert.equal(change("active", "ending"), "");
  assert.equal(change("ending", "ended"), `-${OPEN} -${SESSION}`);
});

test("L5 a session that is closed without a proof holds the Mac until it is proven", () => {
  const life = lifeIn("ending");
  life.after(POLICY.offerCloseAfterMs, act.tick);
  const ending = life.request;
  life.do(act.closeUnverified());
  assert.deepEqual(
    guardChanges(ending, life.request).map(({ op, key }) => `${op} ${key}`),
    [`release ${OPEN}`],
  );
  const closed = life.request;
  life.do(act.removed());
  assert.deepEqual(
    guardChanges(closed, life.request).map(({ op, key }) => `${op} ${key}`),
    [`release ${SESSION}`],
  );
});

test("a step over several states claims and releases what the whole step needs", () => {
  assert.equal(change("active", "ended"), `-${OPEN} -${SESSION}`);
  assert.equal(change("approved", "ending"), `+${SESSION}`);
  const life = lifeIn("arming");
  const before = life.request;
  life.after(SECOND_MS, act.removed());
  assert.equal(guardChanges(before, life.request).length, 2);
});

test("facts beside the state move no guard, and the owner is the request", () => {
  const life = lifeIn("active");
  const before = life.request;
  life.do(act.report());
  assert.deepEqual(guardChanges(before, life.request), []);
  assert.deepEqual(
    guardChanges(undefined, before).map(({ owner }) => owner),
    [before.ask.requestId, before.ask.requestId],
  );
});

test("what is held is given back by its name and owner", () => {
  const before = lifeIn("ending").request;
  const after = lifeIn("ended").request;
  const owner = after.ask.requestId;
  assert.deepEqual(guardChanges(before, after), [
    { op: "release", key: openGuardKey(after), owner },
    { op: "release", key: sessionGuardKey(SERIAL), owner },
  ]);
});
