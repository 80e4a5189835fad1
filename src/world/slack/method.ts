import type { SlackConversation, SlackState } from "./state.ts";
import { directWith } from "./state.ts";

/** The arguments of a call, as text or parsed JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A method's answer without `ok`; or Slack's word for why not. */
export type MethodAnswer = Readonly<Record<string, unknown>> | string;

/** One method of the Web API: its scopes (any one of each group is enough) and what it does. */
export interface Method {
  readonly scopes: (state: SlackState, args: Arguments) => readonly string[];
  readonly call: (state: SlackState, args: Arguments) => MethodAnswer;
}

/** An argument that is text, or the empty text. */
export function textArgument(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** An argument that is JSON, as an object or as text. */
export function jsonArgument(args: Arguments, name: string): unknown {
  const value = args[name];
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** A conversation that the bot may write to, or Slack's word for why not. */
export function writable(state: SlackState, id: string): SlackConversation | string {
  const person = state.people.get(id);
  const conversation = person === undefined ? state.conversations.get(id) : directWith(state, person);
  if (conversation === undefined) return "channel_not_found";
  if (conversation.isArchived) return "is_archived";
  if (!conversation.members.has(state.botUserId)) return "not_in_channel";
  return conversation;
}
