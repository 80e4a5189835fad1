import { z } from "zod";
import { REPORT_KINDS } from "../core/commands.ts";
import { SERIAL_PATTERN, UUID_PATTERN } from "../core/ids.ts";
import { STATUSES } from "../core/lifecycle.ts";
import { CATEGORIES, END_REASONS } from "../core/request.ts";
import { SESSION_MINUTES } from "../core/time.ts";

/** The wire contract between a Mac and the service (design section 5): bodies, queries and answers. */

export const LOG_LINE_MAX_BYTES = 16 * 1024;
export const LOG_CHUNK_MAX_BYTES = 192 * 1024;
export const BODY_MAX_BYTES = 256 * 1024;
export const BASELINE_MAX_BYTES = 64 * 1024;
/** What writes JSON calls itself for each level: unlimited depth would exhaust its stack. */
export const BASELINE_MAX_DEPTH = 16;
/** The `previousHash` of the first chunk. */
export const FIRST_HASH = "0".repeat(64);

/** Well-formed Unicode without NUL; `max` counts characters as people do (code points). */
const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "must be well-formed text without NUL")
    .refine((value) => [...value.trim()].length >= min, `must have at least ${min} character(s)`)
    .refine((value) => [...value].length <= max, `must have at most ${max} characters`);

const singleLine = (min: number, max: number) =>
  text(min, max).refine(
    (value) => !/[\u0000-\u001f\u007f]/.test(value),
    "must not contain control characters",
  );

export const serial = z.string().regex(SERIAL_PATTERN, "must be 8-14 upper-case letters or digits");
export const requestId = z
  .string()
  .regex(UUID_PATTERN, "must be a UUID")
  .transform((value) => value.toLowerCase());
const uuid = z.string().regex(UUID_PATTERN, "must be a UUID");
const generatedUid = z
  .string()
  .regex(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/, "must be an upper-case UUID");
const uid = z
  .number()
  .int()
  .min(501, "must be 501 or more: system accounts cannot ask")
  .max(2 ** 31 - 1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a lower-case hex SHA-256");
/** ISO 8601 UTC with milliseconds; parsed to an instant. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, "must be ISO 8601 UTC with milliseconds")
  .transform((value, context) => {
    const at = Date.parse(value);
    if (Number.isNaN(at)) context.addIssue({ code: "custom", message: "must be a real date" });
    return at;
  });

export const durationMinutes = z
  .number()
  .refine(
    (value): value is (typeof SESSION_MINUTES)[number] =>
      (SESSION_MINUTES as readonly number[]).includes(value),
    {
      message: `must be one of ${SESSION_MINUTES.join(", ")}`,
    },
  );

export const enrollBody = z.strictObject({ serial });

export const requestBody = z.strictObject({
  serial,
  hostname: singleLine(1, 255),
  username: singleLine(1, 255),
  uid,
  generatedUid,
  reason: text(1, 500),
  category: z.enum(CATEGORIES),
  durationMinutes,
  email: singleLine(3, 254)
    .regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address")
    .optional(),
});

export const macQuery = z.strictObject({ serial });

const wholeNumberText = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value <= max, `must be at most ${max}`);

export const statusQuery = z.strictObject({
  requestId,
  serial,
  since: wholeNumberText(999_999_999).optional(),
  wait: wholeNumberText(20).optional(),
});

export const cancelBody = z.strictObject({ requestId, serial });
export const endBody = z.strictObject({ requestId, serial });

/** True when `value` nests no more than `depth` objects and arrays; looks no deeper, so that no depth is too much. */
function isNotDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isNotDeeper(member, depth - 1));
}

export const armBody = z.strictObject({
  requestId,
  serial,
  armId: uuid,
  uid,
  generatedUid,
  /** What the Mac was before the grant: names and hashes. */
  baseline: z
    .record(z.string(), z.unknown())
    .refine((value) => isNotDeeper(value, BASELINE_MAX_DEPTH), {
      error: `must be nested at most ${BASELINE_MAX_DEPTH} deep`,
      abort: true,
    })
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= BASELINE_MAX_BYTES,
      "must be at most 64 KiB",
    ),
});

export const startBody = z.strictObject({ requestId, serial, armId: uuid, elevatedAt: instant });

export const beatBody = z.strictObject({
  requestId,
  serial,
  bootSession: uuid,
  continuousSeconds: z.number().min(0).max(1e10),
  admin: z.boolean(),
  logSeq: z.number().int().min(0).max(1e9),
  agentSha256: sha256,
});

export const networkLossBody = z.strictObject({ requestId, serial, lostAt: instant, removedAt: instant });

export const removedBody = z.strictObject({
  requestId,
  serial,
  armId: uuid,
  granted: z.boolean(),
  verified: z.boolean(),
  reason: z.enum(END_REASONS),
  removedAt: instant,
});

const logLine = z
  .string()
  .refine((value) => value.isWellFormed(), "must be well-formed Unicode")
  .refine((value) => !/[\r\n\u0000]/.test(value), "must hold no CR, LF or NUL")
  // Three bytes are the most that UTF-8 needs for one UTF-16 unit, so most lines need no counting.
  .refine(
    (value) => value.length * 3 <= LOG_LINE_MAX_BYTES || Buffer.byteLength(value) <= LOG_LINE_MAX_BYTES,
    "must be at most 16 KiB",
  );

export const logBody = z.strictObject({
  requestId,
  serial,
  seq: z.number().int().min(0).max(1e6),
  previousHash: sha256,
  lines: z.array(logLine).max(10_000),
  final: z.boolean(),
});

export const reportBody = z.strictObject({
  serial,
  requestId: requestId.optional(),
  reportId: uuid,
  kind: z.enum(REPORT_KINDS),
  at: instant,
  items: z.array(text(0, 1000)).max(200),
});

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,128}$/, "must be 8-128 printable ASCII characters");

export type RequestBody = z.output<typeof requestBody>;
export type BeatBody = z.output<typeof beatBody>;
export type LogBody = z.output<typeof logBody>;
export type ReportBody = z.output<typeof reportBody>;

// Answers: what the agent reads. Unknown fields are tolerated there, so that the service can be newer.

const isoTime = z.string();

export const statusAnswer = z.object({
  version: z.number(),
  status: z.enum(STATUSES),
  endReason: z.enum(END_REASONS).optional(),
  approvedMinutes: durationMinutes.optional(),
  signal: z.enum(["pending", "set", "failed"]).optional(),
  elevationEnd: isoTime.optional(),
  remainingSeconds: z.number().optional(),
  nextPollSeconds: z.number(),
  message: z.string(),
});

const summary = z.object({ count: z.number(), sha256 });

/** The baseline as it is sent with `/arm` and given back; of what is too long there is the count and the hash. */
export const sentBaseline = z.object({
  admins: z.array(z.string()),
  accounts: z.union([
    z.array(z.object({ uid: z.number(), generatedUid: z.string(), username: z.string() })),
    summary,
  ]),
  items: z.record(z.string(), z.string()).optional().catch(undefined),
  /** The items that are too long to be among `items`. */
  rest: summary.optional(),
  /** Where the sudo log stood. */
  log: z.object({ inode: z.string(), size: z.number() }).optional(),
});

export const macAnswer = z.object({
  openRequests: z.array(
    z
      .object({ requestId, username: z.string(), uid: z.number(), generatedUid: z.string() })
      .and(statusAnswer),
  ),
  session: z
    .object({
      requestId,
      status: z.enum(["arming", "active", "ending"]),
      uid: z.number(),
      generatedUid: z.string(),
      armId: z.string(),
      elevationEnd: isoTime.optional(),
      endReason: z.enum(END_REASONS).optional(),
      /** How long ago the service gave the permission, by its own clock. */
      armedSecondsAgo: z.number().optional(),
      baseline: sentBaseline.optional().catch(undefined),
    })
    .optional(),
  config: z.object({
    delivery: z.enum(["mdm", "direct"]),
    grant: z.enum(["privileges", "directory"]),
    endProcesses: z.enum(["kill", "report"]),
    /** True where held polls are offered; else the Mac polls by `nextPollSeconds`. */
    longPoll: z.boolean(),
    probeUrl: z.string(),
  }),
});

export const requestAnswer = z.object({ requestId, status: statusAnswer.shape.status });
export const enrollAnswer = z.object({ deviceKey: z.string() });
export const armAnswer = z.object({ approvedMinutes: durationMinutes, confirmBy: isoTime });
export const startAnswer = z.object({ elevationEnd: isoTime, remainingSeconds: z.number() });
export const removedAnswer = z.object({ nextKey: z.string().optional() });
export const logAnswer = z.object({ nextSeq: z.number(), hash: sha256 });

/** RFC 9457 problem details, with the fields Hallpass adds. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  requestId: z.string().optional(),
  seq: z.number().optional(),
  previousHash: z.string().optional(),
});

export type StatusAnswer = z.output<typeof statusAnswer>;
export type MacAnswer = z.output<typeof macAnswer>;
export type SentBaseline = z.output<typeof sentBaseline>;
