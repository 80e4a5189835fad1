import assert from "node:assert/strict";
import { test } from "node:test";
import { TIMER } from "./decision.ts";
import { brokenInvariants, INVARIANTS } from "./invariants.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import type { AccessRequest, Actor, Status } from "./request.ts";
import { brokenSteps, STEP_INVARIANTS } from "./step-invariants.ts";
import { ANNA, annaIdentity, askOf, BORIS, CLARA, lifeIn, POLICY, requestIn, STRANGER } from "./test-kit.ts";
import { DAY_MS, MINUTE_MS, type SessionMinutes } from "./time.ts";

const STATUSES = Object.keys(LIFECYCLE) as Status[];

const pending = requestIn(lifeIn("pending"), "pending");
const approved = requestIn(lifeIn("approved"), "approved");
const arming = requestIn(lifeIn("arming"), "arming");
const active = requestIn(lifeIn("active"), "active");
const ending = requestIn(lifeIn("ending"), "ending");
const ended = requestIn(lifeIn("ended"), "ended");
const denied = requestIn(lifeIn("denied"), "denied");
const cancelled = requestIn(lifeIn("cancelled"), "cancelled");
const unanswered = requestIn(lifeIn("expired_unanswered"), "expired_unanswered");
const lapsed = requestIn(lifeIn("lapsed"), "lapsed");

const stranger: Actor = { kind: "slack", userId: STRANGER };
const otherMac: Actor = { kind: "mac", serial: "C02HALLPASS2" };
const onCall: Actor = { kind: "policy", rule: "off_hours", onCallUserId: BORIS };
const closed = { state: "closed_unverified", at: ending.ending.since, by: stranger } as const;

/** For each invariant requests that break it; they may break others besides. */
const BROKEN: readonly (readonly [law: string, name: string, requests: readonly AccessRequest[]])[] = [
  [
    "L1",
    "rights rest on an approval that the Mac took up in time",
    [
      { ...arming, arming: { ...arming.arming, armedAt: arming.approval.at - 1 } },
      { ...active, arming: { ...active.arming, armedAt: active.approval.at + POLICY.lapseAfterMs } },
    ],
  ],
  [
    "L1",
    "no Mac but the request's own acts on it",
    [
      { ...cancelled, cancellation: { ...cancelled.cancellation, by: otherMac } },
      { ...ending, ending: { ...ending.ending, by: otherMac } },
    ],
  ],
  [
    "L3",
    "rights count only from a confirmation within the window of their permission",
    [
      { ...arming, arming: { ...arming.arming, confirmBy: arming.arming.confirmBy + 1 } },
      { ...active, grant: { ...active.grant, startedAt: active.arming.confirmBy } },
    ],
  ],
  [
    "L11",
    "only approvers decide, or the off-hours rule in the name of one",
    [
      { ...approved, approval: { ...approved.approval, by: stranger } },
      { ...approved, approval: { ...approved.approval, by: { ...onCall, onCallUserId: STRANGER } } },
      { ...ended, approval: { ...ended.approval, by: TIMER } },
      { ...denied, denial: { ...denied.denial, by: stranger } },
    ],
  ],
  [
    "L11",
    "the requester decides nothing",
    [
      { ...approved, identity: annaIdentity({ requesterSlackIds: [ANNA, BORIS] }) },
      { ...denied, identity: annaIdentity({ requesterSlackIds: [BORIS] }) },
      {
        ...active,
        identity: annaIdentity({ requesterSlackIds: [BORIS] }),
        approval: { ...active.approval, by: onCall },
      },
    ],
  ],
  ["L11", "nobody decides before it is known who asks", [{ ...approved, identity: { state: "pending" } }]],
  [
    "L9",
    "the off-hours rule approves nobody in doubt",
    [
      {
        ...lapsed,
        identity: annaIdentity({ doubts: ["owner_unknown"] }),
        approval: { ...lapsed.approval, by: onCall },
      },
    ],
  ],
  [
    "L2",
    "a request is cancelled only by its Mac, its requester, an approver or a new enrolment",
    [
      { ...cancelled, cancellation: { ...cancelled.cancellation, by: stranger } },
      { ...cancelled, cancellation: { ...cancelled.cancellation, by: TIMER } },
    ],
  ],
  [
    "L6",
    "the clock closes a request only when its time has come",
    [
      { ...unanswered, closedAt: unanswered.ask.requestedAt + DAY_MS - 1 },
      { ...lapsed, lapsedAt: lapsed.lapsedAt - 1 },
    ],
  ],
  [
    "L6",
    "what happens later carries a later time",
    [
      { ...approved, approval: { ...approved.approval, at: approved.ask.requestedAt - 1 } },
      { ...ended, endedAt: ended.ending.since - 1 },
    ],
  ],
  [
    "L4",
    "the end is the start plus the approved minutes, one of the known lengths",
    [
      { ...active, grant: { ...active.grant, endsAt: active.grant.endsAt + 1 } },
      {
        ...active,
        approval: { ...active.approval, minutes: 60 as SessionMinutes },
        grant: { ...active.grant, endsAt: active.grant.startedAt + 60 * MINUTE_MS },
      },
    ],
  ],
  [
    "L4",
    "an end that is not the deadline's comes before it, and the deadline's not before",
    [
      { ...ending, ending: { ...ending.ending, since: active.grant.endsAt } },
      { ...ending, ending: { ...ending.ending, reason: "expired", by: TIMER } },
    ],
  ],
  [
    "L4",
    "a session ends only for a reason that whoever ended it may give",
    [
      { ...ending, ending: { ...ending.ending, by: stranger } },
      { ...ending, ending: { ...ending.ending, reason: "network_loss" } },
      { ...ending, ending: { ...ending.ending, reason: "ended_by_user" } },
      { ...ending, ending: { ...ending.ending, reason: "device_error" } },
      { ...ending, ending: { ...ending.ending, reason: "expired" } },
    ],
  ],
  [
    "L11",
    "only an approver has a Mac locked, and a session that ended for it has that order",
    [
      { ...ending, ending: { ...ending.ending, lock: { by: stranger, at: 0, confirmed: false } } },
      { ...ending, ending: { ...ending.ending, reason: "locked" } },
    ],
  ],
  [
    "L5",
    "ended only by a proof, an approver who gave up waiting, or a new enrolment; else still awaited",
    [
      { ...ended, proof: { state: "awaited" } },
      { ...ended, proof: { state: "not_confirmed", at: ended.endedAt } },
      { ...ending, proof: ended.proof },
    ],
  ],
  [
    "L5",
    "closed as unverified only by an approver, and only after it was offered",
    [
      { ...ended, proof: closed },
      {
        ...ended,
        ending: { ...ended.ending, closeOffered: true },
        proof: { ...closed, at: ended.ending.since + DAY_MS },
      },
      {
        ...ended,
        ending: { ...ended.ending, closeOffered: true },
        proof: { ...closed, by: { kind: "slack", userId: CLARA } },
      },
    ],
  ],
  [
    "L5",
    "while an end is awaited, still admin is believed only past the grace for crossing beats",
    [{ ...ending, proof: { state: "still_admin", at: ending.ending.since } }],
  ],
  [
    "L8",
    "there is a log beside a session, and beside nothing else",
    [{ ...pending, log: { state: "none" } } as AccessRequest],
  ],
  [
    "L8",
    "a log is missing, or late, only when its time after the end has passed",
    [
      { ...active, log: { state: "missing", at: active.grant.endsAt } },
      { ...ended, log: { state: "missing", at: ended.endedAt } },
      {
        ...ended,
        log: { state: "collected", at: ended.endedAt, chunks: 1, lines: 0, hash: "h", late: true },
      },
    ],
  ],
];

test("a request in each state, made by real commands, breaks no invariant", () => {
  for (const status of STATUSES) assert.deepEqual(brokenInvariants(lifeIn(status).request, POLICY), []);
});

for (const [law, name, requests] of BROKEN) {
  test(`${law} notices when it is not true that ${name}`, () => {
    for (const [index, request] of requests.entries()) {
      assert.ok(brokenInvariants(request, POLICY).includes(`${law} ${name}`), `sample ${index}`);
    }
  });
}

test("every invariant has samples that break it", () => {
  assert.deepEqual(
    INVARIANTS.map(({ law, name }) => `${law} ${name}`).toSorted(),
    BROKEN.map(([law, name]) => `${law} ${name}`).toSorted(),
  );
});

const stillAdmin = { state: "still_admin", at: ending.ending.since + DAY_MS } as const;
const missing = { state: "missing", at: ended.endedAt } as const;
const collected = { state: "collected", at: 0, chunks: 1, lines: 1, hash: "h", late: false } as const;

/** For each step invariant steps that break it; they may break others besides. */
const BROKEN_STEPS: readonly (readonly [
  law: string,
  name: string,
  steps: readonly (readonly [before: AccessRequest, after: AccessRequest])[],
])[] = [
  [
    "lifecycle",
    "a request moves only along the table",
    [
      [active, arming],
      [ended, ending],
      [denied, approved],
      [approved, pending],
      [lapsed, pending],
    ],
  ],
  [
    "L1",
    "what was asked for, and who asked, never changes",
    [
      [pending, { ...pending, ask: askOf({ reason: "another" }) }],
      [pending, { ...pending, identity: annaIdentity({ requesterSlackIds: [STRANGER] }) }],
      [pending, { ...pending, identity: { state: "pending" } }],
    ],
  ],
  [
    "L2",
    "a decision stays as it was made",
    [
      [approved, { ...active, approval: { ...approved.approval, minutes: 30 } }],
      [denied, { ...denied, denial: { ...denied.denial, by: stranger } }],
      [cancelled, { ...cancelled, cancellation: { ...cancelled.cancellation, at: 0 } }],
    ],
  ],
  [
    "L3",
    "a permission to give rights is never given anew",
    [[arming, { ...arming, arming: { ...arming.arming, confirmBy: arming.arming.confirmBy + 1 } }]],
  ],
  [
    "L4",
    "a deadline never moves",
    [
      [active, { ...active, grant: { ...active.grant, endsAt: active.grant.endsAt + 1 } }],
      [active, { ...active, grant: { ...active.grant, endsAt: active.grant.endsAt - 1 } }],
      [ending, { ...ended, grant: { ...active.grant, startedAt: active.grant.startedAt + 1 } }],
    ],
  ],
  [
    "L4",
    "why, when and by whom a session ended never changes",
    [
      [ending, { ...ended, ending: { ...ending.ending, reason: "expired" } }],
      [ending, { ...ending, ending: { ...ending.ending, since: ending.ending.since + 1 } }],
      [ending, active],
    ],
  ],
  [
    "L5",
    "STILL ADMIN is taken back only by a proof, or by giving up waiting for one",
    [
      [{ ...ending, proof: stillAdmin }, ending],
      [
        { ...ending, proof: stillAdmin },
        { ...ending, proof: { state: "not_confirmed", at: 0 } },
      ],
    ],
  ],
  [
    "L8",
    "a collected log stays collected as it is, and a missing one becomes nothing but collected",
    [
      [{ ...ended, log: collected }, ended],
      [
        { ...ended, log: collected },
        { ...ended, log: { ...collected, hash: "other" } },
      ],
      [{ ...ended, log: missing }, ended],
      [{ ...ended, log: missing }, pending],
    ],
  ],
];

test("the steps between the states break no step invariant, and staying breaks none", () => {
  const steps = [
    [pending, approved, arming, active, ending, ended],
    [pending, denied],
    [pending, cancelled],
    [pending, unanswered],
    [approved, lapsed],
  ];
  for (const path of steps) {
    for (const [index, after] of path.entries()) {
      const before = path[index - 1] ?? after;
      assert.deepEqual(brokenSteps(before, after), []);
      assert.deepEqual(brokenSteps(after, after), []);
    }
  }
});

for (const [law, name, steps] of BROKEN_STEPS) {
  test(`${law} notices a step after which it is not true that ${name}`, () => {
    for (const [index, [before, after]] of steps.entries()) {
      assert.ok(brokenSteps(before, after).includes(`${law} ${name}`), `sample ${index}`);
    }
  });
}

test("every step invariant has steps that break it", () => {
  assert.deepEqual(
    STEP_INVARIANTS.map(({ law, name }) => `${law} ${name}`).toSorted(),
    BROKEN_STEPS.map(([law, name]) => `${law} ${name}`).toSorted(),
  );
});

test("keys in another order are the same thing", () => {
  const { ask, ...rest } = pending;
  const reordered = { ...rest, ask: Object.fromEntries(Object.entries(ask).toReversed()) } as AccessRequest;
  assert.deepEqual(brokenSteps(pending, reordered), []);
  assert.deepEqual(brokenSteps(pending, { ...pending, ask: { ...ask, email: "other@example.com" } }), [
    "L1 what was asked for, and who asked, never changes",
  ]);
});
