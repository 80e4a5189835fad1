import { CLOCK_SLACK_MS } from "./alarms.ts";
import type { Command } from "./commands.ts";
import { type Draft, ENROLLMENT, happen, refuse, want } from "./decision.ts";
import type { Policy } from "./policy-config.ts";
import {
  type AccessRequest,
  type Actor,
  type EndedRequest,
  type EndReason,
  isSession,
  mayAskForLock,
  type SessionRequest,
} from "./request.ts";
import {
  current,
  isApprover,
  isRequester,
  isSameMac,
  isSlackUser,
  refuseDecided,
  refuseNow,
} from "./rules.ts";
import type { Instant } from "./time.ts";

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

function isRunning(
  request: AccessRequest,
): request is Extract<SessionRequest, { status: "arming" | "active" }> {
  return request.status === "arming" || request.status === "active";
}

/** Moves a running session to its end: tags away, thread told. The rights themselves only the Mac can remove. */
export function beginEnding(draft: Draft, by: Actor, reason: EndReason, detail?: string): void {
  happen(draft, by, { type: "ending_begun", reason, ...(detail === undefined ? {} : { detail }) });
  want(
    draft,
    { type: "sync_tags", key: "tags:ending" },
    { type: "thread", key: "thread:ending", note: { note: "ending", reason, by } },
  );
}

/**
 * The requester is told that a session is over only when it is over on the Mac and its log is in, or known to be
 * missing (law L8).
 */
export function wantClosingMessage(draft: Draft): void {
  const request = current(draft);
  if (request.status !== "ended") return;
  const known = request.log.state === "streaming" ? "none" : request.log.state;
  const noRights = request.grant === undefined && request.proof.state === "removed" && !request.proof.granted;
  if (known === "none" && !noRights) return;
  // Nobody is to answer for the missing log of rights that they never had.
  const logState = known === "missing" && noRights ? "none" : known;
  want(draft, {
    type: "direct",
    key: "dm:closed",
    to: "requester",
    note: { note: "closed", reason: request.ending.reason, logState, endedAt: request.endedAt },
  });
}

/** An approver ends a session that is arming or active; who clicks later learns how it ended. */
export function decideRevoke(draft: Draft, command: Of<"revoke">, policy: Policy): void {
  if (!isApprover(draft, policy, command.by)) return;
  const request = current(draft);
  if (isRunning(request)) return beginEnding(draft, { kind: "slack", userId: command.by }, "revoked");
  if (request.status === "ending" || request.status === "ended") {
    const { reason, by } = request.ending;
    const isRepeat = reason === "revoked" && isSlackUser(by, command.by);
    if (!isRepeat) refuseDecided(draft, "This session is already over or ending.", by);
    return;
  }
  refuseNow(draft, "There is no session to revoke.");
}

/** Locks the whole Mac through Iru and ends a running session. The reason of an end that began before stays. */
export function decideLock(draft: Draft, command: Of<"lock">, policy: Policy): void {
  if (!isApprover(draft, policy, command.by)) return;
  const request = current(draft);
  const by: Actor = { kind: "slack", userId: command.by };
  if (isRunning(request)) {
    beginEnding(draft, by, "locked");
  } else if (request.status !== "ending") {
    return refuseNow(draft, "The Mac can be locked from here only while its session is open.");
  } else if (!mayAskForLock(request.ending)) {
    const first = request.ending.lock?.by;
    if (!isSlackUser(first, command.by)) refuseDecided(draft, "Locking was already asked for.", first);
    return;
  }
  // One that Iru refused before needs a key of its own, else it would be dropped as the same again.
  const refused = request.status === "ending" ? request.ending.lock : undefined;
  const key = refused === undefined ? "lock" : `lock:${refused.at}`;
  happen(draft, by, { type: "lock_requested" });
  want(draft, { type: "lock_device", key, by: command.by });
}

/** "I'm done", pressed by the requester in Slack. */
export function decideEndByRequester(draft: Draft, command: Of<"end_by_requester">): void {
  const request = current(draft);
  if (!isRequester(request.identity, command.by)) {
    refuse(draft, {
      refused: "not_the_requester",
      rule: "L11",
      message: "Only the person who asked can end the session this way.",
      status: request.status,
    });
    return;
  }
  if (isRunning(request)) return beginEnding(draft, { kind: "slack", userId: command.by }, "ended_by_user");
  if (request.status === "ending" || request.status === "ended") return;
  refuseNow(draft, "There is no session to end.");
}

/** The Mac says that a session ends: by its user, for lost network, for tampering or a failure. */
export function decideEnd(draft: Draft, command: Of<"end">): void {
  if (!isSameMac(draft, command.serial)) return;
  const request = current(draft);
  if (isRunning(request)) {
    const by: Actor = { kind: "mac", serial: command.serial };
    return beginEnding(draft, by, command.cause, command.detail);
  }
  if (request.status === "ending" || request.status === "ended") {
    // A loss of network is told afterwards, when the session may long be over for another reason.
    if (request.ending.reason === command.cause || command.cause === "network_loss") return;
  }
  refuseNow(draft, "There is no session to end.");
}

/** What a Mac may give as the reason of an end that the service has not seen begin. */
function reasonFromMac(reason: EndReason): EndReason {
  return reason === "revoked" || reason === "locked" ? "device_error" : reason;
}

/** The Mac's own proof that the rights are gone, or its word that it could not verify it (law L5). */
export function decideRemoved(draft: Draft, command: Of<"removed">): void {
  if (!isSameMac(draft, command.serial)) return;
  const request = current(draft);
  if (!isSession(request)) return refuseNow(draft, "This request has no session.");
  if (request.arming.armId !== command.armId) {
    refuse(draft, {
      refused: "wrong_arm",
      rule: "L1",
      message: "This removal belongs to another attempt.",
      status: request.status,
    });
    return;
  }
  const by: Actor = { kind: "mac", serial: command.serial };
  if (isRunning(request)) beginEnding(draft, by, reasonFromMac(command.reason));
  if (command.verified) return proveRemoved(draft, by, command);
  const ending = current(draft);
  // After a positive reading only the proof that the rights are gone says otherwise.
  if (ending.status !== "ending" || ending.proof.state !== "awaited") return;
  happen(draft, by, { type: "removal_not_confirmed" });
  want(draft, { type: "thread", key: "thread:not-confirmed", note: { note: "not_confirmed" } });
}

function proveRemoved(draft: Draft, by: Actor, command: Of<"removed">): void {
  const request = current(draft);
  if (request.status !== "ending" && request.status !== "ended") return;
  if (request.status === "ended" && request.proof.state === "removed") return;
  const { granted, removedAt, reason } = command;
  const again = request.status === "ended" ? `:${draft.now}` : "";
  happen(draft, by, { type: "removed", granted, removedAt, reason });
  want(
    draft,
    { type: "sync_tags", key: `tags:removed${again}` },
    { type: "thread", key: `thread:removed${again}`, note: { note: "removed", removedAt, granted } },
  );
  wantClosingMessage(draft);
}

function provenAt({ proof }: EndedRequest): Instant | undefined {
  return proof.state === "removed" ? proof.at : undefined;
}

/**
 * A heartbeat or report read the requester's membership. Only a positive reading after the end raises STILL ADMIN (law
 * L5), and past a short grace: for beats that crossed the order to end, or that the proof of the end overtook.
 */
export function decideAdminSeen(draft: Draft, command: Of<"admin_seen">, policy: Policy): void {
  const request = current(draft);
  if (!command.admin) return;
  if (request.status !== "ending" && request.status !== "ended") return;
  if (request.proof.state === "still_admin") return;
  // Of what was closed without a proof nothing was overtaken.
  const crossed = request.status === "ending" ? request.ending.since : provenAt(request);
  if (crossed !== undefined && isWithinGrace(draft.now, crossed, policy)) return;
  happen(draft, { kind: "mac", serial: request.ask.serial }, { type: "still_admin_seen" });
  want(draft, {
    type: "thread",
    key: `thread:still-admin:${draft.now}`,
    note: { note: "still_admin", at: draft.now },
  });
}

/** No grace is owed to an end that lies in the future of a clock that was set back: it could last for years. */
function isWithinGrace(now: Instant, crossed: Instant, policy: Policy): boolean {
  return crossed <= now + CLOCK_SLACK_MS && now < crossed + policy.stillAdminGraceMs;
}

/** An approver gives up waiting for the Mac's proof; offered only after a day. */
export function decideCloseUnverified(draft: Draft, command: Of<"close_unverified">, policy: Policy): void {
  if (!isApprover(draft, policy, command.by)) return;
  const request = current(draft);
  if (isRequester(request.identity, command.by)) {
    refuse(draft, {
      refused: "own_request",
      rule: "L11",
      message: "This was your own session: another approver has to close it.",
      status: request.status,
    });
    return;
  }
  const by: Actor = { kind: "slack", userId: command.by };
  if (request.status === "ended" && request.proof.state === "closed_unverified") {
    if (!isSlackUser(request.proof.by, command.by)) {
      refuseDecided(draft, "This session was already closed.", request.proof.by);
    }
    return;
  }
  if (request.status !== "ending" || !request.ending.closeOffered) {
    return refuseNow(draft, "This session cannot be closed as unverified now.");
  }
  happen(draft, by, { type: "closed_unverified" });
  want(
    draft,
    { type: "sync_tags", key: "tags:closed" },
    { type: "thread", key: "thread:closed-unverified", note: { note: "closed_unverified", by } },
  );
  wantClosingMessage(draft);
}

/** The Mac was wiped and enrolled again: whatever was open on it cannot be proven any more. */
export function decideReEnrolled(draft: Draft): void {
  const request = current(draft);
  if (request.status === "pending" || request.status === "approved") {
    const wasApproved = request.status === "approved";
    happen(draft, ENROLLMENT, { type: "cancelled" });
    if (wasApproved) want(draft, { type: "sync_tags", key: "tags:cancelled" });
    want(
      draft,
      { type: "thread", key: "thread:cancelled", note: { note: "cancelled", by: ENROLLMENT } },
      { type: "direct", key: "dm:cancelled", to: "requester", note: { note: "cancelled_by_it" } },
    );
    return;
  }
  if (isRunning(request)) beginEnding(draft, ENROLLMENT, "device_error", "the Mac was enrolled again");
  if (current(draft).status !== "ending") return;
  happen(draft, ENROLLMENT, { type: "closed_by_re_enrollment" });
  want(
    draft,
    { type: "sync_tags", key: "tags:re-enrolled" },
    { type: "thread", key: "thread:re-enrolled", note: { note: "re_enrolled" } },
  );
  wantClosingMessage(draft);
}
