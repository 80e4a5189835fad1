import type { SlackUserId } from "./ids.ts";
import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/** 1 = Monday … 7 = Sunday (ISO 8601). */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * Off-hours auto-approval. Off unless every part is given. `zone` is an IANA name and is checked again at each
 * use: an unknown zone means manual review (law L9).
 */
export type OffHours =
  | { readonly mode: "disabled" }
  | {
      readonly mode: "enabled";
      readonly zone: string;
      readonly weekdays: readonly Weekday[];
      /** Business hours as minutes after local midnight; `start < end`. */
      readonly startMinute: number;
      readonly endMinute: number;
      readonly onCallUserId: SlackUserId;
      readonly capPerNight: number;
    };

/** Every rule and interval the core decides by. The numbers are durations in milliseconds. */
export interface Policy {
  /** Who may decide. Empty: nobody (law L9). */
  readonly approverIds: readonly SlackUserId[];
  /** Who may use /admin-status. Empty: nobody. */
  readonly adminStatusIds: readonly SlackUserId[];
  readonly offHours: OffHours;
  readonly nudgeEveryMs: DurationMs;
  /** Nudges come at `nudgeEveryMs` for this long, then at `nudgeLaterEveryMs`. */
  readonly nudgeFirstPhaseMs: DurationMs;
  readonly nudgeLaterEveryMs: DurationMs;
  readonly autoDenyAfterMs: DurationMs;
  readonly lapseAfterMs: DurationMs;
  readonly confirmWithinMs: DurationMs;
  readonly warnBeforeMs: DurationMs;
  /** For sessions of five minutes. */
  readonly warnBeforeShortMs: DurationMs;
  readonly logMissingAfterMs: DurationMs;
  readonly heartbeatSilentAfterMs: DurationMs;
  readonly deadlineAlarmAfterMs: DurationMs;
  readonly offerCloseAfterMs: DurationMs;
  readonly clockSkewFlagMs: DurationMs;
  /** How long after the start of an end a heartbeat may still say "admin" without an alarm. */
  readonly stillAdminGraceMs: DurationMs;
}

/** The seed's defaults; `approverIds` and `adminStatusIds` stay empty until configured. */
export const DEFAULT_POLICY: Policy = {
  approverIds: [],
  adminStatusIds: [],
  offHours: { mode: "disabled" },
  nudgeEveryMs: 10 * MINUTE_MS,
  nudgeFirstPhaseMs: HOUR_MS,
  nudgeLaterEveryMs: HOUR_MS,
  autoDenyAfterMs: DAY_MS,
  lapseAfterMs: HOUR_MS,
  confirmWithinMs: 120 * SECOND_MS,
  warnBeforeMs: 5 * MINUTE_MS,
  warnBeforeShortMs: MINUTE_MS,
  logMissingAfterMs: 15 * MINUTE_MS,
  heartbeatSilentAfterMs: 3 * MINUTE_MS,
  deadlineAlarmAfterMs: 5 * MINUTE_MS,
  offerCloseAfterMs: DAY_MS,
  clockSkewFlagMs: 60 * SECOND_MS,
  stillAdminGraceMs: 90 * SECOND_MS,
};
