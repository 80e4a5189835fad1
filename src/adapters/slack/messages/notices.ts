import type { PrivateAnswer } from "../../../core/effects.ts";
import type { ChannelWarning, LogUpload, ReEnrollmentAsk } from "../../../ports/chat.ts";
import { ALLOW_RE_ENROLLMENT_ACTION_ID } from "../actions.ts";
import type { SlackMessage } from "../block-kit.ts";
import { LIMITS } from "../block-kit-limits.ts";
import { clip, escapeMrkdwn, inlineCode } from "../escape.ts";
import { button, buttons, confirmation, context, plainParagraph, section } from "./parts.ts";
import { itemBlocks, reportWords } from "./report.ts";
import { actorWords, counted, dayAndTime } from "./words.ts";

/** Asks the approvers whether a Mac that was wiped may enrol once more. */
export function reEnrollmentMessage(ask: ReEnrollmentAsk): SlackMessage {
  const sentence = `The Mac ${inlineCode(ask.serial, 20)} asks to be enrolled again (${dayAndTime(ask.askedAt)}).`;
  return {
    text: sentence,
    blocks: [
      section(
        `${sentence}\nThat is to be expected after the Mac was wiped, and at no other time. If it was not wiped, somebody may be after its key: do not allow it.`,
      ),
      buttons(
        button({
          label: "Allow once…",
          actionId: ALLOW_RE_ENROLLMENT_ACTION_ID,
          value: ask.serial,
          confirm: confirmation({
            title: "Allow one new enrolment?",
            text: `Within the next hour ${ask.serial} may enrol once more. Its old key stops working and an open session of it is closed.`,
            yes: "Allow once",
            style: "danger",
          }),
        }),
      ),
    ],
  };
}

/** What a Mac reported outside any session. */
export function channelWarningMessage(warning: ChannelWarning): SlackMessage {
  const sentence = `Mac ${inlineCode(warning.serial, 20)}, outside any session: ${reportWords(warning.kind, warning.items)}.`;
  return { text: sentence, blocks: [section(sentence), ...itemBlocks(warning.items)] };
}

/** A plain sentence with our own words or a machine's, as it stands. */
export function plainMessage(text: string): SlackMessage {
  const words = clip(text, LIMITS.sectionText, escapeMrkdwn).trim() || "-";
  return { text: words, blocks: [{ type: "section", text: plainParagraph(text, LIMITS.sectionText) }] };
}

/** The private answer to a click or command; names who won where the clicker lost (law L2). */
export function privateAnswerMessage(answer: PrivateAnswer): SlackMessage {
  const message = plainMessage(answer.text);
  if (answer.decidedBy === undefined) return message;
  return { ...message, blocks: [...message.blocks, context(`Decided by ${actorWords(answer.decidedBy)}.`)] };
}

/** The words beside the log's file in the thread. `key` stands at the end, where `hasUploadKey` finds it. */
export function logUploadComment(upload: LogUpload, key: string): string {
  const late = upload.late ? " It came late." : "";
  const lines = counted(upload.lines, "line");
  return `Command log of the session: ${lines}.${late}\nSHA-256 of the chain: ${inlineCode(upload.hash, 64)}\n${uploadMark(key)}`;
}

/** Whether a file's post in the thread was made by the upload with this key. */
export function hasUploadKey(text: string, key: string): boolean {
  return text.includes(uploadMark(key));
}

function uploadMark(key: string): string {
  return `Reference: ${inlineCode(key, 200)}`;
}
