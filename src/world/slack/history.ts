import type { SlackConversation, SlackPost, SlackState } from "./state.ts";
import { type Arguments, type Method, type MethodAnswer, textArgument } from "./method.ts";

/** The methods that read messages. */
export const readingMethods: Readonly<Record<string, Method>> = {
  "conversations.history": { scopes: historyScopes, call: readHistory },
  "conversations.replies": { scopes: historyScopes, call: readReplies },
};

const PAGE_MAX = 999;

function historyScopes(state: SlackState, args: Arguments): readonly string[] {
  const conversation = state.conversations.get(textArgument(args, "channel"));
  if (conversation?.kind === "direct") return ["im:history"];
  return conversation?.isPrivate === true ? ["groups:history"] : ["channels:history"];
}

/** Root messages, newest first. */
function readHistory(state: SlackState, args: Arguments): MethodAnswer {
  const conversation = state.conversations.get(textArgument(args, "channel"));
  if (conversation === undefined) return "channel_not_found";
  if (!conversation.members.has(state.botUserId)) return "not_in_channel";
  const oldest = Number(textArgument(args, "oldest") || "0");
  const roots = conversation.posts
    .filter((post) => post.threadTs === undefined && Number(post.ts) > oldest)
    .toReversed();
  return page(roots, conversation, args);
}

/** A thread with its root, oldest first. */
function readReplies(state: SlackState, args: Arguments): MethodAnswer {
  const conversation = state.conversations.get(textArgument(args, "channel"));
  if (conversation === undefined) return "channel_not_found";
  const ts = textArgument(args, "ts");
  const thread = conversation.posts.filter((post) => post.ts === ts || post.threadTs === ts);
  return thread.length === 0 ? "thread_not_found" : page(thread, conversation, args);
}

function page(posts: readonly SlackPost[], conversation: SlackConversation, args: Arguments): MethodAnswer {
  const limit = Math.min(Math.max(1, Number(textArgument(args, "limit") || "100")), PAGE_MAX);
  const start = Number(textArgument(args, "cursor").replace("from:", "") || "0");
  const hasMore = start + limit < posts.length;
  const withMetadata = ["true", "1"].includes(String(args["include_all_metadata"]));
  return {
    messages: posts
      .slice(start, start + limit)
      .map((post) => messageJson(post, replyCount(conversation, post), withMetadata)),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? `from:${start + limit}` : "" },
  };
}

function replyCount(conversation: SlackConversation, root: SlackPost): number {
  return conversation.posts.filter((post) => post.threadTs === root.ts).length;
}

function messageJson(post: SlackPost, replies: number, withMetadata: boolean) {
  return {
    type: "message",
    ts: post.ts,
    user: post.userId,
    ...post.content,
    ...(post.threadTs === undefined ? {} : { thread_ts: post.threadTs }),
    ...(replies === 0 ? {} : { reply_count: replies, thread_ts: post.ts }),
    ...(post.files.length === 0
      ? {}
      : { files: post.files.map(({ id, name, title }) => ({ id, name, title })) }),
    ...(withMetadata && post.metadata !== undefined ? { metadata: post.metadata } : {}),
  };
}
