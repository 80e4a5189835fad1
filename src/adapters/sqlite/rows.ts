import type { Effect } from "../../core/effects.ts";
import type { AccessRequest, Actor } from "../../core/request.ts";
import { type AuditHead, EMPTY_AUDIT_HEAD } from "../../ports/audit-chain.ts";
import type {
  AuditEntry,
  Beat,
  CardState,
  LogChunk,
  LogHead,
  OutboxItem,
  StoredMac,
  StoredRequest,
} from "../../ports/store.ts";
import { EMPTY_LOG_HEAD } from "../../ports/store-rules.ts";
import type { Row, Statements } from "./sql.ts";

/** A JSON column that this adapter wrote. */
function jsonOf(row: Row, column = "value"): unknown {
  return JSON.parse(String(row[column]));
}

/** What `toValue` makes of a row, if there is one. */
export function optional<T>(row: Row | undefined, toValue: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : toValue(row);
}

/** A row of `requests`. */
export function toStoredRequest(row: Row): StoredRequest {
  const stored = { version: Number(row["version"]), request: jsonOf(row) as AccessRequest };
  return row["due_at"] === null ? stored : { ...stored, dueAt: Number(row["due_at"]) };
}

/** The id and due time of a row of `requests` that has one. */
export function toAlarm(row: Row): { readonly requestId: string; readonly dueAt: number } {
  return { requestId: String(row["id"]), dueAt: Number(row["due_at"]) };
}

/** A row of `macs`. */
export function toStoredMac(row: Row): StoredMac {
  return { ...(jsonOf(row) as Omit<StoredMac, "version">), version: Number(row["version"]) };
}

/** A row of `audit`. */
export function toAuditEntry(row: Row): AuditEntry {
  return {
    stream: String(row["stream"]),
    seq: Number(row["seq"]),
    at: Number(row["at"]),
    actor: jsonOf(row, "actor") as Actor,
    type: String(row["type"]),
    commandId: String(row["command_id"]),
    data: jsonOf(row, "data"),
    previousHash: String(row["previous_hash"]),
    hash: String(row["hash"]),
  };
}

/** A row of `outbox`. */
export function toOutboxItem(row: Row): OutboxItem {
  const item = {
    stream: String(row["stream"]),
    position: Number(row["position"]),
    lane: String(row["lane"]) as OutboxItem["lane"],
    effect: jsonOf(row, "effect") as Effect,
    createdAt: Number(row["created_at"]),
    state: String(row["state"]) as OutboxItem["state"],
    attempts: Number(row["attempts"]),
    notBefore: Number(row["not_before"]),
  };
  return row["problem"] === null ? item : { ...item, problem: String(row["problem"]) };
}

/** A row of `log_chunks`. */
export const toLogChunk = (row: Row): LogChunk => jsonOf(row) as LogChunk;
/** A row of `beats`. */
export const toBeat = (row: Row): Beat => jsonOf(row) as Beat;
/** A row of `cards`. */
export const toCard = (row: Row): CardState => jsonOf(row) as CardState;

/** The number and hash of a stream's last audit line: what the next one continues. */
export function readAuditHead(statements: Statements, stream: string): AuditHead {
  const row = statements.readAuditHead.get({ stream });
  return optional(row, ({ seq, hash }) => ({ seq: Number(seq), hash: String(hash) })) ?? EMPTY_AUDIT_HEAD;
}

/** Where the command log of a request ends; that of an empty log when it has none. */
export function readLogHead(statements: Statements, id: string): LogHead {
  const row = statements.readLogHead.get({ id });
  if (row === undefined) return EMPTY_LOG_HEAD;
  return {
    nextSeq: Number(row["next_seq"]),
    hash: String(row["hash"]),
    lines: Number(row["lines"]),
    final: row["final"] === 1,
  };
}
