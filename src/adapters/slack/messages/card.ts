import type { KnownBlock } from "@slack/types";
import { shortId } from "../../../core/ids.ts";
import type { AccessRequest } from "../../../core/request.ts";
import type { RequestCard, TimelineEntry } from "../../../ports/chat.ts";
import type { SlackMessage } from "../block-kit.ts";
import { LIMITS } from "../block-kit-limits.ts";
import { clip, escapeMrkdwn, inlineCode } from "../escape.ts";
import { cardButton } from "./card-buttons.ts";
import { headlineOf, stateLines } from "./card-state.ts";
import { buttons, context, facts, header, quoted, section } from "./parts.ts";
import {
  CATEGORY_WORDS,
  DOUBT_WORDS,
  counted,
  dayAndTime,
  doubtsOf,
  exactTime,
  macWords,
  mention,
  requesterWords,
} from "./words.ts";

/** The root message of a request: a pure function of its state, with exactly the buttons that the card lists. */
export function cardMessage(card: RequestCard): SlackMessage {
  const { request, actions } = card;
  const blocks: readonly KnownBlock[] = [
    ...requestBlocks(request, card.timeline),
    ...(actions.length === 0 ? [] : [buttons(...actions.map((action) => cardButton(action, request)))]),
  ];
  return { text: fallbackText(request), blocks };
}

/** Everything about one request but the buttons; /admin-status shows the same. */
export function requestBlocks(
  request: AccessRequest,
  timeline: readonly TimelineEntry[],
): readonly KnownBlock[] {
  const { ask, identity } = request;
  const lines = stateLines(request);
  return [
    header(headlineOf(request)),
    section(`${requesterWords(ask, identity)} on ${macWords(ask)}`),
    facts([
      ["Asked for", `${ask.durationMinutes} minutes`],
      ["What for", CATEGORY_WORDS[ask.category]],
      ["Serial", clip(ask.serial, 40, escapeMrkdwn)],
      ["Asked at", dayAndTime(ask.requestedAt)],
    ]),
    ...quoted("Reason", ask.reason),
    ...identityBlocks(request),
    ...(lines.length === 0 ? [] : [section(lines.join("\n"))]),
    ...denialBlocks(request),
    ...timelineBlocks(timeline),
    context(`Request ${escapeMrkdwn(shortId(ask.requestId))}`),
  ];
}

function identityBlocks(request: AccessRequest): readonly KnownBlock[] {
  const { identity, ask } = request;
  if (identity.state === "pending") {
    const words = request.status === "pending" ? "is being looked up" : "was not looked up";
    return [context(`Who this is in Slack ${words}.`)];
  }
  const doubts = doubtsOf(identity);
  if (doubts.length === 0) return [];
  const claimed = ask.email === undefined ? "none" : inlineCode(ask.email, 254);
  const owner = identity.ownerEmail === undefined ? "unknown" : inlineCode(identity.ownerEmail, 254);
  return [
    section(
      [
        request.status === "pending"
          ? "*Check who this is before you decide.*"
          : "*It is not certain who asked.*",
        ...doubts.map((doubt) => `• ${DOUBT_WORDS[doubt]}`),
        `E-mail the Mac gave: ${claimed}. Iru's owner: ${owner}.`,
      ].join("\n"),
    ),
  ];
}

function denialBlocks(request: AccessRequest): readonly KnownBlock[] {
  const reason = request.status === "denied" ? request.denial.reason : undefined;
  return reason === undefined ? [] : quoted("Why", reason);
}

const TIMELINE_LINE_MAX = 200;

function timelineBlocks(timeline: readonly TimelineEntry[]): readonly KnownBlock[] {
  if (timeline.length === 0) return [];
  const lines = timeline.map((entry) => {
    const by = entry.bySlackUserId === undefined ? "" : `, ${mention(entry.bySlackUserId)}`;
    return `${exactTime(entry.at)}  ${clip(entry.what, TIMELINE_LINE_MAX, escapeMrkdwn)}${by}`;
  });
  return [section(["*Timeline*", ...fitting(lines, LIMITS.sectionText - 100)].join("\n"))];
}

/** As many whole lines from the start as fit, and a last one that counts the rest. */
function fitting(lines: readonly string[], maxLength: number): readonly string[] {
  let length = 0;
  let count = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > maxLength) break;
    count += 1;
  }
  const left = lines.length - count;
  return left === 0 ? lines : [...lines.slice(0, count), `and ${counted(left, "more line")}`];
}

function fallbackText(request: AccessRequest): string {
  const { ask } = request;
  const who = `${clip(ask.username, 64, escapeMrkdwn)} on ${clip(ask.hostname, 100, escapeMrkdwn)}`;
  return request.status === "pending"
    ? `${who} asks for admin rights for ${ask.durationMinutes} minutes: ${clip(ask.reason, 500, escapeMrkdwn)}`
    : `${headlineOf(request)}: ${who}`;
}
