import type { Migration } from "../migrate.ts";

/**
 * Values are JSON; what a listing looks for stands in columns beside them. Each listing has an index that holds only
 * the rows it may find, so that it stays fast however many requests are over. Shipped migrations never change.
 */
export const firstTables: Migration = {
  number: 1,
  name: "first tables",
  sql: `
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  serial TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  owes_log INTEGER NOT NULL,
  due_at INTEGER,
  rendered_version INTEGER NOT NULL,
  card_failed INTEGER NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX requests_by_status ON requests (status, requested_at, id);
CREATE INDEX requests_open ON requests (serial, requested_at, id) WHERE is_open = 1;
CREATE INDEX requests_owing_log ON requests (serial, requested_at, id) WHERE owes_log = 1;
CREATE INDEX requests_due ON requests (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX requests_behind ON requests (changed_at, id) WHERE rendered_version < version AND card_failed = 0;

CREATE TABLE cards (
  request_id TEXT PRIMARY KEY,
  rendered_version INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE macs (
  serial TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  key_hash TEXT NOT NULL,
  next_key_hash TEXT,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX macs_by_key ON macs (key_hash);
CREATE INDEX macs_by_next_key ON macs (next_key_hash) WHERE next_key_hash IS NOT NULL;

CREATE TABLE guards (key TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE quotas (key TEXT PRIMARY KEY, taken INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE leases (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE beats (request_id TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE log_heads (
  request_id TEXT PRIMARY KEY,
  next_seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  lines INTEGER NOT NULL,
  final INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE log_chunks (
  request_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (request_id, seq)
) STRICT;

CREATE TABLE outbox (
  stream TEXT NOT NULL,
  position INTEGER NOT NULL,
  key TEXT NOT NULL,
  lane TEXT NOT NULL,
  effect TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  problem TEXT,
  UNIQUE (stream, position),
  UNIQUE (stream, key)
) STRICT;
CREATE INDEX outbox_pending ON outbox (stream, position) WHERE state = 'pending';
CREATE INDEX outbox_due ON outbox (not_before, stream) WHERE state = 'pending';

CREATE TABLE audit (
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  command_id TEXT NOT NULL,
  data TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (stream, seq)
) STRICT;

CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- Also stops INSERT OR REPLACE, which deletes without asking the trigger above.
CREATE TRIGGER audit_is_appended BEFORE INSERT ON audit
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM audit WHERE stream = NEW.stream), 0)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

CREATE TRIGGER log_chunks_are_not_updated BEFORE UPDATE ON log_chunks
BEGIN SELECT RAISE(ABORT, 'a command log is append-only'); END;
CREATE TRIGGER log_chunks_are_not_deleted BEFORE DELETE ON log_chunks
BEGIN SELECT RAISE(ABORT, 'a command log is append-only'); END;
CREATE TRIGGER log_chunks_are_appended BEFORE INSERT ON log_chunks
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM log_chunks WHERE request_id = NEW.request_id), -1)
BEGIN SELECT RAISE(ABORT, 'a command log is append-only'); END;
`,
};
