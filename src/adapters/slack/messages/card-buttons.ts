import type { Button } from "@slack/types";
import type { AccessRequest, Ask } from "../../../core/request.ts";
import type { SessionMinutes } from "../../../core/time.ts";
import type { CardAction } from "../../../ports/chat.ts";
import { REQUEST_ACTION_IDS, approveActionId } from "../actions.ts";
import { clip, singleLine } from "../escape.ts";
import { button, confirmation } from "./parts.ts";
import { SHORT_DOUBT_WORDS, doubtsOf } from "./words.ts";

/** The button for one action of the card. Whatever grants rights or does harm asks once more first. */
export function cardButton(action: CardAction, request: AccessRequest): Button {
  const value = request.ask.requestId;
  const who = shortNames(request.ask);
  switch (action.action) {
    case "approve":
      return approveButton(action.minutes, action.asked, request);
    case "deny":
      return button({ label: "Deny…", actionId: REQUEST_ACTION_IDS.deny, value, style: "danger" });
    case "cancel":
      return button({
        label: "Cancel…",
        actionId: REQUEST_ACTION_IDS.cancel,
        value,
        confirm: confirmation({
          title: "Cancel this request?",
          text: `${who} gets no admin rights from it and is told so.`,
          yes: "Cancel it",
          style: "danger",
        }),
      });
    case "revoke":
      return button({
        label: "Revoke…",
        actionId: REQUEST_ACTION_IDS.revoke,
        value,
        style: "danger",
        confirm: confirmation({
          title: "Take the rights away now?",
          text: `${who} stops being an admin as soon as the Mac hears of it. The log is collected as always.`,
          yes: "Revoke now",
          style: "danger",
        }),
      });
    case "lock":
      return button({
        label: "Lock device…",
        actionId: REQUEST_ACTION_IDS.lock,
        value,
        style: "danger",
        confirm: confirmation({
          title: "Lock the whole Mac?",
          text: `Ends the session and locks the Mac of ${who} through Iru. Unsaved work is lost; unlocking needs a PIN, which only you will be shown.`,
          yes: "Lock it",
          style: "danger",
        }),
      });
    case "close_unverified":
      return button({
        label: "Close as unverified…",
        actionId: REQUEST_ACTION_IDS.close_unverified,
        value,
        style: "danger",
        confirm: confirmation({
          title: "Close without proof?",
          text: `There is no proof that ${who} lost the rights. Closing is kept in the audit trail under your name.`,
          yes: "Close unverified",
          style: "danger",
        }),
      });
  }
}

function approveButton(minutes: SessionMinutes, asked: boolean, request: AccessRequest): Button {
  const { ask, identity } = request;
  const instead = asked ? "" : ` Asked for: ${ask.durationMinutes} minutes.`;
  const doubts = doubtsOf(identity).map((doubt) => SHORT_DOUBT_WORDS[doubt]);
  // The doubts come first: were the text ever cut, it would not be there (law L11).
  const careful = doubts.length === 0 ? "" : `Careful: ${doubts.join(", ")}. `;
  return button({
    label: `Approve ${minutes} min`,
    actionId: approveActionId(minutes),
    value: ask.requestId,
    ...(asked ? { style: "primary" } : {}),
    confirm: confirmation({
      title: `Approve ${minutes} minutes?`,
      text: `${careful}${shortNames(ask)} gets admin rights for ${minutes} minutes.${instead}`,
      yes: `Approve ${minutes} min`,
      style: doubts.length === 0 ? "primary" : "danger",
    }),
  });
}

function shortNames(ask: Ask): string {
  return `${clip(singleLine(ask.username), 24)} on ${clip(singleLine(ask.hostname), 32)}`;
}
