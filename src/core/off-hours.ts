import type { SlackUserId } from "./ids.ts";
import type { OffHours, Policy, Weekday } from "./policy-config.ts";
import type { Identity } from "./request.ts";
import { type Instant, MINUTE_MS } from "./time.ts";

/**
 * What off-hours approval says to a request. `declined` and `business_hours` both mean that a human decides;
 * `declined` is also told to IT. Nothing but a full set of good answers leads to `approve` (law L9).
 */
export type OffHoursVerdict =
  | { readonly verdict: "not_configured" }
  | { readonly verdict: "business_hours" }
  | { readonly verdict: "declined"; readonly why: string }
  | {
      readonly verdict: "approve";
      readonly onCallUserId: SlackUserId;
      readonly quota: { readonly key: string; readonly limit: number };
    };

const WEEKDAYS: Readonly<Record<string, Weekday>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

interface LocalTime {
  readonly weekday: Weekday;
  readonly minuteOfDay: number;
  readonly date: string;
}

/** The wall-clock time in an IANA zone, or undefined when the zone is unknown to this runtime (ECMA-402). */
export function localTime(at: Instant, zone: string): LocalTime | undefined {
  try {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).formatToParts(at);
    const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? "";
    const weekday = WEEKDAYS[part("weekday")];
    if (weekday === undefined) return undefined;
    return {
      weekday,
      minuteOfDay: Number(part("hour")) * 60 + Number(part("minute")),
      date: `${part("year")}-${part("month")}-${part("day")}`,
    };
  } catch {
    return undefined;
  }
}

function misconfiguration(
  offHours: Extract<OffHours, { mode: "enabled" }>,
  policy: Policy,
): string | undefined {
  const { weekdays, startMinute, endMinute, onCallUserId, capPerNight } = offHours;
  if (weekdays.length === 0) return "no business weekdays are configured";
  if (!weekdays.every((day) => day >= 1 && day <= 7)) return "the business weekdays are not days from 1 to 7";
  if (!(startMinute >= 0 && startMinute < endMinute && endMinute <= 24 * 60)) {
    return "the business hours do not start before they end";
  }
  if (!(capPerNight >= 1)) return "the cap per night is not a positive number";
  if (!policy.approverIds.includes(onCallUserId)) return "the on-call person is not one of the approvers";
  return undefined;
}

function identityProblem(identity: Identity, onCallUserId: SlackUserId): string | undefined {
  if (identity.state === "pending") return "it is not known yet who is asking";
  if (identity.doubts.length > 0) return "it is not certain who is asking";
  if (identity.requesterSlackIds.includes(onCallUserId)) return "the requester is the on-call person";
  return undefined;
}

/** Decides whether a request made at `now` is approved in the on-call person's name. Pure. */
export function offHoursVerdict(policy: Policy, identity: Identity, now: Instant): OffHoursVerdict {
  const { offHours } = policy;
  if (offHours.mode === "disabled") return { verdict: "not_configured" };
  const local = localTime(now, offHours.zone);
  if (local === undefined) {
    return { verdict: "declined", why: `the time zone "${offHours.zone}" is unknown` };
  }
  const wrong = misconfiguration(offHours, policy);
  if (wrong !== undefined) return { verdict: "declined", why: wrong };
  const { weekdays, startMinute, endMinute, onCallUserId, capPerNight } = offHours;
  const atWork =
    weekdays.includes(local.weekday) && local.minuteOfDay >= startMinute && local.minuteOfDay < endMinute;
  if (atWork) return { verdict: "business_hours" };
  const problem = identityProblem(identity, onCallUserId);
  if (problem !== undefined) return { verdict: "declined", why: problem };
  return {
    verdict: "approve",
    onCallUserId,
    quota: { key: `off-hours:${nightOf(now, local, offHours)}`, limit: capPerNight },
  };
}

/** A night is named by the day on whose evening it began, so that it keeps its name past midnight. */
function nightOf(now: Instant, local: LocalTime, offHours: Extract<OffHours, { mode: "enabled" }>): string {
  if (local.minuteOfDay >= offHours.endMinute) return local.date;
  // About noon of the day before, so that a day of 23 or 25 hours leads to no other date.
  const dayBefore = now - (local.minuteOfDay + 12 * 60) * MINUTE_MS;
  return localTime(dayBefore, offHours.zone)?.date ?? local.date;
}
