import type { Serial, SlackUserId } from "./ids.ts";
import type { Actor, EndReason } from "./request.ts";
import type { Instant, SessionMinutes } from "./time.ts";

/** What a thread post says; the words are the chat adapter's. All times are instants, all text is raw. */
export type ThreadNote =
  | {
      readonly note: "approved";
      readonly by: Actor;
      readonly minutes: SessionMinutes;
      readonly askedMinutes: SessionMinutes;
    }
  | { readonly note: "denied"; readonly by: Actor; readonly reason?: string }
  | { readonly note: "cancelled"; readonly by: Actor }
  | { readonly note: "expired_unanswered"; readonly afterHours: number }
  | { readonly note: "lapsed" }
  | { readonly note: "nudge"; readonly count: number; readonly waitingSince: Instant }
  | { readonly note: "auto_approval_declined"; readonly why: string }
  | { readonly note: "signal_failed"; readonly why: string }
  | {
      readonly note: "started";
      readonly endsAt: Instant;
      readonly minutes: SessionMinutes;
      readonly clockSkewSeconds?: number;
    }
  | { readonly note: "warning"; readonly endsAt: Instant }
  | { readonly note: "ending"; readonly reason: EndReason; readonly by: Actor }
  | { readonly note: "removed"; readonly removedAt: Instant; readonly granted: boolean }
  | { readonly note: "not_confirmed" }
  | { readonly note: "still_admin"; readonly at: Instant }
  | { readonly note: "closed_unverified"; readonly by: Actor }
  | { readonly note: "re_enrolled" }
  | { readonly note: "close_offered" }
  | { readonly note: "deadline_alarm"; readonly endsAt: Instant }
  | { readonly note: "heartbeat_lost"; readonly lastSeenAt: Instant }
  | { readonly note: "heartbeat_returned" }
  | { readonly note: "log_missing" }
  | { readonly note: "log_contradiction"; readonly seq: number; readonly what: string }
  | { readonly note: "report"; readonly kind: string; readonly items: readonly string[] }
  | { readonly note: "refused_device_call"; readonly call: string; readonly why: string }
  | { readonly note: "locked"; readonly by: Actor }
  | { readonly note: "effect_failed"; readonly what: string; readonly why: string }
  | { readonly note: "effect_recovered"; readonly what: string };

/** What a direct message says. */
export type DirectNote =
  | { readonly note: "received"; readonly minutes: SessionMinutes }
  | { readonly note: "approved"; readonly minutes: SessionMinutes; readonly askedMinutes: SessionMinutes }
  | { readonly note: "denied"; readonly reason?: string }
  | { readonly note: "cancelled_by_it" }
  | { readonly note: "expired_unanswered" }
  | { readonly note: "lapsed" }
  | { readonly note: "elevated"; readonly endsAt: Instant }
  | { readonly note: "warning"; readonly endsAt: Instant }
  | {
      readonly note: "closed";
      readonly reason: EndReason;
      readonly logState: "collected" | "missing" | "none";
      readonly endedAt: Instant;
    }
  | {
      readonly note: "on_call_approved";
      readonly username: string;
      readonly hostname: string;
      readonly minutes: SessionMinutes;
      readonly reason: string;
    };

/** A private answer to one click or command. `text` is raw. */
export interface PrivateAnswer {
  readonly text: string;
  /** Who decided first, where the answer is about losing to somebody (law L2). */
  readonly decidedBy?: Actor;
}

/**
 * Work in the outside world that a commit asks for. `key` is unique within its request and says what the effect
 * is for, so that asking twice for the same thing stores it once.
 */
export type Effect =
  | { readonly type: "resolve_identity"; readonly key: string }
  /** Makes the Mac's Iru tags what the stored requests of that Mac want at the time it runs. */
  | { readonly type: "sync_tags"; readonly key: string }
  | { readonly type: "thread"; readonly key: string; readonly note: ThreadNote }
  | {
      readonly type: "direct";
      readonly key: string;
      readonly to: "requester" | SlackUserId;
      readonly note: DirectNote;
    }
  | { readonly type: "upload_log"; readonly key: string }
  | { readonly type: "lock_device"; readonly key: string; readonly by: SlackUserId }
  | {
      readonly type: "private_answer";
      readonly key: string;
      readonly responseUrl: string;
      readonly answer: PrivateAnswer;
    }
  /** Asks the approvers in the channel whether a Mac that is enrolled already may enrol again. */
  | {
      readonly type: "ask_re_enrollment";
      readonly key: string;
      readonly serial: Serial;
      readonly askedAt: Instant;
    }
  /** Tells the IT channel what a Mac reported outside any session. */
  | {
      readonly type: "warn_channel";
      readonly key: string;
      readonly serial: Serial;
      readonly kind: string;
      readonly items: readonly string[];
    };

export type EffectType = Effect["type"];

/**
 * Effects of one lane run in order; a lane that waits for a retry does not hold up the others. The log has a lane of
 * its own: a big file on a slow line may fail for hours, and what the thread says, such as an alarm, waits for no file.
 */
export type Lane = "chat" | "log" | "direct" | "mdm" | "lock" | "identity" | "private" | "channel";

/** The lane of each kind of effect. */
export const LANE_OF: Readonly<Record<EffectType, Lane>> = {
  resolve_identity: "identity",
  sync_tags: "mdm",
  thread: "chat",
  upload_log: "log",
  direct: "direct",
  lock_device: "lock",
  private_answer: "private",
  ask_re_enrollment: "channel",
  warn_channel: "channel",
};

/** Every lane there is. */
export const LANES: readonly Lane[] = [...new Set(Object.values(LANE_OF))];
