import type { Draft } from "./decision.ts";
import { refuse } from "./decision.ts";
import type { Serial, SlackUserId } from "./ids.ts";
import type { Policy } from "./policy-config.ts";
import type { AccessRequest, Actor, Identity } from "./request.ts";

/** The request of a draft, which `decide` has made sure is there. */
export function current(draft: Draft): AccessRequest {
  if (draft.request === undefined) throw new Error("a command to no request reached a rule");
  return draft.request;
}

/** Refuses, and answers false, unless `userId` is on the configured list (laws L9, L11). */
export function isApprover(draft: Draft, policy: Policy, userId: SlackUserId): boolean {
  if (policy.approverIds.includes(userId)) return true;
  refuse(draft, {
    refused: "not_an_approver",
    rule: "L11",
    message: "You are not on the list of approvers. Ask your IT team if you should be.",
    status: current(draft).status,
  });
  return false;
}

/** True when `userId` may be the person who asked. */
export function isRequester(identity: Identity, userId: SlackUserId): boolean {
  return identity.state === "resolved" && identity.requesterSlackIds.includes(userId);
}

/** Refuses, and answers false, when the Mac that calls is not the Mac of the request. */
export function isSameMac(draft: Draft, serial: Serial): boolean {
  const request = current(draft);
  if (request.ask.serial === serial) return true;
  refuse(draft, {
    refused: "wrong_mac",
    rule: "L1",
    message: "This request belongs to another Mac.",
    status: request.status,
  });
  return false;
}

/** Refuses because the state does not allow what was asked. */
export function refuseNow(draft: Draft, message: string): void {
  refuse(draft, { refused: "not_allowed_now", rule: "lifecycle", message, status: current(draft).status });
}

/** Refuses because somebody else's decision came first, and says whose (law L2). */
export function refuseDecided(draft: Draft, message: string, decidedBy: Actor | undefined): void {
  refuse(draft, {
    refused: "already_decided",
    rule: "L2",
    message,
    status: current(draft).status,
    ...(decidedBy === undefined ? {} : { decidedBy }),
  });
}

/** Who settled a request that is no longer pending, where somebody did. */
export function decidedBy(request: AccessRequest): Actor | undefined {
  switch (request.status) {
    case "denied":
      return request.denial.by;
    case "cancelled":
      return request.cancellation.by;
    case "approved":
    case "arming":
    case "active":
    case "ending":
    case "ended":
    case "lapsed":
      return request.approval.by;
    case "pending":
    case "expired_unanswered":
      return undefined;
  }
}

/** True when `actor` is this Slack user. */
export function isSlackUser(actor: Actor | undefined, userId: SlackUserId): boolean {
  return actor?.kind === "slack" && actor.userId === userId;
}
