import type { KnownBlock } from "@slack/types";
import type { DirectNote } from "../../../core/effects.ts";
import { REQUEST_ACTION_IDS } from "../actions.ts";
import type { SlackMessage } from "../block-kit.ts";
import { inlineCode } from "../escape.ts";
import { button, buttons, quoted, section } from "./parts.ts";
import { END_REASON_WORDS, clockTime } from "./words.ts";

/** One direct message. While rights are in force it carries the button that gives them back. */
export function directMessage(note: DirectNote, requestId: string): SlackMessage {
  const sentence = sentenceOf(note);
  return { text: sentence, blocks: [section(sentence), ...detailBlocks(note, requestId)] };
}

function sentenceOf(note: DirectNote): string {
  switch (note.note) {
    case "received":
      return `Your request for ${note.minutes} minutes of admin rights is with IT. You will hear here when it is decided.`;
    case "approved": {
      const instead = note.minutes === note.askedMinutes ? "" : ` (you asked for ${note.askedMinutes})`;
      return `*Approved: ${note.minutes} minutes*${instead}. Your Mac takes it from here; the minutes start once you are an admin.`;
    }
    case "denied":
      return "IT has denied your request for admin rights.";
    case "cancelled_by_it":
      return "IT has cancelled your request for admin rights.";
    case "expired_unanswered":
      return "Nobody answered your request for admin rights, so it was closed. Please ask again if you still need them.";
    case "lapsed":
      return "Your approval has lapsed because your Mac did not take it up in time. Please ask again if you still need it.";
    case "elevated":
      return `*You are an admin until ${clockTime(note.endsAt)}.* The commands you run with sudo are logged and shown to IT.`;
    case "warning":
      return `Your admin rights end at ${clockTime(note.endsAt)}. Please finish what needs them.`;
    case "closed":
      return closedSentence(note);
    case "on_call_approved":
      return `You are on call: ${inlineCode(note.username, 64)} on ${inlineCode(note.hostname, 100)} was given ${note.minutes} minutes of admin rights in your name, outside business hours. The thread in the IT channel has the details and the Revoke button.`;
  }
}

function closedSentence(note: Extract<DirectNote, { note: "closed" }>): string {
  const over = `Your admin session is over since ${clockTime(note.endedAt)}: ${END_REASON_WORDS[note.reason]}.`;
  switch (note.logState) {
    case "collected":
      return `${over} Its command log is stored.`;
    case "missing":
      return `${over} Its command log has not arrived; IT knows and may ask you about it.`;
    case "none":
      return over;
  }
}

function detailBlocks(note: DirectNote, requestId: string): readonly KnownBlock[] {
  switch (note.note) {
    case "denied":
      return note.reason === undefined ? [] : quoted("Why", note.reason);
    case "on_call_approved":
      return quoted("Reason", note.reason);
    case "elevated":
    case "warning":
      return [
        buttons(
          button({ label: "I'm done", actionId: REQUEST_ACTION_IDS.end_by_requester, value: requestId }),
        ),
      ];
    case "received":
    case "approved":
    case "cancelled_by_it":
    case "expired_unanswered":
    case "lapsed":
    case "closed":
      return [];
  }
}
