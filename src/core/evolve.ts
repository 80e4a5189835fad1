import type { StampedEvent } from "./events.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import type {
  AccessRequest,
  ActiveRequest,
  ApprovedRequest,
  EndedRequest,
  Ending,
  EndingRequest,
  Proof,
  SessionLog,
  SessionRequest,
} from "./request.ts";

/** An event that the lifecycle table does not allow in this state: a defect of ours, never of a caller. */
export class LifecycleError extends Error {
  override readonly name = "LifecycleError";
}

/**
 * The request after `stamped` happened. Pure. Throws `LifecycleError` for an event that the table does not allow.
 * The first event of a life is `requested`.
 */
export function evolve(request: AccessRequest | undefined, stamped: StampedEvent): AccessRequest {
  const { event } = stamped;
  if (event.type === "requested") {
    if (request !== undefined) throw new LifecycleError("a request is made only once");
    return { status: "pending", ask: event.ask, identity: { state: "pending" }, nudgesSent: 0 };
  }
  if (request === undefined) throw new LifecycleError(`${event.type} before the request was made`);
  if (LIFECYCLE[request.status][event.type] === undefined) {
    throw new LifecycleError(`${event.type} is not allowed in ${request.status}`);
  }
  switch (request.status) {
    case "pending":
      return evolvePending(request, stamped);
    case "approved":
      return evolveApproved(request, stamped);
    case "arming":
    case "active":
    case "ending":
    case "ended":
      return evolveSession(request, stamped);
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      // Reports and failed effects are facts of the audit trail alone.
      return request;
  }
}

/** Folds `events` from the start; for tests and for checking a stored request against its trail. */
export function evolveAll(
  request: AccessRequest | undefined,
  events: readonly StampedEvent[],
): AccessRequest {
  const result = events.reduce<AccessRequest | undefined>((state, event) => evolve(state, event), request);
  if (result === undefined) throw new LifecycleError("no events");
  return result;
}

function evolvePending(
  request: Extract<AccessRequest, { status: "pending" }>,
  { event, actor, at }: StampedEvent,
): AccessRequest {
  const { ask, identity } = request;
  switch (event.type) {
    case "identity_resolved":
      return { ...request, identity: event.identity };
    case "auto_approval_declined":
      return { ...request, autoApprovalDeclined: event.why };
    case "nudged":
      return { ...request, nudgesSent: event.count };
    case "approved":
      return {
        status: "approved",
        ask,
        identity,
        approval: event.approval,
        signal: "pending",
        lapsesAt: event.lapsesAt,
      };
    case "denied":
      return {
        status: "denied",
        ask,
        identity,
        denial: { by: actor, at, ...(event.reason === undefined ? {} : { reason: event.reason }) },
      };
    case "cancelled":
      return { status: "cancelled", ask, identity, cancellation: { by: actor, at } };
    case "expired_unanswered":
      return { status: "expired_unanswered", ask, identity, closedAt: at };
    default:
      return request;
  }
}

function evolveApproved(request: ApprovedRequest, { event, actor, at }: StampedEvent): AccessRequest {
  const { ask, identity, approval } = request;
  switch (event.type) {
    case "signal_set":
      return { ...request, signal: "set" };
    case "signal_failed":
      return { ...request, signal: "failed" };
    case "armed":
      return { status: "arming", ask, identity, approval, arming: event.arming, log: { state: "none" } };
    case "cancelled":
      return { status: "cancelled", ask, identity, approval, cancellation: { by: actor, at } };
    case "lapsed":
      return { status: "lapsed", ask, identity, approval, lapsedAt: at };
    default:
      return request;
  }
}

function evolveSession(request: SessionRequest, stamped: StampedEvent): AccessRequest {
  const log = evolveLog(request.log, stamped);
  if (log !== undefined) return { ...request, log };
  switch (request.status) {
    case "arming":
    case "active":
      return evolveRunning(request, stamped);
    case "ending":
      return evolveEnding(request, stamped);
    case "ended":
      return evolveEnded(request, stamped);
  }
}

function evolveLog(log: SessionLog, { event, at }: StampedEvent): SessionLog | undefined {
  switch (event.type) {
    case "log_started":
      return log.state === "none" ? { state: "streaming", since: at } : log;
    case "log_missing":
      return { state: "missing", at };
    case "log_collected": {
      const { chunks, lines, hash, late } = event;
      return { state: "collected", at, chunks, lines, hash, late };
    }
    default:
      return undefined;
  }
}

function evolveRunning(
  request: Extract<SessionRequest, { status: "arming" | "active" }>,
  { event, actor, at }: StampedEvent,
): AccessRequest {
  const { ask, identity, approval, arming, log } = request;
  const base = { ask, identity, approval, arming, log };
  switch (event.type) {
    case "started":
      return { status: "active", ...base, grant: { startedAt: at, endsAt: event.endsAt, warned: false } };
    case "ending_begun":
      return {
        status: "ending",
        ...base,
        ...(request.status === "active" ? { grant: request.grant } : {}),
        ending: { reason: event.reason, since: at, by: actor, alarmed: false, closeOffered: false },
        proof: { state: "awaited" },
      };
    default:
      return request.status === "active" ? evolveGrant(request, { event, actor, at }) : request;
  }
}

function evolveGrant(request: ActiveRequest, { event }: StampedEvent): ActiveRequest {
  const { heartbeatLostAt: _lost, ...grant } = request.grant;
  switch (event.type) {
    case "warned":
      return { ...request, grant: { ...request.grant, warned: true } };
    case "heartbeat_lost":
      return { ...request, grant: { ...grant, heartbeatLostAt: event.lastSeenAt } };
    case "heartbeat_returned":
      return { ...request, grant };
    default:
      return request;
  }
}

function evolveEnding(request: EndingRequest, stamped: StampedEvent): EndingRequest | EndedRequest {
  const { event, actor, at } = stamped;
  switch (event.type) {
    case "lock_requested":
      return { ...request, ending: { ...request.ending, lock: { by: actor, at, confirmed: false } } };
    case "device_locked":
      return { ...request, ending: confirmLock(request.ending) };
    case "lock_failed":
      return { ...request, ending: refuseLock(request.ending) };
    case "deadline_alarmed":
      return { ...request, ending: { ...request.ending, alarmed: true } };
    case "close_offered":
      return { ...request, ending: { ...request.ending, closeOffered: true } };
    case "removal_not_confirmed":
      return { ...request, proof: { state: "not_confirmed", at } };
    case "still_admin_seen":
      return { ...request, proof: { state: "still_admin", at } };
    case "removed":
      return ended(request, { state: "removed", at, removedAt: event.removedAt, granted: event.granted }, at);
    case "closed_unverified":
      return ended(request, { state: "closed_unverified", at, by: actor }, at);
    case "closed_by_re_enrollment":
      return ended(request, { state: "re_enrolled", at }, at);
    default:
      return request;
  }
}

function ended(request: EndingRequest, proof: Proof, endedAt: number): EndedRequest {
  return { ...request, status: "ended", proof, endedAt };
}

function confirmLock(ending: Ending): Ending {
  return ending.lock === undefined ? ending : { ...ending, lock: { ...ending.lock, confirmed: true } };
}

function refuseLock(ending: Ending): Ending {
  return ending.lock === undefined ? ending : { ...ending, lock: { ...ending.lock, refused: true } };
}

function evolveEnded(request: EndedRequest, { event, at }: StampedEvent): EndedRequest {
  switch (event.type) {
    case "device_locked":
      return { ...request, ending: confirmLock(request.ending) };
    case "lock_failed":
      return { ...request, ending: refuseLock(request.ending) };
    case "still_admin_seen":
      return { ...request, proof: { state: "still_admin", at, ...closedIn(request) } };
    case "removed":
      return {
        ...request,
        proof: { state: "removed", at, removedAt: event.removedAt, granted: event.granted },
      };
    default:
      return request;
  }
}

function closedIn({ proof }: EndedRequest): { readonly wasClosed?: true } {
  return proof.state === "closed_unverified" ? { wasClosed: true } : {};
}
