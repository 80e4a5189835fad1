import type { Actor, Ask, Category, EndReason, Identity, IdentityDoubt } from "../../../core/request.ts";
import { type Instant, SECOND_MS } from "../../../core/time.ts";
import { SLACK_USER_ID_PATTERN } from "../../../core/ids.ts";
import { escapeMrkdwn, inlineCode } from "../escape.ts";

/** How the same things are said in every message. All of it is mrkdwn unless it says plain. */

/** A mention of one person; a string that is no Slack user id is shown as it is. */
export function mention(userId: string): string {
  return SLACK_USER_ID_PATTERN.test(userId) ? `<@${userId}>` : escapeMrkdwn(userId);
}

/** Who did it. */
export function actorWords(actor: Actor): string {
  switch (actor.kind) {
    case "slack":
      return mention(actor.userId);
    case "mac":
      return "the user, on the Mac";
    case "policy":
      return `the off-hours rule (on call: ${mention(actor.onCallUserId)})`;
    case "system":
      return "Hallpass";
  }
}

/** The account on the Mac and, where Slack knows them, the person. */
export function requesterWords(ask: Ask, identity: Identity): string {
  const account = inlineCode(ask.username, 64);
  const person = identity.state === "resolved" ? identity.directMessageTo : undefined;
  return person === undefined ? account : `${mention(person)} (${account})`;
}

/** The name of the Mac. */
export function macWords(ask: Ask): string {
  return inlineCode(ask.hostname, 100);
}

/** What the rights are for. Plain. */
export const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  install: "Install software",
  debug: "Find a fault",
  config: "Change a setting",
  security: "Security work",
  developer: "Developer tools",
  other: "Something else",
};

/** Why a session ended: fits after "Ended:" and in brackets. */
export const END_REASON_WORDS: Readonly<Record<EndReason, string>> = {
  expired: "the time was up",
  revoked: "revoked by IT",
  locked: "the Mac was locked by IT",
  network_loss: "the Mac lost its network",
  ended_by_user: "the user was done",
  tampered: "signs of tampering on the Mac",
  device_error: "an error on the Mac",
};

/** What an approver must know before deciding, in full. Plain. */
export const DOUBT_WORDS: Readonly<Record<IdentityDoubt, string>> = {
  owner_differs: "Iru's owner of this Mac and the e-mail address the Mac gave are two different people.",
  nobody_resolved: "Neither Iru's owner of this Mac nor an e-mail address leads to anybody in Slack.",
  owner_unknown: "Iru names no owner of this Mac whom Slack knows.",
  mac_unknown: "Iru does not know this serial number.",
  no_email:
    "The Mac gave no e-mail address: anybody with an account on it may be asking, not only its owner.",
  email_unknown: "The e-mail address the Mac gave leads to nobody in Slack: its owner need not be who asks.",
};

/** The same for the small confirm dialog; all together they stay under 160 characters. Plain. */
export const SHORT_DOUBT_WORDS: Readonly<Record<IdentityDoubt, string>> = {
  owner_differs: "the Mac's owner is somebody else",
  nobody_resolved: "nobody in Slack matches",
  owner_unknown: "the owner is unknown",
  mac_unknown: "Iru does not know this Mac",
  no_email: "no e-mail was given",
  email_unknown: "the e-mail is unknown",
};

/** The doubts about who is asking; none while that is still being looked up. */
export function doubtsOf(identity: Identity): readonly IdentityDoubt[] {
  return identity.state === "resolved" ? identity.doubts : [];
}

// docs.slack.dev, "Formatting message text", section on dates: seconds, a format, and words for old clients.
function dateToken(at: Instant, format: string, fallback: string): string {
  const seconds = Math.floor(at / SECOND_MS);
  return Number.isFinite(at) && seconds >= 0 && seconds < 1e12
    ? `<!date^${seconds}^${format}|${fallback}>`
    : "an unknown time";
}

function utc(at: Instant): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString().replace("T", " ");
}

/** The time of day in the reader's own zone. */
export function clockTime(at: Instant): string {
  return dateToken(at, "{time}", `${utc(at).slice(11, 16)} UTC`);
}

/** The time of day with seconds in the reader's own zone. */
export function exactTime(at: Instant): string {
  return dateToken(at, "{time_secs}", `${utc(at).slice(11, 19)} UTC`);
}

/** Day and time of day in the reader's own zone. */
export function dayAndTime(at: Instant): string {
  return dateToken(at, "{date_short_pretty} {time}", `${utc(at).slice(0, 16)} UTC`);
}

/** "1 line", "2 lines". Plain. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
