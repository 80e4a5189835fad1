import { approveActionId, REQUEST_ACTION_IDS } from "../../adapters/slack/actions.ts";
import type { Command } from "../../core/commands.ts";
import { decide } from "../../core/decide.ts";
import type { Policy } from "../../core/policy-config.ts";
import type { AccessRequest } from "../../core/request.ts";
import { isRequester } from "../../core/rules.ts";
import { type Instant, SESSION_MINUTES } from "../../core/time.ts";

/** One button, and what pressing it asks of the core. */
interface Press {
  readonly actionId: string;
  readonly command: Command;
}

const commandId = "pressed";

function pressesOf(by: string): readonly Press[] {
  return [
    ...SESSION_MINUTES.map((minutes): Press => ({
      actionId: approveActionId(minutes),
      command: { commandId, type: "approve", by, minutes },
    })),
    { actionId: REQUEST_ACTION_IDS.deny, command: { commandId, type: "deny", by } },
    { actionId: REQUEST_ACTION_IDS.cancel, command: { commandId, type: "cancel", by: { slack: by } } },
    { actionId: REQUEST_ACTION_IDS.revoke, command: { commandId, type: "revoke", by } },
    { actionId: REQUEST_ACTION_IDS.lock, command: { commandId, type: "lock", by } },
    { actionId: REQUEST_ACTION_IDS.close_unverified, command: { commandId, type: "close_unverified", by } },
  ];
}

/**
 * The buttons that a request's card has to have, by trying each on the core itself as an approver who did not ask:
 * another way to them than the table that makes the card. `at` is when this version was stored, since nothing is due
 * then.
 */
export function allowedButtons(request: AccessRequest, at: Instant, policy: Policy): readonly string[] {
  const by = policy.approverIds.find((id) => !isRequester(request.identity, id)) ?? "";
  const allowed = pressesOf(by)
    .filter(({ command }) => {
      const { refusal, events } = decide(request, command, at, policy);
      return refusal === undefined && events.length > 0;
    })
    .map(({ actionId }) => actionId);
  // Who may deny could cancel as well: one button for the same end is enough.
  return allowed.includes(REQUEST_ACTION_IDS.deny)
    ? allowed.filter((actionId) => actionId !== REQUEST_ACTION_IDS.cancel)
    : allowed;
}
