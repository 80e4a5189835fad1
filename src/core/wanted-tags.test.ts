import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TAG_NAMES as NAMES, ownTags } from "./tags.ts";
import { act, lifeIn, newLife, requestIn } from "./test-kit.ts";
import { MINUTE_MS, type SessionMinutes } from "./time.ts";
import { isSignalSet, wantedTags } from "./wanted-tags.ts";

/** A second user's request on the same Mac, approved for `minutes` a while after Anna's. */
function secondUser(minutes: SessionMinutes, laterMs = 10 * MINUTE_MS) {
  const life = newLife({
    ask: {
      requestId: "00000000-0000-4000-8000-000000000002",
      username: "otto",
      uid: 502,
      generatedUid: "FFFFFFFF-0000-4000-8000-000000000001",
    },
  });
  life.do(act.resolve());
  life.after(laterMs, act.approve(undefined, minutes));
  return life;
}

test("an approval and a running session want their length's tag; nothing else wants one", () => {
  for (const status of ["approved", "arming", "active"] as const) {
    assert.deepEqual(wantedTags([lifeIn(status).request], NAMES).add, ["temp-admin-elevation-15min"]);
  }
  for (const status of ["pending", "denied", "cancelled", "expired_unanswered", "lapsed"] as const) {
    assert.deepEqual(wantedTags([lifeIn(status).request], NAMES).add, []);
  }
});

test("the tag is that of the approved minutes, not of the asked ones", () => {
  const life = lifeIn("pending");
  life.do(act.approve(undefined, 30));
  assert.deepEqual(wantedTags([life.request], NAMES).add, ["temp-admin-elevation-30min"]);
});

test("an end takes the elevation tag off and wants log collection until the log is here or given up", () => {
  for (const status of ["ending", "ended"] as const) {
    const life = lifeIn(status);
    assert.deepEqual(wantedTags([life.request], NAMES).add, ["temp-admin-log-collection"]);
    life.do(act.logPart(true));
    assert.deepEqual(wantedTags([life.request], NAMES).add, []);
    const missing = lifeIn(status);
    missing.after(15 * MINUTE_MS, act.tick);
    assert.deepEqual(wantedTags([missing.request], NAMES).add, []);
  }
});

test("L13 what is to be removed is ours and nothing else, and never what is wanted", () => {
  for (const requests of [[], [lifeIn("active").request], [lifeIn("ending").request]]) {
    const { add, remove } = wantedTags(requests, NAMES);
    assert.deepEqual([...add, ...remove].toSorted(), [...ownTags(NAMES)].toSorted());
  }
});

test("two lengths on one Mac cannot both apply: the running session wins, else the older approval", () => {
  const anna = lifeIn("approved");
  const otto = secondUser(5);
  for (const pair of [
    [anna.request, otto.request],
    [otto.request, anna.request],
  ]) {
    assert.deepEqual(wantedTags(pair, NAMES).add, ["temp-admin-elevation-15min"]);
  }
  otto.do(act.arm({ uid: 502, generatedUid: "FFFFFFFF-0000-4000-8000-000000000001" }));
  assert.deepEqual(wantedTags([anna.request, otto.request], NAMES).add, ["temp-admin-elevation-5min"]);
});

test("of two approvals at the same instant one wins, in whatever order they are listed", () => {
  const anna = lifeIn("approved");
  const otto = secondUser(5, MINUTE_MS + 2_000);
  assert.equal(requestIn(otto, "approved").approval.at, requestIn(anna, "approved").approval.at);
  for (const pair of [
    [anna.request, otto.request],
    [otto.request, anna.request],
  ]) {
    assert.deepEqual(wantedTags(pair, NAMES).add, ["temp-admin-elevation-15min"]);
  }
});

test("one user's end and another's approval want both tags", () => {
  const { add } = wantedTags([lifeIn("ending").request, secondUser(5).request], NAMES);
  assert.deepEqual(add, ["temp-admin-elevation-5min", "temp-admin-log-collection"]);
});

test("a signal is set when the tag of the approved minutes was read back, among whatever others", () => {
  const { request } = lifeIn("approved");
  assert.equal(isSignalSet(request, ["vip", "temp-admin-elevation-15min"], NAMES), true);
  assert.equal(isSignalSet(request, ["vip", "temp-admin-elevation-30min"], NAMES), false);
  assert.equal(isSignalSet(lifeIn("active").request, ["temp-admin-elevation-15min"], NAMES), false);
});
