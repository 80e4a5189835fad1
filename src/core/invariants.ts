import { lapseAt } from "./alarms.ts";
import type { Policy } from "./policy-config.ts";
import {
  type AccessRequest,
  type Actor,
  type Approval,
  type EndReason,
  isSession,
  type SessionRequest,
} from "./request.ts";
import { MINUTE_MS, SESSION_MINUTES } from "./time.ts";

/**
 * Something that is true of every stored request at all times, whatever happened to it. `law` is the number of the
 * design's law it belongs to. `holds` takes the policy that the request lived under.
 */
export interface Invariant {
  readonly law: string;
  readonly name: string;
  readonly holds: (request: AccessRequest, policy: Policy) => boolean;
}

function approvalOf(request: AccessRequest): Approval | undefined {
  return "approval" in request ? request.approval : undefined;
}

function endingOf(request: AccessRequest) {
  return "ending" in request ? request.ending : undefined;
}

function grantOf(request: AccessRequest) {
  return "grant" in request ? request.grant : undefined;
}

function isOneOf(actor: Actor, userIds: readonly string[]): boolean {
  return actor.kind === "slack" && userIds.includes(actor.userId);
}

/** The person whose yes or no an actor stands for: the on-call person where the off-hours rule decided. */
function judgeOf(actor: Actor): string | undefined {
  if (actor.kind === "slack") return actor.userId;
  return actor.kind === "policy" ? actor.onCallUserId : undefined;
}

/** Those who said yes or no to a request. */
function judgesOf(request: AccessRequest): readonly Actor[] {
  const approval = approvalOf(request);
  const denials = request.status === "denied" ? [request.denial.by] : [];
  return approval === undefined ? denials : [approval.by, ...denials];
}

/** Every actor that a request names. */
function actorsOf(request: AccessRequest): readonly Actor[] {
  const ending = endingOf(request);
  const proof = "proof" in request && request.proof.state === "closed_unverified" ? [request.proof.by] : [];
  return [
    ...judgesOf(request),
    ...(request.status === "cancelled" ? [request.cancellation.by] : []),
    ...(ending === undefined ? [] : [ending.by]),
    ...(ending?.lock === undefined ? [] : [ending.lock.by]),
    ...proof,
  ];
}

function requestersOf(request: AccessRequest): readonly string[] {
  return request.identity.state === "resolved" ? request.identity.requesterSlackIds : [];
}

/** The stored times that lie one after another, oldest first; a time that is not there yet is left out. */
function timesOf(request: AccessRequest): readonly number[] {
  const arming = isSession(request) ? request.arming : undefined;
  const over = {
    pending: undefined,
    approved: undefined,
    arming: undefined,
    active: undefined,
    ending: undefined,
    ended: request.status === "ended" ? request.endedAt : undefined,
    denied: request.status === "denied" ? request.denial.at : undefined,
    cancelled: request.status === "cancelled" ? request.cancellation.at : undefined,
    expired_unanswered: request.status === "expired_unanswered" ? request.closedAt : undefined,
    lapsed: request.status === "lapsed" ? request.lapsedAt : undefined,
  }[request.status];
  return [
    request.ask.requestedAt,
    approvalOf(request)?.at,
    arming?.armedAt,
    grantOf(request)?.startedAt,
    endingOf(request)?.since,
    over,
  ].filter((time) => time !== undefined);
}

function mayEndFor(request: SessionRequest, reason: EndReason, by: Actor, policy: Policy): boolean {
  switch (reason) {
    case "revoked":
    case "locked":
      return isOneOf(by, policy.approverIds);
    case "ended_by_user":
      return by.kind === "mac" || isOneOf(by, requestersOf(request));
    case "network_loss":
    case "tampered":
      return by.kind === "mac";
    case "expired":
      return by.kind === "mac" || (by.kind === "system" && by.part === "timer");
    case "device_error":
      return by.kind === "mac" || (by.kind === "system" && by.part !== "effects");
  }
}

const PERMISSION: readonly Invariant[] = [
  {
    law: "L1",
    name: "rights rest on an approval that the Mac took up in time",
    holds: (request, policy) =>
      !isSession(request) ||
      (request.arming.armedAt >= request.approval.at &&
        request.arming.armedAt < lapseAt(request.ask.requestedAt, request.approval.at, policy)),
  },
  {
    law: "L1",
    name: "no Mac but the request's own acts on it",
    holds: (request) =>
      actorsOf(request).every((actor) => actor.kind !== "mac" || actor.serial === request.ask.serial),
  },
  {
    law: "L3",
    name: "rights count only from a confirmation within the window of their permission",
    holds: (request, policy) => {
      if (!isSession(request)) return true;
      const { armedAt, confirmBy } = request.arming;
      const startedAt = grantOf(request)?.startedAt;
      return (
        confirmBy === armedAt + policy.confirmWithinMs && (startedAt === undefined || startedAt < confirmBy)
      );
    },
  },
];

const DECISION: readonly Invariant[] = [
  {
    law: "L11",
    name: "only approvers decide, or the off-hours rule in the name of one",
    holds: (request, policy) =>
      judgesOf(request).every((actor) => policy.approverIds.includes(judgeOf(actor) ?? "")),
  },
  {
    law: "L11",
    name: "the requester decides nothing",
    holds: (request) =>
      judgesOf(request).every((actor) => !requestersOf(request).includes(judgeOf(actor) ?? "")),
  },
  {
    law: "L11",
    name: "nobody decides before it is known who asks",
    holds: (request) => judgesOf(request).length === 0 || request.identity.state === "resolved",
  },
  {
    law: "L9",
    name: "the off-hours rule approves nobody in doubt",
    holds: (request) =>
      approvalOf(request)?.by.kind !== "policy" ||
      (request.identity.state === "resolved" && request.identity.doubts.length === 0),
  },
  {
    law: "L2",
    name: "a request is cancelled only by its Mac, its requester, an approver or a new enrolment",
    holds: (request, policy) => {
      if (request.status !== "cancelled") return true;
      const { by } = request.cancellation;
      if (by.kind === "system") return by.part === "enrollment";
      return by.kind === "mac" || isOneOf(by, [...policy.approverIds, ...requestersOf(request)]);
    },
  },
  {
    law: "L6",
    name: "the clock closes a request only when its time has come",
    holds: (request, policy) => {
      if (request.status === "expired_unanswered") {
        return request.closedAt >= request.ask.requestedAt + policy.autoDenyAfterMs;
      }
      if (request.status !== "lapsed") return true;
      return request.lapsedAt >= lapseAt(request.ask.requestedAt, request.approval.at, policy);
    },
  },
  {
    law: "L6",
    name: "what happens later carries a later time",
    holds: (request) =>
      timesOf(request).every((time, index, times) => index === 0 || time >= (times[index - 1] ?? time)),
  },
];

const SESSION: readonly Invariant[] = [
  {
    law: "L4",
    name: "the end is the start plus the approved minutes, one of the known lengths",
    holds: (request) => {
      const grant = grantOf(request);
      const minutes = approvalOf(request)?.minutes;
      if (grant === undefined || minutes === undefined) return true;
      return SESSION_MINUTES.includes(minutes) && grant.endsAt === grant.startedAt + minutes * MINUTE_MS;
    },
  },
  {
    law: "L4",
    name: "an end that is not the deadline's comes before it, and the deadline's not before",
    holds: (request) => {
      const ending = endingOf(request);
      const grant = grantOf(request);
      if (ending === undefined || grant === undefined) return true;
      const byTimer = ending.by.kind === "system" && ending.by.part === "timer";
      return byTimer ? ending.since >= grant.endsAt : ending.since < grant.endsAt;
    },
  },
  {
    law: "L4",
    name: "a session ends only for a reason that whoever ended it may give",
    holds: (request, policy) => {
      if (request.status !== "ending" && request.status !== "ended") return true;
      return mayEndFor(request, request.ending.reason, request.ending.by, policy);
    },
  },
  {
    law: "L11",
    name: "only an approver has a Mac locked, and a session that ended for it has that order",
    holds: (request, policy) => {
      const ending = endingOf(request);
      if (ending?.lock === undefined) return ending?.reason !== "locked";
      return isOneOf(ending.lock.by, policy.approverIds);
    },
  },
  {
    law: "L5",
    name: "ended only by a proof, an approver who gave up waiting, or a new enrolment; else still awaited",
    holds: (request) => {
      if (request.status === "ending") {
        return ["awaited", "not_confirmed", "still_admin"].includes(request.proof.state);
      }
      if (request.status !== "ended") return true;
      return ["removed", "closed_unverified", "re_enrolled", "still_admin"].includes(request.proof.state);
    },
  },
  {
    law: "L5",
    name: "closed as unverified only by an approver, and only after it was offered",
    holds: (request, policy) => {
      if (request.status !== "ended" || request.proof.state !== "closed_unverified") return true;
      const { closeOffered, since } = request.ending;
      const { by, at } = request.proof;
      return closeOffered && at >= since + policy.offerCloseAfterMs && isOneOf(by, policy.approverIds);
    },
  },
  {
    law: "L5",
    name: "while an end is awaited, still admin is believed only past the grace for crossing beats",
    holds: (request, policy) =>
      request.status !== "ending" ||
      request.proof.state !== "still_admin" ||
      request.proof.at >= request.ending.since + policy.stillAdminGraceMs,
  },
  {
    law: "L8",
    name: "there is a log beside a session, and beside nothing else",
    holds: (request) => "log" in request === "arming" in request,
  },
  {
    law: "L8",
    name: "a log is missing, or late, only when its time after the end has passed",
    holds: (request, policy) => {
      if (!isSession(request)) return true;
      const { log } = request;
      const isOverdue = log.state === "missing" || (log.state === "collected" && log.late);
      if (!isOverdue) return true;
      const since = endingOf(request)?.since;
      return since !== undefined && log.at >= since + policy.logMissingAfterMs;
    },
  },
];

/** Everything that is true of every request. */
export const INVARIANTS: readonly Invariant[] = [...PERMISSION, ...DECISION, ...SESSION];

/** The invariants that a request breaks, as `L4 name`; none for every request that the core ever made. */
export function brokenInvariants(request: AccessRequest, policy: Policy): readonly string[] {
  return INVARIANTS.filter(({ holds }) => !holds(request, policy)).map(({ law, name }) => `${law} ${name}`);
}
