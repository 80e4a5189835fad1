import type { ModalView } from "@slack/types";
import { DENY_DIALOG } from "../actions.ts";
import { LIMITS } from "../block-kit-limits.ts";
import { plainLine } from "./parts.ts";

/**
 * The dialog behind Deny. What it needs to know later rides in its private metadata, which Slack gives back
 * unchanged and shows to nobody; a response URL too long for it is left out, and the private answer with it.
 */
export function denyModal(requestId: string, responseUrl: string | undefined): ModalView {
  const metadata = JSON.stringify({ requestId, responseUrl });
  return {
    type: "modal",
    callback_id: DENY_DIALOG.callbackId,
    title: plainLine("Deny this request", LIMITS.viewTitle),
    submit: plainLine("Deny", LIMITS.viewButton),
    close: plainLine("Go back", LIMITS.viewButton),
    private_metadata: metadata.length <= LIMITS.privateMetadata ? metadata : JSON.stringify({ requestId }),
    blocks: [
      {
        type: "input",
        block_id: DENY_DIALOG.blockId,
        optional: true,
        label: plainLine("Why?", LIMITS.inputLabel),
        hint: plainLine("The requester and the thread see it.", LIMITS.inputHint),
        element: {
          type: "plain_text_input",
          action_id: DENY_DIALOG.actionId,
          multiline: true,
          max_length: DENY_DIALOG.reasonMaxLength,
          focus_on_load: true,
        },
      },
    ],
  };
}
