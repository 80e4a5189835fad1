import type { Effect, Lane } from "../core/effects.ts";
import type { RequestId, Serial } from "../core/ids.ts";
import type { AccessRequest, Actor, Status } from "../core/request.ts";
import type { Instant } from "../core/time.ts";
import type { MessageRef } from "./chat.ts";

/** A request as stored. `version` starts at 1 and grows by one with each change. */
export interface StoredRequest {
  readonly version: number;
  readonly request: AccessRequest;
  /** When the next alarm of this request is due; undefined when none is. */
  readonly dueAt?: Instant;
}

/** A Mac's enrolment. Only hashes of keys are kept. */
export interface StoredMac {
  readonly serial: Serial;
  readonly version: number;
  readonly deviceId: string;
  readonly enrolledAt: Instant;
  readonly keyHash: string;
  /** Offered at the end of a session; becomes `keyHash` at its first use. */
  readonly nextKeyHash?: string;
  /** An approver allowed one new enrolment until then. */
  readonly reEnrollUntil?: Instant;
  readonly reEnrollAskedAt?: Instant;
}

/** One line of the audit trail, before the store numbers and chains it. `stream` is a request id or `mac:SERIAL`. */
export interface AuditDraft {
  readonly at: Instant;
  readonly actor: Actor;
  readonly type: string;
  readonly commandId: string;
  /** What happened, as plain JSON. Raw text; never a secret. */
  readonly data: unknown;
}

/** One line of the audit trail as stored, numbered and chained as src/ports/audit-chain.ts says. */
export interface AuditEntry extends AuditDraft {
  readonly stream: string;
  /** From 1, without gaps, within its stream. */
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

/**
 * Holds or frees a name that only one owner may hold, such as `open:SERIAL:GENERATEDUID`. A claim by the present
 * owner succeeds; a release by anybody else does nothing.
 */
export interface Guard {
  readonly op: "claim" | "release";
  readonly key: string;
  readonly owner: string;
}

/** A numbered piece of a session's command log. */
export interface LogChunk {
  readonly requestId: RequestId;
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly lines: readonly string[];
  readonly final: boolean;
  readonly receivedAt: Instant;
}

/** Where a command log ends: the next chunk has to continue from here. */
export interface LogHead {
  readonly nextSeq: number;
  readonly hash: string;
  readonly lines: number;
  readonly final: boolean;
}

/**
 * One atomic write: all of it or nothing (law L7). At most 100 items in all and one guard a key, else `StoreError`
 * (src/ports/store-rules.ts counts). `stream` names the request (or `mac:SERIAL`) whose audit trail and outbox it
 * belongs to.
 */
export interface Change {
  readonly stream: string;
  /** The new request; `expectedVersion` 0 creates it. The stored version becomes `expectedVersion + 1`. */
  readonly request?: {
    readonly expectedVersion: number;
    readonly value: AccessRequest;
    readonly dueAt?: Instant;
  };
  readonly mac?: { readonly expectedVersion: number; readonly value: Omit<StoredMac, "version"> };
  readonly guards?: readonly Guard[];
  /** Adds one to a counter that must stay at or below `limit`. */
  readonly quota?: { readonly key: string; readonly limit: number };
  /** Must have the `seq` and `previousHash` that the log's head asks for, else the change conflicts. */
  readonly chunk?: LogChunk;
  readonly audit: readonly AuditDraft[];
  /** Stored as pending at `at`; an effect whose key the stream already has is dropped. */
  readonly effects: readonly Effect[];
  readonly at: Instant;
}

/**
 * Why a change was not made. Nothing of it was stored. Of several conflicts the first is named, in this order:
 * version of the request, version of the Mac, guards as given, quota, chunk.
 */
export type CommitOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly conflict: "version" }
  | { readonly ok: false; readonly conflict: "guard"; readonly key: string; readonly owner: string }
  | { readonly ok: false; readonly conflict: "quota"; readonly key: string }
  | { readonly ok: false; readonly conflict: "chunk" };

/** An effect waiting in the outbox. */
export interface OutboxItem {
  readonly stream: string;
  /** Order within the stream. */
  readonly position: number;
  readonly lane: Lane;
  readonly effect: Effect;
  readonly createdAt: Instant;
  readonly state: "pending" | "done" | "failed";
  /** How many tries were begun; above 0 a retry first looks whether the effect happened. */
  readonly attempts: number;
  readonly notBefore: Instant;
  readonly problem?: string;
}

/** Where the root message of a request is and which version it shows. */
export interface CardState {
  readonly ref?: MessageRef;
  readonly attempted: boolean;
  readonly renderedVersion: number;
  readonly renderedAt: Instant;
  /** Why it could not be posted at `renderedAt`; it is tried again later, and thread posts wait for it. */
  readonly problem?: string;
}

/** The last heartbeat of a session. */
export interface Beat {
  readonly requestId: RequestId;
  readonly at: Instant;
  readonly bootSession: string;
  readonly continuousSeconds: number;
  readonly admin: boolean;
  readonly logSeq: number;
  readonly agentSha256: string;
}

/** Part of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass back to get the next page; undefined at the end. */
  readonly cursor?: string;
}

/**
 * Durable state. Only what DynamoDB can do is allowed: key reads, listed access patterns, at most 100 items a
 * transaction, indexes that may lag behind (listings; key reads never lag). A failed write throws `StoreError`
 * and has stored nothing. Values are taken as they are at the call and given out as copies or frozen: changing one
 * afterwards changes nothing stored.
 *
 * Listings are in a stable order, equal times by id. A cursor goes on after the last item given, whatever has
 * changed since; one that the listing did not give out throws `StoreError`.
 */
export interface Store {
  commit(change: Change): Promise<CommitOutcome>;

  loadRequest(requestId: RequestId): Promise<StoredRequest | undefined>;
  /** Who holds a guard, if anybody. */
  guardOwner(key: string): Promise<string | undefined>;
  loadMac(serial: Serial): Promise<StoredMac | undefined>;
  /** The Mac whose current or next key has this hash. */
  findMacByKeyHash(keyHash: string): Promise<StoredMac | undefined>;

  /** Requests in `status`, oldest first. */
  listByStatus(status: Status, limit: number, cursor?: string): Promise<Page<StoredRequest>>;
  /** Open requests of one Mac, oldest first; at most 100. */
  listOpenBySerial(serial: Serial): Promise<readonly StoredRequest[]>;
  /** Ending or ended requests of one Mac whose log is owed (src/core/alarms.ts), oldest first; at most 100. */
  listLogOwedBySerial(serial: Serial): Promise<readonly StoredRequest[]>;
  /** Ids whose `dueAt` is at or before `now`, earliest first. */
  listDue(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly requestId: RequestId; readonly dueAt: Instant }[]>;
  /** Every id that has a `dueAt`, past or future, earliest first: to be armed at start. */
  listAlarms(
    limit: number,
    cursor?: string,
  ): Promise<Page<{ readonly requestId: RequestId; readonly dueAt: Instant }>>;

  /** Lines of a stream with a `seq` above `afterSeq`, in order. */
  readAudit(stream: string, afterSeq: number, limit: number): Promise<readonly AuditEntry[]>;

  /** Where the log of a request stands; that of an empty log is `EMPTY_LOG_HEAD` (src/ports/store-rules.ts). */
  readLogHead(requestId: RequestId): Promise<LogHead>;
  readLogChunk(requestId: RequestId, seq: number): Promise<LogChunk | undefined>;
  /** Chunks from `fromSeq` on, in order. */
  readLogChunks(requestId: RequestId, fromSeq: number, limit: number): Promise<readonly LogChunk[]>;

  /** Replaces the last heartbeat of the session. */
  putBeat(beat: Beat): Promise<void>;
  readBeat(requestId: RequestId): Promise<Beat | undefined>;

  /** Pending items of a stream in order, of one lane or of all, whether due or not; at most 100. */
  readOutbox(stream: string, lane?: Lane): Promise<readonly OutboxItem[]>;
  /** Stores a new state of one item, without a `problem` unless one is given. Throws `StoreError` for no such item. */
  updateOutbox(
    stream: string,
    position: number,
    patch: Pick<OutboxItem, "state" | "attempts" | "notBefore"> & { readonly problem?: string },
  ): Promise<void>;
  /**
   * Streams that hold a pending item due at `now` (`isDueItem` in src/ports/store-rules.ts), or a root message behind its request (one that is
   * stored). Each once, the longest waiting first: by the earliest `notBefore` of
   * its due items or the `at` of the request's last change.
   */
  listStreamsWithWork(now: Instant, limit: number): Promise<readonly string[]>;

  readCard(requestId: RequestId): Promise<CardState | undefined>;
  writeCard(requestId: RequestId, card: CardState): Promise<void>;

  /**
   * Takes the lease `key` for `owner` until `until` when it is free, over at `now`, or already the owner's.
   * Resolves false when somebody else holds it.
   */
  acquireLease(key: string, owner: string, now: Instant, until: Instant): Promise<boolean>;
  /** Gives a lease back; nothing happens when `owner` does not hold it. */
  releaseLease(key: string, owner: string): Promise<void>;

  /** Finishes the writes already asked for, then refuses everything with `StoreError`. Again: nothing happens. */
  close(): Promise<void>;
}

/** The store could not write or read (disk full, closed, corrupt). Callers answer 503. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
