import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { SlackUserId } from "../../core/ids.ts";
import type { MessageRef } from "../../ports/chat.ts";
import { TerminalError } from "../../ports/errors.ts";
import { type SlackMessage, assertLegalMessage, assertLegalView } from "./block-kit.ts";
import { slackError } from "./errors.ts";
import { effectMetadata } from "./find.ts";

/** A channel, or a thread in it. */
export interface Place {
  readonly channelId: string;
  readonly threadTs?: string;
}

/** Posts a message that carries `key` in its metadata. Links in it are never unfolded. */
export async function postMessage(
  client: WebClient,
  place: Place,
  message: SlackMessage,
  key: string,
  what: string,
): Promise<MessageRef> {
  assertLegalMessage(message);
  const call = {
    channel: place.channelId,
    ...(place.threadTs === undefined ? {} : { thread_ts: place.threadTs }),
    text: message.text,
    blocks: [...message.blocks],
    metadata: effectMetadata(key),
    unfurl_links: false,
    unfurl_media: false,
  };
  const sent = await client.chat.postMessage(call).catch(rethrow(what));
  if (sent.ts === undefined) throw new TerminalError(`Slack's answer to "${what}" names no message.`);
  return { channelId: sent.channel ?? place.channelId, ts: sent.ts };
}

/** Replaces the words and blocks of a message of ours. */
export async function updateMessage(
  client: WebClient,
  ref: MessageRef,
  message: SlackMessage,
  what: string,
): Promise<void> {
  assertLegalMessage(message);
  const { text, blocks } = message;
  await client.chat
    .update({ channel: ref.channelId, ts: ref.ts, text, blocks: [...blocks] })
    .catch(rethrow(what));
}

/** Shows a message to one member of the channel, in a thread; Slack keeps no copy of it. */
export async function showMessage(
  client: WebClient,
  ref: MessageRef,
  to: SlackUserId,
  message: SlackMessage,
  what: string,
): Promise<void> {
  assertLegalMessage(message);
  const { text, blocks } = message;
  await client.chat
    .postEphemeral({ channel: ref.channelId, user: to, thread_ts: ref.ts, text, blocks: [...blocks] })
    .catch(rethrow(what));
}

/** Opens a dialog for the person whose click gave the trigger. */
export async function openView(client: WebClient, triggerId: string, view: ModalView): Promise<void> {
  assertLegalView(view);
  await client.views.open({ trigger_id: triggerId, view }).catch(rethrow("opening the dialog"));
}

/** Opens direct channels and remembers them: they do not change, and opening is a call of its own. */
export function directChannels(client: WebClient): (userId: SlackUserId) => Promise<string> {
  const known = new Map<SlackUserId, string>();
  return async (userId) => {
    const remembered = known.get(userId);
    if (remembered !== undefined) return remembered;
    const what = "opening a direct message";
    const opened = await client.conversations.open({ users: userId }).catch(rethrow(what));
    const id = opened.channel?.id;
    if (id === undefined) throw new TerminalError(`Slack's answer to "${what}" names no channel.`);
    known.set(userId, id);
    return id;
  };
}

function rethrow(what: string): (error: unknown) => never {
  return (error) => {
    throw slackError(error, what);
  };
}
