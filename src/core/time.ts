/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. The core never reads a clock. */
export type Instant = number;

/** A length of time in milliseconds. */
export type DurationMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The session lengths a person may ask for and an approver may grant, in minutes. */
export const SESSION_MINUTES = [5, 10, 15, 30] as const;
export type SessionMinutes = (typeof SESSION_MINUTES)[number];
