import { DEFAULT_POLICY } from "../../core/policy-config.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { type Setting, withDefault } from "./setting.ts";
import { duration } from "./value-schemas.ts";

/** A number in a setting's own unit, with the bounds between which it makes sense. */
function time(
  unit: "seconds" | "minutes" | "hours",
  [min, max]: readonly [number, number],
  defaultMs: number,
  help: string,
): Setting<number> {
  const unitMs = { seconds: SECOND_MS, minutes: MINUTE_MS, hours: HOUR_MS }[unit];
  return withDefault(duration(min, max, unitMs, unit), String(defaultMs / unitMs), {
    group: "Times",
    help: `${help} From ${min} to ${max} ${unit}.`,
  });
}

const {
  nudgeEveryMs,
  nudgeFirstPhaseMs,
  nudgeLaterEveryMs,
  autoDenyAfterMs,
  lapseAfterMs,
  confirmWithinMs,
  warnBeforeMs,
  warnBeforeShortMs,
  logMissingAfterMs,
  heartbeatSilentAfterMs,
  deadlineAlarmAfterMs,
  offerCloseAfterMs,
  clockSkewFlagMs,
  stillAdminGraceMs,
} = DEFAULT_POLICY;

/** The intervals of the policy. The values are in milliseconds. */
export const TIME_SETTINGS = {
  HALLPASS_NUDGE_EVERY_MINUTES: time(
    "minutes",
    [1, 1440],
    nudgeEveryMs,
    "How often IT is reminded of a request that nobody answers.",
  ),
  HALLPASS_NUDGE_FIRST_PHASE_MINUTES: time(
    "minutes",
    [0, 1440],
    nudgeFirstPhaseMs,
    "For how long it is reminded that often.",
  ),
  HALLPASS_NUDGE_LATER_EVERY_MINUTES: time("minutes", [1, 1440], nudgeLaterEveryMs, "How often after that."),
  HALLPASS_AUTO_DENY_AFTER_HOURS: time(
    "hours",
    [1, 168],
    autoDenyAfterMs,
    "When a request that nobody answered is closed.",
  ),
  // Three polls of 20 s must fit in, so that a Mac gets to see its approval.
  HALLPASS_LAPSE_AFTER_MINUTES: time(
    "minutes",
    [1, 1440],
    lapseAfterMs,
    "When an approval that the Mac has not taken up lapses.",
  ),
  HALLPASS_CONFIRM_WITHIN_SECONDS: time(
    "seconds",
    [30, 600],
    confirmWithinMs,
    "Within what time the Mac has to confirm the rights after it took the approval up.",
  ),
  HALLPASS_WARN_BEFORE_MINUTES: time(
    "minutes",
    [1, 9],
    warnBeforeMs,
    "How long before the end of a session its user is warned.",
  ),
  HALLPASS_WARN_BEFORE_SHORT_MINUTES: time(
    "minutes",
    [1, 4],
    warnBeforeShortMs,
    "The same for sessions of 5 minutes.",
  ),
  HALLPASS_LOG_MISSING_AFTER_MINUTES: time(
    "minutes",
    [1, 1440],
    logMissingAfterMs,
    "When IT is told that the log of a session did not come. A late log is still taken.",
  ),
  HALLPASS_HEARTBEAT_SILENT_AFTER_MINUTES: time(
    "minutes",
    [2, 60],
    heartbeatSilentAfterMs,
    "After what silence of a Mac in a session a line is written. Macs report every minute.",
  ),
  HALLPASS_DEADLINE_ALARM_AFTER_MINUTES: time(
    "minutes",
    [1, 60],
    deadlineAlarmAfterMs,
    "How long after an end has begun IT is alarmed when the Mac has not proven that the rights are gone.",
  ),
  HALLPASS_OFFER_CLOSE_AFTER_HOURS: time(
    "hours",
    [1, 168],
    offerCloseAfterMs,
    "When approvers are offered to close such a session as unverified.",
  ),
  HALLPASS_CLOCK_SKEW_FLAG_SECONDS: time(
    "seconds",
    [5, 3600],
    clockSkewFlagMs,
    "A Mac whose clock is off by more is pointed out.",
  ),
  HALLPASS_STILL_ADMIN_GRACE_SECONDS: time(
    "seconds",
    [30, 600],
    stillAdminGraceMs,
    "For how long after the order to end a Mac may still report its user as an administrator without an alarm.",
  ),
} as const;
