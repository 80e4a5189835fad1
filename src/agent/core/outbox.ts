import type { Outcome } from "./calls.ts";
import { backOff, call, type Context, isBusy, isDue, isVouched, report } from "./context.ts";
import type { Outgoing } from "./record.ts";

const RETRY_CAP_SECONDS = 60;
const KEY_RETRY_CAP_SECONDS = 300;
/** What the service must hear first. The proof comes last: with it the key is renewed. */
const ORDER = ["end", "networkLoss", "cancel", "log", "report", "removed"] as const;

/**
 * Sends what is owed, one at a time, from the record on disk only: what was sent once is sent again unchanged until
 * the service has answered (laws L8, L15). What waits for its next try lets the rest go first, but chunks of the log
 * keep their order.
 */
export function outboxTick(ctx: Context): void {
  if (isBusy(ctx, "owed") || ctx.observed.enrolled !== true) return;
  // What was read from disk may be root's own words, above all a proof: it waits until the service has vouched for it.
  if (!isVouched(ctx)) return;
  const saved = new Set(ctx.saved.outbox.map(({ id }) => id));
  const firstLog = ctx.record.outbox.find((item) => item.call.name === "log");
  const ready = ctx.record.outbox.filter(
    (item) =>
      saved.has(item.id) &&
      (item.call.name !== "log" || item === firstLog) &&
      isDue(ctx, (ctx.memory.owed[item.id] ??= { dueSeconds: 0, failures: 0 })),
  );
  const item = ORDER.map((name) => ready.find((candidate) => candidate.call.name === name)).find(
    (found) => found !== undefined,
  );
  if (item === undefined) return;
  ctx.memory.sending = item.id;
  call(ctx, item.call);
}

/** What was owed was answered, or not. */
export function onOwed(ctx: Context, outcome: Outcome<unknown>): void {
  const item = ctx.record.outbox.find((candidate) => candidate.id === ctx.memory.sending);
  ctx.memory.sending = undefined;
  if (item === undefined) return;
  const retry = (ctx.memory.owed[item.id] ??= { dueSeconds: 0, failures: 0 });
  if (outcome.came === "answer") {
    if (item.call.name === "removed") ctx.memory.proven.push(item.call.armId);
    return settle(ctx, item);
  }
  if (outcome.came === "silent") ctx.memory.unreached.push(item.id);
  if (outcome.came !== "refused") return backOff(ctx, retry, RETRY_CAP_SECONDS, outcome);
  // A key that is not taken now may be taken later, when it was renewed or the Mac was enrolled again.
  if (outcome.status === 401) return backOff(ctx, retry, KEY_RETRY_CAP_SECONDS);
  if (item.call.name === "log") return logRefused(ctx, item, outcome);
  // What cannot be cancelled any more, or was not armed yet, may have become a session that nobody here knows.
  const isOfSession = item.call.name === "cancel" || item.call.name === "removed";
  if (isOfSession && outcome.status === 409) ctx.memory.standDoubted = true;
  settle(ctx, item);
}

/** The service can be reached again: what was sent in vain need not wait for its next try any longer. */
export function hurryUnreached(ctx: Context): void {
  for (const id of ctx.memory.unreached.splice(0)) {
    const retry = id === "mac" ? ctx.memory.mac : ctx.memory.owed[id];
    if (retry !== undefined) retry.dueSeconds = ctx.now.continuousSeconds;
  }
}

function settle(ctx: Context, item: Outgoing): void {
  ctx.record.outbox = ctx.record.outbox.filter((other) => other.id !== item.id);
  delete ctx.memory.owed[item.id];
}

/**
 * The chain does not continue where the service stands. A lost head is taken from its answer; else the session whose
 * log it is ends, which tells IT, or IT is told where it is over.
 */
function logRefused(
  ctx: Context,
  item: Outgoing,
  outcome: Extract<Outcome<unknown>, { came: "refused" }>,
): void {
  const { call: chunk } = item;
  if (chunk.name !== "log") return;
  const { seq, previousHash } = outcome;
  if (item.rechain === true && outcome.status === 409 && seq !== undefined && previousHash !== undefined) {
    item.call = { ...chunk, seq, previousHash };
    item.rechain = false;
    return;
  }
  ctx.record.outbox = ctx.record.outbox.filter(
    ({ call: other }) => other.name !== "log" || other.requestId !== chunk.requestId,
  );
  const text = `the service does not take the log from chunk ${chunk.seq} on: ${outcome.detail}`;
  const { session } = ctx.record;
  if (session?.requestId === chunk.requestId) session.log.refused ??= text;
  const isTold = session?.requestId === chunk.requestId && session.phase !== "ending";
  if (!isTold) report(ctx, "device_error", [text], chunk.requestId);
}
