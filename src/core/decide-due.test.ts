import assert from "node:assert/strict";
import { test } from "node:test";
import { nextAlarmAt } from "./alarms.ts";
import { act, fork, type Life, lifeIn, newLife, POLICY, requestIn, T0 } from "./test-kit.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, type SessionMinutes } from "./time.ts";

/**
 * Ticks at every alarm until none is left before `until`, as an exact timer would. Answers what happened, and how
 * many minutes after `since`.
 */
function runAlarms(life: Life, until: Instant, since = T0): (readonly [minute: number, event: string])[] {
  const happened: (readonly [number, string])[] = [];
  for (;;) {
    const next = nextAlarmAt(life.request, life.policy);
    if (next === undefined || next > until) return happened;
    life.now = next;
    for (const event of life.do(act.tick).events) happened.push([(life.now - since) / MINUTE_MS, event]);
  }
}

test("an unanswered request is nudged at 10 … 60 minutes and hourly to 23 h, and closed at 24 h", () => {
  const life = newLife();
  const happened = runAlarms(life, T0 + 3 * DAY_MS);
  const minutes = [10, 20, 30, 40, 50, 60, ...Array.from({ length: 22 }, (_, index) => (index + 2) * 60)];
  assert.deepEqual(happened, [
    ...minutes.map((minute) => [minute, "nudged"]),
    [24 * 60, "expired_unanswered"],
  ]);
  const nudges = life.effects.filter(({ type, key }) => type === "thread" && key.startsWith("thread:nudge:"));
  assert.deepEqual(
    nudges.map(({ key }) => key),
    minutes.map((_, index) => `thread:nudge:${index + 1}`),
  );
});

test("W50 a request waits as long as the policy says, also longer than a day", () => {
  const policy = { ...POLICY, autoDenyAfterMs: 72 * HOUR_MS };
  const life = newLife({ policy });
  const happened = runAlarms(life, T0 + 10 * DAY_MS);
  assert.deepEqual(happened.at(-1), [72 * 60, "expired_unanswered"]);
  assert.equal(happened.filter(([, event]) => event === "nudged").length, 6 + 70);
});

test("L6 nudges that nobody was awake for become one, with the count they should have", () => {
  const life = lifeIn("pending");
  life.now = T0 + 35 * MINUTE_MS;
  const { events, keys } = life.do(act.tick);
  assert.deepEqual([events, keys], [["nudged"], ["thread:nudge:3"]]);
  assert.equal(requestIn(life, "pending").nudgesSent, 3);
  assert.equal(nextAlarmAt(life.request, POLICY), T0 + 40 * MINUTE_MS);
});

test("L6 a request found a day late is closed, not nudged", () => {
  const { events, keys } = newLife().after(2 * DAY_MS, act.tick);
  assert.deepEqual(events, ["expired_unanswered"]);
  assert.deepEqual(keys, ["thread:unanswered", "dm:unanswered"]);
});

test("an answer stops the nudges", () => {
  const life = lifeIn("denied");
  assert.deepEqual(life.after(DAY_MS, act.tick).events, []);
});

test("an approval that is not taken up lapses after an hour; only an approval can", () => {
  const life = lifeIn("approved");
  assert.deepEqual(fork(life).after(HOUR_MS - 1, act.tick).events, []);
  const { events, keys, decision } = life.after(HOUR_MS, act.tick);
  assert.deepEqual(events, ["lapsed"]);
  assert.deepEqual(keys, ["tags:lapsed", "thread:lapsed", "dm:lapsed"]);
  assert.deepEqual(decision.events[0]?.actor, { kind: "system", part: "timer" });
  assert.equal(requestIn(life, "lapsed").lapsedAt, life.now);
});

test("W3 L3 a session that is not confirmed within 120 s becomes an ending for a device error", () => {
  const life = lifeIn("arming");
  assert.deepEqual(fork(life).after(120 * SECOND_MS - 1, act.tick).events, []);
  const { decision } = life.after(120 * SECOND_MS, act.tick);
  const { ending } = requestIn(life, "ending");
  assert.deepEqual([ending.reason, ending.by], ["device_error", { kind: "system", part: "timer" }]);
  assert.ok(decision.events[0]?.event.type === "ending_begun" && decision.events[0].event.detail);
});

test("L4 the session ends at the start plus the approved minutes, warned before, for each length", () => {
  const warnings: Readonly<Record<SessionMinutes, number>> = { 5: 4, 10: 5, 15: 10, 30: 25 };
  for (const [minutes, warning] of Object.entries(warnings)) {
    const life = newLife();
    life.do(act.resolve());
    life.do(act.approve(undefined, Number(minutes) as SessionMinutes));
    life.do(act.arm());
    life.do(act.start(T0));
    assert.deepEqual(runAlarms(life, T0 + Number(minutes) * MINUTE_MS), [
      [warning, "warned"],
      [Number(minutes), "ending_begun"],
    ]);
    assert.equal(requestIn(life, "ending").ending.reason, "expired");
  }
});

test("the warning goes to the thread and to the requester, once", () => {
  const life = lifeIn("active");
  const { keys } = life.after(10 * MINUTE_MS, act.tick);
  assert.deepEqual(keys, ["thread:warning", "dm:warning"]);
  assert.deepEqual(life.after(MINUTE_MS, act.tick).keys, []);
});

test("L6 a session found after its end ends, and nobody is warned of what is past", () => {
  const life = lifeIn("active");
  const { events, keys } = life.after(2 * HOUR_MS, act.tick);
  assert.deepEqual(events, ["ending_begun"]);
  assert.deepEqual(keys, ["tags:ending", "thread:ending"]);
});

test("L4 L6 what comes after the deadline finds the session over, even before any alarm", () => {
  const revoked = lifeIn("active").after(15 * MINUTE_MS, act.revoke());
  assert.equal(revoked.refusal?.refused, "already_decided");
  assert.deepEqual(revoked.refusal?.decidedBy, { kind: "system", part: "timer" });
  const restarted = lifeIn("active").after(15 * MINUTE_MS, act.start(T0));
  assert.equal(restarted.refusal?.refused, "not_allowed_now");
  const life = lifeIn("active");
  life.after(15 * MINUTE_MS - 1, act.revoke());
  assert.equal(requestIn(life, "ending").ending.reason, "revoked");
});

test("an end without proof: alarm after 5 minutes, log missing after 15, closing offered after a day", () => {
  const life = lifeIn("ending");
  assert.deepEqual(runAlarms(life, life.now + 7 * DAY_MS, life.now), [
    [5, "deadline_alarmed"],
    [15, "log_missing"],
    [24 * 60, "close_offered"],
  ]);
  assert.equal(life.request.status, "ending", "nothing but a proof or an approver ends it");
  assert.equal(nextAlarmAt(life.request, POLICY), undefined);
});

test("L6 all that an end missed while nobody was awake happens at once, in its order", () => {
  const life = lifeIn("ending");
  const { events } = life.after(3 * DAY_MS, act.tick);
  assert.deepEqual(events, ["deadline_alarmed", "log_missing", "close_offered"]);
});

test("the deadline alarm names the deadline that the Mac was to keep, not when the service noticed", () => {
  const life = lifeIn("active");
  const { endsAt } = requestIn(life, "active").grant;
  life.now = endsAt + HOUR_MS;
  life.do(act.tick);
  const { decision } = life.after(5 * MINUTE_MS, act.tick);
  const alarm = decision.effects.find(({ key }) => key === "thread:deadline-alarm");
  assert.deepEqual(alarm?.type === "thread" && alarm.note, { note: "deadline_alarm", endsAt });
  const revoked = lifeIn("ending");
  const told = revoked.after(5 * MINUTE_MS, act.tick).decision.effects[0];
  assert.deepEqual(told?.type === "thread" && told.note, {
    note: "deadline_alarm",
    endsAt: requestIn(revoked, "ending").ending.since,
  });
});

test("L8 log missing is loud: the thread is told, the tag comes off, and the requester hears only then", () => {
  const life = lifeIn("ended");
  const { since } = requestIn(life, "ended").ending;
  life.now = since + 15 * MINUTE_MS;
  const { keys, decision } = life.do(act.tick);
  assert.deepEqual(keys, ["tags:log-missing", "thread:log-missing", "dm:closed"]);
  const closing = decision.effects.at(-1);
  assert.equal(
    closing?.type === "direct" && closing.note.note === "closed" && closing.note.logState,
    "missing",
  );
});

test("L8 while the end is not proven, a missing log alone tells the requester nothing", () => {
  const { keys } = lifeIn("ending").after(15 * MINUTE_MS, act.tick);
  assert.ok(keys.includes("thread:log-missing"));
  assert.ok(!keys.includes("dm:closed"));
});

test("L6 a tick twice is a tick once", () => {
  for (const status of ["pending", "approved", "arming", "active", "ending", "ended"] as const) {
    const life = lifeIn(status);
    life.after(7 * DAY_MS, act.tick);
    const { request } = life;
    const { events, keys } = life.do(act.tick);
    assert.equal(life.request, request);
    assert.deepEqual([events, keys], [[], []]);
  }
});

test("L6 what is due is stored also beside a refusal", () => {
  const life = lifeIn("approved");
  const { refusal, events, keys } = life.after(HOUR_MS, act.approve("U0STRANGER"));
  assert.equal(refusal?.refused, "not_an_approver");
  assert.deepEqual(events, ["lapsed"]);
  assert.ok(keys.includes("tags:lapsed"));
  assert.equal(life.request.status, "lapsed");
});

test("L6 nothing is left due after a command, also where it makes something due itself", () => {
  const policy = { ...POLICY, warnBeforeMs: 20 * MINUTE_MS };
  const life = lifeIn("arming", { policy });
  const { events } = life.do(act.start(life.now));
  assert.deepEqual(events, ["started", "warned"]);
});
