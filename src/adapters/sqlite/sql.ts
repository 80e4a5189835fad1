import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementResultingChanges } from "node:sqlite";

const STORED = "SELECT version, due_at, value FROM requests";
const OUTBOX_ITEM =
  "SELECT stream, position, lane, effect, created_at, state, attempts, not_before, problem FROM outbox";

/** Every statement of the store. Each finds its rows by an index (a test asks for the query plans). */
export const SQL = {
  loadRequest: `${STORED} WHERE id = :id`,
  insertRequest: `INSERT INTO requests
    (id, version, status, serial, requested_at, changed_at, is_open, owes_log, due_at, rendered_version, value)
    VALUES (:id, 1, :status, :serial, :requestedAt, :changedAt, :isOpen, :owesLog, :dueAt,
      coalesce((SELECT rendered_version FROM cards WHERE request_id = :id), 0), :value)
    ON CONFLICT (id) DO NOTHING`,
  /** For a change that moves the request in no listing by its state: an index is rewritten for each column set. */
  updateRequestInPlace: `UPDATE requests SET version = version + 1, changed_at = :changedAt, due_at = :dueAt,
    value = :value WHERE version = :expectedVersion AND id = :id AND status = :status AND serial = :serial
    AND requested_at = :requestedAt AND is_open = :isOpen AND owes_log = :owesLog`,
  updateRequest: `UPDATE requests SET version = version + 1, status = :status, serial = :serial,
    requested_at = :requestedAt, changed_at = :changedAt, is_open = :isOpen, owes_log = :owesLog, due_at = :dueAt,
    value = :value WHERE id = :id AND version = :expectedVersion`,
  listByStatus: `${STORED} WHERE status = :status AND (requested_at, id) > (:at, :id)
    ORDER BY requested_at, id LIMIT :limit`,
  listOpen: `${STORED} WHERE is_open = 1 AND serial = :serial ORDER BY requested_at, id LIMIT 100`,
  listOwingLog: `${STORED} WHERE owes_log = 1 AND serial = :serial ORDER BY requested_at, id LIMIT 100`,
  listDue: "SELECT id, due_at FROM requests WHERE due_at <= :now ORDER BY due_at, id LIMIT :limit",
  listAlarms: `SELECT id, due_at FROM requests WHERE due_at IS NOT NULL AND (due_at, id) > (:at, :id)
    ORDER BY due_at, id LIMIT :limit`,
  listBehind: `SELECT id, changed_at FROM requests WHERE rendered_version < version
    ORDER BY changed_at, id LIMIT :limit`,

  readCard: "SELECT value FROM cards WHERE request_id = :id",
  writeCard: `INSERT INTO cards (request_id, rendered_version, value)
    VALUES (:id, :renderedVersion, :value)
    ON CONFLICT (request_id) DO UPDATE SET rendered_version = :renderedVersion, value = :value`,
  markCard: `UPDATE requests SET rendered_version = :renderedVersion
    WHERE id = :id AND rendered_version <> :renderedVersion`,

  loadMac: "SELECT version, value FROM macs WHERE serial = :serial",
  findMacByKeyHash: "SELECT version, value FROM macs WHERE key_hash = :hash LIMIT 1",
  findMacByNextKeyHash: "SELECT version, value FROM macs WHERE next_key_hash = :hash LIMIT 1",
  insertMac: `INSERT INTO macs (serial, version, key_hash, next_key_hash, value)
    VALUES (:serial, 1, :keyHash, :nextKeyHash, :value) ON CONFLICT (serial) DO NOTHING`,
  updateMac: `UPDATE macs SET version = version + 1, key_hash = :keyHash, next_key_hash = :nextKeyHash, value = :value
    WHERE serial = :serial AND version = :expectedVersion`,

  guardOwner: "SELECT owner FROM guards WHERE key = :key",
  claimGuard: "INSERT INTO guards (key, owner) VALUES (:key, :owner) ON CONFLICT (key) DO NOTHING",
  releaseGuard: "DELETE FROM guards WHERE key = :key AND owner = :owner",
  takeQuota: `INSERT INTO quotas (key, taken) SELECT :key, 1 WHERE :limit > 0
    ON CONFLICT (key) DO UPDATE SET taken = taken + 1 WHERE taken < :limit`,

  readLogHead: "SELECT next_seq, hash, lines, final FROM log_heads WHERE request_id = :id",
  beginLog: `INSERT INTO log_heads (request_id, next_seq, hash, lines, final)
    VALUES (:id, 1, :hash, :lines, :final) ON CONFLICT DO NOTHING`,
  continueLog: `UPDATE log_heads SET next_seq = :seq + 1, hash = :hash, lines = lines + :lines, final = :final
    WHERE request_id = :id AND next_seq = :seq AND hash = :previousHash`,
  insertLogChunk: "INSERT INTO log_chunks (request_id, seq, value) VALUES (:id, :seq, :value)",
  readLogChunk: "SELECT value FROM log_chunks WHERE request_id = :id AND seq = :seq",
  readLogChunks: `SELECT value FROM log_chunks WHERE request_id = :id AND seq >= :fromSeq ORDER BY seq LIMIT :limit`,
  readBeat: "SELECT value FROM beats WHERE request_id = :id",
  putBeat: `INSERT INTO beats (request_id, value) VALUES (:id, :value)
    ON CONFLICT (request_id) DO UPDATE SET value = :value`,

  readAuditHead: "SELECT seq, hash FROM audit WHERE stream = :stream ORDER BY seq DESC LIMIT 1",
  insertAudit: `INSERT INTO audit (stream, seq, at, actor, type, command_id, data, previous_hash, hash)
    VALUES (:stream, :seq, :at, :actor, :type, :commandId, :data, :previousHash, :hash)`,
  readAudit: `SELECT stream, seq, at, actor, type, command_id, data, previous_hash, hash FROM audit
    WHERE stream = :stream AND seq > :afterSeq ORDER BY seq LIMIT :limit`,

  addEffect: `INSERT INTO outbox (stream, position, key, lane, effect, created_at, state, attempts, not_before)
    VALUES (:stream, 1 + coalesce((SELECT max(position) FROM outbox WHERE stream = :stream), 0),
      :key, :lane, :effect, :at, 'pending', 0, :at)
    ON CONFLICT (stream, key) DO NOTHING`,
  readOutbox: `${OUTBOX_ITEM} WHERE stream = :stream AND state = 'pending'
    AND (:lane IS NULL OR lane = :lane) ORDER BY position LIMIT 100`,
  /** For a change that leaves the item where it is in the listings. */
  updateOutboxInPlace: `UPDATE outbox SET attempts = :attempts, problem = :problem WHERE stream = :stream
    AND position = :position AND state = :state AND not_before = :notBefore`,
  updateOutbox: `UPDATE outbox SET state = :state, attempts = :attempts, not_before = :notBefore, problem = :problem
    WHERE stream = :stream AND position = :position`,
  /** Put off further than anything is: the clock was ahead when they were stored. */
  listFarItems: `SELECT stream, not_before FROM outbox WHERE state = 'pending' AND not_before > :far
    ORDER BY not_before, stream`,
  listDueItems: `SELECT stream, not_before FROM outbox WHERE state = 'pending' AND not_before <= :now
    ORDER BY not_before, stream`,
} as const;

/** A row as SQLite gives it: one value a column. */
export type Row = Record<string, SQLOutputValue>;

/** A prepared statement that takes its values by name. */
export interface Statement {
  run(values: Values): StatementResultingChanges;
  get(values: Values): Row | undefined;
  all(values: Values): Row[];
  iterate(values: Values): Iterable<Row>;
}

type Values = Readonly<Record<string, SQLInputValue>>;

/** The prepared statements of one connection. */
export type Statements = Readonly<Record<keyof typeof SQL, Statement>>;

/** Prepares every statement once. */
export function prepareStatements(database: DatabaseSync): Statements {
  const entries = Object.entries(SQL).map(([name, text]) => [name, prepareNamed(database, text)]);
  return Object.fromEntries(entries) as Statements;
}

/**
 * Values go to SQLite, and come back, by their place: node:sqlite looks each name up again for every row, and the
 * objects that it makes are slow to read.
 */
function prepareNamed(database: DatabaseSync, text: string): Statement {
  const names = [...new Set(text.match(/(?<=:)\w+/g))];
  const byPlace = text.replaceAll(/:(\w+)/g, (_, name: string) => `?${names.indexOf(name) + 1}`);
  const statement = database.prepare(byPlace);
  statement.setReturnArrays(true);
  const columns = statement.columns().map(({ name }) => name);
  const inOrder = (values: Values) => names.map((name) => values[name] as SQLInputValue);
  const toRow = (found: unknown): Row => {
    const row: Row = {};
    for (const [place, name] of columns.entries()) row[name] = (found as SQLOutputValue[])[place] ?? null;
    return row;
  };
  return {
    run: (values) => statement.run(...inOrder(values)),
    get(values) {
      const found = statement.get(...inOrder(values));
      return found === undefined ? undefined : toRow(found);
    },
    all: (values) => statement.all(...inOrder(values)).map(toRow),
    iterate: (values) => statement.iterate(...inOrder(values)).map(toRow),
  };
}
