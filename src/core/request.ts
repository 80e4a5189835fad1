import type { ArmId, GeneratedUid, RequestId, Serial, SlackUserId } from "./ids.ts";
import type { Instant, SessionMinutes } from "./time.ts";

/** What people may say they need the rights for. */
export const CATEGORIES = ["install", "debug", "config", "security", "developer", "other"] as const;
export type Category = (typeof CATEGORIES)[number];

/** What was asked for: never changes after the request is made. */
export interface Ask {
  readonly requestId: RequestId;
  readonly serial: Serial;
  /** The Mac's own name, any Unicode; raw, escaped only where it is shown. */
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly generatedUid: GeneratedUid;
  readonly reason: string;
  readonly category: Category;
  readonly durationMinutes: SessionMinutes;
  /** Claimed by the Mac; trusted for nothing but finding the person in Slack. */
  readonly email?: string;
  readonly requestedAt: Instant;
}

/**
 * Why we are not sure who is asking. `owner_differs`: Iru's owner of this Mac and the claimed e-mail are two
 * Slack users. `nobody_resolved`: neither leads to a Slack user. The rest say which half is missing: whoever has an
 * account on the Mac may be asking then, an approver, too.
 */
export const IDENTITY_DOUBTS = [
  "owner_differs",
  "nobody_resolved",
  "owner_unknown",
  "mac_unknown",
  "no_email",
  "email_unknown",
] as const;
export type IdentityDoubt = (typeof IDENTITY_DOUBTS)[number];

/** Who the requester is in Slack, by Iru's owner of the serial and by the claimed e-mail (law L11). */
export type Identity =
  | { readonly state: "pending" }
  | {
      readonly state: "resolved";
      readonly deviceId?: string;
      readonly ownerEmail?: string;
      /** Everybody the requester may be; all of them are barred from approving. */
      readonly requesterSlackIds: readonly SlackUserId[];
      /** Who gets the direct messages: the claimed person, else the owner. */
      readonly directMessageTo?: SlackUserId;
      readonly doubts: readonly IdentityDoubt[];
    };

/** Who did something. */
export type Actor =
  | { readonly kind: "mac"; readonly serial: Serial }
  | { readonly kind: "slack"; readonly userId: SlackUserId }
  | { readonly kind: "policy"; readonly rule: "off_hours"; readonly onCallUserId: SlackUserId }
  | { readonly kind: "system"; readonly part: "timer" | "effects" | "enrollment" };

/** Who approved, and for how long; kept for good, whoever ends the session. */
export interface Approval {
  readonly by: Actor;
  readonly minutes: SessionMinutes;
  readonly at: Instant;
}

/** `set` only after the elevation tag was read back from Iru. */
export type Signal = "pending" | "set" | "failed";

/** Why a session ends. */
export const END_REASONS = [
  "expired",
  "revoked",
  "locked",
  "network_loss",
  "ended_by_user",
  "tampered",
  "device_error",
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The Mac's taking up of an approval. */
export interface Arming {
  readonly armId: ArmId;
  readonly armedAt: Instant;
  readonly confirmBy: Instant;
  /** SHA-256 of the baseline the Mac sent: what its admin group and system files were before the grant. */
  readonly baselineSha256: string;
}

/** Rights in force, confirmed by the Mac. `endsAt` is the service's deadline; the Mac keeps its own. */
export interface Grant {
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  readonly warned: boolean;
  /** When the Mac last stopped sending heartbeats, if it has not come back. */
  readonly heartbeatLostAt?: Instant;
}

/** A session that is to be over: why, since when, through whom. */
export interface Ending {
  readonly reason: EndReason;
  readonly since: Instant;
  readonly by: Actor;
  /** The deadline plus its grace passed without proof: IT was alarmed. */
  readonly alarmed: boolean;
  /** Closing as unverified was offered to the approvers. */
  readonly closeOffered: boolean;
  /** Locking the whole Mac was asked for; `confirmed` once Iru accepted the command, `refused` when it was given up. */
  readonly lock?: {
    readonly by: Actor;
    readonly at: Instant;
    readonly confirmed: boolean;
    readonly refused?: true;
  };
}

/** True while locking the Mac may be asked for: it was not yet, or Iru refused it. */
export function mayAskForLock({ lock }: Ending): boolean {
  return lock === undefined || lock.refused === true;
}

/** What we know about the rights being gone (law L5): silence is never read as "gone" nor as "still admin". */
export type Proof =
  | { readonly state: "awaited" }
  | { readonly state: "not_confirmed"; readonly at: Instant }
  /** `wasClosed`: people had given up waiting for the proof before, so there has never been one. */
  | { readonly state: "still_admin"; readonly at: Instant; readonly wasClosed?: true }
  | {
      readonly state: "removed";
      readonly at: Instant;
      readonly removedAt: Instant;
      readonly granted: boolean;
    }
  | { readonly state: "closed_unverified"; readonly at: Instant; readonly by: Actor }
  | { readonly state: "re_enrolled"; readonly at: Instant };

/** The second little machine: the session's command log. */
export type SessionLog =
  | { readonly state: "none" }
  | { readonly state: "streaming"; readonly since: Instant }
  | { readonly state: "missing"; readonly at: Instant }
  | {
      readonly state: "collected";
      readonly at: Instant;
      readonly chunks: number;
      readonly lines: number;
      readonly hash: string;
      readonly late: boolean;
    };

interface Base {
  readonly ask: Ask;
  readonly identity: Identity;
}

interface Decided extends Base {
  readonly approval: Approval;
}

interface Session extends Decided {
  readonly arming: Arming;
  readonly log: SessionLog;
}

/** Waits for a decision. */
export interface PendingRequest extends Base {
  readonly status: "pending";
  readonly nudgesSent: number;
  /** Why off-hours approval left this to a human, if it was considered. */
  readonly autoApprovalDeclined?: string;
}
/** Waits for the Mac to take the approval up. */
export interface ApprovedRequest extends Decided {
  readonly status: "approved";
  readonly signal: Signal;
  readonly lapsesAt: Instant;
}
/** The Mac has permission to give the rights and has not yet confirmed them. */
export interface ArmingRequest extends Session {
  readonly status: "arming";
}
/** Rights are in force. */
export interface ActiveRequest extends Session {
  readonly status: "active";
  readonly grant: Grant;
}
/** Rights are to be gone; the Mac's proof is awaited. */
export interface EndingRequest extends Session {
  readonly status: "ending";
  readonly grant?: Grant;
  readonly ending: Ending;
  readonly proof: Proof;
}
/** Over, by proof or closed by a person. */
export interface EndedRequest extends Session {
  readonly status: "ended";
  readonly grant?: Grant;
  readonly ending: Ending;
  readonly proof: Proof;
  readonly endedAt: Instant;
}
/** An approver said no. */
export interface DeniedRequest extends Base {
  readonly status: "denied";
  readonly denial: { readonly by: Actor; readonly at: Instant; readonly reason?: string };
}
/** Withdrawn by the requester, or an approval by an approver, before the Mac took it up. */
export interface CancelledRequest extends Base {
  readonly status: "cancelled";
  readonly approval?: Approval;
  readonly cancellation: { readonly by: Actor; readonly at: Instant };
}
/** Nobody decided in time. */
export interface UnansweredRequest extends Base {
  readonly status: "expired_unanswered";
  readonly closedAt: Instant;
}
/** Approved, but the Mac did not take it up in time. */
export interface LapsedRequest extends Decided {
  readonly status: "lapsed";
  readonly lapsedAt: Instant;
}

/** One request through its whole life. Each variant holds only what is true in its state. */
export type AccessRequest =
  | PendingRequest
  | ApprovedRequest
  | ArmingRequest
  | ActiveRequest
  | EndingRequest
  | EndedRequest
  | DeniedRequest
  | CancelledRequest
  | UnansweredRequest
  | LapsedRequest;

export type Status = AccessRequest["status"];

/** The statuses in which somebody still has to do something. */
export const OPEN_STATUSES = ["pending", "approved", "arming", "active", "ending"] as const;

/** Open: somebody still has to do something before this request is over. */
export function isOpen(request: AccessRequest): boolean {
  return (OPEN_STATUSES as readonly Status[]).includes(request.status);
}

/** A request in which rights may have been given and a log is owed. */
export type SessionRequest = ArmingRequest | ActiveRequest | EndingRequest | EndedRequest;

/** True from arming on: rights may have been given and a log is owed. */
export function isSession(request: AccessRequest): request is SessionRequest {
  return "arming" in request;
}
