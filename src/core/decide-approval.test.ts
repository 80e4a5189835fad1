import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "./effects.ts";
import {
  act,
  ANNA,
  annaIdentity,
  BORIS,
  CLARA,
  fork,
  lifeIn,
  newLife,
  POLICY,
  requestIn,
  STRANGER,
} from "./test-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SESSION_MINUTES } from "./time.ts";

function direct(effects: readonly Effect[], key: string) {
  const found = effects.find((effect) => effect.key === key);
  return found?.type === "direct" ? found : undefined;
}

test("L2 the second approver is told who won and changes nothing", () => {
  const life = lifeIn("approved");
  const before = life.request;
  const { refusal, events, keys } = life.do(act.approve(CLARA, 30));
  assert.equal(refusal?.refused, "already_decided");
  assert.equal(refusal?.rule, "L2");
  assert.deepEqual(refusal?.decidedBy, { kind: "slack", userId: BORIS });
  assert.equal(life.request, before);
  assert.deepEqual([events, keys], [[], []]);
});

test("L2 the winner's own click again is a silent success, in every later state", () => {
  for (const status of ["approved", "arming", "active", "ending", "ended", "lapsed"] as const) {
    const life = lifeIn(status);
    const { refusal, events } = life.do(act.approve(BORIS, 15));
    assert.equal(refusal, undefined, status);
    assert.deepEqual(events, [], status);
  }
  const denied = lifeIn("denied").do(act.deny(BORIS, "another reason"));
  assert.equal(denied.refusal, undefined);
  assert.deepEqual(denied.events, []);
});

test("L2 the winner who now clicks another length is told that it is decided", () => {
  const life = lifeIn("approved");
  const { refusal } = life.do(act.approve(BORIS, 30));
  assert.equal(refusal?.refused, "already_decided");
  assert.equal(requestIn(life, "approved").approval.minutes, 15);
});

test("L2 whoever approves after a denial, or denies after an approval, is told who won", () => {
  const denied = lifeIn("denied").do(act.approve(CLARA));
  assert.deepEqual(denied.refusal?.decidedBy, { kind: "slack", userId: BORIS });
  const approved = lifeIn("approved").do(act.deny(BORIS));
  assert.deepEqual(approved.refusal?.decidedBy, { kind: "slack", userId: BORIS }, "also the winner himself");
});

test("L2 who cancels too late is told who won", () => {
  const denied = lifeIn("denied").do(act.cancelByMac());
  assert.equal(denied.refusal?.refused, "already_decided");
  assert.deepEqual(denied.refusal?.decidedBy, { kind: "slack", userId: BORIS });
  const closed = lifeIn("expired_unanswered").do(act.cancelByMac());
  assert.equal(closed.refusal?.refused, "already_decided");
  assert.equal(closed.refusal?.decidedBy, undefined);
  assert.match(closed.refusal?.message ?? "", /nobody answered/);
});

test("L2 who decides after a cancellation is told who cancelled", () => {
  const life = lifeIn("cancelled");
  const mac = { kind: "mac", serial: life.request.ask.serial };
  assert.deepEqual(life.do(act.approve()).refusal?.decidedBy, mac);
  assert.deepEqual(life.do(act.deny()).refusal?.decidedBy, mac);
  assert.deepEqual(life.do(act.cancelBySlack(BORIS)).refusal?.decidedBy, mac);
});

test("L6 an approval that comes 24 hours after the asking loses to the clock, however late the alarm", () => {
  for (const lateMs of [0, 1, 3 * DAY_MS]) {
    const life = newLife();
    life.after(2_000, act.resolve());
    life.now = life.request.ask.requestedAt + DAY_MS + lateMs;
    const { refusal, events } = life.do(act.approve());
    assert.equal(refusal?.refused, "already_decided");
    assert.match(refusal?.message ?? "", /nobody answered/);
    assert.deepEqual(events, ["expired_unanswered"]);
  }
  const inTime = newLife();
  inTime.after(2_000, act.resolve());
  inTime.now = inTime.request.ask.requestedAt + DAY_MS - 1;
  inTime.do(act.approve());
  assert.equal(inTime.request.status, "approved");
});

test("L11 nobody decides before it is known who asks", () => {
  for (const decision of [act.approve(), act.deny()]) {
    const life = newLife();
    const { refusal } = life.do(decision);
    assert.equal(refusal?.refused, "identity_pending");
    assert.equal(life.request.status, "pending");
  }
});

test("L11 a click on a request that was closed before the asker was known says that it is closed", () => {
  const life = newLife();
  life.do(act.cancelByMac());
  assert.equal(life.do(act.approve()).refusal?.refused, "already_decided");
  assert.equal(life.do(act.deny()).refusal?.refused, "already_decided");
});

test("L11 the requester, by either way of knowing, decides nothing, even as an approver", () => {
  const life = newLife();
  life.do(act.resolve({ requesterSlackIds: [BORIS, CLARA], doubts: ["owner_differs"] }));
  for (const by of [BORIS, CLARA]) {
    assert.equal(life.do(act.approve(by)).refusal?.refused, "own_request");
    assert.equal(life.do(act.deny(by)).refusal?.refused, "own_request");
  }
  assert.equal(life.request.status, "pending");
});

test("L11 L9 an empty list of approvers means nobody", () => {
  const life = newLife({ policy: { ...POLICY, approverIds: [] } });
  life.do(act.resolve());
  for (const command of [act.approve(), act.deny(), act.cancelBySlack(BORIS)]) {
    assert.equal(life.do(command).refusal?.refused, "not_an_approver");
  }
});

test("an approval keeps who, how long and until when; the thread, the requester and the Mac are told", () => {
  for (const minutes of SESSION_MINUTES) {
    const life = lifeIn("pending");
    const { keys, decision } = life.after(MINUTE_MS, act.approve(CLARA, minutes));
    const request = requestIn(life, "approved");
    assert.deepEqual(request.approval, { by: { kind: "slack", userId: CLARA }, minutes, at: life.now });
    assert.equal(request.lapsesAt, life.now + HOUR_MS);
    assert.equal(request.signal, "pending");
    assert.deepEqual(keys, ["tags:approved", "thread:approved", "dm:approved"]);
    assert.deepEqual(direct(decision.effects, "dm:approved")?.note, {
      note: "approved",
      minutes,
      askedMinutes: 15,
    });
  }
});

test("an approval of an old request waits for a Mac that polls hourly", () => {
  const life = lifeIn("pending");
  life.after(2 * HOUR_MS, act.approve());
  assert.equal(requestIn(life, "approved").lapsesAt, life.now + 3 * HOUR_MS);
  life.after(72 * MINUTE_MS, act.arm());
  assert.equal(life.request.status, "arming");
});

test("W59 a denial keeps its reason and tells the requester; without one none is made up", () => {
  const life = lifeIn("pending");
  const { decision } = fork(life).do(act.deny(CLARA, "use the other tool"));
  assert.deepEqual(direct(decision.effects, "dm:denied")?.note, {
    note: "denied",
    reason: "use the other tool",
  });
  life.do(act.deny(CLARA));
  assert.deepEqual(requestIn(life, "denied").denial, {
    by: { kind: "slack", userId: CLARA },
    at: life.now,
  });
});

test("the requester may cancel an approval until the Mac takes it up; IT need not be told to tell them", () => {
  const life = lifeIn("approved");
  const { keys } = life.do(act.cancelBySlack(ANNA));
  assert.equal(life.request.status, "cancelled");
  assert.deepEqual(keys, ["thread:cancelled", "tags:cancelled"]);
});

test("an approver may cancel too, and then the requester is told", () => {
  const life = lifeIn("pending");
  const { keys } = life.do(act.cancelBySlack(CLARA));
  assert.deepEqual(keys, ["thread:cancelled", "dm:cancelled"]);
  assert.deepEqual(requestIn(life, "cancelled").cancellation.by, {
    kind: "slack",
    userId: CLARA,
  });
});

test("a cancellation keeps who had approved; the same person's click again is a silent success", () => {
  const life = lifeIn("approved");
  life.do(act.cancelBySlack(CLARA));
  assert.deepEqual(requestIn(life, "cancelled").approval?.by, { kind: "slack", userId: BORIS });
  assert.equal(life.do(act.cancelBySlack(CLARA)).refusal, undefined);
  assert.equal(life.do(act.cancelBySlack(BORIS)).refusal?.refused, "already_decided");
});

test("before it is known who asks, the Mac and approvers may cancel, and nobody else", () => {
  for (const [command, refused] of [
    [act.cancelByMac(), undefined],
    [act.cancelBySlack(BORIS), undefined],
    [act.cancelBySlack(ANNA), "not_an_approver"],
    [act.cancelBySlack(STRANGER), "not_an_approver"],
  ] as const) {
    assert.equal(newLife().do(command).refusal?.refused, refused);
  }
});

test("who asks is found out once, told once, and only while somebody waits for a decision", () => {
  const life = newLife();
  const { keys } = life.do(act.resolve());
  assert.deepEqual(keys, ["dm:received"]);
  assert.deepEqual(life.request.identity, annaIdentity());
  assert.deepEqual(life.do(act.resolve({ requesterSlackIds: [STRANGER] })).events, []);
  assert.deepEqual(life.request.identity, annaIdentity());
});

test("L6 an identity that is found only after 24 hours opens nothing again", () => {
  const life = newLife();
  const { events, keys } = life.after(DAY_MS, act.resolve());
  assert.deepEqual(events, ["expired_unanswered"]);
  assert.deepEqual(keys, ["thread:unanswered", "dm:unanswered"]);
  assert.equal(life.request.status, "expired_unanswered");
});

test("a signal counts as set once the tag was read back, also after a failure, and a late failure unsets nothing", () => {
  const life = lifeIn("approved");
  const failed = life.do({ type: "signal_failed", why: "404" });
  assert.deepEqual(failed.keys, ["thread:signal-failed"]);
  assert.deepEqual(life.do({ type: "signal_failed", why: "404" }).keys, [], "told once");
  assert.equal(requestIn(life, "approved").signal, "failed");
  life.do({ type: "signal_set" });
  assert.deepEqual(life.do({ type: "signal_failed", why: "404" }).events, []);
  assert.equal(requestIn(life, "approved").signal, "set");
});
