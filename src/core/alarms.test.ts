import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alarmsOf,
  isFromTheFuture,
  isLogOwed,
  lapseAt,
  mayHoldRights,
  nextAlarmAt,
  nudgeAt,
  pendingPollMs,
  warningAt,
} from "./alarms.ts";
import type { Status } from "./request.ts";
import { act, lifeIn, newLife, POLICY, requestIn, T0 } from "./test-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

function names(status: Status): string[] {
  const life = lifeIn(status);
  return alarmsOf(life.request, life.policy)
    .map((alarm) => alarm.name)
    .toSorted();
}

test("nudges come every ten minutes for an hour, then hourly", () => {
  const minutes = Array.from({ length: 29 }, (_, index) => (nudgeAt(T0, index + 1, POLICY) - T0) / MINUTE_MS);
  const hourly = Array.from({ length: 23 }, (_, index) => (index + 2) * 60);
  assert.deepEqual(minutes, [10, 20, 30, 40, 50, 60, ...hourly]);
});

test("a first phase that the interval does not divide ends with its last whole nudge", () => {
  const policy = { ...POLICY, nudgeEveryMs: 10 * MINUTE_MS, nudgeFirstPhaseMs: 25 * MINUTE_MS };
  const minutes = [1, 2, 3, 4].map((count) => (nudgeAt(T0, count, policy) - T0) / MINUTE_MS);
  assert.deepEqual(minutes, [10, 20, 80, 140]);
});

test("a Mac polls fast for 15 minutes, every 5 minutes to an hour, then hourly", () => {
  const seconds = [0, 15 * MINUTE_MS - 1, 15 * MINUTE_MS, HOUR_MS - 1, HOUR_MS, DAY_MS].map(
    (ageMs) => pendingPollMs(ageMs) / SECOND_MS,
  );
  assert.deepEqual(seconds, [20, 20, 300, 300, 3_600, 3_600]);
});

test("an approval lapses after an hour, and never before the Mac could hear of it three times", () => {
  const afterMs = (ageMs: number, policy = POLICY) => lapseAt(T0, T0 + ageMs, policy) - (T0 + ageMs);
  assert.equal(afterMs(HOUR_MS - 1), HOUR_MS);
  assert.equal(afterMs(HOUR_MS), 3 * HOUR_MS);
  assert.equal(afterMs(0, { ...POLICY, lapseAfterMs: 10 * SECOND_MS }), MINUTE_MS);
  assert.equal(afterMs(HOUR_MS, { ...POLICY, lapseAfterMs: 5 * HOUR_MS }), 5 * HOUR_MS);
});

test("the warning comes 5 minutes before the end, 1 minute before that of a session of 5", () => {
  const endsAt = T0 + HOUR_MS;
  assert.equal(warningAt(endsAt, 5, POLICY), endsAt - MINUTE_MS);
  for (const minutes of [10, 15, 30])
    assert.equal(warningAt(endsAt, minutes, POLICY), endsAt - 5 * MINUTE_MS);
});

test("each state waits for its own alarms, and what is over waits for none but its log", () => {
  assert.deepEqual(names("pending"), ["auto_deny", "nudge"]);
  assert.deepEqual(names("approved"), ["lapse"]);
  assert.deepEqual(names("arming"), ["confirm_by"]);
  assert.deepEqual(names("active"), ["expiry", "warning"]);
  assert.deepEqual(names("ending"), ["close_offer", "deadline_alarm", "log_missing"]);
  assert.deepEqual(names("ended"), ["log_missing"]);
  for (const status of ["denied", "cancelled", "expired_unanswered", "lapsed"] as const) {
    assert.deepEqual(names(status), []);
    const life = lifeIn(status);
    assert.equal(nextAlarmAt(life.request, life.policy), undefined);
  }
});

test("the alarms stand at the stored deadlines", () => {
  const at = (status: Status) => {
    const life = lifeIn(status);
    return { life, next: nextAlarmAt(life.request, life.policy) };
  };
  assert.equal(at("pending").next, T0 + 10 * MINUTE_MS);
  const approved = at("approved");
  assert.equal(approved.next, approved.life.now + HOUR_MS);
  const arming = at("arming");
  assert.equal(arming.next, arming.life.now + 120 * SECOND_MS);
  const active = at("active");
  assert.equal(active.next, active.life.now + 10 * MINUTE_MS);
  const ending = at("ending");
  const alarms = alarmsOf(ending.life.request, POLICY).map(({ name, at: time }) => [
    name,
    time - ending.life.now,
  ]);
  assert.deepEqual(Object.fromEntries(alarms), {
    deadline_alarm: 5 * MINUTE_MS,
    log_missing: 15 * MINUTE_MS,
    close_offer: DAY_MS,
  });
});

test("no nudge is planned for the instant at which the request closes", () => {
  const life = newLife();
  life.after(DAY_MS - 1, act.tick);
  assert.deepEqual(alarmsOf(life.request, life.policy), [{ name: "auto_deny", at: T0 + DAY_MS }]);
});

test("a warned session waits only for its end", () => {
  const life = lifeIn("active");
  life.after(10 * MINUTE_MS, act.tick);
  const { endsAt } = requestIn(life, "active").grant;
  assert.deepEqual(alarmsOf(life.request, life.policy), [{ name: "expiry", at: endsAt }]);
});

test("L8 a log is owed until it is collected, given up, or proven to have no rights behind it", () => {
  assert.equal(isLogOwed(requestIn(lifeIn("active"), "active")), true);
  assert.equal(isLogOwed(requestIn(lifeIn("ended"), "ended")), true);
  const collected = lifeIn("ended");
  collected.do(act.logPart(true));
  assert.equal(isLogOwed(requestIn(collected, "ended")), false);
  const missing = lifeIn("ended");
  missing.after(15 * MINUTE_MS, act.tick);
  assert.equal(isLogOwed(requestIn(missing, "ended")), false);
  const never = lifeIn("arming");
  never.do(act.removed({ granted: false }));
  assert.equal(isLogOwed(requestIn(never, "ended")), false);
  const unstarted = lifeIn("arming");
  unstarted.do(act.removed({ granted: true }));
  assert.equal(isLogOwed(requestIn(unstarted, "ended")), true, "rights without a start are rights");
  const wiped = lifeIn("arming");
  wiped.do({ type: "re_enrolled" });
  assert.equal(isLogOwed(requestIn(wiped, "ended")), true, "a wiped Mac proves nothing");
});

test("rights may be held from arming until the end is proven", () => {
  const holding = (["pending", "approved", "arming", "active", "ending", "ended", "lapsed"] as const).filter(
    (status) => mayHoldRights(lifeIn(status).request),
  );
  assert.deepEqual(holding, ["arming", "active", "ending"]);
});

test("L5 a Mac found with rights after people gave up on its proof may hold them, until it proves that they are gone", () => {
  const life = lifeIn("ending");
  life.after(DAY_MS, act.closeUnverified());
  assert.equal(mayHoldRights(life.request), true);
  life.do(act.adminSeen());
  const { proof } = requestIn(life, "ended");
  assert.deepEqual([proof.state, "wasClosed" in proof && proof.wasClosed], ["still_admin", true]);
  assert.equal(mayHoldRights(life.request), true);
  const proven = lifeIn("ended");
  proven.after(POLICY.stillAdminGraceMs, act.adminSeen());
  assert.deepEqual(requestIn(proven, "ended").proof, { state: "still_admin", at: proven.now });
  assert.equal(mayHoldRights(proven.request), false, "what it had from us, it gave back");
});

test("L9 rights, or their end, that rest on what lies more than a minute ahead are from the future; all else is not", () => {
  const beginnings = {
    approved: () => requestIn(lifeIn("approved"), "approved").approval.at,
    arming: () => requestIn(lifeIn("arming"), "arming").arming.armedAt,
    active: () => requestIn(lifeIn("active"), "active").grant.startedAt,
    ending: () => requestIn(lifeIn("ending"), "ending").ending.since,
  };
  for (const [status, began] of Object.entries(beginnings)) {
    const { request } = lifeIn(status as Status);
    assert.equal(isFromTheFuture(request, began() - MINUTE_MS - 1), true, status);
    assert.equal(isFromTheFuture(request, began() - MINUTE_MS), false, `${status}: a clock set right`);
    assert.equal(isFromTheFuture(request, began()), false, status);
  }
  for (const status of ["pending", "ended", "denied", "lapsed"] as const) {
    assert.equal(isFromTheFuture(lifeIn(status).request, 0), false, status);
  }
});
