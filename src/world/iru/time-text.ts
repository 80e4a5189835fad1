import type { Instant } from "../../core/time.ts";

/** `2026-03-24T00:45:18.674000Z`: the vendor writes microseconds. */
export function timeText(at: Instant): string {
  return dateOf(at).toISOString().replace("Z", "000Z");
}

/** `2026-03-24 00:45:18.674000+00:00`, as the vendor writes times of enrolment. */
export function spacedTimeText(at: Instant): string {
  return timeText(at).replace("T", " ").replace("Z", "+00:00");
}

/** `Tue, 24 Mar 2026 00:45:18 GMT`, the date of HTTP (RFC 9110 section 5.6.7). */
export function httpDateText(at: Instant): string {
  return dateOf(at).toUTCString();
}

function dateOf(at: Instant): Date {
  return new Date(at);
}
