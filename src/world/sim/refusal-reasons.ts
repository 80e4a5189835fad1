import type { PrivateAnswer } from "../../core/effects.ts";
import type { RefusalReason } from "../../core/refusals.ts";

/** Every reason there is; the compiler knows when one is missing. */
const REASONS: Readonly<Record<RefusalReason, true>> = {
  not_an_approver: true,
  own_request: true,
  identity_pending: true,
  already_decided: true,
  not_allowed_now: true,
  wrong_mac: true,
  wrong_person: true,
  wrong_arm: true,
  confirm_window_over: true,
  not_the_requester: true,
  unknown_request: true,
};

export const REFUSAL_REASONS = Object.keys(REASONS) as RefusalReason[];

/** The reason behind what a person in Slack is told privately. */
export function reasonOfAnswer({ text, decidedBy }: PrivateAnswer): RefusalReason {
  if (decidedBy !== undefined || text.startsWith("This request was closed because")) return "already_decided";
  if (text.startsWith("It is not known yet")) return "identity_pending";
  if (text.startsWith("There is no such request")) return "unknown_request";
  if (text.startsWith("This is your own")) return "own_request";
  if (text.includes("list of approvers")) return "not_an_approver";
  if (text.startsWith("Only the person who asked")) return "not_the_requester";
  return "not_allowed_now";
}

/** The reason behind a problem answer of the service to a Mac; undefined when the core did not refuse. */
export function reasonOfProblem(type: string): RefusalReason | undefined {
  const kind = type.slice(type.lastIndexOf(":") + 1);
  return REFUSAL_REASONS.find((reason) => reason === kind);
}
