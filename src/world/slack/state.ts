import type { KnownBlock, MessageMetadata, ModalView } from "@slack/types";
import { type Instant, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SlackEvent } from "./events.ts";

/** A person in the simulated workspace. */
export interface SlackPerson {
  /** `U…`. */
  readonly id: string;
  /** Short name, as after an @. */
  readonly name: string;
  readonly realName: string;
  readonly email?: string;
  readonly deleted?: boolean;
}

/** What a message says. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** A file in a message. */
export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

/** A message as it stands. */
export interface SlackPost {
  readonly ts: string;
  readonly userId: string;
  content: MessageContent;
  /** What it said before its edits, oldest first: what people whose screen lags may still click on. */
  readonly earlier: MessageContent[];
  metadata: MessageMetadata | undefined;
  readonly threadTs: string | undefined;
  readonly files: readonly SlackFile[];
  editedAt: Instant | undefined;
}

/** A channel, or the direct messages with one person. */
export interface SlackConversation {
  readonly id: string;
  readonly kind: "channel" | "direct";
  readonly isPrivate: boolean;
  /** The channel's name, or the person's. */
  readonly name: string;
  readonly members: Set<string>;
  isArchived: boolean;
  readonly posts: SlackPost[];
}

/** Something shown to one person only; Slack keeps no copy of it. */
export interface PrivateMessage {
  readonly at: Instant;
  readonly userId: string;
  readonly content: MessageContent;
  readonly through: "response_url" | "ephemeral";
}

/** A file that was announced, and perhaps sent, but not shared yet. */
export interface PendingUpload {
  readonly filename: string;
  readonly length: number;
  text: string | undefined;
}

/** What a click or command gave: good for one dialog within 3 s. */
export interface Trigger {
  readonly userId: string;
  readonly expiresAt: Instant;
  isUsed: boolean;
}

/** Where private answers to one click or command may go: 5 times within 30 min. */
export interface ResponseUrl {
  readonly userId: string;
  readonly expiresAt: Instant;
  usesLeft: number;
}

/** The whole simulated workspace. */
export interface SlackState {
  readonly clock: Clock;
  readonly botUserId: string;
  readonly people: Map<string, SlackPerson>;
  readonly conversations: Map<string, SlackConversation>;
  readonly privates: PrivateMessage[];
  readonly uploads: Map<string, PendingUpload>;
  readonly triggers: Map<string, Trigger>;
  readonly responseUrls: Map<string, ResponseUrl>;
  /** The dialog each person has in front of them. */
  readonly dialogs: Map<string, { readonly viewId: string; readonly view: ModalView }>;
  /** What happened, oldest first; listeners hear of each. */
  readonly events: SlackEvent[];
  readonly listeners: Set<(event: SlackEvent) => void>;
  /** Where response URLs and upload URLs point. */
  hooksOrigin: string;
  filesOrigin: string;
  lastTs: number;
  lastId: number;
}

// docs.slack.dev, "Handling user interaction".
const TRIGGER_LIFE_MS = 3 * SECOND_MS;
const RESPONSE_URL_LIFE_MS = 30 * MINUTE_MS;
const RESPONSE_URL_USES = 5;

/** Makes a workspace with one channel, whose members are everybody and the bot. */
export function createSlackState(options: {
  readonly clock: Clock;
  readonly botUserId: string;
  readonly channel: { readonly id: string; readonly name: string };
  readonly people: readonly SlackPerson[];
  readonly isPrivate?: boolean;
}): SlackState {
  const { id, name } = options.channel;
  const isPrivate = options.isPrivate ?? false;
  const members = new Set([options.botUserId, ...options.people.map((person) => person.id)]);
  return {
    clock: options.clock,
    botUserId: options.botUserId,
    people: new Map(options.people.map((person) => [person.id, person])),
    conversations: new Map([
      [id, { id, kind: "channel", isPrivate, name, members, isArchived: false, posts: [] }],
    ]),
    privates: [],
    uploads: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    dialogs: new Map(),
    events: [],
    listeners: new Set(),
    hooksOrigin: "https://hooks.slack.com",
    filesOrigin: "https://files.slack.com",
    lastTs: 0,
    lastId: 0,
  };
}

/** A fresh id with this prefix: the same world makes the same ids. */
export function nextId(state: SlackState, prefix: string): string {
  state.lastId += 1;
  return `${prefix}${String(state.lastId).padStart(8, "0")}`;
}

/** A fresh message time stamp: the clock's time in microseconds, always later than the one before. */
export function nextTs(state: SlackState): string {
  state.lastTs = Math.max(state.lastTs + 1, state.clock.now() * 1_000);
  const seconds = Math.floor(state.lastTs / 1_000_000);
  return `${seconds}.${String(state.lastTs % 1_000_000).padStart(6, "0")}`;
}

/** When a message time stamp was given. */
export function instantOfTs(ts: string): Instant {
  return Math.floor(Number(ts) * SECOND_MS);
}

/** The direct messages with one person, begun if need be. */
export function directWith(state: SlackState, person: SlackPerson): SlackConversation {
  const id = `D${person.id.slice(1)}`;
  const known = state.conversations.get(id);
  if (known !== undefined) return known;
  const begun: SlackConversation = {
    id,
    kind: "direct",
    isPrivate: true,
    name: person.name,
    members: new Set([state.botUserId, person.id]),
    isArchived: false,
    posts: [],
  };
  state.conversations.set(id, begun);
  return begun;
}

/** Adds a message of the bot. */
export function addPost(
  state: SlackState,
  conversation: SlackConversation,
  draft: Pick<SlackPost, "content" | "metadata" | "threadTs" | "files">,
): SlackPost {
  const post: SlackPost = {
    ...draft,
    ts: nextTs(state),
    userId: state.botUserId,
    earlier: [],
    editedAt: undefined,
  };
  conversation.posts.push(post);
  record(state, { event: "posted", at: state.clock.now(), conversation, post, content: post.content });
  return post;
}

/** Replaces what a message says. */
export function editPost(
  state: SlackState,
  conversation: SlackConversation,
  post: SlackPost,
  content: MessageContent,
): void {
  const before = post.content;
  post.earlier.push(before);
  post.content = content;
  post.editedAt = state.clock.now();
  record(state, { event: "edited", at: post.editedAt, conversation, post, before, content });
}

/** Shows something to one person. */
export function showPrivately(state: SlackState, message: Omit<PrivateMessage, "at">): void {
  const at = state.clock.now();
  state.privates.push({ ...message, at });
  record(state, { event: "shown", at, userId: message.userId, content: message.content });
}

/** What a person's click or command carries: a trigger for one dialog and a URL for private answers. */
export function issueTickets(
  state: SlackState,
  userId: string,
  kind: "actions" | "commands",
): { readonly triggerId: string; readonly responseUrl: string } {
  const now = state.clock.now();
  const triggerId = nextId(state, "trigger.");
  state.triggers.set(triggerId, { userId, expiresAt: now + TRIGGER_LIFE_MS, isUsed: false });
  const path = `/${kind}/T0HALLPASS/${nextId(state, "")}/secret`;
  state.responseUrls.set(path, {
    userId,
    expiresAt: now + RESPONSE_URL_LIFE_MS,
    usesLeft: RESPONSE_URL_USES,
  });
  return { triggerId, responseUrl: `${state.hooksOrigin}${path}` };
}

/** Keeps an event and tells the listeners. */
export function record(state: SlackState, event: SlackEvent): void {
  state.events.push(event);
  for (const listener of state.listeners) listener(event);
}
