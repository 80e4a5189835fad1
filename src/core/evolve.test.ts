import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TIMER } from "./decision.ts";
import type { RequestEvent, RequestEventType, StampedEvent } from "./events.ts";
import { evolve, evolveAll, LifecycleError } from "./evolve.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import type { Status } from "./request.ts";
import { annaIdentity, ARM_ID, askOf, deepFreeze, lifeIn, T0 } from "./test-kit.ts";
import { MINUTE_MS } from "./time.ts";

/** One event of each kind. */
const SAMPLES: { readonly [T in RequestEventType]: Extract<RequestEvent, { type: T }> } = {
  requested: { type: "requested", ask: askOf() },
  identity_resolved: { type: "identity_resolved", identity: annaIdentity() },
  auto_approval_declined: { type: "auto_approval_declined", why: "x" },
  nudged: { type: "nudged", count: 1 },
  approved: { type: "approved", approval: { by: TIMER, minutes: 5, at: T0 }, lapsesAt: T0 },
  denied: { type: "denied" },
  cancelled: { type: "cancelled" },
  expired_unanswered: { type: "expired_unanswered" },
  lapsed: { type: "lapsed" },
  signal_set: { type: "signal_set" },
  signal_failed: { type: "signal_failed", why: "x" },
  armed: { type: "armed", arming: { armId: ARM_ID, armedAt: T0, confirmBy: T0, baselineSha256: "" } },
  started: { type: "started", endsAt: T0 + MINUTE_MS, elevatedAt: T0 },
  warned: { type: "warned" },
  heartbeat_lost: { type: "heartbeat_lost", lastSeenAt: T0 },
  heartbeat_returned: { type: "heartbeat_returned" },
  ending_begun: { type: "ending_begun", reason: "expired" },
  lock_requested: { type: "lock_requested" },
  device_locked: { type: "device_locked" },
  deadline_alarmed: { type: "deadline_alarmed" },
  removal_not_confirmed: { type: "removal_not_confirmed" },
  still_admin_seen: { type: "still_admin_seen" },
  close_offered: { type: "close_offered" },
  removed: { type: "removed", granted: true, removedAt: T0, reason: "expired" },
  closed_unverified: { type: "closed_unverified" },
  closed_by_re_enrollment: { type: "closed_by_re_enrollment" },
  log_started: { type: "log_started" },
  log_collected: { type: "log_collected", chunks: 1, lines: 1, hash: "h", late: false },
  log_missing: { type: "log_missing" },
  log_contradicted: { type: "log_contradicted", seq: 0, what: "x" },
  reported: { type: "reported", reportId: "r", kind: "drift", items: [] },
  effect_failed: { type: "effect_failed", key: "k", what: "x", why: "y" },
  lock_failed: { type: "lock_failed", why: "400" },
  effect_recovered: { type: "effect_recovered", key: "k", what: "x" },
};

function stamp(type: RequestEventType): StampedEvent {
  return { event: SAMPLES[type], actor: TIMER, at: T0 };
}

const TYPES = Object.keys(SAMPLES) as RequestEventType[];

describe("the lifecycle table is what evolve does", () => {
  for (const status of Object.keys(LIFECYCLE) as Status[]) {
    test(`in ${status} it allows what the table allows, leads where it says, and throws for all else`, () => {
      const { request } = lifeIn(status);
      deepFreeze(request);
      for (const type of TYPES) {
        const to = LIFECYCLE[status][type];
        if (to === undefined) {
          assert.throws(() => evolve(request, stamp(type)), LifecycleError, type);
        } else {
          assert.equal(evolve(request, stamp(type)).status, to, type);
        }
      }
    });
  }

  test("the table knows every state and no event that there is not", () => {
    const named = new Set(Object.values(LIFECYCLE).flatMap((row) => Object.keys(row)));
    assert.deepEqual(
      TYPES.filter((type) => type !== "requested").toSorted(),
      [...named].toSorted(),
      "each event is allowed somewhere",
    );
  });

  test("no way leads out of what is over", () => {
    for (const status of ["ended", "denied", "cancelled", "expired_unanswered", "lapsed"] as const) {
      assert.deepEqual([...new Set(Object.values(LIFECYCLE[status]))], [status]);
    }
  });
});

test("a life begins with the asking, and with nothing else", () => {
  for (const type of TYPES.filter((each) => each !== "requested")) {
    assert.throws(() => evolve(undefined, stamp(type)), LifecycleError);
  }
  assert.throws(() => evolve(lifeIn("pending").request, stamp("requested")), LifecycleError);
  assert.throws(() => evolveAll(undefined, []), LifecycleError);
});

test("an event out of its place says which, and where", () => {
  const error = (message: string) => ({ name: "LifecycleError", message });
  const pending = lifeIn("pending").request;
  assert.throws(() => evolve(pending, stamp("started")), error("started is not allowed in pending"));
  assert.throws(() => evolve(undefined, stamp("started")), error("started before the request was made"));
  assert.throws(() => evolve(pending, stamp("requested")), error("a request is made only once"));
  assert.throws(() => evolveAll(undefined, []), error("no events"));
});

test("a log is said to stream once, and a lock that nobody asked for is never confirmed", () => {
  const life = lifeIn("active");
  const streaming = evolve(life.request, stamp("log_started"));
  assert.deepEqual(evolve(streaming, { ...stamp("log_started"), at: T0 + 1 }), streaming);
  assert.deepEqual(streaming, { ...life.request, log: { state: "streaming", since: T0 } });
  const { request } = lifeIn("ending");
  assert.deepEqual(evolve(request, stamp("device_locked")), request);
});

test("a denial carries its reason where one was given", () => {
  const { request } = lifeIn("pending");
  const denied = evolve(request, { event: { type: "denied", reason: "not now" }, actor: TIMER, at: T0 });
  assert.deepEqual(denied, {
    status: "denied",
    ask: request.ask,
    identity: request.identity,
    denial: { by: TIMER, at: T0, reason: "not now" },
  });
  const silent = evolve(request, { event: { type: "denied" }, actor: TIMER, at: T0 });
  assert.ok(silent.status === "denied" && !("reason" in silent.denial));
});

test("L7 the stored request is what its events fold to, in every state", () => {
  for (const status of Object.keys(LIFECYCLE) as Status[]) {
    const life = lifeIn(status);
    assert.deepEqual(evolveAll(undefined, life.events), life.request);
  }
});
