import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ARM_ID, fork, lifeIn, OTHER_ARM_ID, requestIn, SERIAL } from "./test-kit.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, SESSION_MINUTES } from "./time.ts";

test("L1 a Mac gets permission only for an approved request, and only by its own arm", () => {
  for (const status of ["pending", "denied", "cancelled", "expired_unanswered", "lapsed"] as const) {
    const { refusal } = lifeIn(status).do(act.arm());
    assert.equal(refusal?.refused, "not_allowed_now", status);
  }
  const life = lifeIn("approved");
  life.do(act.arm());
  assert.equal(life.request.status, "arming");
});

test("W6 L1 another Mac, another uid or another GeneratedUID gets no permission, the same name or not", () => {
  const life = lifeIn("approved");
  assert.equal(life.do(act.arm({ serial: "C02HALLPASS2" })).refusal?.refused, "wrong_mac");
  assert.equal(life.do(act.arm({ uid: 502 })).refusal?.refused, "wrong_person");
  const recreated = act.arm({ generatedUid: "FFFFFFFF-0000-4000-8000-000000000001" });
  assert.equal(life.do(recreated).refusal?.refused, "wrong_person");
  assert.equal(life.request.status, "approved");
});

test("L1 a start without an arm, or of another attempt, activates nothing", () => {
  const approved = lifeIn("approved");
  assert.equal(approved.do(act.start(approved.now)).refusal?.refused, "not_allowed_now");
  const arming = lifeIn("arming");
  assert.equal(arming.do(act.start(arming.now, { armId: OTHER_ARM_ID })).refusal?.refused, "wrong_arm");
  assert.equal(arming.request.status, "arming");
});

test("L1 an approval is taken up once: a second attempt is refused in every later state", () => {
  for (const status of ["arming", "active", "ending", "ended"] as const) {
    const { refusal } = lifeIn(status).do(act.arm({ armId: OTHER_ARM_ID }));
    assert.equal(refusal?.refused, "not_allowed_now", status);
  }
});

test("L3 the permission stores its backstop and the hash of the baseline before any rights", () => {
  const life = lifeIn("approved");
  const { events, keys } = life.do(act.arm());
  assert.deepEqual([events, keys], [["armed"], []]);
  assert.deepEqual(requestIn(life, "arming").arming, {
    armId: ARM_ID,
    armedAt: life.now,
    confirmBy: life.now + 120 * SECOND_MS,
    baselineSha256: "ab".repeat(32),
  });
});

test("L3 the same attempt gets the same permission until its window is over, and none after", () => {
  const life = lifeIn("arming");
  const request = requestIn(life, "arming");
  const { confirmBy } = request.arming;
  life.now = confirmBy - 1;
  const repeat = life.do(act.arm({ baselineSha256: "cd".repeat(32) }));
  assert.deepEqual([repeat.refusal, repeat.events], [undefined, []]);
  assert.equal(life.request, request);
  life.now = confirmBy;
  const late = life.do(act.arm());
  assert.equal(late.refusal?.refused, "confirm_window_over");
  assert.deepEqual(late.events, ["ending_begun"]);
});

test("L3 a start at the end of the window is too late: the session ends and the Mac takes the rights away", () => {
  const life = lifeIn("arming");
  life.now = requestIn(life, "arming").arming.confirmBy;
  const { refusal } = life.do(act.start(life.now - 1));
  assert.equal(refusal?.refused, "confirm_window_over");
  const request = requestIn(life, "ending");
  assert.equal(request.ending.reason, "device_error");
  assert.equal(request.grant, undefined);
});

test("L3 only an attempt that was never confirmed is past its window; a confirmed one is simply over", () => {
  for (const command of [act.arm(), act.start(0)]) {
    const { refusal } = lifeIn("ended").after(10 * MINUTE_MS, command);
    assert.equal(refusal?.refused, "not_allowed_now");
  }
});

test("L6 an arm at the very instant of the lapse is refused, an instant before it is not", () => {
  for (const [beforeMs, status] of [
    [1, "arming"],
    [0, "lapsed"],
  ] as const) {
    const life = lifeIn("approved");
    life.now = requestIn(life, "approved").lapsesAt - beforeMs;
    life.do(act.arm());
    assert.equal(life.request.status, status);
  }
});

test("L6 an arm long after the lapse that no alarm noticed is refused", () => {
  const { refusal, events } = lifeIn("approved").after(5 * HOUR_MS, act.arm());
  assert.equal(refusal?.refused, "not_allowed_now");
  assert.deepEqual(events, ["lapsed"]);
});

test("L4 the minutes are the approved ones, counted from the receipt of the first start", () => {
  for (const minutes of SESSION_MINUTES) {
    const life = lifeIn("pending", { ask: { durationMinutes: 5 } });
    life.after(MINUTE_MS, act.approve(undefined, minutes));
    life.after(10 * MINUTE_MS, act.arm());
    life.after(20 * SECOND_MS, act.start(life.now));
    assert.deepEqual(requestIn(life, "active").grant, {
      startedAt: life.now,
      endsAt: life.now + minutes * MINUTE_MS,
      warned: false,
    });
  }
});

test("W13 L4 a start that comes again never moves the deadline", () => {
  const life = lifeIn("active");
  const { request } = life;
  const { refusal, events } = life.after(3 * MINUTE_MS, act.start(life.now));
  assert.deepEqual([refusal, events], [undefined, []]);
  assert.equal(life.request, request);
});

test("a start tells the thread and the requester until when", () => {
  const life = lifeIn("arming");
  const { keys, decision } = life.do(act.start(life.now));
  assert.deepEqual(keys, ["thread:started", "dm:elevated"]);
  assert.deepEqual(decision.effects[0], {
    type: "thread",
    key: "thread:started",
    note: { note: "started", endsAt: life.now + 15 * MINUTE_MS, minutes: 15 },
  });
  assert.deepEqual(decision.events[0]?.actor, { kind: "mac", serial: SERIAL });
});

test("a Mac's clock that is more than a minute off is flagged, either way, and changes no deadline", () => {
  const life = lifeIn("arming");
  for (const [offMs, flagged] of [
    [60 * SECOND_MS, undefined],
    [-60 * SECOND_MS, undefined],
    [61 * SECOND_MS, 61],
    [-2 * HOUR_MS, 7_200],
  ] as const) {
    const copy = fork(life);
    const [started] = copy.do(act.start(copy.now + offMs)).decision.events;
    assert.ok(started?.event.type === "started");
    assert.equal(started.event.clockSkewSeconds, flagged);
    assert.equal(started.event.endsAt, copy.now + 15 * MINUTE_MS);
  }
});
