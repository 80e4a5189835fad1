import type { SlackInlet } from "../../ports/slack-inlet.ts";
import { DENY_DIALOG } from "./actions.ts";
import { parseInteraction, parseSlashCommand } from "./parse.ts";
import { verifySlackSignature } from "./verify.ts";

/** Reads what Slack sends, proven by any of `signingSecrets` (the current one and, in a change, the previous one). */
export function createSlackInlet(signingSecrets: readonly string[]): SlackInlet {
  return {
    verify: (request) => verifySlackSignature({ ...request, signingSecrets }),
    parseInteraction,
    parseSlashCommand,
    // Plain text; Slack takes only the block id of an input of the dialog.
    refuseDialog: (why) => ({ response_action: "errors", errors: { [DENY_DIALOG.blockId]: why } }),
  };
}
