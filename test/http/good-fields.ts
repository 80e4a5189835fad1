/** What each field of the wire contract must be, said a second time and apart from the schemas. */

type Check = (value: unknown) => boolean;

const text =
  (min: number, max: number): Check =>
  (value) =>
    typeof value === "string" &&
    value.isWellFormed() &&
    !value.includes("\0") &&
    Array.from(value.trim()).length >= min &&
    Array.from(value).length <= max;

const line =
  (min: number, max: number): Check =>
  (value) =>
    text(min, max)(value) && Array.from(value as string).every((char) => char >= " " && char !== "\u007f");

const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);

const number =
  (min: number, max: number, whole = true): Check =>
  (value) =>
    typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const listOf =
  (max: number, entry: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= max && value.every(entry);

const digits =
  (max: number): Check =>
  (value) =>
    matching(/^\d{1,9}$/)(value) && Number(value) <= max;

const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const bool: Check = (value) => typeof value === "boolean";

const instant: Check = (value) =>
  matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)(value) &&
  !Number.isNaN(Date.parse(String(value)));

const logLine: Check = (value) =>
  typeof value === "string" &&
  value.isWellFormed() &&
  !["\r", "\n", "\0"].some((char) => value.includes(char)) &&
  Buffer.byteLength(value) <= 16_384;

const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** True when a field of this name may have this value. */
export const IS_GOOD: Readonly<Record<string, Check>> = {
  serial: matching(/^[A-Z0-9]{8,14}$/),
  requestId: uuid,
  armId: uuid,
  reportId: uuid,
  bootSession: uuid,
  since: digits(999_999_999),
  wait: digits(20),
  hostname: line(1, 255),
  username: line(1, 255),
  email: (value) => line(3, 254)(value) && matching(/^[^\s@]+@[^\s@]+$/)(value),
  reason: text(1, 500),
  uid: number(501, 2 ** 31 - 1),
  generatedUid: matching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
  category: oneOf("install", "debug", "config", "security", "developer", "other"),
  durationMinutes: oneOf(5, 10, 15, 30),
  baseline: isObject,
  elevatedAt: instant,
  lostAt: instant,
  removedAt: instant,
  at: instant,
  continuousSeconds: number(0, 1e10, false),
  logSeq: number(0, 1e9),
  seq: number(0, 1e6),
  agentSha256: matching(/^[0-9a-f]{64}$/),
  previousHash: matching(/^[0-9a-f]{64}$/),
  admin: bool,
  granted: bool,
  verified: bool,
  final: bool,
  lines: listOf(10_000, logLine),
  items: listOf(200, text(0, 1_000)),
  kind: oneOf("exit", "tampered", "still_admin", "device_error", "drift"),
};

/** `reason` of `POST /removed` is one of these words. */
export const isEndReason = oneOf(
  "expired",
  "revoked",
  "locked",
  "network_loss",
  "ended_by_user",
  "tampered",
  "device_error",
);
