import { z } from "zod";
import type { AgentRecord, OwedCall } from "./core/record.ts";
import type { AdminEntry } from "./core/membership.ts";

const person = z.object({ uid: z.number(), generatedUid: z.string(), username: z.string() });
const deadline = z.object({ bootSession: z.string(), continuousSeconds: z.number() });
const minutes = z.union([z.literal(5), z.literal(10), z.literal(15), z.literal(30)]);
const entry = z.custom<AdminEntry>(
  (value) => typeof value === "string" && /^(name|guid|nested|via|primary|uid0):./.test(value),
);

const form = z.object({
  hostname: z.string(),
  reason: z.string(),
  category: z.enum(["install", "debug", "config", "security", "developer", "other"]),
  durationMinutes: minutes,
  email: z.string().optional(),
});

const waiting = z.object({
  person,
  idempotencyKey: z.string(),
  form: form.optional(),
  askedAtWall: z.number(),
  requestId: z.string().optional(),
  status: z.enum(["asking", "pending", "approved"]),
  approvedMinutes: minutes.optional(),
  signal: z.enum(["pending", "set", "failed"]).optional(),
  start: z.enum(["auto", "ask", "later"]),
});

const baseline = z.object({
  admins: z.array(entry),
  accounts: z.array(person),
  items: z.record(z.string(), z.string()).optional(),
  rest: z.object({ count: z.number(), sha256: z.string() }).optional(),
  log: z.object({ inode: z.string(), size: z.number() }).optional(),
});

const logState = z.object({
  inode: z.string(),
  offset: z.number(),
  tailHash: z.string(),
  nextSeq: z.number(),
  previousHash: z.string(),
  chunkedAtSeconds: z.number(),
  hasHeader: z.boolean(),
  otherLines: z.number(),
  notes: z.array(z.string()).optional(),
  refused: z.string().optional(),
});

const ending = z.object({
  reason: z.enum([
    "expired",
    "revoked",
    "locked",
    "network_loss",
    "ended_by_user",
    "tampered",
    "device_error",
  ]),
  stage: z.enum(["rights", "processes", "drop_in", "compare", "close"]),
  sinceWall: z.number(),
  sinceSeconds: z.number(),
  removedAtWall: z.number().optional(),
  hungUpAtSeconds: z.number().optional(),
  isLogShipped: z.boolean().optional(),
  findings: z.array(z.string()),
});

const session = z.object({
  requestId: z.string(),
  armId: z.string(),
  person,
  minutes,
  baseline,
  phase: z.enum(["granting", "active", "ending"]),
  deadline,
  granted: z.boolean(),
  sinceWall: z.number(),
  sinceSeconds: z.number(),
  startedAtWall: z.number().optional(),
  startTold: z.boolean(),
  warned: z.boolean(),
  watchedAtAwake: z.number(),
  heardAtAwake: z.number().optional(),
  log: logState,
  ending: ending.optional(),
});

const outgoing = z.object({
  id: z.string(),
  call: z.custom<OwedCall>((value) => typeof value === "object" && value !== null && "name" in value),
  rechain: z.boolean().optional(),
});

const agentRecord: z.ZodType<AgentRecord> = z.object({
  form: z.literal(1),
  known: z.array(entry).optional(),
  knownLost: z.enum(["absent", "unreadable"]).optional(),
  knownSudo: z.record(z.string(), z.string()).optional(),
  requests: z.array(waiting),
  session: session.optional(),
  outbox: z.array(outgoing),
  restartDue: z.boolean(),
});

/** The record in a text read from disk; undefined when it is not one. */
export function parseRecord(text: string): AgentRecord | undefined {
  try {
    return agentRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
