import assert from "node:assert/strict";
import { test } from "node:test";
import { EFFECTS, ENROLLMENT, TIMER } from "./decision.ts";
import { brokenInvariants, INVARIANTS } from "./invariants.ts";
import { STATUSES } from "./lifecycle.ts";
import type { AccessRequest, Actor, EndReason } from "./request.ts";
import {
  ANNA,
  annaIdentity,
  BORIS,
  CLARA,
  lifeIn,
  POLICY,
  requestInEachState,
  STRANGER,
} from "./test-kit.ts";
import { DAY_MS, MINUTE_MS, type SessionMinutes } from "./time.ts";

const { expired_unanswered: unanswered, ...requests } = requestInEachState();
const { pending, approved, arming, active, ending, ended, denied, cancelled, lapsed } = requests;

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
      { ...ending, ending: { ...ending.ending, lock: { by: otherMac, at: 0, confirmed: false } } },
      { ...ended, proof: { ...closed, by: otherMac } },
      { ...denied, denial: { ...denied.denial, by: otherMac } },
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
      { ...cancelled, cancellation: { ...cancelled.cancellation, by: onCall } },
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
      { ...denied, denial: { ...denied.denial, at: denied.ask.requestedAt - 1 } },
      { ...cancelled, cancellation: { ...cancelled.cancellation, at: cancelled.ask.requestedAt - 1 } },
      { ...unanswered, closedAt: unanswered.ask.requestedAt - 1 },
      { ...lapsed, lapsedAt: lapsed.approval.at - 1 },
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
      { ...ending, ending: { ...ending.ending, reason: "expired", by: EFFECTS } },
      { ...ending, ending: { ...ending.ending, reason: "device_error", by: EFFECTS } },
      { ...ending, ending: { ...ending.ending, reason: "device_error", by: onCall } },
      { ...ending, ending: { ...ending.ending, reason: "tampered", by: TIMER } },
      { ...ending, ending: { ...ending.ending, reason: "locked", by: stranger } },
      { ...ended, ending: { ...ended.ending, reason: "ended_by_user", by: TIMER } },
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

const ownMac: Actor = { kind: "mac", serial: ending.ask.serial };
const requester: Actor = { kind: "slack", userId: ANNA };
const approver: Actor = { kind: "slack", userId: CLARA };
const graceOver = ending.ending.since + POLICY.stillAdminGraceMs;
const logOver = ended.ending.since + POLICY.logMissingAfterMs;
const offeredAt = ended.ending.since + POLICY.offerCloseAfterMs;
const { grant: _never, ...unconfirmed } = ending;

const endedBy = (by: Actor, reason: EndReason) => ({ ...ending, ending: { ...ending.ending, by, reason } });
const cancelledBy = (by: Actor) => ({ ...cancelled, cancellation: { ...cancelled.cancellation, by } });

/** Requests that are as they should be, though rarely: at the very edge of a time, or by the rarer of two ways. */
const ALLOWED: readonly (readonly [what: string, request: AccessRequest])[] = [
  [
    "the off-hours rule approved in the name of an approver",
    { ...approved, approval: { ...approved.approval, by: onCall } },
  ],
  ["cancelled by a new enrolment", cancelledBy(ENROLLMENT)],
  ["cancelled by the requester", cancelledBy(requester)],
  ["cancelled by an approver", cancelledBy(approver)],
  ["ended by the person on the Mac", endedBy(ownMac, "ended_by_user")],
  ["ended by the requester in Slack", endedBy(requester, "ended_by_user")],
  ["ended by the Mac for lost network", endedBy(ownMac, "network_loss")],
  ["ended by the Mac for tampering", endedBy(ownMac, "tampered")],
  ["ended by the Mac at its own deadline", endedBy(ownMac, "expired")],
  ["ended by the Mac for a failure", endedBy(ownMac, "device_error")],
  ["ended by a new enrolment", endedBy(ENROLLMENT, "device_error")],
  [
    "ended by the clock at the very deadline",
    { ...ending, ending: { ...ending.ending, reason: "expired", by: TIMER, since: active.grant.endsAt } },
  ],
  [
    "never confirmed, and ended by the clock",
    { ...unconfirmed, ending: { ...ending.ending, reason: "device_error", by: TIMER } },
  ],
  [
    "taken up at the instant of its approval",
    { ...arming, approval: { ...arming.approval, at: arming.arming.armedAt } },
  ],
  [
    "closed unanswered at the very end of its time",
    { ...unanswered, closedAt: unanswered.ask.requestedAt + DAY_MS },
  ],
  ["removal not confirmed", { ...ending, proof: { state: "not_confirmed", at: ending.ending.since } }],
  ["still admin at the end of the grace", { ...ending, proof: { state: "still_admin", at: graceOver } }],
  ["still admin after all", { ...ended, proof: { state: "still_admin", at: ended.endedAt } }],
  ["enrolled again", { ...ended, proof: { state: "re_enrolled", at: ended.endedAt } }],
  [
    "closed unverified at the instant when it is offered",
    {
      ...ended,
      ending: { ...ended.ending, closeOffered: true },
      proof: { state: "closed_unverified", at: offeredAt, by: approver },
    },
  ],
  [
    "a log that is missing from the very end of its time",
    { ...ended, log: { state: "missing", at: logOver } },
  ],
  [
    "a log that came late",
    { ...ended, log: { state: "collected", at: logOver, chunks: 1, lines: 0, hash: "h", late: true } },
  ],
  [
    "a log that came at once",
    { ...ended, log: { state: "collected", at: ended.endedAt, chunks: 1, lines: 0, hash: "h", late: false } },
  ],
  [
    "a log that was collected while the session ran",
    {
      ...active,
      log: { state: "collected", at: active.grant.startedAt, chunks: 1, lines: 0, hash: "h", late: false },
    },
  ],
];

for (const [what, request] of ALLOWED) {
  test(`${what}: breaks no invariant`, () => assert.deepEqual(brokenInvariants(request, POLICY), []));
}

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
