import type { Effect, EffectType, Lane } from "../core/effects.ts";
import { isRequestStream } from "../core/ids.ts";
import { DAY_MS, type DurationMs, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { RetryableError, TerminalError } from "../ports/errors.ts";
import type { OutboxItem } from "../ports/store.ts";
import { isDueItem } from "../ports/store-rules.ts";
import { handleCommand } from "./handle-command.ts";
import { performEffect } from "./perform-effect.ts";
import { renderCard } from "./render-card.ts";
import type { Service } from "./service.ts";
import { TagsBusy } from "./sync-tags.ts";

/** Longer than the slowest effect with all its tries; renewed before each effect. */
export const LEASE_MS = 5 * MINUTE_MS;
const BACKOFF_MAX_MS = 5 * MINUTE_MS;
/** A server's wish for longer is taken as this; with its jitter it stays below `PUT_OFF_MAX_MS`. */
const WISH_MAX_MS = HOUR_MS;
/** While it is not known who asks nobody sees the request: it is shown with a doubt rather than an hour late. */
const IDENTITY_WISH_MAX_MS = 10 * SECOND_MS;
/**
 * A retryable failure is given up after this long and this many tries; taking tags away never is. With the back-off so
 * many tries take more than an hour: what waited out an outage of a day is not lost to the first 429 after it.
 */
const GIVE_UP_AFTER_MS = DAY_MS;
const GIVE_UP_AFTER_ATTEMPTS = 20;
/** IT is told that something is stuck when a try fails that is at least the second one. */
const TELL_AFTER_ATTEMPTS = 2;

/**
 * Does what is due in one lane of one stream's outbox, in order; the chat lane brings the root message up to date as
 * well. Returns when the lane next wants attention, or undefined when it is empty. At most one drainer works on a lane
 * of a stream: whoever does not get the lease leaves it to the other. No lane waits for another: slow posts to Slack
 * hold up no tag, whose removal takes rights away.
 */
export async function drainOutbox(service: Service, stream: string, lane: Lane): Promise<number | undefined> {
  const leaseKey = `drain:${stream}:${lane}`;
  if (!(await renewLease(service, leaseKey))) return service.clock.now() + SECOND_MS;
  try {
    const queue = await service.store.readOutbox(stream, lane);
    if (lane === "chat") return await drainChat(service, stream, leaseKey, queue);
    if (lane === "log") return await drainLog(service, stream, leaseKey, queue);
    if (lane === "mdm") return await drainTags(service, leaseKey, queue);
    return await drainLane(service, leaseKey, queue);
  } finally {
    await service.store.releaseLease(leaseKey, service.instanceId);
  }
}

function renewLease(service: Service, key: string): Promise<boolean> {
  const now = service.clock.now();
  return service.store.acquireLease(key, service.instanceId, now, now + LEASE_MS);
}

/** The root message first, since thread posts need it; a card that may not be redrawn yet holds nothing up. */
async function drainChat(
  service: Service,
  stream: string,
  leaseKey: string,
  queue: readonly OutboxItem[],
): Promise<number | undefined> {
  if (!isRequestStream(stream)) return drainLane(service, leaseKey, queue);
  let waitUntil: number | undefined;
  try {
    const outcome = await renderCard(service, stream);
    waitUntil = outcome.waitUntil;
    if (outcome.card.ref === undefined) return waitUntil;
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    service.log.warn("the root message could not be shown", { stream, why: error.message });
    return service.clock.now() + Math.max(error.retryAfterMs ?? 0, 5 * SECOND_MS);
  }
  const next = await drainLane(service, leaseKey, queue);
  return earliest(waitUntil, next);
}

/** A log goes into the thread of the root message, whose posting is the chat lane's work: it is only waited for. */
async function drainLog(
  service: Service,
  stream: string,
  leaseKey: string,
  queue: readonly OutboxItem[],
): Promise<number | undefined> {
  if (queue.length === 0) return undefined;
  const card = await service.store.readCard(stream);
  if (card?.ref === undefined) return service.clock.now() + 5 * SECOND_MS;
  return drainLane(service, leaseKey, queue);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

/**
 * Tag effects all mean "make it so", hence one run serves every one that waits, and a newer one is not held up by
 * the back-off of an older: taking rights away is the critical path.
 */
async function drainTags(
  service: Service,
  leaseKey: string,
  queue: readonly OutboxItem[],
): Promise<number | undefined> {
  const last = queue.at(-1);
  if (last === undefined) return undefined;
  const now = service.clock.now();
  if (!queue.some((item) => isDueItem(item.notBefore, now))) {
    return Math.min(...queue.map((item) => item.notBefore));
  }
  // The newest stands for all of them and inherits how often the work has failed, so that IT is told once.
  const newest = { ...last, attempts: Math.max(...queue.map((item) => item.attempts)) };
  const next = await attempt(service, leaseKey, newest);
  for (const item of queue.slice(0, -1)) await settle(service, item, "done");
  return next;
}

async function drainLane(
  service: Service,
  leaseKey: string,
  queue: readonly OutboxItem[],
): Promise<number | undefined> {
  for (const item of queue) {
    if (!isDueItem(item.notBefore, service.clock.now())) return item.notBefore;
    const next = await attempt(service, leaseKey, item);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** Tries one effect; returns when to try again, or undefined when it is settled one way or the other. */
async function attempt(service: Service, leaseKey: string, item: OutboxItem): Promise<number | undefined> {
  const { store, clock } = service;
  if (!(await renewLease(service, leaseKey))) return clock.now() + SECOND_MS;
  const attempts = item.attempts + 1;
  // Stored before the call, so that a retry knows to look first; who is asking is looked up anew anyway.
  if (item.effect.type !== "resolve_identity") {
    await store.updateOutbox(item.stream, item.position, {
      state: "pending",
      attempts,
      notBefore: item.notBefore,
    });
  }
  try {
    await performEffect(service, item);
    if (item.attempts > 0) await tellRecovered(service, item);
    await settle(service, { ...item, attempts }, "done");
    return undefined;
  } catch (error) {
    return await fail(service, { ...item, attempts }, error);
  }
}

async function settle(
  service: Service,
  item: OutboxItem,
  state: "done" | "failed",
  problem?: string,
): Promise<void> {
  await service.store.updateOutbox(item.stream, item.position, {
    state,
    attempts: item.attempts,
    notBefore: item.notBefore,
    ...(problem === undefined ? {} : { problem }),
  });
}

async function fail(service: Service, item: OutboxItem, error: unknown): Promise<number | undefined> {
  const { effect, stream, attempts } = item;
  const now = service.clock.now();
  const why = error instanceof Error ? error.message : String(error);
  service.log.warn("an effect failed", { stream, effect: effect.key, attempts, why });
  const isTerminal = error instanceof TerminalError;
  // Tags are retried for good: as long as one is on, the Mac may be elevated again.
  const isTriedOut = attempts >= GIVE_UP_AFTER_ATTEMPTS && now - item.createdAt > GIVE_UP_AFTER_MS;
  const isGivenUp = effect.type !== "sync_tags" && (isTerminal || isTriedOut);
  if (isTerminal && effect.type === "sync_tags") {
    await handleCommand(service, stream, { commandId: `signal:${stream}`, type: "signal_failed", why });
  }
  // Told before it is settled: after a crash in between it is tried, and found told, once more.
  const isStuck = attempts >= TELL_AFTER_ATTEMPTS && !(error instanceof TagsBusy);
  if (isGivenUp || isTerminal || isStuck) await tellFailed(service, item, why, isGivenUp);
  if (isGivenUp) {
    if (effect.type === "lock_device") {
      await handleCommand(service, stream, {
        commandId: `lock-failed:${effect.key}`,
        type: "lock_failed",
        why,
      });
    }
    await settle(service, item, "failed", why);
    return undefined;
  }
  const jitter = 1 + service.ids.fraction() * 0.2;
  const notBefore = now + Math.round(waitMs(item, error) * jitter);
  await service.store.updateOutbox(stream, item.position, {
    state: "pending",
    attempts,
    notBefore,
    problem: why,
  });
  return notBefore;
}

/** How long to wait before the next try: as long as the server wishes, and never less than the back-off. */
function waitMs({ effect, attempts }: OutboxItem, error: unknown): DurationMs {
  if (!(error instanceof RetryableError)) return BACKOFF_MAX_MS;
  const wishMaxMs = effect.type === "resolve_identity" ? IDENTITY_WISH_MAX_MS : WISH_MAX_MS;
  const wishMs = Math.min(error.retryAfterMs ?? 0, wishMaxMs);
  // Nothing failed, however often it had to wait: the turn comes by itself.
  if (error instanceof TagsBusy) return wishMs;
  return Math.max(wishMs, Math.min(SECOND_MS * 2 ** attempts, BACKOFF_MAX_MS));
}

const WHAT: Readonly<Record<EffectType, string>> = {
  resolve_identity: "looking up who is asking",
  sync_tags: "changing the Mac's tags in Iru",
  thread: "posting in the thread",
  upload_log: "uploading the log",
  direct: "sending a direct message",
  lock_device: "locking the Mac",
  private_answer: "answering privately",
  ask_re_enrollment: "asking about a new enrolment",
  warn_channel: "warning the channel",
};

function whatOf(effect: Effect): string {
  if (effect.type !== "thread") return WHAT[effect.type];
  return `${WHAT.thread}: ${effect.note.note.replaceAll("_", " ")}`;
}

/**
 * The guard that is held while IT knows of this trouble; undefined for what cannot be told in the thread. It is the
 * only witness: tries are also counted when a crash cut them short, so their number says nothing about failures.
 */
function troubleOf({ effect, stream }: OutboxItem): string | undefined {
  if (!isRequestStream(stream) || effect.type === "private_answer" || effect.type === "resolve_identity") {
    return undefined;
  }
  // A lost word about trouble gets no further word, which could be lost in the same way.
  if (effect.type === "thread" && effect.note.note.startsWith("effect_")) return undefined;
  // The newest tag effect stands for all of them.
  return `trouble:${stream}:${effect.type === "sync_tags" ? "tags" : effect.key}`;
}

/**
 * Tells IT once in the thread; what cannot be posted there can only be logged. That a post in the thread itself is stuck
 * can be told only when it is given up and holds up no other.
 */
async function tellFailed(
  service: Service,
  item: OutboxItem,
  why: string,
  isGivenUp: boolean,
): Promise<void> {
  const { effect, stream } = item;
  const trouble = troubleOf(item);
  if (trouble !== undefined && (await service.store.guardOwner(trouble)) !== undefined) return;
  service.log.error("an effect is stuck", { stream, effect: effect.key, why });
  if (trouble === undefined || (effect.type === "thread" && !isGivenUp)) return;
  await handleCommand(
    service,
    stream,
    {
      commandId: `failed:${effect.key}`,
      type: "effect_failed",
      key: effect.key,
      what: whatOf(effect),
      why,
    },
    { guards: [{ op: "claim", key: trouble, owner: stream }] },
  );
}

/** Tells IT that what it was told of works again. */
async function tellRecovered(service: Service, item: OutboxItem): Promise<void> {
  const { effect, stream } = item;
  const trouble = troubleOf(item);
  if (trouble === undefined || (await service.store.guardOwner(trouble)) === undefined) return;
  await handleCommand(
    service,
    stream,
    {
      commandId: `recovered:${effect.key}`,
      type: "effect_recovered",
      key: effect.key,
      what: whatOf(effect),
    },
    { guards: [{ op: "release", key: trouble, owner: stream }] },
  );
}
