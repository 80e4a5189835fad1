import assert from "node:assert/strict";
import test from "node:test";
import { pass, REQUEST } from "./testing/bench.ts";
import { active, approved, asked, granting, idle, pending, type Scene, stuck } from "./testing/scenes.ts";
import { viewOf } from "./view.ts";

const view = ({ bench }: Scene) => viewOf(bench.record, bench.now);
const who = { username: "alice", requestId: REQUEST };

test("the menu bar shows how far a request is", () => {
  assert.deepEqual(view(idle()), { state: "idle" });
  assert.deepEqual(view(asked()), { state: "sending", username: "alice" });
  assert.deepEqual(view(pending()), { state: "waiting", ...who });
  assert.deepEqual(view(approved()), { state: "approved", ...who, minutes: 10, start: "auto" });
  const told = approved();
  Object.assign(told.bench.record.requests[0] ?? {}, { approvedMinutes: undefined, start: "later" });
  assert.deepEqual(view(told), { state: "approved", ...who, start: "later" });
});

test("of several requests the approved one is shown, else the first", () => {
  const scene = pending();
  const [first] = scene.bench.record.requests;
  assert.ok(first !== undefined);
  const carol = { uid: 503, generatedUid: "33333333-3333-4333-8333-333333333333", username: "carol" };
  const second = { ...first, person: carol, requestId: "second", idempotencyKey: "second" };
  scene.bench.record.requests.push(second);
  assert.deepEqual(view(scene), { state: "waiting", ...who });
  second.status = "approved";
  assert.deepEqual(view(scene), { state: "approved", username: "carol", requestId: "second", start: "auto" });
});

test("of a session it shows the minutes that are left, begun seconds counted whole", () => {
  assert.deepEqual(view(granting()), { state: "starting", ...who });
  const scene = active(20);
  const { continuousSeconds = 0 } = scene.bench.record.session?.deadline ?? {};
  const left = continuousSeconds - scene.bench.now.continuousSeconds;
  assert.deepEqual(view(scene), { state: "admin", ...who, minutes: 10, remainingSeconds: left });
  pass(scene.bench, 0.4);
  assert.deepEqual(view(scene), { state: "admin", ...who, minutes: 10, remainingSeconds: left });
  pass(scene.bench, left);
  assert.deepEqual(view(scene), { state: "admin", ...who, minutes: 10, remainingSeconds: 0 });
});

test("L5 an ending session shows why, and whether the rights were read as gone", () => {
  const scene = stuck();
  const { ending } = scene.bench.record.session ?? {};
  assert.ok(ending !== undefined);
  assert.deepEqual(view(scene), { state: "ending", ...who, reason: "ended_by_user", removed: false });
  ending.removedAtWall = 1;
  ending.reason = "revoked";
  assert.deepEqual(view(scene), { state: "ending", ...who, reason: "revoked", removed: true });
});
