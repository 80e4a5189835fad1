import { absorb } from "./absorb.ts";
import { type Context, report } from "./context.ts";
import { deliveryTick } from "./delivery.ts";
import { beginEnding, endingTick } from "./ending.ts";
import { endCause } from "./end-causes.ts";
import { grantTick } from "./grant.ts";
import { idleTick } from "./idle.ts";
import type { Memory } from "./memory.ts";
import { noteWake } from "./network.ts";
import type { Now } from "./now.ts";
import type { Observed } from "./observed.ts";
import { outboxTick } from "./outbox.ts";
import { isSamePlain, plainCopy } from "./plain-copy.ts";
import type { AgentRecord, Session } from "./record.ts";
import { noteRootShells } from "./root-shells.ts";
import { shipLog } from "./ship-log.ts";
import { startupTick } from "./startup.ts";
import type { Step } from "./steps.ts";
import { noteUnread } from "./unread.ts";
import { waitingTick } from "./waiting.ts";
import { watchTick } from "./watch.ts";

/** What one look of the brain came to. */
export interface Look {
  /** In order; taking rights away comes before saving, everything else after it. */
  readonly steps: readonly Step[];
  /** To be handed in with the next look. If a step of this look could not be saved, the old one stays in force. */
  readonly memory: Memory;
  /** Look again after this long even if nothing happens; undefined when only an event matters. */
  readonly wakeInSeconds: number | undefined;
}

const SLEPT_SECONDS = 2;
const GAP_SECONDS = 15;

/**
 * The brain: from what is seen, what is on record and what this process remembers to what is to be done now. Pure and
 * synchronous: equal input gives equal output, and neither `saved` nor `memory` is changed.
 *
 * Laws kept here: rights are given only by `grant.ts`, on a session that is on disk with its deadline (L3) after the
 * service's fresh yes for that person (L1); every session that is begun ends with rights removed and read as gone
 * (L5); the deadline is never moved later (L4); baseline members are never removed (L16).
 */
export function reconcile(observed: Observed, saved: AgentRecord, memory: Memory, now: Now): Look {
  const ctx: Context = {
    now,
    observed,
    saved,
    record: draftOf(saved),
    memory: plainCopy(memory),
    urgent: [],
    steps: [],
    wakeSeconds: Infinity,
    idsUsed: 0,
  };
  noteTime(ctx);
  for (const event of observed.events) absorb(ctx, event);
  startupTick(ctx);
  const { session } = ctx.record;
  if (session !== undefined) sessionTick(ctx, session);
  idleTick(ctx);
  waitingTick(ctx);
  deliveryTick(ctx);
  outboxTick(ctx);
  restartWhenTold(ctx);
  ctx.memory.last = now;
  return finish(ctx);
}

/** A copy to change. The baseline is by far its largest part and never changes, so it is shared. */
function draftOf(saved: AgentRecord): AgentRecord {
  const { session, ...rest } = saved;
  const draft: AgentRecord = plainCopy(rest);
  if (session === undefined) return draft;
  const { baseline, ...changing } = session;
  return { ...draft, session: { ...plainCopy(changing), baseline } };
}

/** Equal records, the baseline compared by identity. */
function isSame(a: AgentRecord, b: AgentRecord): boolean {
  if (a.session?.baseline !== b.session?.baseline) return false;
  return isSamePlain(a, b);
}

function sessionTick(ctx: Context, session: Session): void {
  const { phase } = session;
  noteUnread(ctx);
  const cause =
    phase === "ending"
      ? undefined
      : (endCause(ctx, session) ??
        (phase === "granting" ? grantTick(ctx, session) : watchTick(ctx, session)));
  if (cause !== undefined) beginEnding(ctx, session, cause);
  noteRootShells(ctx, session);
  if (session.ending?.stage !== "close") shipLog(ctx, session);
  if (session.ending !== undefined) endingTick(ctx, session, session.ending);
}

/** Sleep and stops of the agent show as differences between the clocks. */
function noteTime(ctx: Context): void {
  const { now, memory, record } = ctx;
  const { last } = memory;
  if (last.bootSession !== now.bootSession) return;
  const awake = now.awakeSeconds - last.awakeSeconds;
  const slept = now.continuousSeconds - last.continuousSeconds - awake;
  if (slept > SLEPT_SECONDS) {
    memory.wokeAtAwake = now.awakeSeconds;
    memory.network = noteWake(memory.network, now);
    for (const request of Object.values(memory.requests)) request.next.dueSeconds = now.continuousSeconds;
  }
  const { session } = record;
  if (session === undefined || session.phase === "ending" || awake <= GAP_SECONDS) return;
  const text = `the agent did not run for ${Math.round(awake)} s while the Mac was awake`;
  report(ctx, "tampered", [text], session.requestId);
}

/** After a session a fresh process starts from checked files, once the service has heard everything. */
function restartWhenTold(ctx: Context): void {
  const { record, saved, memory } = ctx;
  const isTold = saved.restartDue && saved.outbox.length === 0 && record.outbox.length === 0;
  if (!isTold || record.session !== undefined || memory.busy["owed"] !== undefined) return;
  record.restartDue = false;
  ctx.steps.push({ do: "restart" });
}

function finish(ctx: Context): Look {
  const { record, saved, observed, now } = ctx;
  const isChanged = observed.recordOnDisk !== "same" || !isSame(record, saved);
  const save: Step[] = isChanged ? [{ do: "save_record", record }] : [];
  const wake =
    ctx.wakeSeconds === Infinity ? undefined : Math.max(0, ctx.wakeSeconds - now.continuousSeconds);
  return { steps: [...ctx.urgent, ...save, ...ctx.steps], memory: ctx.memory, wakeInSeconds: wake };
}
