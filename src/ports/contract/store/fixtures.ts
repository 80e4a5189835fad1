import { createHash } from "node:crypto";
import type { Effect } from "../../../core/effects.ts";
import type {
  AccessRequest,
  Actor,
  Approval,
  Arming,
  Ask,
  SessionLog,
  Status,
} from "../../../core/request.ts";
import { MINUTE_MS } from "../../../core/time.ts";
import { EMPTY_LOG_HEAD } from "../../store-rules.ts";
import type { AuditDraft, Beat, CardState, Change, LogChunk, StoredMac } from "../../store.ts";

/** The time at which the examples start. */
export const START = 1_790_000_000_000;

export const SERIAL = "C02HALLPASS1";
export const APPROVER: Actor = { kind: "slack", userId: "U0APPROVER" };

/** The request id with this number; ids sort as their numbers do. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** An ask with text that every edge has to escape somewhere. */
export function askOf(number: number, over: Partial<Ask> = {}): Ask {
  return {
    requestId: idOf(number),
    serial: SERIAL,
    hostname: 'Anna’s "MacBook" Pro \u0000 \\ 🧪',
    username: "anna",
    uid: 501,
    generatedUid: "0A1B2C3D-0000-4000-8000-000000000001",
    reason: "line one\nline two <b>'; DROP TABLE requests; --",
    category: "debug",
    durationMinutes: 15,
    requestedAt: START + number,
    ...over,
  };
}

const approval: Approval = { by: APPROVER, minutes: 15, at: START };
const arming: Arming = {
  armId: "11111111-1111-4111-8111-111111111111",
  armedAt: START,
  confirmBy: START + 2 * MINUTE_MS,
  baselineSha256: "ab".repeat(32),
};
const ending = {
  reason: "expired",
  since: START,
  by: APPROVER,
  alarmed: false,
  closeOffered: false,
} as const;

/** A request in any state, with whatever that state holds. */
export function requestIn(status: Status, ask: Ask, log: SessionLog = { state: "none" }): AccessRequest {
  const base = { ask, identity: { state: "pending" } } as const;
  const session = { ...base, approval, arming, log } as const;
  const grant = { startedAt: START, endsAt: START + 15 * MINUTE_MS, warned: false } as const;
  const removed = { state: "removed", at: START, removedAt: START, granted: true } as const;
  switch (status) {
    case "pending":
      return { ...base, status, nudgesSent: 0 };
    case "approved":
      return { ...base, status, approval, signal: "pending", lapsesAt: START };
    case "arming":
      return { ...session, status };
    case "active":
      return { ...session, status, grant };
    case "ending":
      return { ...session, status, ending, proof: { state: "awaited" } };
    case "ended":
      return { ...session, status, grant, ending, proof: removed, endedAt: START };
    case "denied":
      return { ...base, status, denial: { by: APPROVER, at: START, reason: "no" } };
    case "cancelled":
      return { ...base, status, cancellation: { by: APPROVER, at: START } };
    case "expired_unanswered":
      return { ...base, status, closedAt: START };
    case "lapsed":
      return { ...base, status, approval, lapsedAt: START };
  }
}

/** A pending request. */
export function pendingOf(number: number, over: Partial<Ask> = {}): AccessRequest {
  return requestIn("pending", askOf(number, over));
}

/** A change of `stream` with nothing in it but `parts`. */
export function changeOf(stream: string, parts: Partial<Change> = {}): Change {
  return { stream, audit: [], effects: [], at: START, ...parts };
}

/** A change that makes or replaces a request. */
export function writeOf(value: AccessRequest, expectedVersion = 0, parts: Partial<Change> = {}): Change {
  return changeOf(value.ask.requestId, { ...parts, request: { expectedVersion, value } });
}

export function draftOf(type: string, over: Partial<AuditDraft> = {}): AuditDraft {
  return { at: START, actor: APPROVER, type, commandId: `command-${type}`, data: { what: type }, ...over };
}

export function effectOf(key: string): Effect {
  return { type: "thread", key, note: { note: "nudge", count: 1, waitingSince: START } };
}

export function macOf(serial: string, over: Partial<StoredMac> = {}): Omit<StoredMac, "version"> {
  const { version: _, ...rest } = over;
  return { serial, deviceId: `device-${serial}`, enrolledAt: START, keyHash: `key-${serial}`, ...rest };
}

/** Chunk `seq` after one that has the hash `previousHash`. */
export function chunkOf(
  requestId: string,
  seq: number,
  previousHash: string = EMPTY_LOG_HEAD.hash,
  lines: readonly string[] = [`line of chunk ${seq}`],
): LogChunk {
  const hash = createHash("sha256")
    .update(`${previousHash}\n${lines.join("\n")}`)
    .digest("hex");
  return { requestId, seq, previousHash, hash, lines, final: false, receivedAt: START };
}

/** `count` chunks of a request, each chained to the one before. */
export function chunksOf(requestId: string, count: number): readonly LogChunk[] {
  const chunks: LogChunk[] = [];
  for (let seq = 0; seq < count; seq += 1) chunks.push(chunkOf(requestId, seq, chunks.at(-1)?.hash));
  return chunks;
}

export function beatOf(requestId: string, over: Partial<Beat> = {}): Beat {
  return {
    requestId,
    at: START,
    bootSession: "22222222-2222-4222-8222-222222222222",
    continuousSeconds: 12.5,
    admin: true,
    logSeq: 3,
    agentSha256: "cd".repeat(32),
    ...over,
  };
}

export function cardOf(renderedVersion: number, over: Partial<CardState> = {}): CardState {
  return {
    ref: { channelId: "C0IT", ts: "1790000000.000100" },
    attempted: true,
    renderedVersion,
    renderedAt: START,
    ...over,
  };
}
