import { lapseAt } from "./alarms.ts";
import type { Command } from "./commands.ts";
import { type Draft, EFFECTS, happen, refuse, want } from "./decision.ts";
import { offHoursVerdict } from "./off-hours.ts";
import type { Policy } from "./policy-config.ts";
import type { AccessRequest, Actor, Approval } from "./request.ts";
import {
  current,
  decidedBy,
  isApprover,
  isRequester,
  isSameMac,
  isSlackUser,
  refuseDecided,
  refuseNow,
} from "./rules.ts";
import { HOUR_MS, type SessionMinutes } from "./time.ts";

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

/** So many requests an hour of one Mac, whoever of its users asks: each is a message to all of IT. */
const REQUESTS_AN_HOUR_MAX = 60;

/** A new request. Asking again for an existing one changes nothing. */
export function decideSubmit(draft: Draft, command: Of<"submit">): void {
  if (draft.request !== undefined) return;
  const hour = Math.floor(draft.now / HOUR_MS);
  draft.quota = { key: `requests:${command.ask.serial}:${hour}`, limit: REQUESTS_AN_HOUR_MAX };
  happen(draft, { kind: "mac", serial: command.ask.serial }, { type: "requested", ask: command.ask });
  want(draft, { type: "resolve_identity", key: "identity" });
}

/** Who is asking became known; off-hours approval is considered now and only now. */
export function decideIdentity(draft: Draft, command: Of<"identity_resolved">, policy: Policy): void {
  const request = current(draft);
  if (request.status !== "pending" || request.identity.state === "resolved") return;
  happen(draft, EFFECTS, { type: "identity_resolved", identity: command.identity });
  want(draft, {
    type: "direct",
    key: "dm:received",
    to: "requester",
    note: { note: "received", minutes: request.ask.durationMinutes },
  });
  const verdict = offHoursVerdict(policy, command.identity, draft.now);
  switch (verdict.verdict) {
    case "not_configured":
    case "business_hours":
      return;
    case "declined":
      return declineAutoApproval(draft, verdict.why);
    case "approve": {
      if (command.capReached === true) {
        return declineAutoApproval(draft, `the cap of ${verdict.quota.limit} for this night is used up`);
      }
      draft.quota = verdict.quota;
      const by: Actor = { kind: "policy", rule: "off_hours", onCallUserId: verdict.onCallUserId };
      approve(draft, by, request.ask.durationMinutes, policy);
      want(draft, {
        type: "direct",
        key: "dm:on-call",
        to: verdict.onCallUserId,
        note: {
          note: "on_call_approved",
          username: request.ask.username,
          hostname: request.ask.hostname,
          minutes: request.ask.durationMinutes,
          reason: request.ask.reason,
        },
      });
    }
  }
}

function declineAutoApproval(draft: Draft, why: string): void {
  happen(draft, { kind: "system", part: "effects" }, { type: "auto_approval_declined", why });
  want(draft, {
    type: "thread",
    key: "thread:auto-approval-declined",
    note: { note: "auto_approval_declined", why },
  });
}

function approve(draft: Draft, by: Actor, minutes: SessionMinutes, policy: Policy): void {
  const approval: Approval = { by, minutes, at: draft.now };
  const { durationMinutes: askedMinutes, requestedAt } = current(draft).ask;
  happen(draft, by, { type: "approved", approval, lapsesAt: lapseAt(requestedAt, draft.now, policy) });
  want(
    draft,
    { type: "sync_tags", key: "tags:approved" },
    { type: "thread", key: "thread:approved", note: { note: "approved", by, minutes, askedMinutes } },
    {
      type: "direct",
      key: "dm:approved",
      to: "requester",
      note: { note: "approved", minutes, askedMinutes },
    },
  );
}

/** Refuses, and answers false, while it is not known whom to bar, or when the clicker is that person. */
function mayJudge(draft: Draft, request: AccessRequest, userId: string): boolean {
  if (request.status === "pending" && request.identity.state === "pending") {
    refuse(draft, {
      refused: "identity_pending",
      rule: "L11",
      message: "It is not known yet who is asking. Try again in a moment.",
      status: request.status,
    });
    return false;
  }
  if (!isRequester(request.identity, userId)) return true;
  refuse(draft, {
    refused: "own_request",
    rule: "L11",
    message: "This is your own request: another approver has to decide it.",
    status: request.status,
  });
  return false;
}

/** What to tell somebody whose decision comes too late. */
function lostTo(request: AccessRequest): string {
  return request.status === "expired_unanswered"
    ? "This request was closed because nobody answered it in time."
    : "This request was already decided.";
}

/**
 * An approver says yes. The first decision wins; a repeat of the winner's own click is a silent success
 * (law L2).
 */
export function decideApprove(draft: Draft, command: Of<"approve">, policy: Policy): void {
  if (!isApprover(draft, policy, command.by)) return;
  const request = current(draft);
  if (!mayJudge(draft, request, command.by)) return;
  if (request.status === "pending") {
    return approve(draft, { kind: "slack", userId: command.by }, command.minutes, policy);
  }
  const winner = decidedBy(request);
  const approval = "approval" in request ? request.approval : undefined;
  const isRepeat = isSlackUser(approval?.by, command.by) && approval?.minutes === command.minutes;
  if (!isRepeat) refuseDecided(draft, lostTo(request), winner);
}

/** An approver says no, with a reason or without (law L2). */
export function decideDeny(draft: Draft, command: Of<"deny">, policy: Policy): void {
  if (!isApprover(draft, policy, command.by)) return;
  const request = current(draft);
  if (!mayJudge(draft, request, command.by)) return;
  if (request.status !== "pending") {
    const isRepeat = request.status === "denied" && isSlackUser(request.denial.by, command.by);
    if (!isRepeat) refuseDecided(draft, lostTo(request), decidedBy(request));
    return;
  }
  const by: Actor = { kind: "slack", userId: command.by };
  const reason = command.reason === undefined ? {} : { reason: command.reason };
  happen(draft, by, { type: "denied", ...reason });
  want(
    draft,
    { type: "thread", key: "thread:denied", note: { note: "denied", by, ...reason } },
    { type: "direct", key: "dm:denied", to: "requester", note: { note: "denied", ...reason } },
  );
}

/** The Mac, the requester or an approver may cancel until the Mac takes the approval up. */
export function decideCancel(draft: Draft, command: Of<"cancel">, policy: Policy): void {
  const request = current(draft);
  const { by: who } = command;
  if ("mac" in who) {
    if (!isSameMac(draft, who.mac)) return;
  } else if (!isRequester(request.identity, who.slack) && !isApprover(draft, policy, who.slack)) {
    return;
  }
  const by: Actor = "mac" in who ? { kind: "mac", serial: who.mac } : { kind: "slack", userId: who.slack };
  if (request.status === "cancelled") {
    const first = request.cancellation.by;
    const isRepeat = by.kind === "mac" ? first.kind === "mac" : isSlackUser(first, by.userId);
    if (!isRepeat) refuseDecided(draft, "This request was already cancelled.", first);
    return;
  }
  if (request.status === "denied" || request.status === "expired_unanswered") {
    return refuseDecided(draft, lostTo(request), decidedBy(request));
  }
  if (request.status !== "pending" && request.status !== "approved") {
    return refuseNow(draft, "This request can no longer be cancelled.");
  }
  const wasApproved = request.status === "approved";
  happen(draft, by, { type: "cancelled" });
  want(draft, { type: "thread", key: "thread:cancelled", note: { note: "cancelled", by } });
  if (wasApproved) want(draft, { type: "sync_tags", key: "tags:cancelled" });
  const byRequester = by.kind === "mac" || (by.kind === "slack" && isRequester(request.identity, by.userId));
  if (!byRequester) {
    want(draft, { type: "direct", key: "dm:cancelled", to: "requester", note: { note: "cancelled_by_it" } });
  }
}

/** The elevation tag was read back from Iru. */
export function decideSignalSet(draft: Draft): void {
  const request = current(draft);
  if (request.status !== "approved" || request.signal === "set") return;
  happen(draft, EFFECTS, { type: "signal_set" });
}

/** The elevation tag could not be set: shown once, and the approval stays, since a later try may work. */
export function decideSignalFailed(draft: Draft, command: Of<"signal_failed">): void {
  const request = current(draft);
  if (request.status !== "approved" || request.signal !== "pending") return;
  happen(draft, EFFECTS, { type: "signal_failed", why: command.why });
  want(draft, {
    type: "thread",
    key: "thread:signal-failed",
    note: { note: "signal_failed", why: command.why },
  });
}
