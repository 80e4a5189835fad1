import type { DirectNote, PrivateAnswer, ThreadNote } from "../core/effects.ts";
import type { SlackUserId } from "../core/ids.ts";
import type { AccessRequest } from "../core/request.ts";
import type { SessionMinutes } from "../core/time.ts";

/** A button of the root message; exactly those the state allows are shown (law L14). */
export type CardAction =
  | { readonly action: "approve"; readonly minutes: SessionMinutes; readonly asked: boolean }
  | { readonly action: "deny" }
  | { readonly action: "cancel" }
  | { readonly action: "revoke" }
  | { readonly action: "lock" }
  | { readonly action: "close_unverified" };

/** All that the root message is rendered from. Text in it is raw. */
export interface RequestCard {
  readonly request: AccessRequest;
  readonly actions: readonly CardAction[];
  readonly timeline: readonly TimelineEntry[];
}

/** One line of the card's history: who did what, when. */
export interface TimelineEntry {
  readonly at: number;
  readonly what: string;
  readonly bySlackUserId?: SlackUserId;
}

/** Where the root message is. */
export interface MessageRef {
  readonly channelId: string;
  readonly ts: string;
}

/** The session's log as a file, with what its post says. */
export interface LogUpload {
  readonly filename: string;
  readonly text: string;
  readonly lines: number;
  readonly hash: string;
  readonly late: boolean;
}

/** One Mac that asks to be enrolled again. */
export interface ReEnrollmentAsk {
  readonly serial: string;
  readonly askedAt: number;
}

/** What a Mac reported outside any session; `items` are raw text. */
export interface ChannelWarning {
  readonly serial: string;
  readonly kind: string;
  readonly items: readonly string[];
}

/** One row of /admin-status, or its detail. */
export interface StatusView {
  readonly open: readonly AccessRequest[];
  /** There are more open requests than `open` holds. */
  readonly isCut?: boolean;
  readonly detail?: { readonly request: AccessRequest; readonly timeline: readonly TimelineEntry[] };
  readonly problem?: string;
}

/**
 * The chat (Slack). Every call may throw `RetryableError` or `TerminalError`. `key` goes into the message's
 * metadata, so that the `find…` calls can tell whether an earlier try arrived (design section 6).
 */
export interface Chat {
  postCard(card: RequestCard, key: string): Promise<MessageRef>;
  updateCard(ref: MessageRef, card: RequestCard): Promise<void>;
  /** The root message posted with `key`, if it is in the IT channel's recent history. */
  findCard(key: string, since: number): Promise<MessageRef | undefined>;
  postThread(ref: MessageRef, note: ThreadNote, key: string): Promise<void>;
  uploadLog(ref: MessageRef, upload: LogUpload, key: string): Promise<void>;
  /** True when the thread holds a post or file with `key`. */
  isInThread(ref: MessageRef, key: string): Promise<boolean>;
  sendDirect(to: SlackUserId, note: DirectNote, key: string, requestId: string): Promise<void>;
  wasSentDirect(to: SlackUserId, key: string, since: number): Promise<boolean>;
  /** Answers a click or slash command privately through its response URL. May double. */
  answerPrivately(responseUrl: string, answer: PrivateAnswer): Promise<void>;
  /** Shows `text` to one person in the IT channel (thread of `ref`), for secrets that must not be stored. */
  showPrivately(ref: MessageRef, to: SlackUserId, text: string): Promise<void>;
  answerStatus(responseUrl: string, view: StatusView): Promise<void>;
  openDenyDialog(triggerId: string, requestId: string, responseUrl: string | undefined): Promise<void>;
  /** Asks the approvers whether a wiped Mac may enrol again. */
  askReEnrollment(ask: ReEnrollmentAsk, key: string): Promise<void>;
  /** Tells the IT channel what a Mac reported outside any session. */
  warnChannel(warning: ChannelWarning, key: string): Promise<void>;
  /** The active Slack user with this e-mail, or undefined when Slack knows none. */
  findUserByEmail(email: string): Promise<SlackUserId | undefined>;
}
