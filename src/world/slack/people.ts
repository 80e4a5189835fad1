import type { Button, ConfirmationDialog, ModalView } from "@slack/types";
import { DENY_DIALOG } from "../../adapters/slack/actions.ts";
import { signSlackRequest } from "../../adapters/slack/verify.ts";
import { SECOND_MS } from "../../core/time.ts";
import {
  type MessageContent,
  type SlackConversation,
  type SlackPost,
  type SlackState,
  issueTickets,
  record,
} from "./state.ts";

/** How what people do reaches Hallpass. */
export interface Delivery {
  /** Where Hallpass is, without a slash at the end. */
  readonly appUrl: string;
  readonly signingSecret: string;
  readonly fetch: (
    url: string,
    init: {
      readonly method: "POST";
      readonly headers: Record<string, string>;
      readonly body: string;
    },
  ) => Promise<Response>;
}

/** What Hallpass answered at once. */
export interface DirectAnswer {
  readonly status: number;
  readonly body: string;
}

/** A button on a message, as a person sees it. */
export interface VisibleButton {
  readonly actionId: string;
  readonly label: string;
  readonly value: string;
  readonly confirm?: ConfirmationDialog;
}

/** The buttons of some content, in order. */
export function buttonsOf(content: MessageContent): readonly VisibleButton[] {
  return content.blocks.flatMap((block) =>
    block.type === "actions"
      ? block.elements.filter((element): element is Button => element.type === "button").map(toVisible)
      : [],
  );
}

function toVisible(button: Button): VisibleButton {
  return {
    actionId: button.action_id ?? "",
    label: button.text.text,
    value: button.value ?? "",
    ...(button.confirm === undefined ? {} : { confirm: button.confirm }),
  };
}

/**
 * A person clicks a button and, where it asks, says yes. A button that an edit has taken away can still be clicked
 * by somebody whose screen lags; one that was never there is an error of the test. Resolves with Hallpass's answer.
 */
export async function clickButton(
  state: SlackState,
  delivery: Delivery,
  userId: string,
  messageTs: string,
  actionId: string,
): Promise<DirectAnswer> {
  const { conversation, post } = findPost(state, messageTs);
  const isIt = (button: VisibleButton) => button.actionId === actionId;
  const present = buttonsOf(post.content).find(isIt);
  const button = present ?? post.earlier.flatMap(buttonsOf).findLast(isIt);
  if (button === undefined) throw new Error(`message ${messageTs} never had a button ${actionId}`);
  if (!conversation.members.has(userId)) throw new Error(`${userId} cannot see message ${messageTs}`);
  const { label } = button;
  const isStale = present === undefined;
  record(state, { event: "clicked", at: state.clock.now(), userId, conversation, post, label, isStale });
  const { triggerId, responseUrl } = issueTickets(state, userId, "actions");
  const payload = {
    type: "block_actions",
    user: { id: userId, username: state.people.get(userId)?.name ?? userId, team_id: "T0HALLPASS" },
    team: { id: "T0HALLPASS", domain: "simulated" },
    api_app_id: "A0HALLPASS",
    token: "not-used-any-more",
    container: {
      type: "message",
      message_ts: post.ts,
      channel_id: conversation.id,
      is_ephemeral: false,
    },
    channel: {
      id: conversation.id,
      name: conversation.kind === "direct" ? "directmessage" : conversation.name,
    },
    message: { type: "message", ts: post.ts, user: post.userId, ...post.content },
    state: { values: {} },
    response_url: responseUrl,
    trigger_id: triggerId,
    is_enterprise_install: false,
    enterprise: null,
    actions: [
      {
        type: "button",
        action_id: button.actionId,
        block_id: "b1",
        value: button.value,
        text: { type: "plain_text", text: label },
        action_ts: actionTs(state),
      },
    ],
  };
  return send(state, delivery, "/slack/actions", { payload: JSON.stringify(payload) }, userId);
}

/** A person fills in the dialog before them and sends it. */
export async function submitDialog(
  state: SlackState,
  delivery: Delivery,
  userId: string,
  words: string,
): Promise<DirectAnswer> {
  const dialog = state.dialogs.get(userId);
  if (dialog === undefined) throw new Error(`${userId} has no dialog open`);
  const { viewId, view } = dialog;
  record(state, { event: "submitted", at: state.clock.now(), userId, title: view.title.text, words });
  const { triggerId } = issueTickets(state, userId, "actions");
  const payload = {
    type: "view_submission",
    user: { id: userId, username: state.people.get(userId)?.name ?? userId, team_id: "T0HALLPASS" },
    team: { id: "T0HALLPASS", domain: "simulated" },
    api_app_id: "A0HALLPASS",
    token: "not-used-any-more",
    trigger_id: triggerId,
    view: {
      id: viewId,
      ...view,
      state: {
        values: {
          [DENY_DIALOG.blockId]: {
            [DENY_DIALOG.actionId]: { type: "plain_text_input", value: words === "" ? null : words },
          },
        },
      },
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
  const answer = await send(state, delivery, "/slack/actions", { payload: JSON.stringify(payload) }, userId);
  if (answer.status !== 200) return answer;
  if (answer.body === "") state.dialogs.delete(userId);
  else state.dialogs.set(userId, { viewId, view: withErrors(view, answer.body) });
  return answer;
}

/** The view with what a refusal says of its fields, below each, where the hint stands. */
function withErrors(view: ModalView, body: string): ModalView {
  const { errors = {} } = JSON.parse(body) as { readonly errors?: Readonly<Record<string, string>> };
  const blocks = view.blocks.map((block) => {
    const text = block.type === "input" ? errors[block.block_id ?? ""] : undefined;
    return text === undefined ? block : { ...block, hint: { type: "plain_text", text } as const };
  });
  return { ...view, blocks };
}

/** A person types a slash command into the channel. */
export async function typeCommand(
  state: SlackState,
  delivery: Delivery,
  userId: string,
  command: string,
  text: string,
): Promise<DirectAnswer> {
  record(state, {
    event: "commanded",
    at: state.clock.now(),
    userId,
    command: text === "" ? command : `${command} ${text}`,
  });
  const channel = [...state.conversations.values()].find((conversation) => conversation.kind === "channel");
  const { triggerId, responseUrl } = issueTickets(state, userId, "commands");
  const form = {
    token: "not-used-any-more",
    team_id: "T0HALLPASS",
    team_domain: "simulated",
    channel_id: channel?.id ?? "",
    channel_name: channel?.name ?? "",
    user_id: userId,
    user_name: state.people.get(userId)?.name ?? userId,
    command,
    text,
    api_app_id: "A0HALLPASS",
    is_enterprise_install: "false",
    response_url: responseUrl,
    trigger_id: triggerId,
  };
  return send(state, delivery, "/slack/commands", form, userId);
}

/** The message with this time stamp, in whatever conversation; an error when there is none. */
export function findPost(
  state: SlackState,
  ts: string,
): { readonly conversation: SlackConversation; readonly post: SlackPost } {
  for (const conversation of state.conversations.values()) {
    const post = conversation.posts.find((candidate) => candidate.ts === ts);
    if (post !== undefined) return { conversation, post };
  }
  throw new Error(`there is no message ${ts}`);
}

function actionTs(state: SlackState): string {
  state.lastId += 1;
  const micros = String(state.lastId % 1_000_000).padStart(6, "0");
  return `${Math.floor(state.clock.now() / SECOND_MS)}.${micros}`;
}

async function send(
  state: SlackState,
  delivery: Delivery,
  path: string,
  form: Record<string, string>,
  userId: string,
): Promise<DirectAnswer> {
  const body = new URLSearchParams(form).toString();
  const timestamp = String(Math.floor(state.clock.now() / SECOND_MS));
  const response = await delivery.fetch(`${delivery.appUrl}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signSlackRequest(delivery.signingSecret, timestamp, body),
    },
    body,
  });
  const answer = { status: response.status, body: await response.text() };
  if (answer.status !== 200 || answer.body !== "") {
    record(state, { event: "answered", at: state.clock.now(), userId, ...answer });
  }
  return answer;
}
