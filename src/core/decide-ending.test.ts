import assert from "node:assert/strict";
import { test } from "node:test";
import type { MacEndCause } from "./commands.ts";
import type { Effect } from "./effects.ts";
import { END_REASONS } from "./request.ts";
import {
  act,
  ANNA,
  BORIS,
  CLARA,
  fork,
  type Life,
  lifeIn,
  newLife,
  OTHER_ARM_ID,
  POLICY,
  requestIn,
  SERIAL,
} from "./test-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

const MAC = { kind: "mac", serial: SERIAL };

function closing(effects: readonly Effect[]) {
  const found = effects.find((effect) => effect.key === "dm:closed");
  return found?.type === "direct" && found.note.note === "closed" ? found.note : undefined;
}

/** A session that armed and whose Mac was then silent until the window was over. */
function unconfirmed(): Life {
  const life = lifeIn("arming");
  life.after(120 * SECOND_MS, act.tick);
  return life;
}

/** A session whose Mac never proved anything, a day later. */
function unproven(): Life {
  const life = lifeIn("ending");
  life.after(DAY_MS, act.tick);
  return life;
}

test("revoke, lock, the requester and the Mac end a session in arming as in active", () => {
  const ends = [
    [act.revoke(), "revoked", { kind: "slack", userId: BORIS }],
    [act.lock(), "locked", { kind: "slack", userId: BORIS }],
    [act.endByRequester(), "ended_by_user", { kind: "slack", userId: ANNA }],
    [act.end(), "ended_by_user", MAC],
    [act.end({ cause: "network_loss" }), "network_loss", MAC],
    [act.end({ cause: "tampered" }), "tampered", MAC],
    [act.end({ cause: "device_error" }), "device_error", MAC],
  ] as const;
  for (const status of ["arming", "active"] as const) {
    for (const [command, reason, by] of ends) {
      const life = lifeIn(status);
      const { keys } = life.after(SECOND_MS, command);
      const { ending, proof } = requestIn(life, "ending");
      assert.deepEqual([ending.reason, ending.by, ending.since], [reason, by, life.now]);
      assert.deepEqual(proof, { state: "awaited" }, "L5 silence proves nothing");
      assert.deepEqual(keys.slice(0, 2), ["tags:ending", "thread:ending"]);
    }
  }
});

test("L8 the end of a session tells the requester nothing yet", () => {
  for (const command of [act.revoke(), act.lock(), act.end(), act.endByRequester()]) {
    const { decision } = lifeIn("active").after(SECOND_MS, command);
    assert.ok(decision.effects.every((effect) => effect.type !== "direct"));
  }
});

test("W45 an end keeps the approver, whoever ends it", () => {
  const life = lifeIn("active");
  life.after(SECOND_MS, act.revoke(CLARA));
  const request = requestIn(life, "ending");
  assert.deepEqual(request.approval.by, { kind: "slack", userId: BORIS });
  assert.deepEqual(request.ending.by, { kind: "slack", userId: CLARA });
});

test("W45 the first end stays the reason: a later revoke is told who was first, the first one's repeat is silent", () => {
  const life = lifeIn("active");
  life.after(SECOND_MS, act.revoke(CLARA));
  assert.deepEqual(life.do(act.revoke(BORIS)).refusal?.decidedBy, { kind: "slack", userId: CLARA });
  assert.equal(life.do(act.revoke(CLARA)).refusal, undefined);
  const expired = lifeIn("active");
  expired.after(16 * MINUTE_MS, act.tick);
  assert.deepEqual(expired.do(act.revoke(CLARA)).refusal?.decidedBy, { kind: "system", part: "timer" });
});

test("an end that the Mac reports twice is a success; another reason than the known one is not", () => {
  const causes: readonly MacEndCause[] = ["ended_by_user", "tampered", "device_error", "network_loss"];
  for (const cause of causes) {
    const life = lifeIn("active");
    life.after(SECOND_MS, act.end({ cause }));
    const { refusal, events } = life.after(SECOND_MS, act.end({ cause }));
    assert.deepEqual([refusal, events], [undefined, []]);
  }
  const revoked = lifeIn("ending");
  assert.equal(revoked.do(act.end({ cause: "tampered" })).refusal?.refused, "not_allowed_now");
  assert.equal(revoked.do(act.end({ cause: "network_loss" })).refusal, undefined, "told afterwards");
});

test("a lock ends the session, orders the lock, and is asked for once", () => {
  const life = lifeIn("active");
  const { keys } = life.after(SECOND_MS, act.lock(CLARA));
  assert.deepEqual(keys, ["tags:ending", "thread:ending", "lock"]);
  const { lock } = requestIn(life, "ending").ending;
  assert.deepEqual(lock, { by: { kind: "slack", userId: CLARA }, at: life.now, confirmed: false });
  assert.deepEqual(life.do(act.lock(CLARA)).events, []);
  assert.deepEqual(life.do(act.lock(BORIS)).refusal?.decidedBy, { kind: "slack", userId: CLARA });
});

test("W45 a lock during an end keeps the end's own reason", () => {
  const life = lifeIn("ending");
  const { keys } = life.after(SECOND_MS, act.lock(CLARA));
  assert.deepEqual(keys, ["lock"]);
  assert.equal(requestIn(life, "ending").ending.reason, "revoked");
});

test("L9 a lock that Iru refused for good can be asked for again, by anybody, as an order of its own", () => {
  const life = lifeIn("active");
  life.after(SECOND_MS, act.lock(CLARA));
  life.after(SECOND_MS, { type: "lock_failed", why: "400" });
  assert.equal(requestIn(life, "ending").ending.lock?.refused, true);
  assert.deepEqual(life.do({ type: "lock_failed", why: "400" }).events, [], "once");
  const { keys, refusal } = life.after(SECOND_MS, act.lock(BORIS));
  assert.deepEqual([keys.length, keys[0] !== "lock", refusal], [1, true, undefined]);
  const { lock } = requestIn(life, "ending").ending;
  assert.deepEqual(lock, { by: { kind: "slack", userId: BORIS }, at: life.now, confirmed: false });
  life.do({ type: "device_locked", by: BORIS });
  assert.deepEqual(
    life.do({ type: "lock_failed", why: "late" }).events,
    [],
    "a lock that Iru took stays taken",
  );
});

test("Iru's word that the Mac is locked counts once, also after the end, and only when a lock was asked for", () => {
  const life = lifeIn("active");
  life.do(act.lock());
  const late = fork(life);
  assert.deepEqual(life.do({ type: "device_locked", by: BORIS }).keys, ["thread:locked"]);
  assert.equal(requestIn(life, "ending").ending.lock?.confirmed, true);
  assert.deepEqual(life.do({ type: "device_locked", by: BORIS }).events, []);
  late.after(SECOND_MS, act.removed());
  late.do({ type: "device_locked", by: BORIS });
  assert.equal(requestIn(late, "ended").ending.lock?.confirmed, true);
  assert.deepEqual(lifeIn("ending").do({ type: "device_locked", by: BORIS }).events, []);
});

test("L5 a session is over by the Mac's verified proof, and only for the attempt that was armed", () => {
  const life = lifeIn("ending");
  assert.equal(life.do(act.removed({ armId: OTHER_ARM_ID })).refusal?.refused, "wrong_arm");
  assert.equal(life.request.status, "ending");
  const { keys } = life.after(SECOND_MS, act.removed({ removedAt: life.now - 5_000 }));
  assert.deepEqual(keys, ["tags:removed", "thread:removed"]);
  const request = requestIn(life, "ended");
  assert.deepEqual(request.proof, {
    state: "removed",
    at: life.now,
    removedAt: life.now - 6_000,
    granted: true,
  });
  assert.equal(request.endedAt, life.now);
});

test("L5 a removal that the Mac could not verify ends nothing and is shown as not confirmed, once", () => {
  const life = lifeIn("active");
  const { events, keys } = life.after(SECOND_MS, act.removed({ verified: false, reason: "ended_by_user" }));
  assert.deepEqual(events, ["ending_begun", "removal_not_confirmed"]);
  assert.deepEqual(keys, ["tags:ending", "thread:ending", "thread:not-confirmed"]);
  assert.equal(requestIn(life, "ending").proof.state, "not_confirmed");
  assert.deepEqual(life.after(SECOND_MS, act.removed({ verified: false })).events, []);
  life.after(SECOND_MS, act.removed());
  assert.equal(requestIn(life, "ended").proof.state, "removed");
});

test("a proof of removal ends a session that the service has not seen begin to end", () => {
  for (const status of ["arming", "active"] as const) {
    const life = lifeIn(status);
    const { events } = life.after(SECOND_MS, act.removed({ reason: "network_loss" }));
    assert.deepEqual(events, ["ending_begun", "removed"]);
    assert.equal(requestIn(life, "ended").ending.reason, "network_loss");
  }
});

test("a Mac cannot claim that people revoked or locked it", () => {
  for (const reason of END_REASONS) {
    const life = lifeIn("active");
    life.after(SECOND_MS, act.removed({ reason }));
    const told = requestIn(life, "ended").ending.reason;
    assert.equal(told, reason === "revoked" || reason === "locked" ? "device_error" : reason);
  }
});

test("the audit trail keeps the Mac's own reason where the service had seen another one first", () => {
  const life = lifeIn("active");
  life.pass(40 * MINUTE_MS);
  const { decision } = life.do(act.removed({ reason: "network_loss", removedAt: life.now - 30 * MINUTE_MS }));
  const removed = decision.events.find(({ event }) => event.type === "removed");
  assert.equal(removed?.event.type === "removed" && removed.event.reason, "network_loss");
  assert.equal(requestIn(life, "ended").ending.reason, "expired");
});

test("L5 STILL ADMIN is said only after a positive reading, past the grace for beats that crossed the order", () => {
  const life = lifeIn("ending");
  const { since } = requestIn(life, "ending").ending;
  life.now = since + 90 * SECOND_MS - 1;
  assert.deepEqual(life.do(act.adminSeen()).events, []);
  assert.deepEqual(life.after(10, act.adminSeen(false)).events, []);
  assert.deepEqual(requestIn(life, "ending").proof, { state: "awaited" });
  const { events, keys } = life.do(act.adminSeen());
  assert.deepEqual(events, ["still_admin_seen"]);
  assert.deepEqual(keys, [`thread:still-admin:${life.now}`]);
  assert.deepEqual(life.after(MINUTE_MS, act.adminSeen()).events, [], "once");
});

test("L5 silence, however long, is never read as STILL ADMIN nor as gone", () => {
  const life = lifeIn("ending");
  const { keys } = life.after(3 * DAY_MS, act.tick);
  assert.deepEqual(requestIn(life, "ending").proof, { state: "awaited" });
  assert.ok(keys.every((key) => !key.includes("still-admin") && !key.includes("removed")));
});

test("L5 after STILL ADMIN only the proof that the rights are gone says otherwise", () => {
  const life = lifeIn("ending");
  life.after(2 * MINUTE_MS, act.adminSeen());
  assert.deepEqual(life.after(SECOND_MS, act.removed({ verified: false })).events, []);
  assert.equal(requestIn(life, "ending").proof.state, "still_admin");
  life.after(SECOND_MS, act.removed());
  assert.equal(requestIn(life, "ended").proof.state, "removed");
});

test("L5 a beat that the proof overtook is no alarm", () => {
  const life = lifeIn("ended");
  assert.deepEqual(life.after(POLICY.stillAdminGraceMs - 1, act.adminSeen()).events, []);
  assert.equal(requestIn(life, "ended").proof.state, "removed");
  const unverified = lifeIn("ending");
  unverified.after(DAY_MS, act.tick);
  unverified.after(SECOND_MS, act.closeUnverified());
  assert.deepEqual(
    unverified.after(SECOND_MS, act.adminSeen()).events,
    ["still_admin_seen"],
    "no proof, no grace",
  );
});

test("L5 no grace is given by an end that lies in the future of a clock that was set back", () => {
  for (const status of ["ending", "ended"] as const) {
    const corrected = lifeIn(status);
    corrected.pass(-MINUTE_MS);
    assert.deepEqual(corrected.do(act.adminSeen()).events, [], `${status}: a clock set right`);
    const life = lifeIn(status);
    life.pass(-HOUR_MS);
    assert.ok(life.do(act.adminSeen()).events.includes("still_admin_seen"), status);
  }
});

test("L5 an admin who is seen past the grace after the proof is raised, and a new proof is taken", () => {
  const life = lifeIn("ended");
  const { keys } = life.after(POLICY.stillAdminGraceMs, act.adminSeen());
  assert.deepEqual(keys, [`thread:still-admin:${life.now}`]);
  assert.equal(requestIn(life, "ended").proof.state, "still_admin");
  const again = life.after(SECOND_MS, act.removed());
  assert.deepEqual(again.keys, [`tags:removed:${life.now}`, `thread:removed:${life.now}`]);
  assert.equal(requestIn(life, "ended").proof.state, "removed");
});

test("an active admin is no news", () => {
  assert.deepEqual(lifeIn("active").after(SECOND_MS, act.adminSeen()).events, []);
});

test("L8 the closing message waits for the proof and for the log, whichever comes last", () => {
  const proofLast = lifeIn("ending");
  const stored = proofLast.after(SECOND_MS, act.logPart(true));
  assert.equal(closing(stored.decision.effects), undefined);
  const proven = proofLast.after(SECOND_MS, act.removed());
  assert.equal(closing(proven.decision.effects)?.logState, "collected");

  const logLast = lifeIn("ended");
  assert.equal(closing(logLast.effects), undefined);
  assert.deepEqual(logLast.after(SECOND_MS, act.logPart()).keys, []);
  const collected = logLast.after(SECOND_MS, act.logPart(true));
  assert.deepEqual(collected.keys, ["log", "tags:log", "dm:closed"]);
  assert.deepEqual(closing(collected.decision.effects), {
    note: "closed",
    reason: "revoked",
    logState: "collected",
    endedAt: requestIn(logLast, "ended").endedAt,
  });
});

test("L8 a log that is complete before the service knows of the end counts", () => {
  const life = lifeIn("active");
  life.after(SECOND_MS, act.logPart(true));
  assert.equal(life.request.status, "active");
  const { keys } = life.after(SECOND_MS, act.removed({ reason: "ended_by_user" }));
  assert.deepEqual(keys, ["tags:ending", "thread:ending", "tags:removed", "thread:removed", "dm:closed"]);
});

test("L8 where no rights were ever given no log is owed and the closing message comes at once", () => {
  const life = unconfirmed();
  const { decision } = life.after(SECOND_MS, act.removed({ granted: false, reason: "device_error" }));
  assert.equal(closing(decision.effects)?.logState, "none");
  assert.deepEqual(life.after(DAY_MS, act.tick).events, []);
});

test("L8 the requester is not asked for the missing log of rights that were never given", () => {
  const life = unconfirmed();
  life.after(15 * MINUTE_MS, act.tick);
  assert.equal(requestIn(life, "ending").log.state, "missing");
  const { decision } = life.after(SECOND_MS, act.removed({ granted: false, reason: "device_error" }));
  assert.equal(closing(decision.effects)?.logState, "none");
});

test("L8 a Mac's word that no rights were given does not count against its own start", () => {
  const life = lifeIn("ending");
  const { decision } = life.after(SECOND_MS, act.removed({ granted: false }));
  assert.equal(closing(decision.effects), undefined);
  assert.deepEqual(life.after(15 * MINUTE_MS, act.tick).events, ["log_missing"]);
});

test("L8 rights that were given after all make the log owed again, and a log long due is missing at once", () => {
  const life = unconfirmed();
  life.after(SECOND_MS, act.removed({ granted: false, reason: "device_error" }));
  const { events, keys } = life.after(DAY_MS, act.adminSeen());
  assert.deepEqual(events, ["still_admin_seen", "log_missing"]);
  assert.ok(keys.includes("thread:log-missing"));
});

test("closing as unverified is for approvers, after a day, and is remembered as theirs", () => {
  const early = lifeIn("ending");
  assert.equal(early.after(DAY_MS - 1, act.closeUnverified()).refusal?.refused, "not_allowed_now");
  const life = unproven();
  const { keys } = life.do(act.closeUnverified(CLARA));
  assert.deepEqual(keys, ["tags:closed", "thread:closed-unverified", "dm:closed"]);
  assert.deepEqual(requestIn(life, "ended").proof, {
    state: "closed_unverified",
    at: life.now,
    by: { kind: "slack", userId: CLARA },
  });
  assert.equal(life.do(act.closeUnverified(CLARA)).refusal, undefined);
  assert.deepEqual(life.do(act.closeUnverified(BORIS)).refusal?.decidedBy, { kind: "slack", userId: CLARA });
});

test("L5 a proof that comes after closing as unverified is still taken", () => {
  const life = unproven();
  life.do(act.closeUnverified());
  const { keys } = life.after(DAY_MS, act.removed());
  assert.deepEqual(keys.slice(0, 2), [`tags:removed:${life.now}`, `thread:removed:${life.now}`]);
  assert.equal(requestIn(life, "ended").proof.state, "removed");
});

test("a Mac enrolled anew closes whatever is open on it, says so, and claims no proof", () => {
  for (const status of ["arming", "active", "ending"] as const) {
    const life = lifeIn(status);
    const { keys } = life.after(SECOND_MS, { type: "re_enrolled" });
    const { proof, ending } = requestIn(life, "ended");
    assert.deepEqual(proof, { state: "re_enrolled", at: life.now });
    assert.equal(ending.reason, status === "ending" ? "revoked" : "device_error");
    assert.ok(keys.includes("thread:re-enrolled"));
    assert.ok(!keys.includes("dm:closed"), "L8 the log is still owed");
    assert.deepEqual(life.after(15 * MINUTE_MS, act.tick).keys.slice(-1), ["dm:closed"]);
  }
});

test("a Mac enrolled anew cancels what had not begun, and the requester is told", () => {
  const pending = lifeIn("pending");
  assert.deepEqual(pending.do({ type: "re_enrolled" }).keys, ["thread:cancelled", "dm:cancelled"]);
  const approved = lifeIn("approved");
  assert.deepEqual(approved.do({ type: "re_enrolled" }).keys, [
    "tags:cancelled",
    "thread:cancelled",
    "dm:cancelled",
  ]);
  assert.deepEqual(requestIn(approved, "cancelled").cancellation.by, { kind: "system", part: "enrollment" });
});

test("I'm done, pressed twice or too late, is no error; before a session it is", () => {
  for (const status of ["ending", "ended"] as const) {
    assert.equal(lifeIn(status).do(act.endByRequester()).refusal, undefined);
  }
  assert.equal(lifeIn("approved").do(act.endByRequester()).refusal?.refused, "not_allowed_now");
});

test("L11 nobody closes their own session as unverified, approver or not", () => {
  const life = newLife();
  life.do(act.resolve({ requesterSlackIds: [CLARA] }));
  life.do(act.approve(BORIS));
  life.do(act.arm());
  life.after(DAY_MS + 10 * MINUTE_MS, act.tick);
  life.after(DAY_MS, act.tick);
  assert.equal(life.request.status, "ending");
  assert.equal(life.do(act.closeUnverified(CLARA)).refusal?.refused, "own_request");
  assert.equal(life.do(act.closeUnverified(BORIS)).refusal, undefined);
});
