import type { RequestEventType } from "./events.ts";
import type { Status } from "./request.ts";

/**
 * The one table of what may happen in which state and where it leads. `evolve` refuses everything else, and
 * `docs/lifecycle.md` is generated from it. An event that leads to its own state adds a fact without moving on.
 */
export const LIFECYCLE: Readonly<Record<Status, Readonly<Partial<Record<RequestEventType, Status>>>>> = {
  pending: {
    identity_resolved: "pending",
    auto_approval_declined: "pending",
    nudged: "pending",
    reported: "pending",
    effect_failed: "pending",
    effect_recovered: "pending",
    approved: "approved",
    denied: "denied",
    cancelled: "cancelled",
    expired_unanswered: "expired_unanswered",
  },
  approved: {
    signal_set: "approved",
    signal_failed: "approved",
    reported: "approved",
    effect_failed: "approved",
    effect_recovered: "approved",
    armed: "arming",
    lapsed: "lapsed",
    cancelled: "cancelled",
  },
  arming: {
    log_started: "arming",
    log_collected: "arming",
    log_contradicted: "arming",
    reported: "arming",
    effect_failed: "arming",
    effect_recovered: "arming",
    started: "active",
    ending_begun: "ending",
  },
  active: {
    warned: "active",
    heartbeat_lost: "active",
    heartbeat_returned: "active",
    log_started: "active",
    log_collected: "active",
    log_contradicted: "active",
    reported: "active",
    effect_failed: "active",
    effect_recovered: "active",
    ending_begun: "ending",
  },
  ending: {
    lock_requested: "ending",
    device_locked: "ending",
    lock_failed: "ending",
    deadline_alarmed: "ending",
    removal_not_confirmed: "ending",
    still_admin_seen: "ending",
    close_offered: "ending",
    log_started: "ending",
    log_collected: "ending",
    log_missing: "ending",
    log_contradicted: "ending",
    reported: "ending",
    effect_failed: "ending",
    effect_recovered: "ending",
    removed: "ended",
    closed_unverified: "ended",
    closed_by_re_enrollment: "ended",
  },
  ended: {
    device_locked: "ended",
    lock_failed: "ended",
    still_admin_seen: "ended",
    removed: "ended",
    log_started: "ended",
    log_collected: "ended",
    log_missing: "ended",
    log_contradicted: "ended",
    reported: "ended",
    effect_failed: "ended",
    effect_recovered: "ended",
  },
  denied: { reported: "denied", effect_failed: "denied", effect_recovered: "denied" },
  cancelled: { reported: "cancelled", effect_failed: "cancelled", effect_recovered: "cancelled" },
  expired_unanswered: {
    reported: "expired_unanswered",
    effect_failed: "expired_unanswered",
    effect_recovered: "expired_unanswered",
  },
  lapsed: { reported: "lapsed", effect_failed: "lapsed", effect_recovered: "lapsed" },
};

/** Every state that a request may be in, in the order of its life. */
export const STATUSES = Object.keys(LIFECYCLE) as readonly Status[];
