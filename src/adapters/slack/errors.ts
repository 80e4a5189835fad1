import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";
import { SECOND_MS } from "../../core/time.ts";
import { MessageGone, RetryableError, SetupError, TerminalError } from "../../ports/errors.ts";
import { TimeLimitError } from "./limited-fetch.ts";

/**
 * Slack said no to this call for good: to its message, its recipient or its trigger. `code` is Slack's own word for
 * why, such as `users_not_found`.
 */
export class SlackRefusal extends TerminalError {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

const MEND_TOKEN = "Check SLACK_BOT_TOKEN, or install the app again and take its new bot token.";
const MEND_CHANNEL = "Check SLACK_IT_CHANNEL_ID and invite the app to that channel.";
const OUR_FAULT = "This is a fault of Hallpass; please report it.";

/**
 * Slack's words for what is wrong with the installation (docs.slack.dev, errors of each method), and what a person can
 * do about it. Nothing that waits meanwhile may be lost, such as an alarm, hence these calls are tried again.
 */
const SETUP: Readonly<Record<string, string>> = {
  missing_scope: "Install the app again from its manifest, which lists every scope it needs.",
  not_allowed_token_type: MEND_TOKEN,
  invalid_auth: MEND_TOKEN,
  not_authed: MEND_TOKEN,
  account_inactive: MEND_TOKEN,
  token_revoked: MEND_TOKEN,
  token_expired: MEND_TOKEN,
  channel_not_found: MEND_CHANNEL,
  not_in_channel: MEND_CHANNEL,
  is_archived: "The IT channel is archived: unarchive it, or set SLACK_IT_CHANNEL_ID to another one.",
  restricted_action: "A workspace setting keeps the app from posting there: ask a Slack administrator.",
};

/** Slack's words for what the same call will always be refused for, and what a person can do about it. */
const FINAL: Readonly<Record<string, string>> = {
  cant_update_message: "The message was posted by another app: was the Slack app changed?",
  user_not_found: "Slack knows no such user any more.",
  users_not_found: "Slack knows nobody with this e-mail address.",
  user_disabled: "This Slack user is deactivated.",
  user_not_in_channel: "This person is not a member of the IT channel: invite them.",
  cannot_dm_bot: "A bot cannot get direct messages: check the configured user ids.",
  expired_trigger_id: "The click was more than three seconds ago: click again.",
  exchanged_trigger_id: "This click has opened a dialog already.",
  invalid_trigger_id: "Slack does not know this click: click again.",
  invalid_blocks: OUR_FAULT,
  invalid_arguments: OUR_FAULT,
  msg_too_long: OUR_FAULT,
};

/** Slack's words for a message, or the root of a thread, that was deleted. */
const GONE: ReadonlySet<string> = new Set(["message_not_found", "thread_not_found"]);

/** Slack's words for "not now". */
const PASSING: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_access_not_granted",
  // Of an upload: its announcement was used up by a call that was done twice. The next try looks for the file first.
  "file_not_found",
]);

/**
 * What a failed call means: `RetryableError` when a later try may work (rate limit, network, time limit, 5xx, an
 * answer that is not Slack's), a `SetupError` with a sentence on how to mend it when a person has to act first (also
 * for words that are not known here), else `SlackRefusal`. Nothing of the request, its headers or its cause is carried
 * along, so no token can be (law L12).
 */
export function slackError(error: unknown, what: string): RetryableError | TerminalError {
  if (error instanceof RetryableError || error instanceof TerminalError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new RetryableError(`Slack asks to wait before "${what}"`, {
      retryAfterMs: error.retryAfter * SECOND_MS,
    });
  }
  if (error instanceof WebAPIPlatformError) return platformError(error, what);
  if (error instanceof WebAPIHTTPError) {
    return httpError(error.statusCode, error.headers["retry-after"] ?? null, what);
  }
  const original = error instanceof WebAPIRequestError ? error.original : error;
  if (original instanceof TimeLimitError) return new RetryableError(`Slack did not answer "${what}" in time`);
  return new RetryableError(`Slack could not be reached for "${what}" (${codeOf(original)})`);
}

/**
 * What an HTTP status other than 200 means. Slack itself says no within a 200: a 4xx is somebody's in between, such as
 * a proxy that was set up wrongly. `retryAfter` is the header's value in seconds.
 */
export function httpError(status: number, retryAfter: string | null, what: string): RetryableError {
  const retryAfterMs = retryAfter === null ? NaN : Number(retryAfter) * SECOND_MS;
  const wait = Number.isFinite(retryAfterMs) && retryAfterMs >= 0 ? { retryAfterMs } : {};
  if (status === 429 || status >= 500) {
    return new RetryableError(`Slack answered ${status} to "${what}"`, wait);
  }
  return new SetupError(`Slack answered ${status} to "${what}": is there a proxy in between?`);
}

function platformError(error: WebAPIPlatformError, what: string): RetryableError | TerminalError {
  const code = error.data.error;
  // The client gives the whole text of an answer that is not JSON as the code: a proxy's page, not Slack's word.
  if (typeof code !== "string" || !/^[a-z][a-z0-9_]{1,60}$/.test(code)) {
    return new RetryableError(`The answer to "${what}" is not one of Slack's`);
  }
  if (PASSING.has(code)) return new RetryableError(`Slack answered ${code} to "${what}"`);
  if (GONE.has(code)) return new MessageGone(`The message for "${what}" was deleted in Slack (${code})`);
  const needed: unknown = Reflect.get(error.data, "needed");
  const scopes =
    code === "missing_scope" && typeof needed === "string" && /^[a-z:._, ]{1,100}$/.test(needed)
      ? ` (${needed})`
      : "";
  const final = FINAL[code];
  const mend = final ?? SETUP[code] ?? "See docs.slack.dev for what this error means.";
  const problem = `Slack refused "${what}": ${code}${scopes}. ${mend}`;
  return final === undefined ? new SetupError(problem) : new SlackRefusal(problem, code);
}

/** A network error's code or name, such as ECONNRESET; its message and cause are left out on purpose. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === "object" && cause !== null) {
    const code: unknown = Reflect.get(cause, "code") ?? Reflect.get(cause, "name");
    if (typeof code === "string" && /^[A-Za-z0-9_]{1,40}$/.test(code)) return code;
  }
  return "network error";
}
