import type { WebClient } from "@slack/web-api";
import { type Instant, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { MessageRef } from "../../ports/chat.ts";
import { slackError } from "./errors.ts";

/** The type of the metadata that carries an effect key (docs.slack.dev, "Message metadata"). */
export const EFFECT_EVENT_TYPE = "hallpass_effect";

/** Metadata by which a message is found again after its answer was lost. */
export function effectMetadata(key: string) {
  return { event_type: EFFECT_EVENT_TYPE, event_payload: { key } };
}

/** A message as history and replies give it, as far as it is needed here. */
export interface FoundMessage {
  readonly ts: string;
  readonly text: string;
  readonly key: string | undefined;
}

// Slack's clock and ours need not agree.
const CLOCK_SLACK_MS = 5 * MINUTE_MS;
const PAGE_SIZE = 200;
/** 4,000 messages since the effect was asked for: beyond that a channel is no IT channel. */
const PAGES_MAX = 20;

/** The message with this effect key among the root messages of a channel since `since`, newest first. */
export async function findInHistory(
  client: WebClient,
  channelId: string,
  key: string,
  since: Instant,
): Promise<FoundMessage | undefined> {
  const oldest = Math.max(0, (since - CLOCK_SLACK_MS) / SECOND_MS).toFixed(6);
  return findInPages((cursor) =>
    client.conversations
      .history({ channel: channelId, oldest, limit: PAGE_SIZE, include_all_metadata: true, ...cursor })
      .catch(rethrow("looking through the channel")),
  )((message) => message.key === key);
}

/** The first message of a thread that `isIt` knows. */
export async function findInThread(
  client: WebClient,
  ref: MessageRef,
  isIt: (message: FoundMessage) => boolean,
): Promise<FoundMessage | undefined> {
  return findInPages((cursor) =>
    client.conversations
      .replies({
        channel: ref.channelId,
        ts: ref.ts,
        limit: PAGE_SIZE,
        include_all_metadata: true,
        ...cursor,
      })
      .catch(rethrow("looking through the thread")),
  )(isIt);
}

interface MessagePage {
  readonly messages?: readonly unknown[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

function findInPages(readPage: (cursor: { cursor?: string }) => Promise<MessagePage>) {
  return async (isIt: (message: FoundMessage) => boolean): Promise<FoundMessage | undefined> => {
    let cursor: { cursor?: string } = {};
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await readPage(cursor);
      const found = (page.messages ?? []).flatMap((message) => toFound(message) ?? []).find(isIt);
      if (found !== undefined) return found;
      const next = page.response_metadata?.next_cursor;
      if (!next) return undefined;
      cursor = { cursor: next };
    }
    return undefined;
  };
}

function toFound(message: unknown): FoundMessage | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const ts: unknown = Reflect.get(message, "ts");
  const text: unknown = Reflect.get(message, "text");
  if (typeof ts !== "string") return undefined;
  return { ts, text: typeof text === "string" ? text : "", key: keyOf(Reflect.get(message, "metadata")) };
}

function keyOf(metadata: unknown): string | undefined {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  if (Reflect.get(metadata, "event_type") !== EFFECT_EVENT_TYPE) return undefined;
  const payload: unknown = Reflect.get(metadata, "event_payload");
  if (typeof payload !== "object" || payload === null) return undefined;
  const key: unknown = Reflect.get(payload, "key");
  return typeof key === "string" ? key : undefined;
}

function rethrow(what: string): (error: unknown) => never {
  return (error) => {
    throw slackError(error, what);
  };
}
