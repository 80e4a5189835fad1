import { mayHoldRights, pendingPollMs } from "../../core/alarms.ts";
import {
  type AccessRequest,
  isOpen,
  isSession,
  type Proof,
  type SessionRequest,
} from "../../core/request.ts";
import { type Instant, SECOND_MS } from "../../core/time.ts";
import type { StoredRequest } from "../../ports/store.ts";
import type { MacConfig } from "../service.ts";

/** What a Mac is told about one request; times are instants, to be written as ISO 8601 at the edge. */
export interface StatusOfRequest {
  readonly version: number;
  readonly status: AccessRequest["status"];
  readonly endReason?: string;
  readonly approvedMinutes?: number;
  readonly signal?: string;
  readonly elevationEnd?: Instant;
  readonly remainingSeconds?: number;
  readonly nextPollSeconds: number;
  readonly message: string;
}

const FAST_POLL_SECONDS = 20;
const SLOW_POLL_SECONDS = 3600;

function nextPollSeconds(request: AccessRequest, now: Instant): number {
  switch (request.status) {
    case "pending":
      return pendingPollMs(now - request.ask.requestedAt) / SECOND_MS;
    case "approved":
      return request.signal === "pending" ? 5 : FAST_POLL_SECONDS;
    case "arming":
      return 5;
    case "active":
      return 60;
    case "ending":
      return 10;
    case "ended":
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return SLOW_POLL_SECONDS;
  }
}

/** The stored request as its Mac sees it at `now`. */
export function statusOf(stored: StoredRequest, now: Instant): StatusOfRequest {
  const { request, version } = stored;
  const grant = "grant" in request ? request.grant : undefined;
  return {
    version,
    status: request.status,
    ...("ending" in request ? { endReason: request.ending.reason } : {}),
    ...("approval" in request && request.approval !== undefined
      ? { approvedMinutes: request.approval.minutes }
      : {}),
    ...(request.status === "approved" ? { signal: request.signal } : {}),
    ...(grant === undefined ? {} : { elevationEnd: grant.endsAt }),
    ...(request.status === "active" && grant !== undefined
      ? { remainingSeconds: Math.max(0, Math.ceil((grant.endsAt - now) / SECOND_MS)) }
      : {}),
    nextPollSeconds: nextPollSeconds(request, now),
    message: messageOf(request),
  };
}

/** One sentence for the person in front of the Mac. */
function messageOf(request: AccessRequest): string {
  switch (request.status) {
    case "pending":
      return "Your request is waiting for an IT admin.";
    case "approved":
      return request.signal === "failed"
        ? `Approved for ${request.approval.minutes} minutes, but your Mac could not be signalled. IT has been told.`
        : `Approved for ${request.approval.minutes} minutes. Your Mac is getting ready.`;
    case "arming":
      return "Your Mac is taking up the approval.";
    case "active":
      return "You are an administrator of this Mac.";
    case "ending":
      return `${endSentence(request.ending.reason)} Your administrator rights are being taken away.`;
    case "ended":
      return `${endSentence(request.ending.reason)} ${proofSentence(request.proof)}`;
    case "denied":
      return request.denial.reason === undefined
        ? "Your request was denied."
        : `Your request was denied: ${request.denial.reason}`;
    case "cancelled":
      return "Your request was cancelled.";
    case "expired_unanswered":
      return "Nobody answered your request in time, so it was closed. You can ask again.";
    case "lapsed":
      return "The approval was not used in time. You can ask again.";
  }
}

function endSentence(reason: string): string {
  const sentences: Readonly<Record<string, string>> = {
    expired: "Your time as an administrator is over.",
    revoked: "IT ended your session.",
    locked: "IT ended your session and locked this Mac.",
    network_loss: "Your session ended because the network was lost.",
    ended_by_user: "You ended your session.",
    tampered: "Your session ended because something on this Mac was changed that must not be.",
    device_error: "Your session ended because of a problem on this Mac.",
  };
  return sentences[reason] ?? "Your session ended.";
}

function proofSentence(proof: Proof): string {
  return proof.state === "removed"
    ? "Your administrator rights are gone."
    : "It is not confirmed that your administrator rights are gone.";
}

/** What one Mac should be: its open requests, its session if there is one, and how it is to behave. */
export interface MacView {
  readonly openRequests: readonly (StatusOfRequest & {
    readonly requestId: string;
    readonly username: string;
    readonly uid: number;
    readonly generatedUid: string;
  })[];
  readonly session?: {
    readonly requestId: string;
    readonly status: "arming" | "active" | "ending";
    readonly uid: number;
    readonly generatedUid: string;
    readonly armId: string;
    /** How long ago the permission was given. */
    readonly armedSecondsAgo: number;
    readonly elevationEnd?: Instant;
    readonly endReason?: string;
    /** What the Mac was before the grant, as it said itself with `/arm`. */
    readonly baseline?: unknown;
  };
  readonly config: MacConfig;
}

/** The session among a Mac's open requests, of which there is at most one. */
export function sessionOf(open: readonly StoredRequest[]): SessionRequest | undefined {
  return open.map(({ request }) => request).find((request) => isSession(request));
}

/**
 * What `GET /mac` answers: the open requests of one Mac, its session if it has one, with the `baseline` given to it,
 * and the Mac's settings.
 */
export function macView(
  open: readonly StoredRequest[],
  config: MacConfig,
  now: Instant,
  baseline?: unknown,
): MacView {
  const session = sessionOf(open);
  return {
    openRequests: open
      .filter(({ request }) => isOpen(request))
      .map((stored) => {
        const { requestId, username, uid, generatedUid } = stored.request.ask;
        return { requestId, username, uid, generatedUid, ...statusOf(stored, now) };
      }),
    ...(session === undefined ? {} : sessionView(session, now, baseline)),
    config,
  };
}

function sessionView(request: AccessRequest, now: Instant, baseline: unknown): Pick<MacView, "session"> {
  if (!mayHoldRights(request)) return {};
  // One that people closed without a proof has to end on the Mac all the same.
  const status = request.status === "ended" ? "ending" : request.status;
  const { requestId, uid, generatedUid } = request.ask;
  const grant = "grant" in request ? request.grant : undefined;
  return {
    session: {
      requestId,
      status,
      uid,
      generatedUid,
      armId: request.arming.armId,
      armedSecondsAgo: Math.max(0, Math.ceil((now - request.arming.armedAt) / SECOND_MS)),
      ...(grant === undefined ? {} : { elevationEnd: grant.endsAt }),
      ...("ending" in request ? { endReason: request.ending.reason } : {}),
      ...(baseline === undefined ? {} : { baseline }),
    },
  };
}
