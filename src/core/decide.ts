import type { Command } from "./commands.ts";
import { type Decision, type Draft, newDraft, refuse, toDecision } from "./decision.ts";
import {
  decideApprove,
  decideCancel,
  decideDeny,
  decideIdentity,
  decideSignalFailed,
  decideSignalSet,
  decideSubmit,
} from "./decide-approval.ts";
import {
  decideAdminSeen,
  decideCloseUnverified,
  decideEnd,
  decideEndByRequester,
  decideLock,
  decideReEnrolled,
  decideRemoved,
  decideRevoke,
} from "./decide-ending.ts";
import {
  decideDeviceLocked,
  decideEffectFailed,
  decideEffectRecovered,
  decideHeartbeatReturned,
  decideHeartbeatSilent,
  decideLockFailed,
  decideLogChunk,
  decideLogContradiction,
  decideReport,
} from "./decide-evidence.ts";
import { decideArm, decideStart } from "./decide-grant.ts";
import { applyDue } from "./decide-due.ts";
import type { Policy } from "./policy-config.ts";
import type { AccessRequest } from "./request.ts";
import type { Instant } from "./time.ts";

/**
 * Decides `command` on `request` at `now`. Pure and synchronous. What is due by the clock happens first, so that
 * a late alarm never lets through what its deadline forbids (laws L4, L6), and nothing is left due afterwards. A
 * refusal is a value with its reason and the rule it rests on; the due events beside it are still to be stored.
 */
export function decide(
  request: AccessRequest | undefined,
  command: Command,
  now: Instant,
  policy: Policy,
): Decision {
  const draft = newDraft(request, now);
  if (command.type === "submit") {
    decideSubmit(draft, command);
    return toDecision(draft);
  }
  if (request === undefined) {
    refuse(draft, { refused: "unknown_request", rule: "lifecycle", message: "There is no such request." });
    return toDecision(draft);
  }
  applyDue(draft, policy);
  decideKnown(draft, command, policy);
  // Some commands set an alarm that is due already, such as a log owed after all, long after its end.
  applyDue(draft, policy);
  return toDecision(draft);
}

function decideKnown(draft: Draft, command: Exclude<Command, { type: "submit" }>, policy: Policy): void {
  switch (command.type) {
    case "identity_resolved":
      return decideIdentity(draft, command, policy);
    case "approve":
      return decideApprove(draft, command, policy);
    case "deny":
      return decideDeny(draft, command, policy);
    case "cancel":
      return decideCancel(draft, command, policy);
    case "signal_set":
      return decideSignalSet(draft);
    case "signal_failed":
      return decideSignalFailed(draft, command);
    case "arm":
      return decideArm(draft, command, policy);
    case "start":
      return decideStart(draft, command, policy);
    case "end":
      return decideEnd(draft, command);
    case "removed":
      return decideRemoved(draft, command);
    case "revoke":
      return decideRevoke(draft, command, policy);
    case "lock":
      return decideLock(draft, command, policy);
    case "end_by_requester":
      return decideEndByRequester(draft, command);
    case "close_unverified":
      return decideCloseUnverified(draft, command, policy);
    case "admin_seen":
      return decideAdminSeen(draft, command, policy);
    case "re_enrolled":
      return decideReEnrolled(draft);
    case "heartbeat_silent":
      return decideHeartbeatSilent(draft, command);
    case "heartbeat_returned":
      return decideHeartbeatReturned(draft);
    case "log_chunk_stored":
      return decideLogChunk(draft, command);
    case "log_contradiction":
      return decideLogContradiction(draft, command);
    case "report":
      return decideReport(draft, command, policy);
    case "effect_failed":
      return decideEffectFailed(draft, command);
    case "effect_recovered":
      return decideEffectRecovered(draft, command);
    case "device_locked":
      return decideDeviceLocked(draft, command);
    case "lock_failed":
      return decideLockFailed(draft, command);
    case "tick":
      return;
  }
}
