import type { Actor, Approval, Arming, Ask, EndReason, Identity } from "./request.ts";
import type { Instant } from "./time.ts";
import type { ReportKind } from "./commands.ts";

/** What happened. `evolve` folds these into the request; each is also one line of the audit trail. */
export type RequestEvent =
  | { readonly type: "requested"; readonly ask: Ask }
  | { readonly type: "identity_resolved"; readonly identity: Extract<Identity, { state: "resolved" }> }
  | { readonly type: "auto_approval_declined"; readonly why: string }
  | { readonly type: "nudged"; readonly count: number }
  | { readonly type: "approved"; readonly approval: Approval; readonly lapsesAt: Instant }
  | { readonly type: "denied"; readonly reason?: string }
  | { readonly type: "cancelled" }
  | { readonly type: "expired_unanswered" }
  | { readonly type: "lapsed" }
  | { readonly type: "signal_set" }
  | { readonly type: "signal_failed"; readonly why: string }
  | { readonly type: "armed"; readonly arming: Arming }
  | {
      readonly type: "started";
      readonly endsAt: Instant;
      readonly elevatedAt: Instant;
      readonly clockSkewSeconds?: number;
    }
  | { readonly type: "warned" }
  | { readonly type: "heartbeat_lost"; readonly lastSeenAt: Instant }
  | { readonly type: "heartbeat_returned" }
  | { readonly type: "ending_begun"; readonly reason: EndReason; readonly detail?: string }
  | { readonly type: "lock_requested" }
  | { readonly type: "device_locked" }
  | { readonly type: "lock_failed"; readonly why: string }
  | { readonly type: "deadline_alarmed" }
  | { readonly type: "removal_not_confirmed" }
  | { readonly type: "still_admin_seen" }
  | { readonly type: "close_offered" }
  | {
      readonly type: "removed";
      readonly granted: boolean;
      readonly removedAt: Instant;
      /** Why the Mac ended it: while it was cut off, the service may have seen another reason first. */
      readonly reason: EndReason;
    }
  | { readonly type: "closed_unverified" }
  | { readonly type: "closed_by_re_enrollment" }
  | { readonly type: "log_started" }
  | {
      readonly type: "log_collected";
      readonly chunks: number;
      readonly lines: number;
      readonly hash: string;
      readonly late: boolean;
    }
  | { readonly type: "log_missing" }
  | { readonly type: "log_contradicted"; readonly seq: number; readonly what: string }
  | {
      readonly type: "reported";
      readonly reportId: string;
      readonly kind: ReportKind;
      readonly items: readonly string[];
    }
  | { readonly type: "effect_failed"; readonly key: string; readonly what: string; readonly why: string }
  | { readonly type: "effect_recovered"; readonly key: string; readonly what: string };

export type RequestEventType = RequestEvent["type"];

/** An event with who did it and when: what the audit trail stores. */
export interface StampedEvent {
  readonly event: RequestEvent;
  readonly actor: Actor;
  readonly at: Instant;
}
