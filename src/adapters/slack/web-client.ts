import { LogLevel, type Logger, WebClient } from "@slack/web-api";
import type { Log } from "../../ports/log.ts";
import type { Fetch } from "./limited-fetch.ts";

/** Slack's Web API. */
export const SLACK_API_URL = "https://slack.com/api/";

/**
 * Slack's own client with everything that would wait or repeat turned off: when to try again is decided by who
 * keeps the effects (design section 6), and the time limit is in `fetch`.
 */
export function createWebClient(options: {
  readonly token: string;
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly log: Log;
}): WebClient {
  return new WebClient(options.token, {
    slackApiUrl: options.apiUrl,
    allowAbsoluteUrls: false,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: options.fetch,
    logger: clientLogger(options.log, options.token),
  });
}

/** The client's warnings in our own log, without the token; its debug lines hold whole bodies and are dropped. */
function clientLogger(log: Log, token: string): Logger {
  const words = (parts: readonly unknown[]) =>
    `slack client: ${parts.map(String).join(" ").replaceAll(token, "[token]").slice(0, 300)}`;
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => log.warn(words(parts)),
    error: (...parts) => log.warn(words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
