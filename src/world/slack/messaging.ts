import type { KnownBlock, MessageMetadata, ModalView } from "@slack/types";
import { assertLegalMessage, assertLegalView } from "../../adapters/slack/block-kit.ts";
import {
  type Arguments,
  type Method,
  type MethodAnswer,
  jsonArgument,
  textArgument,
  writable,
} from "./method.ts";
import {
  type MessageContent,
  type SlackState,
  addPost,
  directWith,
  editPost,
  nextId,
  nextTs,
  record,
  showPrivately,
} from "./state.ts";

/** The methods that write messages, open dialogs and find people. */
export const messagingMethods: Readonly<Record<string, Method>> = {
  "chat.postMessage": { scopes: () => ["chat:write"], call: postMessage },
  "chat.update": { scopes: () => ["chat:write"], call: updateMessage },
  "chat.postEphemeral": { scopes: () => ["chat:write"], call: postEphemeral },
  "conversations.open": { scopes: () => ["im:write"], call: openConversation },
  "users.lookupByEmail": { scopes: () => ["users:read.email"], call: lookupByEmail },
  "views.open": { scopes: () => [], call: openView },
};

function postMessage(state: SlackState, args: Arguments): MethodAnswer {
  const conversation = writable(state, textArgument(args, "channel"));
  if (typeof conversation === "string") return conversation;
  const content = contentOf(args);
  if (typeof content === "string") return content;
  const metadata = metadataOf(args);
  if (typeof metadata === "string") return metadata;
  const threadTs = textArgument(args, "thread_ts") || undefined;
  const root = conversation.posts.find((post) => post.ts === threadTs);
  if (threadTs !== undefined && root === undefined) return "thread_not_found";
  const post = addPost(state, conversation, { content, metadata, threadTs, files: [] });
  return { channel: conversation.id, ts: post.ts, message: { type: "message", ts: post.ts, ...content } };
}

function updateMessage(state: SlackState, args: Arguments): MethodAnswer {
  const conversation = state.conversations.get(textArgument(args, "channel"));
  if (conversation === undefined) return "channel_not_found";
  const post = conversation.posts.find((candidate) => candidate.ts === textArgument(args, "ts"));
  if (post === undefined) return "message_not_found";
  const content = contentOf(args);
  if (typeof content === "string") return content;
  editPost(state, conversation, post, content);
  return { channel: conversation.id, ts: post.ts, text: content.text };
}

function postEphemeral(state: SlackState, args: Arguments): MethodAnswer {
  const conversation = writable(state, textArgument(args, "channel"));
  if (typeof conversation === "string") return conversation;
  const userId = textArgument(args, "user");
  if (!conversation.members.has(userId)) return "user_not_in_channel";
  const content = contentOf(args);
  if (typeof content === "string") return content;
  showPrivately(state, { userId, content, through: "ephemeral" });
  return { message_ts: nextTs(state) };
}

function openConversation(state: SlackState, args: Arguments): MethodAnswer {
  const person = state.people.get(textArgument(args, "users"));
  if (person === undefined) return "user_not_found";
  if (person.deleted === true) return "user_disabled";
  return { channel: { id: directWith(state, person).id } };
}

function lookupByEmail(state: SlackState, args: Arguments): MethodAnswer {
  const email = textArgument(args, "email").toLowerCase();
  const person = [...state.people.values()].find((candidate) => candidate.email?.toLowerCase() === email);
  if (person === undefined || email === "" || person.deleted === true) return "users_not_found";
  const { id, name, realName } = person;
  return { user: { id, name, deleted: false, is_bot: false, profile: { email, real_name: realName } } };
}

function openView(state: SlackState, args: Arguments): MethodAnswer {
  const trigger = state.triggers.get(textArgument(args, "trigger_id"));
  if (trigger === undefined) return "invalid_trigger_id";
  if (trigger.isUsed) return "exchanged_trigger_id";
  if (trigger.expiresAt < state.clock.now()) return "expired_trigger_id";
  const view = jsonArgument(args, "view");
  if (!isLegal(() => assertLegalView(view as ModalView))) return "invalid_arguments";
  trigger.isUsed = true;
  const viewId = nextId(state, "V");
  state.dialogs.set(trigger.userId, { viewId, view: view as ModalView });
  record(state, {
    event: "dialog_opened",
    at: state.clock.now(),
    userId: trigger.userId,
    view: view as ModalView,
  });
  return { view: { id: viewId, ...(view as ModalView) } };
}

/** What a message is to say, or Slack's word for what is wrong with it. */
function contentOf(args: Arguments): MessageContent | string {
  const text = textArgument(args, "text");
  const blocks = jsonArgument(args, "blocks");
  if (blocks === undefined && text === "") return "no_text";
  const content = { text, blocks: (blocks ?? []) as readonly KnownBlock[] };
  return isLegal(() => assertLegalMessage(content)) ? content : "invalid_blocks";
}

function metadataOf(args: Arguments): MessageMetadata | undefined | string {
  if (args["metadata"] === undefined) return undefined;
  const metadata = jsonArgument(args, "metadata");
  if (typeof metadata !== "object" || metadata === null) return "invalid_metadata_format";
  const isWhole =
    typeof Reflect.get(metadata, "event_type") === "string" &&
    typeof Reflect.get(metadata, "event_payload") === "object";
  return isWhole ? (metadata as MessageMetadata) : "invalid_metadata_schema";
}

function isLegal(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
