import type { Store } from "../../ports/store.ts";
import { toStoreError } from "./group-commit.ts";
import { listStreamsWithWork, readPage } from "./listings.ts";
import {
  optional,
  readLogHead,
  toAlarm,
  toAuditEntry,
  toBeat,
  toCard,
  toLogChunk,
  toOutboxItem,
  toStoredMac,
  toStoredRequest,
} from "./rows.ts";
import type { Statements } from "./sql.ts";
import type { Transactions } from "./transactions.ts";

type Writes = "commit" | "putBeat" | "updateOutbox" | "writeCard" | "acquireLease" | "releaseLease" | "close";

/** The half of the store that only reads. */
export function createReads(sql: Statements, transactions: Transactions): Omit<Store, Writes> {
  /** Does `work` now and promises its result; errors of any kind become `StoreError`. */
  function read<T>(work: () => T): Promise<T> {
    try {
      return Promise.resolve(transactions.reading(work));
    } catch (error) {
      return Promise.reject(toStoreError(error));
    }
  }

  return {
    loadRequest: (id) => read(() => optional(sql.loadRequest.get({ id }), toStoredRequest)),
    guardOwner: (key) => read(() => optional(sql.guardOwner.get({ key }), (row) => String(row["owner"]))),
    loadMac: (serial) => read(() => optional(sql.loadMac.get({ serial }), toStoredMac)),
    findMacByKeyHash: (hash) =>
      read(() => {
        // One after the other, since nearly every call comes with the present key.
        const row = sql.findMacByKeyHash.get({ hash }) ?? sql.findMacByNextKeyHash.get({ hash });
        return optional(row, toStoredMac);
      }),
    listByStatus: (status, limit, cursor) =>
      read(() =>
        readPage(sql.listByStatus, limit, cursor, { status }, toStoredRequest, ({ request }) => {
          return { at: request.ask.requestedAt, id: request.ask.requestId };
        }),
      ),
    listOpenBySerial: (serial) => read(() => sql.listOpen.all({ serial }).map(toStoredRequest)),
    listLogOwedBySerial: (serial) => read(() => sql.listOwingLog.all({ serial }).map(toStoredRequest)),
    listDue: (now, limit) => read(() => sql.listDue.all({ now, limit }).map(toAlarm)),
    listAlarms: (limit, cursor) =>
      read(() =>
        readPage(sql.listAlarms, limit, cursor, {}, toAlarm, ({ requestId, dueAt }) => {
          return { at: dueAt, id: requestId };
        }),
      ),
    readAudit: (stream, afterSeq, limit) =>
      read(() => sql.readAudit.all({ stream, afterSeq, limit }).map(toAuditEntry)),
    readLogHead: (id) => read(() => readLogHead(sql, id)),
    readLogChunk: (id, seq) => read(() => optional(sql.readLogChunk.get({ id, seq }), toLogChunk)),
    readLogChunks: (id, fromSeq, limit) =>
      read(() => sql.readLogChunks.all({ id, fromSeq, limit }).map(toLogChunk)),
    readBeat: (id) => read(() => optional(sql.readBeat.get({ id }), toBeat)),
    readOutbox: (stream, lane) =>
      read(() => sql.readOutbox.all({ stream, lane: lane ?? null }).map(toOutboxItem)),
    listStreamsWithWork: (now, limit) => read(() => listStreamsWithWork(sql, now, limit)),
    readCard: (id) => read(() => optional(sql.readCard.get({ id }), toCard)),
  };
}
