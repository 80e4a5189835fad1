import type { Policy } from "./policy-config.ts";
import { type AccessRequest, isSession, type SessionRequest } from "./request.ts";
import { type DurationMs, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "./time.ts";

/** Everything a request may be waiting for. */
export const ALARM_NAMES = [
  "nudge",
  "auto_deny",
  "lapse",
  "confirm_by",
  "warning",
  "expiry",
  "log_missing",
  "deadline_alarm",
  "close_offer",
] as const;
export type AlarmName = (typeof ALARM_NAMES)[number];

/** Something that has to happen at `at` unless the request moves on before. */
export interface Alarm {
  readonly name: AlarmName;
  readonly at: Instant;
}

/** When the `count`-th nudge (from 1) is due: fast in the first phase, then slow. */
export function nudgeAt(requestedAt: Instant, count: number, policy: Policy): Instant {
  const fastNudges = Math.floor(policy.nudgeFirstPhaseMs / policy.nudgeEveryMs);
  if (count <= fastNudges) return requestedAt + count * policy.nudgeEveryMs;
  return requestedAt + fastNudges * policy.nudgeEveryMs + (count - fastNudges) * policy.nudgeLaterEveryMs;
}

/** How soon a Mac asks again about a request of this age: fast for 15 minutes, every 5 to an hour, then hourly (seed). */
export function pendingPollMs(ageMs: DurationMs): DurationMs {
  if (ageMs < 15 * MINUTE_MS) return 20 * SECOND_MS;
  return ageMs < HOUR_MS ? 5 * MINUTE_MS : HOUR_MS;
}

/** When an approval lapses: never before the Mac, which polls an old request rarely, could hear of it three times. */
export function lapseAt(requestedAt: Instant, approvedAt: Instant, policy: Policy): Instant {
  return approvedAt + Math.max(policy.lapseAfterMs, 3 * pendingPollMs(approvedAt - requestedAt));
}

/** When the user is warned of the end: earlier for long sessions (seed: 5 minutes; 1 minute for sessions of 5). */
export function warningAt(endsAt: Instant, minutes: number, policy: Policy): Instant {
  return endsAt - (minutes <= 5 ? policy.warnBeforeShortMs : policy.warnBeforeMs);
}

/** A log is owed unless the Mac proved that no rights were ever given (law L8). */
export function isLogOwed(request: SessionRequest): boolean {
  if (request.log.state === "collected" || request.log.state === "missing") return false;
  if (request.status !== "ended") return true;
  return !(request.proof.state === "removed" && !request.proof.granted && request.grant === undefined);
}

/** Clocks that are kept right are set back by less than this. */
export const CLOCK_SLACK_MS = MINUTE_MS;

/**
 * True when what a request's rights rest on, or the beginning of their end, lies in the future: the service's clock was
 * set back by more than the approval, the session or its end is old, or was ahead when it began. Its deadline means
 * nothing then, so it counts as over (law L9); after a smaller step back it comes late by less than that age.
 */
export function isFromTheFuture(request: AccessRequest, now: Instant): boolean {
  switch (request.status) {
    case "approved":
      return request.approval.at > now + CLOCK_SLACK_MS;
    case "arming":
      return request.arming.armedAt > now + CLOCK_SLACK_MS;
    case "active":
      return request.grant.startedAt > now + CLOCK_SLACK_MS;
    case "ending":
      return request.ending.since > now + CLOCK_SLACK_MS;
    default:
      return false;
  }
}

/** Every alarm that a request has set, in no particular order. Pure; the stored request is the only source. */
export function alarmsOf(request: AccessRequest, policy: Policy): readonly Alarm[] {
  switch (request.status) {
    case "pending":
      return pendingAlarms(request, policy);
    case "approved":
      return [{ name: "lapse", at: request.lapsesAt }];
    case "arming":
      return [{ name: "confirm_by", at: request.arming.confirmBy }];
    case "active": {
      const { endsAt, warned } = request.grant;
      const expiry: Alarm = { name: "expiry", at: endsAt };
      if (warned) return [expiry];
      return [expiry, { name: "warning", at: warningAt(endsAt, request.approval.minutes, policy) }];
    }
    case "ending":
      return endingAlarms(request, policy);
    case "ended":
      return logAlarms(request, policy);
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return [];
  }
}

function pendingAlarms(
  request: Extract<AccessRequest, { status: "pending" }>,
  policy: Policy,
): readonly Alarm[] {
  const { requestedAt } = request.ask;
  const autoDeny: Alarm = { name: "auto_deny", at: requestedAt + policy.autoDenyAfterMs };
  const nudge: Alarm = { name: "nudge", at: nudgeAt(requestedAt, request.nudgesSent + 1, policy) };
  return nudge.at < autoDeny.at ? [nudge, autoDeny] : [autoDeny];
}

function endingAlarms(
  request: Extract<AccessRequest, { status: "ending" }>,
  policy: Policy,
): readonly Alarm[] {
  const { since, alarmed, closeOffered } = request.ending;
  const alarms: Alarm[] = [...logAlarms(request, policy)];
  if (!alarmed) alarms.push({ name: "deadline_alarm", at: since + policy.deadlineAlarmAfterMs });
  if (!closeOffered) alarms.push({ name: "close_offer", at: since + policy.offerCloseAfterMs });
  return alarms;
}

function logAlarms(
  request: Extract<SessionRequest, { status: "ending" | "ended" }>,
  policy: Policy,
): readonly Alarm[] {
  if (!isLogOwed(request)) return [];
  return [{ name: "log_missing", at: request.ending.since + policy.logMissingAfterMs }];
}

/** The earliest alarm, or undefined when the request waits for nothing. */
export function nextAlarmAt(request: AccessRequest, policy: Policy): Instant | undefined {
  const times = alarmsOf(request, policy).map((alarm) => alarm.at);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * True while the request is one whose Mac may hold rights given by us and has never proven that they are gone: also
 * after people gave up waiting for it (law L5), whatever the Mac reads then.
 */
export function mayHoldRights(request: AccessRequest): request is SessionRequest {
  if (!isSession(request)) return false;
  if (request.status !== "ended") return true;
  const { proof } = request;
  return proof.state === "closed_unverified" || (proof.state === "still_admin" && proof.wasClosed === true);
}
