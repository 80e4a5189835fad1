import type { WebClient } from "@slack/web-api";
import type { SlackUserId } from "../../core/ids.ts";
import type { DurationMs } from "../../core/time.ts";
import type { Chat } from "../../ports/chat.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { SlackMessage } from "./block-kit.ts";
import { SlackRefusal, slackError } from "./errors.ts";
import { findInHistory, findInThread } from "./find.ts";
import { type Fetch, limitedFetch } from "./limited-fetch.ts";
import { cardMessage } from "./messages/card.ts";
import { denyModal } from "./messages/deny-modal.ts";
import { directMessage } from "./messages/direct.ts";
import {
  channelWarningMessage,
  hasUploadKey,
  plainMessage,
  privateAnswerMessage,
  reEnrollmentMessage,
} from "./messages/notices.ts";
import { statusMessage } from "./messages/status.ts";
import { threadMessage } from "./messages/thread.ts";
import { SLACK_RESPONSE_ORIGIN, SLACK_UPLOAD_ORIGIN, postToResponseUrl } from "./response-url.ts";
import { directChannels, openView, postMessage, showMessage, updateMessage } from "./send.ts";
import { uploadLogFile } from "./upload.ts";
import { SLACK_API_URL, createWebClient } from "./web-client.ts";

/** Where Slack is and who we are there. */
export interface SlackChatOptions {
  /** The bot token, `xoxb-…`. */
  readonly token: string;
  /** Ends in `/api/`; Slack's own if absent. */
  readonly apiUrl?: string;
  /** The IT channel. */
  readonly channelId: string;
  /** The platform's if absent. */
  readonly fetch?: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** The most one call may take. */
  readonly timeoutMs: DurationMs;
  /** Origins beside Slack's own to which response and upload URLs may point; that of `apiUrl` is one of them. */
  readonly allowedOrigins?: readonly string[];
}

/**
 * The chat on Slack's Web API. Every message is checked against Slack's limits before it is sent. Each call is made
 * once: `RetryableError` and `TerminalError` say whether trying again can help.
 */
export function createSlackChat(options: SlackChatOptions): Chat {
  const { channelId, token, clock, log } = options;
  const apiUrl = options.apiUrl ?? SLACK_API_URL;
  const origins = [
    SLACK_RESPONSE_ORIGIN,
    SLACK_UPLOAD_ORIGIN,
    new URL(apiUrl).origin,
    ...(options.allowedOrigins ?? []),
  ];
  const fetch = limitedFetch(options.fetch ?? globalThis.fetch, clock, options.timeoutMs);
  const client = createWebClient({ token, apiUrl, fetch, log });
  const openDirect = directChannels(client);
  const answer = (responseUrl: string, message: SlackMessage) =>
    postToResponseUrl(fetch, responseUrl, origins, message);

  return {
    postCard: (card, key) =>
      postMessage(client, { channelId }, cardMessage(card), key, "posting the request"),
    updateCard: (ref, card) => updateMessage(client, ref, cardMessage(card), "updating the request"),
    async findCard(key, since) {
      const found = await findInHistory(client, channelId, key, since);
      return found === undefined ? undefined : { channelId, ts: found.ts };
    },

    async postThread(ref, note, key) {
      const place = { channelId: ref.channelId, threadTs: ref.ts };
      await postMessage(client, place, threadMessage(note), key, "posting in the thread");
    },
    uploadLog: (ref, upload, key) => uploadLogFile({ client, fetch, origins }, ref, upload, key),
    isInThread: async (ref, key) =>
      (await findInThread(
        client,
        ref,
        (message) => message.key === key || hasUploadKey(message.text, key),
      )) !== undefined,

    async sendDirect(to, note, key, requestId) {
      const place = { channelId: await openDirect(to) };
      await postMessage(client, place, directMessage(note, requestId), key, "sending a direct message");
    },
    wasSentDirect: async (to, key, since) =>
      (await findInHistory(client, await openDirect(to), key, since)) !== undefined,

    answerPrivately: (responseUrl, words) => answer(responseUrl, privateAnswerMessage(words)),
    answerStatus: (responseUrl, view) => answer(responseUrl, statusMessage(view)),
    showPrivately: (ref, to, text) =>
      showMessage(client, ref, to, plainMessage(text), "showing something to one person"),
    openDenyDialog: (triggerId, requestId, responseUrl) =>
      openView(client, triggerId, denyModal(requestId, responseUrl)),

    async askReEnrollment(ask, key) {
      await postMessage(client, { channelId }, reEnrollmentMessage(ask), key, "asking about an enrolment");
    },
    async warnChannel(warning, key) {
      await postMessage(client, { channelId }, channelWarningMessage(warning), key, "warning the channel");
    },
    findUserByEmail: (email) => findUser(client, email),
  };
}

/** Deactivated people and bots count as unknown: nobody would read a message to them. */
async function findUser(client: WebClient, email: string): Promise<SlackUserId | undefined> {
  try {
    const { user } = await client.users.lookupByEmail({ email });
    return user?.id === undefined || user.deleted === true || user.is_bot === true ? undefined : user.id;
  } catch (error) {
    const refusal = slackError(error, "finding a person by e-mail");
    if (refusal instanceof SlackRefusal && refusal.code === "users_not_found") return undefined;
    throw refusal;
  }
}
