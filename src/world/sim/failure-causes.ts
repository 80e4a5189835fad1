import { MINUTE_MS, type DurationMs } from "../../core/time.ts";
import type { FaultName } from "./plan.ts";

/** What the service may say of a failure, and what of this world must have happened just before for it to be true. */
export interface FailureCause {
  readonly says: RegExp;
  /** One of these, or what a line of the trace says that begins like `acts`. */
  readonly faults: readonly FaultName[];
  readonly acts?: RegExp;
  /** It may be said in a warning without any of them: two of the service's own works got into each other's way. */
  readonly isUsual?: true;
  /** How long before; a failed call is told of within two minutes, with all its tries. */
  readonly withinMs?: DurationMs;
}

const SLACK_SILENT = [
  "slack_silent",
  "slack_request_lost",
  "slack_answer_lost",
  "slack_delayed",
  "slack_answer_late",
] as const;
const IRU_SILENT = [
  "iru_silent",
  "iru_request_lost",
  "iru_answer_lost",
  "iru_delayed",
  "iru_answer_late",
] as const;
const IRU_BUSY = [...IRU_SILENT, "iru_5xx", "iru_429"] as const;

/** How long Slack takes private answers to a click. */
const RESPONSE_URL_MS = 30 * MINUTE_MS;

/**
 * Every failure that a fault explains, by the service's own words for it. Whatever else it says of a failure is a
 * fault of its own.
 */
export const FAILURE_CAUSES: readonly FailureCause[] = [
  { says: /^database or disk is full$/, faults: ["store_fails"] },
  { says: /^Slack did not answer "/, faults: SLACK_SILENT },
  { says: /^Slack could not be reached for "/, faults: SLACK_SILENT },
  { says: /^Slack asks to wait before "/, faults: ["slack_429"] },
  { says: /^Slack answered 429 to "/, faults: ["slack_429"] },
  // A proxy in between, and settings that Slack refuses for a while.
  { says: /^Slack answered 4\d\d to ".*": is there a proxy in between\?$/, faults: ["slack_4xx"] },
  {
    says: /^Slack refused ".*": (token_revoked|invalid_auth|not_in_channel|channel_not_found|missing_scope)/,
    faults: ["slack_refuses"],
  },
  { says: /^Slack answered 5\d\d to "/, faults: ["slack_5xx", "slack_answer_lost"] },
  // Whoever presses a button may be quicker than the answer to the post that it stands on.
  {
    says: /^the root message is not there yet$/,
    faults: [...SLACK_SILENT, "slack_5xx", "slack_4xx", "slack_429", "slack_refuses", "store_fails"],
    acts: /^the service's process dies/,
    isUsual: true,
  },
  // An upload that was completed twice, or whose announcement came twice.
  { says: /^Slack answered file_not_found to "/, faults: ["slack_doubled", ...SLACK_SILENT, "slack_5xx"] },
  // The way to a private answer is used up by answers that came twice, or over since they came late.
  {
    says: /^Slack answered 40[34] to "answering privately": the click is too long ago\.$/,
    faults: ["slack_doubled", ...SLACK_SILENT, "slack_5xx", "slack_4xx", "slack_429", "store_fails"],
    // A forged click names a way that never was.
    acts: /^(the service's process dies|a click whose answer goes nowhere)/,
    withinMs: RESPONSE_URL_MS,
  },
  // A dialog can be opened once, and only in the three seconds after the click.
  {
    says: /^Slack refused "opening the dialog": (exchanged|expired)_trigger_id\./,
    faults: ["slack_doubled", ...SLACK_SILENT, "click_doubled", "click_delayed", "store_slow"],
  },
  { says: /^Iru answered 4\d\d to "/, faults: ["iru_4xx", "iru_429", "iru_doubled", ...IRU_SILENT] },
  // A second session of a Mac was locked before the lock of the first has reached it.
  {
    says: /^Iru answered 400 to "lock": Command already running$/,
    faults: [],
    acts: /^stored device_locked by /,
  },
  { says: /^Iru answered 5\d\d to "/, faults: ["iru_5xx", "iru_answer_lost"] },
  { says: /^Iru (did not answer|could not be reached for) "/, faults: IRU_SILENT },
  { says: /^Iru's answer to ".*" is not JSON/, faults: IRU_BUSY },
  // Two requests of one Mac wait for each other; never is one stuck for that.
  { says: /^the tags of this Mac are being changed$/, faults: [], isUsual: true },
  // An edit may wait for our next write.
  {
    says: /^somebody else changed the tags at the same time$/,
    faults: ["tags_edited"],
    acts: /^trial: tags_overwritten/,
    withinMs: RESPONSE_URL_MS,
  },
];
