import type { Calls, Outcome } from "./calls.ts";
import { alert, backOff, beside, call, type Context, isBusy, isDue, keepTicking, newId } from "./context.ts";
import type { EndCause } from "./end-causes.ts";
import { toIso } from "./iso.ts";
import { entriesOf } from "./membership.ts";
import { needsService, startLook } from "./network.ts";
import { secondsLeft, shortened } from "./now.ts";
import { HELD_POLL_SECONDS, heldPollSeconds, pollAfterSeconds } from "./poll.ts";
import type { Session } from "./record.ts";
import { minutesText, TITLE } from "./words.ts";

const BEAT_EVERY_SECONDS = 60;
const BEAT_RETRY_CAP_SECONDS = 15;
const HELD_EXTRA_SECONDS = 10;
const START_TRIES_SECONDS = 30;
const START_RETRY_CAP_SECONDS = 4;
const CANARY_EVERY_SECONDS = 60;
const WATCHED_EVERY_SECONDS = 15;

/** Everything that goes on while rights are in force. Returns why the session must end, if so. */
export function watchTick(ctx: Context, session: Session): EndCause | undefined {
  keepTicking(ctx);
  const failure = tellStart(ctx, session);
  if (failure !== undefined) return failure;
  look(ctx);
  beat(ctx, session);
  holdPoll(ctx, session);
  checkSudo(ctx);
  warn(ctx, session);
  if (ctx.now.awakeSeconds - session.watchedAtAwake >= WATCHED_EVERY_SECONDS) {
    session.watchedAtAwake = ctx.now.awakeSeconds;
    session.heardAtAwake = ctx.memory.network.heardAt;
  }
  return undefined;
}

/** The service's clock starts with `/start`; where it cannot be told, the rights go again. */
function tellStart(ctx: Context, session: Session): EndCause | undefined {
  const { start } = ctx.memory;
  const isSaved = ctx.saved.session?.armId === session.armId && ctx.saved.session.phase === "active";
  if (session.startTold || !isSaved) return undefined;
  start.firstSentSeconds ??= ctx.now.continuousSeconds;
  if (ctx.now.continuousSeconds - start.firstSentSeconds > START_TRIES_SECONDS) {
    return { reason: "device_error", findings: ["the start could not be confirmed with the service"] };
  }
  if (isBusy(ctx, "start") || !isDue(ctx, start)) return undefined;
  const { requestId, armId, startedAtWall, sinceWall } = session;
  call(ctx, { name: "start", requestId, armId, elevatedAt: toIso(startedAtWall ?? sinceWall) });
  return undefined;
}

/** The service confirmed the start, or refused it: then the rights go (law L1). */
export function onStarted(ctx: Context, armId: string, outcome: Outcome<Calls["start"]["answer"]>): void {
  const { session } = ctx.record;
  if (session?.armId !== armId || session.phase !== "active") return;
  if (outcome.came === "answer") {
    session.startTold = true;
    session.deadline = shortened(session.deadline, ctx.now, outcome.answer.remainingSeconds);
  } else if (outcome.came === "refused") {
    ctx.memory.serviceEnd ??= "device_error";
  } else {
    backOff(ctx, ctx.memory.start, START_RETRY_CAP_SECONDS, outcome);
  }
}

function look(ctx: Context): void {
  const { network, config } = ctx.memory;
  if (isBusy(ctx, "probe") || config === undefined || !startLook(network, ctx.now)) return;
  beside(ctx, "probe", { do: "probe", url: config.probeUrl });
}

/** Every minute; sooner where the network is in doubt and the service's word is needed. */
export function beat(ctx: Context, session: Session): void {
  const { network, beat } = ctx.memory;
  if (isBusy(ctx, "beat") || (!needsService(network) && !isDue(ctx, beat))) return;
  const { admins, agentSha256 } = ctx.observed;
  call(ctx, {
    name: "beat",
    requestId: session.requestId,
    bootSession: ctx.now.bootSession,
    continuousSeconds: ctx.now.continuousSeconds,
    admin: admins !== undefined && entriesOf(admins, session.person).length > 0,
    logSeq: session.log.nextSeq,
    agentSha256,
  });
}

/** The service answered a heartbeat, or did not. */
export function onBeat(ctx: Context, requestId: string, outcome: Outcome<Calls["beat"]["answer"]>): void {
  if (ctx.record.session?.requestId !== requestId) return;
  if (outcome.came === "answer") {
    ctx.memory.beat = { dueSeconds: ctx.now.continuousSeconds + BEAT_EVERY_SECONDS, failures: 0 };
    onSessionStatus(ctx, ctx.record.session, outcome.answer);
  } else {
    backOff(ctx, ctx.memory.beat, BEAT_RETRY_CAP_SECONDS, outcome);
    onSessionRefused(ctx, outcome);
  }
}

/** Where polls are held the service's word arrives at once: a revoke must not wait for the next heartbeat. */
function holdPoll(ctx: Context, session: Session): void {
  const { held, config } = ctx.memory;
  if (config?.longPoll !== true || !session.startTold) return;
  if (isBusy(ctx, `status:${session.requestId}`) || !isDue(ctx, held)) return;
  const since = held.version === undefined ? {} : { since: held.version };
  call(
    ctx,
    { name: "status", requestId: session.requestId, wait: heldPollSeconds(ctx.observed.chance), ...since },
    HELD_POLL_SECONDS + HELD_EXTRA_SECONDS,
  );
}

/** A held poll of the session came back. */
export function onHeldPoll(
  ctx: Context,
  session: Session,
  outcome: Outcome<Calls["status"]["answer"]>,
  tookSeconds: number,
): void {
  const { held } = ctx.memory;
  if (outcome.came !== "answer") {
    backOff(ctx, held, BEAT_EVERY_SECONDS, outcome);
    return onSessionRefused(ctx, outcome);
  }
  const wasHeld = outcome.answer.version !== held.version || tookSeconds >= 1;
  const wait = wasHeld ? 0 : pollAfterSeconds(outcome.answer.nextPollSeconds, ctx.observed.chance);
  ctx.memory.held = {
    version: outcome.answer.version,
    dueSeconds: ctx.now.continuousSeconds + wait,
    failures: 0,
  };
  onSessionStatus(ctx, session, outcome.answer);
}

function onSessionStatus(ctx: Context, session: Session, answer: Calls["status"]["answer"]): void {
  if (session.phase === "ending") return;
  if (answer.status === "active") {
    session.deadline = shortened(session.deadline, ctx.now, answer.remainingSeconds);
  } else if (answer.status !== "arming" && answer.status !== "approved") {
    ctx.memory.serviceEnd ??= answer.endReason ?? "revoked";
  }
}

/** The service itself refuses our key or does not know the session: no rights without its permission. */
function onSessionRefused(ctx: Context, outcome: Exclude<Outcome<never>, { came: "answer" }>): void {
  if (outcome.came !== "refused") return;
  if ([401, 403, 404, 409, 410].includes(outcome.status)) ctx.memory.serviceEnd ??= "revoked";
}

/** The line of a canary was found in the sudo log, or not: then the next one follows at once. */
export function onWatchCanary(ctx: Context, found: boolean): void {
  const { canary } = ctx.memory;
  canary.misses = found ? 0 : canary.misses + 1;
  if (!found) canary.dueSeconds = ctx.now.continuousSeconds + 1;
}

function checkSudo(ctx: Context): void {
  const { canary } = ctx.memory;
  if (!isDue(ctx, canary)) return;
  canary.dueSeconds = ctx.now.continuousSeconds + CANARY_EVERY_SECONDS;
  const nonce = newId(ctx);
  ctx.memory.nonces.push(nonce);
  ctx.steps.push({ do: "canary", nonce });
}

/** Five minutes before the end, one minute for sessions of five. */
function warn(ctx: Context, session: Session): void {
  const before = session.minutes === 5 ? 60 : 300;
  if (session.warned || secondsLeft(session.deadline, ctx.now) > before) return;
  session.warned = true;
  const text = `Your administrator rights end in ${minutesText(before / 60)}. Save your work.`;
  alert(ctx, session.person.uid, TITLE, text);
}
