import type { KnownBlock } from "@slack/types";
import type { ThreadNote } from "../../../core/effects.ts";
import type { SlackMessage } from "../block-kit.ts";
import { clip, escapeMrkdwn } from "../escape.ts";
import { quoted, section } from "./parts.ts";
import { itemBlocks, reportWords } from "./report.ts";
import { END_REASON_WORDS, actorWords, clockTime, counted, dayAndTime, exactTime } from "./words.ts";

/** Longest quotation of what a machine said about a failure. */
const WHY_MAX = 600;

/** One post in the thread of a request. */
export function threadMessage(note: ThreadNote): SlackMessage {
  const sentence = sentenceOf(note);
  return { text: sentence, blocks: [section(sentence), ...detailBlocks(note)] };
}

function sentenceOf(note: ThreadNote): string {
  switch (note.note) {
    case "approved":
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
    case "nudge":
    case "auto_approval_declined":
      return decisionSentence(note);
    case "signal_failed":
    case "started":
    case "warning":
    case "ending":
    case "removed":
    case "not_confirmed":
    case "still_admin":
    case "closed_unverified":
    case "re_enrolled":
    case "close_offered":
    case "deadline_alarm":
    case "locked":
      return sessionSentence(note);
    case "heartbeat_lost":
    case "heartbeat_returned":
    case "log_missing":
    case "log_contradiction":
    case "report":
    case "refused_device_call":
    case "effect_failed":
    case "effect_recovered":
      return evidenceSentence(note);
  }
}

type NoteOf<N extends ThreadNote["note"]> = Extract<ThreadNote, { note: N }>;

function decisionSentence(
  note: NoteOf<
    "approved" | "denied" | "cancelled" | "expired_unanswered" | "lapsed" | "nudge" | "auto_approval_declined"
  >,
): string {
  switch (note.note) {
    case "approved": {
      const instead = note.minutes === note.askedMinutes ? "" : ` (asked for ${note.askedMinutes})`;
      return `Approved for *${note.minutes} minutes*${instead} by ${actorWords(note.by)}.`;
    }
    case "denied":
      return `Denied by ${actorWords(note.by)}.`;
    case "cancelled":
      return `Cancelled by ${actorWords(note.by)}.`;
    case "expired_unanswered":
      return `Closed: nobody answered within ${counted(note.afterHours, "hour")}.`;
    case "lapsed":
      return "The approval has lapsed: the Mac did not take it up in time.";
    case "nudge":
      return `Still waiting for an answer, since ${dayAndTime(note.waitingSince)} (reminder ${note.count}).`;
    case "auto_approval_declined":
      return `Off-hours approval leaves this one to you: ${why(note.why)}`;
  }
}

function sessionSentence(
  note: NoteOf<
    | "signal_failed"
    | "started"
    | "warning"
    | "ending"
    | "removed"
    | "not_confirmed"
    | "still_admin"
    | "closed_unverified"
    | "re_enrolled"
    | "close_offered"
    | "deadline_alarm"
    | "locked"
  >,
): string {
  switch (note.note) {
    case "signal_failed":
      return `*The signal to the Mac could not be set in Iru:* ${why(note.why)}`;
    case "started": {
      const skew = note.clockSkewSeconds;
      const odd = skew === undefined ? "" : ` The Mac's own clock differs by ${Math.abs(skew)} s.`;
      return `Admin rights confirmed on the Mac: *${note.minutes} minutes, until ${clockTime(note.endsAt)}*.${odd}`;
    }
    case "warning":
      return `The session ends at ${clockTime(note.endsAt)}.`;
    case "ending": {
      const who = note.by.kind === "slack" ? `, by ${actorWords(note.by)}` : "";
      return `Ending: ${END_REASON_WORDS[note.reason]}${who}. Waiting for the Mac's proof that the rights are gone.`;
    }
    case "removed":
      return note.granted
        ? `Rights removed, *verified on the Mac* at ${exactTime(note.removedAt)}.`
        : `The rights were never given, *verified on the Mac* at ${exactTime(note.removedAt)}.`;
    case "not_confirmed":
      return "*Removal not confirmed:* the Mac has taken the rights away but could not verify it. It tries again.";
    case "still_admin":
      return `*STILL ADMIN:* the Mac itself read the account among its admins at ${exactTime(note.at)}.`;
    case "closed_unverified":
      return `Closed as unverified by ${actorWords(note.by)}. There is no proof that the rights are gone.`;
    case "re_enrolled":
      return "This Mac was enrolled anew, so the session is closed. There is no proof that the rights were removed.";
    case "close_offered":
      return "There is still no proof that the rights are gone. An approver may now close this as unverified, above.";
    case "deadline_alarm":
      return `*Past its end:* the rights should have gone at ${clockTime(note.endsAt)}, and the Mac has not proven that they did. Silence says nothing either way.`;
    case "locked":
      return `Iru accepted the order of ${actorWords(note.by)} to lock the Mac. The unlock PIN was shown to that person only.`;
  }
}

function evidenceSentence(
  note: NoteOf<
    | "heartbeat_lost"
    | "heartbeat_returned"
    | "log_missing"
    | "log_contradiction"
    | "report"
    | "refused_device_call"
    | "effect_failed"
    | "effect_recovered"
  >,
): string {
  switch (note.note) {
    case "heartbeat_lost":
      return `No sign of life from the Mac since ${exactTime(note.lastSeenAt)}. It keeps its own deadline.`;
    case "heartbeat_returned":
      return "The Mac is heard from again.";
    case "log_missing":
      return "*Log missing:* the Mac has not delivered the whole command log of this session. A late log is still taken.";
    case "log_contradiction":
      return `*The command log contradicts itself* at part ${note.seq}: ${why(note.what)}`;
    case "report": {
      const heading = reportWords(note.kind, note.items);
      return note.items.length === 0 ? `${heading}.` : `${heading}:`;
    }
    case "refused_device_call":
      return `*Refused a call of a Mac* (${clip(note.call, 60, escapeMrkdwn)}): ${why(note.why)}`;
    case "effect_failed":
      return `*Failed:* ${why(note.what)}. ${why(note.why)}`;
    case "effect_recovered":
      return `Works again: ${why(note.what)}.`;
  }
}

function why(text: string): string {
  return clip(text, WHY_MAX, escapeMrkdwn);
}

function detailBlocks(note: ThreadNote): readonly KnownBlock[] {
  if (note.note === "denied" && note.reason !== undefined) return quoted("Why", note.reason);
  return note.note === "report" ? itemBlocks(note.items) : [];
}
