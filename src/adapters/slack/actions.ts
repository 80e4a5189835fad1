import { SERIAL_PATTERN, UUID_PATTERN } from "../../core/ids.ts";
import { SESSION_MINUTES, type SessionMinutes } from "../../core/time.ts";

/**
 * The names that Slack carries from our buttons and forms back to us. Builders write them, the parser reads them;
 * they stand in messages that people click days later, so a name once shipped keeps its meaning.
 */

/** Buttons whose value is the request id. Approve is apart: it has one name per session length. */
export const REQUEST_ACTION_IDS = {
  deny: "hallpass_deny",
  cancel: "hallpass_cancel",
  revoke: "hallpass_revoke",
  lock: "hallpass_lock",
  close_unverified: "hallpass_close_unverified",
  end_by_requester: "hallpass_done",
} as const;

/** Which of those buttons. */
export type RequestAction = keyof typeof REQUEST_ACTION_IDS;

/** The button whose value is the serial of a wiped Mac. */
export const ALLOW_RE_ENROLLMENT_ACTION_ID = "hallpass_allow_re_enrollment";

const APPROVE_PREFIX = "hallpass_approve_";

/** The name of the Approve button for one session length; unlike each other because Slack wants that in a block. */
export function approveActionId(minutes: SessionMinutes): string {
  return `${APPROVE_PREFIX}${minutes}`;
}

/** The session length an Approve button stands for; undefined for any other name. */
export function minutesOfApproveAction(actionId: string): SessionMinutes | undefined {
  return SESSION_MINUTES.find((minutes) => approveActionId(minutes) === actionId);
}

/** Which of the request buttons has this name, if one has. */
export function requestActionOf(actionId: string): RequestAction | undefined {
  const names = Object.keys(REQUEST_ACTION_IDS) as RequestAction[];
  return names.find((name) => REQUEST_ACTION_IDS[name] === actionId);
}

/** The deny dialog: its callback id and where in its state the reason stands. */
export const DENY_DIALOG = {
  callbackId: "hallpass_deny_dialog",
  blockId: "hallpass_deny_reason",
  actionId: "hallpass_deny_reason_text",
  /** Code points; the device contract allows the same length for the reason of a request. */
  reasonMaxLength: 500,
} as const;

/** The one slash command. */
export const STATUS_COMMAND = "/admin-status";

/** The request id in a button's value, lower-cased; undefined when it is none. */
export function requestIdFromValue(value: string | undefined): string | undefined {
  return value !== undefined && UUID_PATTERN.test(value) ? value.toLowerCase() : undefined;
}

/** The serial in a button's value; undefined when it is none. */
export function serialFromValue(value: string | undefined): string | undefined {
  return value !== undefined && SERIAL_PATTERN.test(value) ? value : undefined;
}
