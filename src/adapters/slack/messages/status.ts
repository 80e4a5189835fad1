import type { KnownBlock } from "@slack/types";
import { shortId } from "../../../core/ids.ts";
import type { AccessRequest } from "../../../core/request.ts";
import type { StatusView } from "../../../ports/chat.ts";
import { STATUS_COMMAND } from "../actions.ts";
import type { SlackMessage } from "../block-kit.ts";
import { clip, escapeMrkdwn } from "../escape.ts";
import { requestBlocks } from "./card.ts";
import { headlineOf } from "./card-state.ts";
import { context, header, plainParagraph, section } from "./parts.ts";
import { actorWords, clockTime, dayAndTime, exactTime, macWords, requesterWords } from "./words.ts";

/** Rows in one answer; the rest is counted. */
const ROWS_MAX = 40;

/** The answer to /admin-status: a problem, one request in detail, or all that are open. */
export function statusMessage(view: StatusView): SlackMessage {
  if (view.problem !== undefined) {
    return {
      text: clip(view.problem, 1_000, escapeMrkdwn).trim() || "-",
      blocks: [{ type: "section", text: plainParagraph(view.problem, 1_000) }],
    };
  }
  if (view.detail !== undefined) {
    const { request, timeline } = view.detail;
    return { text: `${headlineOf(request)}: request in detail`, blocks: requestBlocks(request, timeline) };
  }
  return listMessage(view.open, view.isCut === true ? "more than " : "");
}

/** `than` stands before the counts where the list itself is not whole. */
function listMessage(open: readonly AccessRequest[], than: "" | "more than "): SlackMessage {
  if (open.length === 0) {
    const nobody = "Nobody has admin rights through Hallpass or waits for them.";
    return { text: nobody, blocks: [section(nobody)] };
  }
  const left = open.length - ROWS_MAX;
  const hint = `${STATUS_COMMAND} followed by an id shows one in detail.`;
  const blocks: readonly KnownBlock[] = [
    header(`Open now: ${than}${open.length}`),
    ...open.slice(0, ROWS_MAX).map((request) => section(rowOf(request))),
    context(left > 0 ? `And ${than}${left} more. ${hint}` : hint),
  ];
  return { text: `Open now: ${than}${open.length}`, blocks };
}

function rowOf(request: AccessRequest): string {
  const { ask, identity } = request;
  const id = escapeMrkdwn(shortId(ask.requestId));
  return `*${headlineOf(request)}*  ${requesterWords(ask, identity)} on ${macWords(ask)}\n${id}: ${standing(request)}`;
}

function standing(request: AccessRequest): string {
  switch (request.status) {
    case "pending":
      return `waiting since ${dayAndTime(request.ask.requestedAt)}`;
    case "approved":
      return `by ${actorWords(request.approval.by)}, lapses at ${clockTime(request.lapsesAt)}`;
    case "arming":
      return `has to confirm by ${exactTime(request.arming.confirmBy)}`;
    case "active":
      return `admin until ${clockTime(request.grant.endsAt)}, approved by ${actorWords(request.approval.by)}`;
    case "ending":
      return `since ${dayAndTime(request.ending.since)}, ${
        request.proof.state === "removed" ? "rights removed" : "removal not confirmed"
      }`;
    case "ended":
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return "closed";
  }
}
