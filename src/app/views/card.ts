import { type AccessRequest, isOpen, mayAskForLock } from "../../core/request.ts";
import type { Actor } from "../../core/request.ts";
import { SESSION_MINUTES } from "../../core/time.ts";
import type { CardAction, RequestCard, TimelineEntry } from "../../ports/chat.ts";
import type { AuditEntry } from "../../ports/store.ts";

/** Exactly the actions that the state allows (law L14); the core refuses every other. */
export function actionsOf(request: AccessRequest): readonly CardAction[] {
  switch (request.status) {
    case "pending":
      return [
        ...SESSION_MINUTES.map((minutes): CardAction => ({
          action: "approve",
          minutes,
          asked: minutes === request.ask.durationMinutes,
        })),
        { action: "deny" },
      ];
    case "approved":
      return [{ action: "cancel" }];
    case "arming":
    case "active":
      return [{ action: "revoke" }, { action: "lock" }];
    case "ending":
      return [
        ...(mayAskForLock(request.ending) ? [{ action: "lock" } as const] : []),
        ...(request.ending.closeOffered ? [{ action: "close_unverified" } as const] : []),
      ];
    case "ended":
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return [];
  }
}

const TIMELINE_LABELS: Readonly<Record<string, string>> = {
  requested: "Asked for",
  approved: "Approved",
  denied: "Denied",
  cancelled: "Cancelled",
  expired_unanswered: "Closed without an answer",
  lapsed: "Approval lapsed",
  armed: "Taken up by the Mac",
  started: "Rights confirmed on the Mac",
  warned: "Warned of the end",
  ending_begun: "End begun",
  lock_requested: "Lock asked for",
  device_locked: "Mac locked",
  lock_failed: "Lock refused by Iru",
  removed: "Removal proven by the Mac",
  removal_not_confirmed: "Removal not confirmed",
  still_admin_seen: "Still admin, read on the Mac",
  closed_unverified: "Closed as unverified",
  closed_by_re_enrollment: "Closed: the Mac was enrolled again",
  log_collected: "Log collected",
  log_missing: "Log missing",
};

/** Newest entries beyond this are what a card leaves out; the trail has them all. */
const TIMELINE_MAX = 30;

/** The history of a request in words, from its audit trail; lines of no interest to an approver are left out. */
export function timelineOf(entries: readonly AuditEntry[]): readonly TimelineEntry[] {
  return entries
    .flatMap((entry) => {
      const label = TIMELINE_LABELS[entry.type];
      return label === undefined ? [] : [{ at: entry.at, what: label, ...slackUserOf(entry.actor) }];
    })
    .slice(0, TIMELINE_MAX);
}

function slackUserOf(actor: Actor): { bySlackUserId?: string } {
  switch (actor.kind) {
    case "slack":
      return { bySlackUserId: actor.userId };
    case "policy":
      return { bySlackUserId: actor.onCallUserId };
    case "mac":
    case "system":
      return {};
  }
}

/** The root message as data: the same request always makes the same card. */
export function cardOf(request: AccessRequest, audit: readonly AuditEntry[]): RequestCard {
  return { request, actions: actionsOf(request), timeline: isOpen(request) ? [] : timelineOf(audit) };
}
