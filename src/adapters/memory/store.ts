import type { Instant } from "../../core/time.ts";
import { comparePageEnds, type PageEnd } from "../../ports/page-cursor.ts";
import { type Beat, type Change, type CommitOutcome, type Store, StoreError } from "../../ports/store.ts";
import { checkChange, EMPTY_LOG_HEAD } from "../../ports/store-rules.ts";
import { applyChange, findConflict, type Tables } from "./commit.ts";
import { frozenCopy } from "./frozen.ts";
import { createOutboxTable } from "./outbox-table.ts";
import { createRequestTable } from "./request-table.ts";

interface Lease {
  readonly owner: string;
  readonly until: Instant;
}

/**
 * A complete store that lives as long as the process. Deterministic: it reads no clock, makes no chance, and every
 * call is done by the time it returns its promise. Values given out are frozen.
 */
export function createMemoryStore(): Store {
  const tables: Tables = {
    requests: createRequestTable(),
    outbox: createOutboxTable(),
    macs: new Map(),
    macByKeyHash: new Map(),
    guards: new Map(),
    quotas: new Map(),
    chunks: new Map(),
    logHeads: new Map(),
    audit: new Map(),
  };
  const beats = new Map<string, Beat>();
  const leases = new Map<string, Lease>();
  let isClosed = false;

  /** Does `work` now and promises its result; refusals of the store become rejections, all of them `StoreError`. */
  async function run<T>(work: () => T): Promise<T> {
    if (isClosed) throw new StoreError("The store is closed.");
    try {
      return work();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new StoreError("The store could not keep this value.", { cause: error });
    }
  }

  function commit(change: Change): CommitOutcome {
    checkChange(change);
    const copy = frozenCopy(change);
    const conflict = findConflict(tables, copy);
    if (conflict !== undefined) return conflict;
    applyChange(tables, copy);
    return { ok: true };
  }

  return {
    commit: (change) => run(() => commit(change)),
    loadRequest: (id) => run(() => tables.requests.get(id)),
    guardOwner: (key) => run(() => tables.guards.get(key)),
    loadMac: (serial) => run(() => tables.macs.get(serial)),
    findMacByKeyHash: (hash) => run(() => tables.macs.get(tables.macByKeyHash.get(hash) ?? "")),
    listByStatus: (status, limit, cursor) => run(() => tables.requests.listByStatus(status, limit, cursor)),
    listOpenBySerial: (serial) => run(() => tables.requests.listOpen(serial)),
    listLogOwedBySerial: (serial) => run(() => tables.requests.listLogOwed(serial)),
    listDue: (now, limit) => run(() => tables.requests.listDue(now, limit)),
    listAlarms: (limit, cursor) => run(() => tables.requests.listAlarms(limit, cursor)),
    readAudit: (stream, afterSeq, limit) =>
      run(() => (tables.audit.get(stream) ?? []).slice(afterSeq, afterSeq + limit)),
    readLogHead: (id) => run(() => tables.logHeads.get(id) ?? EMPTY_LOG_HEAD),
    readLogChunk: (id, seq) => run(() => tables.chunks.get(id)?.[seq]),
    readLogChunks: (id, fromSeq, limit) =>
      run(() => (tables.chunks.get(id) ?? []).slice(fromSeq, fromSeq + limit)),
    putBeat: (beat) => run(() => void beats.set(beat.requestId, frozenCopy(beat))),
    readBeat: (id) => run(() => beats.get(id)),
    readOutbox: (stream, lane) => run(() => tables.outbox.listPending(stream, lane)),
    updateOutbox: (stream, position, patch) => run(() => updateOutbox(tables, stream, position, patch)),
    listStreamsWithWork: (now, limit) => run(() => listStreamsWithWork(tables, now, limit)),
    readCard: (id) => run(() => tables.requests.getCard(id)),
    writeCard: (id, card) => run(() => tables.requests.putCard(id, frozenCopy(card))),
    acquireLease: (key, owner, now, until) =>
      run(() => {
        const held = leases.get(key);
        if (held !== undefined && held.owner !== owner && held.until > now) return false;
        leases.set(key, { owner, until });
        return true;
      }),
    releaseLease: (key, owner) => run(() => void (leases.get(key)?.owner === owner && leases.delete(key))),
    async close() {
      isClosed = true;
    },
  };
}

function updateOutbox(
  tables: Tables,
  stream: string,
  position: number,
  patch: Parameters<Store["updateOutbox"]>[2],
): void {
  const before = tables.outbox.get(stream, position);
  if (before === undefined) throw new StoreError(`There is no outbox item ${position} in ${stream}.`);
  const { problem: _, ...item } = before;
  const { state, attempts, notBefore, problem } = patch;
  const next = { ...item, state, attempts, notBefore };
  tables.outbox.replace(Object.freeze(problem === undefined ? next : { ...next, problem }));
}

function listStreamsWithWork(tables: Tables, now: Instant, limit: number): readonly string[] {
  const waitingSince = new Map<string, Instant>();
  for (const { id, at } of [...tables.outbox.listDue(now), ...tables.requests.listBehind()]) {
    waitingSince.set(id, Math.min(at, waitingSince.get(id) ?? at));
  }
  const places: PageEnd[] = [...waitingSince].map(([id, at]) => ({ id, at }));
  return places
    .toSorted(comparePageEnds)
    .slice(0, limit)
    .map((place) => place.id);
}
