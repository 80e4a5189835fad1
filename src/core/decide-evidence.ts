import type { Command } from "./commands.ts";
import { type Draft, EFFECTS, happen, want } from "./decision.ts";
import type { ThreadNote } from "./effects.ts";
import { decideAdminSeen, wantClosingMessage } from "./decide-ending.ts";
import type { Policy } from "./policy-config.ts";
import { type Actor, isSession, mayAskForLock } from "./request.ts";
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

/**
 * So many posts a Mac may cause in the thread of one request. Whoever has its key could otherwise bury what IT must
 * see, such as an alarm, under thousands of posts that Slack takes one a second.
 */
const MAC_NOTES_MAX = 40;
/** Of a report that is not posted any more so many items are kept, so that it fills no disk either. */
export const CAPPED_ITEMS_MAX = 5;

/** Adds a post that a Mac caused; when they are used up, once the word that there is more. */
function wantMacNote(draft: Draft, isCapReached: boolean | undefined, key: string, note: ThreadNote): void {
  if (isCapReached !== true) {
    draft.quota = { key: `mac-notes:${current(draft).ask.requestId}`, limit: MAC_NOTES_MAX };
    return want(draft, { type: "thread", key, note });
  }
  const items = [
    `This Mac has sent more than ${MAC_NOTES_MAX} reports: the others are in the audit trail only. Somebody may be ` +
      "trying to hide something among them.",
  ];
  want(draft, {
    type: "thread",
    key: "thread:more-reports",
    note: { note: "report", kind: "tampered", items },
  });
}

/** A gap or a rewrite in what a Mac ships is evidence in itself (law L15). */
export function decideLogContradiction(draft: Draft, command: Of<"log_contradiction">): void {
  const request = current(draft);
  if (!isSession(request)) return;
  const { seq, what, capReached } = command;
  happen(draft, { kind: "mac", serial: request.ask.serial }, { type: "log_contradicted", seq, what });
  const key = `thread:log-contradiction:${seq}`;
  wantMacNote(draft, capReached, key, { note: "log_contradiction", seq, what });
}

/**
 * Something the Mac noticed. Repeats are held off before, by `reportId`; hence what a report leads to has to be
 * decided with it.
 */
export function decideReport(draft: Draft, command: Of<"report">, policy: Policy): void {
  if (!isSameMac(draft, command.serial)) return;
  const { reportId, kind, capReached } = command;
  const items = capReached === true ? command.items.slice(0, CAPPED_ITEMS_MAX) : command.items;
  happen(draft, { kind: "mac", serial: command.serial }, { type: "reported", reportId, kind, items });
  wantMacNote(draft, capReached, `thread:report:${reportId}`, { note: "report", kind, items });
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

/** Iru refused the lock for good: the order is over, so that an approver can press the button again. */
export function decideLockFailed(draft: Draft, { why }: Of<"lock_failed">): void {
  const request = current(draft);
  if (request.status !== "ending" && request.status !== "ended") return;
  if (mayAskForLock(request.ending) || request.ending.lock?.confirmed === true) return;
  happen(draft, EFFECTS, { type: "lock_failed", why });
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
