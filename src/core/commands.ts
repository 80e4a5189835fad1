import type { ArmId, CommandId, GeneratedUid, Serial, SlackUserId } from "./ids.ts";
import type { Ask, EndReason, Identity } from "./request.ts";
import type { Instant, SessionMinutes } from "./time.ts";

/** Why the Mac or a person wants a session over. Network loss and the user's own end come from the Mac. */
export type MacEndCause = Extract<EndReason, "network_loss" | "ended_by_user" | "tampered" | "device_error">;

/** Everything that can be asked of a request. `commandId` is unique per act; audit events carry it. */
export type Command = { readonly commandId: CommandId } & (
  | { readonly type: "submit"; readonly ask: Ask }
  | {
      readonly type: "identity_resolved";
      readonly identity: Extract<Identity, { state: "resolved" }>;
      /** The off-hours cap of this night was found used up when the decision was stored. */
      readonly capReached?: boolean;
    }
  | { readonly type: "approve"; readonly by: SlackUserId; readonly minutes: SessionMinutes }
  | { readonly type: "deny"; readonly by: SlackUserId; readonly reason?: string }
  | { readonly type: "cancel"; readonly by: { readonly mac: Serial } | { readonly slack: SlackUserId } }
  | { readonly type: "revoke"; readonly by: SlackUserId }
  | { readonly type: "lock"; readonly by: SlackUserId }
  | { readonly type: "end_by_requester"; readonly by: SlackUserId }
  | { readonly type: "close_unverified"; readonly by: SlackUserId }
  | { readonly type: "signal_set" }
  | { readonly type: "signal_failed"; readonly why: string }
  | {
      readonly type: "arm";
      readonly serial: Serial;
      readonly armId: ArmId;
      readonly uid: number;
      readonly generatedUid: GeneratedUid;
      readonly baselineSha256: string;
    }
  | { readonly type: "start"; readonly serial: Serial; readonly armId: ArmId; readonly elevatedAt: Instant }
  | { readonly type: "end"; readonly serial: Serial; readonly cause: MacEndCause; readonly detail?: string }
  | {
      readonly type: "removed";
      readonly serial: Serial;
      readonly armId: ArmId;
      readonly granted: boolean;
      readonly verified: boolean;
      readonly reason: EndReason;
      readonly removedAt: Instant;
    }
  /** The Mac's own reading of the requester's membership, from a heartbeat or a report. */
  | { readonly type: "admin_seen"; readonly admin: boolean }
  | { readonly type: "heartbeat_silent"; readonly lastSeenAt: Instant }
  | { readonly type: "heartbeat_returned" }
  | {
      readonly type: "log_chunk_stored";
      readonly final: boolean;
      readonly chunks: number;
      readonly lines: number;
      readonly hash: string;
    }
  | {
      readonly type: "log_contradiction";
      readonly seq: number;
      readonly what: string;
      /** The Mac's posts in this request's thread were found used up when the decision was stored. */
      readonly capReached?: boolean;
    }
  | {
      readonly type: "report";
      readonly serial: Serial;
      readonly reportId: string;
      readonly kind: ReportKind;
      readonly items: readonly string[];
      /** As with `log_contradiction`. */
      readonly capReached?: boolean;
    }
  | { readonly type: "re_enrolled" }
  | { readonly type: "effect_failed"; readonly key: string; readonly what: string; readonly why: string }
  | { readonly type: "effect_recovered"; readonly key: string; readonly what: string }
  | { readonly type: "device_locked"; readonly by: SlackUserId }
  /** The lock was given up: it may be asked for again. */
  | { readonly type: "lock_failed"; readonly why: string }
  /** A timer fired or the sweep came by: do whatever is due at `now`, which may be nothing. */
  | { readonly type: "tick" }
);

export type CommandType = Command["type"];

/** What a Mac reports by itself. */
export const REPORT_KINDS = ["exit", "tampered", "still_admin", "device_error", "drift"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
