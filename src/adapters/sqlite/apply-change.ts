import { type Effect, LANE_OF } from "../../core/effects.ts";
import { isOpen } from "../../core/request.ts";
import { chainWritten, type WrittenDraft, writeDraft } from "../../ports/audit-chain.ts";
import type { Change, CommitOutcome, Guard, LogChunk } from "../../ports/store.ts";
import { checkChange, EMPTY_LOG_HEAD, owesLog } from "../../ports/store-rules.ts";
import { readAuditHead } from "./rows.ts";
import type { Statements } from "./sql.ts";

/**
 * Takes a copy of `change` now, in the form in which it will be stored, and returns the write to be done later
 * inside a transaction. What the write did must be undone when its outcome is a conflict. Throws for a change that
 * the port refuses or JSON cannot say.
 */
export function prepareChange(statements: Statements, change: Change): () => CommitOutcome {
  checkChange(change);
  const { stream, at } = change;
  const writeRequest = prepareRequest(statements, change);
  const writeMac = prepareMac(statements, change.mac);
  const guards = (change.guards ?? []).map(({ op, key, owner }) => ({ op, key, owner }));
  const quota = change.quota && { key: change.quota.key, limit: change.quota.limit };
  const writeChunk = prepareChunk(statements, change.chunk);
  const audit = change.audit.map(writeDraft);
  const effects = change.effects.map(prepareEffect);
  return () => {
    if (!writeRequest() || !writeMac()) return { ok: false, conflict: "version" };
    for (const guard of guards) {
      const owner = applyGuard(statements, guard);
      if (owner !== undefined) return { ok: false, conflict: "guard", key: guard.key, owner };
    }
    if (quota !== undefined && !hasChanged(statements.takeQuota.run(quota))) {
      return { ok: false, conflict: "quota", key: quota.key };
    }
    if (!writeChunk()) return { ok: false, conflict: "chunk" };
    appendAudit(statements, stream, audit);
    for (const effect of effects) statements.addEffect.run({ ...effect, stream, at });
    return { ok: true };
  };
}

const hasChanged = (result: { changes: number | bigint }): boolean => result.changes === 1;
const always = (): boolean => true;

/** Writes the request at its expected version; false when the stored one has another. */
function prepareRequest(statements: Statements, { request, at }: Change): () => boolean {
  if (request === undefined) return always;
  const { value, dueAt, expectedVersion } = request;
  const row = {
    id: value.ask.requestId,
    status: value.status,
    serial: value.ask.serial,
    requestedAt: value.ask.requestedAt,
    changedAt: at,
    isOpen: Number(isOpen(value)),
    owesLog: Number(owesLog(value)),
    dueAt: dueAt ?? null,
    value: JSON.stringify(value),
  };
  if (expectedVersion === 0) return () => hasChanged(statements.insertRequest.run(row));
  const update = { ...row, expectedVersion };
  return () =>
    hasChanged(statements.updateRequestInPlace.run(update)) ||
    hasChanged(statements.updateRequest.run(update));
}

function prepareMac(statements: Statements, mac: Change["mac"]): () => boolean {
  if (mac === undefined) return always;
  const { serial, keyHash, nextKeyHash } = mac.value;
  const row = { serial, keyHash, nextKeyHash: nextKeyHash ?? null, value: JSON.stringify(mac.value) };
  const { expectedVersion } = mac;
  if (expectedVersion === 0) return () => hasChanged(statements.insertMac.run(row));
  return () => hasChanged(statements.updateMac.run({ ...row, expectedVersion }));
}

/** Claims or releases; returns the owner who stands in the way of a claim. */
function applyGuard(statements: Statements, { op, key, owner }: Guard): string | undefined {
  if (op === "release") {
    statements.releaseGuard.run({ key, owner });
    return undefined;
  }
  if (hasChanged(statements.claimGuard.run({ key, owner }))) return undefined;
  const holder = String(statements.guardOwner.get({ key })?.["owner"]);
  return holder === owner ? undefined : holder;
}

/** Writes the chunk if it is the next one of its chain; false when the log stands somewhere else. */
function prepareChunk(statements: Statements, chunk: LogChunk | undefined): () => boolean {
  if (chunk === undefined) return always;
  const { requestId: id, seq, previousHash, hash } = chunk;
  const head = { id, hash, lines: chunk.lines.length, final: Number(chunk.final) };
  const value = JSON.stringify(chunk);
  return () => {
    const isNext =
      seq > 0
        ? hasChanged(statements.continueLog.run({ ...head, seq, previousHash }))
        : previousHash === EMPTY_LOG_HEAD.hash && hasChanged(statements.beginLog.run(head));
    if (isNext) statements.insertLogChunk.run({ id, seq, value });
    return isNext;
  };
}

function prepareEffect(effect: Effect): { key: string; lane: string; effect: string } {
  return { key: effect.key, lane: LANE_OF[effect.type], effect: JSON.stringify(effect) };
}

function appendAudit(statements: Statements, stream: string, drafts: readonly WrittenDraft[]): void {
  if (drafts.length === 0) return;
  for (const line of chainWritten(stream, readAuditHead(statements, stream), drafts)) {
    statements.insertAudit.run({ stream, ...line });
  }
}
