import { TerminalError } from "../../ports/errors.ts";
import { type SlackMessage, assertLegalMessage } from "./block-kit.ts";
import { httpError, slackError } from "./errors.ts";
import type { Fetch } from "./limited-fetch.ts";

/** Where Slack's response URLs point (docs.slack.dev, "Handling user interaction", response URLs). */
export const SLACK_RESPONSE_ORIGIN = "https://hooks.slack.com";

/** Where Slack takes file contents (docs.slack.dev, `files.getUploadURLExternal`). */
export const SLACK_UPLOAD_ORIGIN = "https://files.slack.com";

/**
 * The URL, if it points to one of the allowed origins. Such URLs come from outside; without this look they would
 * let a forged payload make this service call any machine it can reach. Throws `TerminalError` otherwise.
 */
export function allowedUrl(url: string, allowedOrigins: readonly string[], what: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isAllowed =
    parsed !== undefined &&
    parsed.username === "" &&
    parsed.password === "" &&
    allowedOrigins.includes(parsed.origin);
  if (!isAllowed)
    throw new TerminalError(`The URL for "${what}" is not one of Slack's, so nothing was sent.`);
  return parsed;
}

/**
 * Shows a message to the one person whose click or command gave this response URL (5 times in 30 min). Throws
 * `TerminalError` when Slack says that the URL is used up or the message is not legal, else `RetryableError`.
 */
export async function postToResponseUrl(
  fetch: Fetch,
  responseUrl: string,
  allowedOrigins: readonly string[],
  message: SlackMessage,
): Promise<void> {
  const what = "answering privately";
  const url = allowedUrl(responseUrl, allowedOrigins, what);
  assertLegalMessage(message);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ response_type: "ephemeral", replace_original: false, ...message }),
    redirect: "error",
  }).catch((error: unknown) => {
    throw slackError(error, what);
  });
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new TerminalError(`Slack answered ${response.status} to "${what}": the click is too long ago.`);
  }
  if (!response.ok) throw httpError(response.status, response.headers.get("retry-after"), what);
}
