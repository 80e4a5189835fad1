import type { RequestEvent } from "../../core/events.ts";
import type { Actor, Category, EndReason } from "../../core/request.ts";
import type { AuditEntry } from "../../ports/store.ts";

/** How the demo says who and when, outside Slack. */
export interface AuditWording {
  nameOf(userId: string): string;
  macOf(serial: string): string;
  time(at: number): string;
}

/** Who did it, in a word or two. */
export function actorWords(actor: Actor, wording: AuditWording): string {
  switch (actor.kind) {
    case "slack":
      return wording.nameOf(actor.userId);
    case "mac":
      return wording.macOf(actor.serial);
    case "policy":
      return "Off-hours rule";
    case "system":
      return "Hallpass";
  }
}

/** One line of the trail as a sentence without its subject; the type's own name where there is no better one. */
export function auditWords(entry: Pick<AuditEntry, "type" | "data">, wording: AuditWording): string {
  const data = entry.data as { readonly what?: string; readonly message?: string };
  switch (entry.type) {
    case "refused":
      return `Refused: ${data.message ?? data.what ?? "not allowed"}`;
    case "baseline":
      return "What the Mac was before the grant is on record";
    case "enrolled":
      return "Enrolled, with a key of its own";
    case "enrolled_again":
      return "Enrolled again";
    case "re_enrollment_asked":
      return "Asked to be enrolled again";
    case "re_enrollment_allowed":
      return "May enrol once more within the hour";
    case "key_renewed":
      return "The Mac's key was renewed";
    case "reported":
      return reportedWords(entry.data as { readonly kind?: string; readonly items?: readonly string[] });
    default:
      return isRequestEvent(entry) ? eventWords(entry.data, wording) : entry.type.replaceAll("_", " ");
  }
}

const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  install: "to install software",
  debug: "to find a fault",
  config: "to change a setting",
  security: "for security work",
  developer: "for developer tools",
  other: "for something else",
};

/** Why a session ended, after "because". */
export const END_WORDS: Readonly<Record<EndReason, string>> = {
  expired: "the time was up",
  revoked: "IT revoked it",
  locked: "IT locked the Mac",
  network_loss: "the Mac lost its network",
  ended_by_user: "the user was done",
  tampered: "the Mac showed signs of tampering",
  device_error: "of an error on the Mac",
};

function isRequestEvent(
  entry: Pick<AuditEntry, "type" | "data">,
): entry is { readonly type: string; readonly data: RequestEvent } {
  const { data } = entry;
  return typeof data === "object" && data !== null && "type" in data && data.type === entry.type;
}

function reportedWords(data: { readonly kind?: string; readonly items?: readonly string[] }): string {
  const count = data.items?.length ?? 0;
  const kind = (data.kind ?? "something").replaceAll("_", " ");
  if (data.kind === "exit" && count === 0) return "Exit report: nothing changed but what was allowed";
  return `Report (${kind}): ${count} ${count === 1 ? "finding" : "findings"}`;
}

function eventWords(event: RequestEvent, wording: AuditWording): string {
  switch (event.type) {
    case "requested": {
      const { durationMinutes, category, reason } = event.ask;
      return `Asked for ${durationMinutes} minutes ${CATEGORY_WORDS[category]}: “${reason}”`;
    }
    case "identity_resolved": {
      const [first] = event.identity.requesterSlackIds;
      const doubts = event.identity.doubts.length;
      if (first === undefined) return "Nobody in Slack matches the requester";
      return doubts === 0
        ? `Slack and Iru agree that this is ${wording.nameOf(first)}`
        : `May be ${wording.nameOf(first)}, with ${doubts === 1 ? "a doubt" : "doubts"}`;
    }
    case "approved":
      return `Approved for ${event.approval.minutes} minutes`;
    case "denied":
      return event.reason === undefined ? "Denied" : `Denied: “${event.reason}”`;
    case "armed":
      return "Took up the approval; the undo is armed";
    case "started":
      return `Confirmed the rights, until ${wording.time(event.endsAt)}`;
    case "ending_begun":
      return `The end began, because ${END_WORDS[event.reason]}`;
    case "removed":
      return event.granted ? "Proved that the rights are gone" : "Proved that no rights were given";
    case "log_collected":
      return `Command log complete: ${event.lines} ${event.lines === 1 ? "line" : "lines"}`;
    case "log_contradicted":
      return `The command log contradicts itself at part ${event.seq}`;
    case "nudged":
      return `Reminded IT, time ${event.count}`;
    case "auto_approval_declined":
      return `Left to a person: ${event.why}`;
    case "signal_failed":
      return `The signal to the Mac could not be set: ${event.why}`;
    case "reported":
      return reportedWords(event);
    case "effect_failed":
      return `Failed: ${event.what}`;
    case "effect_recovered":
      return `Works again: ${event.what}`;
    default:
      return PLAIN_WORDS[event.type];
  }
}

type PlainType = Exclude<
  RequestEvent["type"],
  | "requested"
  | "identity_resolved"
  | "approved"
  | "denied"
  | "armed"
  | "started"
  | "ending_begun"
  | "removed"
  | "log_collected"
  | "log_contradicted"
  | "nudged"
  | "auto_approval_declined"
  | "signal_failed"
  | "reported"
  | "effect_failed"
  | "effect_recovered"
>;

const PLAIN_WORDS: Readonly<Record<PlainType, string>> = {
  cancelled: "Cancelled",
  expired_unanswered: "Closed: nobody answered",
  lapsed: "The approval lapsed",
  signal_set: "The signal to the Mac is set in Iru",
  warned: "Warned of the end",
  heartbeat_lost: "No sign of life from the Mac",
  heartbeat_returned: "The Mac is heard from again",
  lock_requested: "Ordered to lock the Mac",
  device_locked: "Iru locks the Mac",
  lock_failed: "Iru did not lock the Mac",
  deadline_alarmed: "Past the end without proof: IT was alarmed",
  removal_not_confirmed: "The removal is not confirmed yet",
  still_admin_seen: "STILL ADMIN, read on the Mac itself",
  close_offered: "Closing without proof was offered",
  closed_unverified: "Closed without proof",
  closed_by_re_enrollment: "Closed: the Mac was enrolled anew",
  log_started: "The command log begins to arrive",
  log_missing: "The command log is missing",
};
