import type { Serial } from "../../core/ids.ts";
import { chainAudit, EMPTY_AUDIT_HEAD } from "../../ports/audit-chain.ts";
import type {
  AuditEntry,
  Change,
  CommitOutcome,
  LogChunk,
  LogHead,
  StoredMac,
  StoredRequest,
} from "../../ports/store.ts";
import { EMPTY_LOG_HEAD } from "../../ports/store-rules.ts";
import { frozenCopy } from "./frozen.ts";
import type { OutboxTable } from "./outbox-table.ts";
import type { RequestTable } from "./request-table.ts";

/** Everything that a change can touch. Values in it are frozen. */
export interface Tables {
  readonly requests: RequestTable;
  readonly outbox: OutboxTable;
  readonly macs: Map<Serial, StoredMac>;
  /** Which Mac has this hash as its current or next key. */
  readonly macByKeyHash: Map<string, Serial>;
  readonly guards: Map<string, string>;
  readonly quotas: Map<string, number>;
  readonly chunks: Map<string, LogChunk[]>;
  readonly logHeads: Map<string, LogHead>;
  readonly audit: Map<string, readonly AuditEntry[]>;
}

/** The first conflict of `change` with what is stored, in the port's order; undefined when there is none. */
export function findConflict(
  tables: Tables,
  change: Change,
): Extract<CommitOutcome, { ok: false }> | undefined {
  const { request, mac, quota, chunk } = change;
  if (request !== undefined) {
    const version = tables.requests.get(request.value.ask.requestId)?.version ?? 0;
    if (version !== request.expectedVersion) return { ok: false, conflict: "version" };
  }
  if (mac !== undefined && (tables.macs.get(mac.value.serial)?.version ?? 0) !== mac.expectedVersion) {
    return { ok: false, conflict: "version" };
  }
  for (const guard of change.guards ?? []) {
    const owner = tables.guards.get(guard.key);
    if (guard.op === "claim" && owner !== undefined && owner !== guard.owner) {
      return { ok: false, conflict: "guard", key: guard.key, owner };
    }
  }
  if (quota !== undefined && (tables.quotas.get(quota.key) ?? 0) >= quota.limit) {
    return { ok: false, conflict: "quota", key: quota.key };
  }
  if (chunk !== undefined) {
    const head = tables.logHeads.get(chunk.requestId) ?? EMPTY_LOG_HEAD;
    if (chunk.seq !== head.nextSeq || chunk.previousHash !== head.hash)
      return { ok: false, conflict: "chunk" };
  }
  return undefined;
}

/** Writes a frozen change that `findConflict` has nothing against. Must not throw half-way: it only fills maps. */
export function applyChange(tables: Tables, change: Change): void {
  const { stream, request, mac, quota, chunk, at } = change;
  const head = tables.audit.get(stream)?.at(-1) ?? EMPTY_AUDIT_HEAD;
  const lines = frozenCopy(chainAudit(stream, head, change.audit));
  if (lines.length > 0) tables.audit.set(stream, [...(tables.audit.get(stream) ?? []), ...lines]);
  if (request !== undefined) {
    const { expectedVersion, value, dueAt } = request;
    const stored: StoredRequest = { version: expectedVersion + 1, request: value };
    tables.requests.put(Object.freeze(dueAt === undefined ? stored : { ...stored, dueAt }), at);
  }
  if (mac !== undefined) {
    putMac(tables, { ...mac.value, version: mac.expectedVersion + 1 });
  }
  for (const { op, key, owner } of change.guards ?? []) {
    if (op === "claim") tables.guards.set(key, owner);
    else if (tables.guards.get(key) === owner) tables.guards.delete(key);
  }
  if (quota !== undefined) tables.quotas.set(quota.key, (tables.quotas.get(quota.key) ?? 0) + 1);
  if (chunk !== undefined) appendChunk(tables, chunk);
  for (const effect of change.effects) tables.outbox.add(stream, effect, at);
}

function putMac(tables: Tables, mac: StoredMac): void {
  const before = tables.macs.get(mac.serial);
  for (const hash of [before?.keyHash, before?.nextKeyHash]) {
    if (hash !== undefined) tables.macByKeyHash.delete(hash);
  }
  for (const hash of [mac.keyHash, mac.nextKeyHash]) {
    if (hash !== undefined) tables.macByKeyHash.set(hash, mac.serial);
  }
  tables.macs.set(mac.serial, Object.freeze(mac));
}

function appendChunk(tables: Tables, chunk: LogChunk): void {
  const { requestId, seq, hash, lines, final } = chunk;
  const chunks = tables.chunks.get(requestId) ?? [];
  const before = tables.logHeads.get(requestId) ?? EMPTY_LOG_HEAD;
  chunks.push(chunk);
  tables.chunks.set(requestId, chunks);
  const head = { nextSeq: seq + 1, hash, lines: before.lines + lines.length, final };
  tables.logHeads.set(requestId, Object.freeze(head));
}
