import type { Command } from "./commands.ts";
import { type Draft, EFFECTS, happen, want } from "./decision.ts";
import { decideAdminSeen, wantClosingMessage } from "./decide-ending.ts";
import type { Policy } from "./policy-config.ts";
import { type Actor, isSession } from "./request.ts";
import { current, isSameMac, refuseNow } from "./rules.ts";

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

/** Three minutes without a heartbeat: one quiet line, no end (the Mac keeps the deadline itself). */
export function decideHeartbeatSilent(draft: Draft, command: Of<"heartbeat_silent">): void {
  const request = current(draft);
  if (request.status !== "active" || request.grant.heartbeatLostAt !== undefined) return;
  const { lastSeenAt } = command;
  happen(draft, { kind: "system", part: "timer" }, { type: "heartbeat_lost", lastSeenAt });
  want(draft, {
    type: "thread",
    key: `thread:heartbeat-lost:${lastSeenAt}`,
    note: { note: "heartbeat_lost", lastSeenAt },
  });
}

/** The Mac is heard again after a silence that was raised. */
export function decideHeartbeatReturned(draft: Draft): void {
  const request = current(draft);
  if (request.status !== "active" || request.grant.heartbeatLostAt === undefined) return;
  const lostAt = request.grant.heartbeatLostAt;
  happen(draft, { kind: "mac", serial: request.ask.serial }, { type: "heartbeat_returned" });
  want(draft, {
    type: "thread",
    key: `thread:heartbeat-returned:${lostAt}`,
    note: { note: "heartbeat_returned" },
  });
}

/** A chunk of the log was taken in with this change; the last one makes the log collected (law L8). */
export function decideLogChunk(draft: Draft, command: Of<"log_chunk_stored">): void {
  const request = current(draft);
  if (!isSession(request)) return refuseNow(draft, "This request has no session and takes no log.");
  const by: Actor = { kind: "mac", serial: request.ask.serial };
  if (!command.final) {
    if (request.log.state === "none") happen(draft, by, { type: "log_started" });
    return;
  }
  if (request.log.state === "collected") return;
  const { chunks, lines, hash } = command;
  const late = request.log.state === "missing";
  happen(draft, by, { type: "log_collected", chunks, lines, hash, late });
  want(draft, { type: "upload_log", key: "log" });
  if (request.status === "ending" || request.status === "ended") {
    want(draft, { type: "sync_tags", key: "tags:log" });
  }
  wantClosingMessage(draft);
}

/** A gap or a rewrite in what a Mac ships is evidence in itself (law L15). */
export function decideLogContradiction(draft: Draft, command: Of<"log_contradiction">): void {
  const request = current(draft);
  if (!isSession(request)) return;
  const { seq, what } = command;
  happen(draft, { kind: "mac", serial: request.ask.serial }, { type: "log_contradicted", seq, what });
  want(draft, {
    type: "thread",
    key: `thread:log-contradiction:${seq}`,
    note: { note: "log_contradiction", seq, what },
  });
}

/**
 * Something the Mac noticed. Repeats are held off before, by `reportId`; hence what a report leads to has to be
 * decided with it.
 */
export function decideReport(draft: Draft, command: Of<"report">, policy: Policy): void {
  if (!isSameMac(draft, command.serial)) return;
  const { reportId, kind, items } = command;
  happen(draft, { kind: "mac", serial: command.serial }, { type: "reported", reportId, kind, items });
  want(draft, { type: "thread", key: `thread:report:${reportId}`, note: { note: "report", kind, items } });
  if (kind === "still_admin") decideAdminSeen(draft, { ...command, type: "admin_seen", admin: true }, policy);
}

/** An effect cannot be done, or not soon: IT is told once for each. */
export function decideEffectFailed(draft: Draft, command: Of<"effect_failed">): void {
  const { key, what, why } = command;
  happen(draft, EFFECTS, { type: "effect_failed", key, what, why });
  want(draft, { type: "thread", key: `thread:failed:${key}`, note: { note: "effect_failed", what, why } });
}

/** What IT was told had failed has been done after all. */
export function decideEffectRecovered(draft: Draft, command: Of<"effect_recovered">): void {
  const { key, what } = command;
  happen(draft, EFFECTS, { type: "effect_recovered", key, what });
  want(draft, { type: "thread", key: `thread:recovered:${key}`, note: { note: "effect_recovered", what } });
}

/** Iru accepted the lock command. */
export function decideDeviceLocked(draft: Draft, command: Of<"device_locked">): void {
  const request = current(draft);
  if (request.status !== "ending" && request.status !== "ended") return;
  if (request.ending.lock === undefined || request.ending.lock.confirmed) return;
  happen(draft, EFFECTS, { type: "device_locked" });
  const by: Actor = { kind: "slack", userId: command.by };
  want(draft, { type: "thread", key: "thread:locked", note: { note: "locked", by } });
}
