import type { DatabaseSync } from "node:sqlite";

/** Writes of one turn of the event loop share a transaction; each caller hears when it is on disk. */
export interface RivalGroup {
  write(work: () => void): Promise<void>;
  isIdle(): boolean;
}

/**
 * Group commit without anything around it: no parts that can be undone alone, no care for failures. `stored` hears of
 * every group that was committed.
 */
export function createRivalGroup(database: DatabaseSync, stored: (writes: number) => void): RivalGroup {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  let waiting: { work: () => void; done: () => void }[] = [];

  function flush(): void {
    const group = waiting;
    waiting = [];
    begin.run();
    for (const { work } of group) work();
    commit.run();
    for (const { done } of group) done();
    stored(group.length);
  }

  return {
    write: (work) =>
      new Promise((done) => {
        waiting.push({ work, done });
        if (waiting.length === 1) setImmediate(flush);
      }),
    isIdle: () => waiting.length === 0,
  };
}

/**
 * The rivals' statements, each prepared once; what they write is what Hallpass leaves in the same tables. The triggers
 * that keep the trail append-only are checks, so they are taken off first.
 */
export function prepareRival(database: DatabaseSync) {
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  return {
    loadRequest: database.prepare("SELECT version, due_at, value FROM requests WHERE id = ?"),
    findMac: database.prepare("SELECT value FROM macs WHERE key_hash = ?"),
    insertRequest: database.prepare("INSERT INTO requests VALUES (?, 1, ?, ?, ?, ?, 1, 0, ?, 0, ?)"),
    updateRequest: database.prepare(
      "UPDATE requests SET version = ?, status = ?, changed_at = ?, due_at = ?, value = ? WHERE id = ?",
    ),
    showCard: database.prepare("UPDATE requests SET rendered_version = version WHERE id = ?"),
    insertGuard: database.prepare("INSERT INTO guards VALUES (?, ?)"),
    insertQuota: database.prepare("INSERT INTO quotas VALUES (?, 1)"),
    insertAudit: database.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    insertEffect: database.prepare("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, NULL)"),
    finishEffect: database.prepare(
      "UPDATE outbox SET state = 'done', attempts = 1 WHERE stream = ? AND position = ?",
    ),
    insertCard: database.prepare("INSERT INTO cards VALUES (?, ?, ?)"),
    updateCard: database.prepare("UPDATE cards SET rendered_version = ?, value = ? WHERE request_id = ?"),
    insertChunk: database.prepare("INSERT INTO log_chunks VALUES (?, ?, ?)"),
    insertLogHead: database.prepare("INSERT INTO log_heads VALUES (?, ?, ?, ?, ?)"),
  };
}

export type RivalStatements = ReturnType<typeof prepareRival>;
