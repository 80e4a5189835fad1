import type { SlackInlet } from "../../ports/slack-inlet.ts";
import { parseInteraction, parseSlashCommand } from "./parse.ts";
import { verifySlackSignature } from "./verify.ts";

/** Reads what Slack sends, proven by any of `signingSecrets` (the current one and, in a change, the previous one). */
export function createSlackInlet(signingSecrets: readonly string[]): SlackInlet {
  return {
    verify: (request) => verifySlackSignature({ ...request, signingSecrets }),
    parseInteraction,
    parseSlashCommand,
  };
}
