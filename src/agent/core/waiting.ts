import { answerAct, drop, memoryOf } from "./acts.ts";
import type { Call, Calls, Outcome } from "./calls.ts";
import { alert, backOff, call, type Context, isBusy, isDue } from "./context.ts";
import { isSameAccount } from "./membership.ts";
import { HELD_POLL_SECONDS, heldPollSeconds, pollAfterSeconds } from "./poll.ts";
import type { Waiting } from "./record.ts";
import { minutesText, TITLE } from "./words.ts";

const GIVE_UP_ASKING_SECONDS = 600;
const SEND_RETRY_CAP_SECONDS = 30;
const POLL_RETRY_CAP_SECONDS = 300;
const HELD_EXTRA_SECONDS = 10;
const ASK_AGAIN_AFTER_MS = 600_000;
/** A held poll that comes back sooner than this without news was not held. */
const HELD_AT_LEAST_SECONDS = 1;

/** Sends requests that the service has not got, and asks how the others stand. */
export function waitingTick(ctx: Context): void {
  for (const waiting of ctx.record.requests) {
    if (waiting.status === "asking") send(ctx, waiting);
    else poll(ctx, waiting);
  }
}

function send(ctx: Context, waiting: Waiting): void {
  const { idempotencyKey, person, form } = waiting;
  const memory = memoryOf(ctx, waiting);
  // Only what is on disk is sent: after a crash the same key must be used again.
  const isSaved = ctx.saved.requests.some((other) => other.idempotencyKey === idempotencyKey);
  if (!isSaved || form === undefined || isBusy(ctx, `request:${idempotencyKey}`)) return;
  if (ctx.now.continuousSeconds - memory.sinceSeconds > GIVE_UP_ASKING_SECONDS) {
    return giveUp(ctx, waiting, "Your request could not be sent to IT. Please try again later.");
  }
  if (!isDue(ctx, memory.next)) return;
  const { email, ...rest } = form;
  call(ctx, {
    name: "request",
    idempotencyKey,
    body: { ...person, ...rest, ...(email === undefined ? {} : { email }) },
  });
}

/** It may have arrived all the same, with only its answers lost: then it waits for an approver. */
function giveUp(ctx: Context, waiting: Waiting, why: string): void {
  alert(ctx, waiting.person.uid, TITLE, why);
  drop(ctx, waiting);
  ctx.memory.standDoubted = true;
}

/** The service answered a request, or did not. */
export function onRequestCalled(
  ctx: Context,
  asked: Extract<Call, { name: "request" }>,
  outcome: Outcome<Calls["request"]["answer"]>,
): void {
  const waiting = ctx.record.requests.find((other) => other.idempotencyKey === asked.idempotencyKey);
  if (waiting === undefined || waiting.status !== "asking") return;
  const known = outcome.came === "answer" ? outcome.answer.requestId : undefined;
  const open = outcome.came === "refused" && outcome.status === 409 ? outcome.requestId : undefined;
  const requestId = known ?? open;
  if (requestId !== undefined) {
    const text = known === undefined ? "You already have an open request." : "Your request was sent to IT.";
    answerAct(ctx, waiting, { ok: true, text, requestId });
    // An answer that came late: GET /mac told of the request before, and it is being started or its session runs. Two
    // of one would be armed as one, and the other polled without a pause.
    const { session, requests } = ctx.record;
    const isIt = (other: Pick<Waiting, "requestId" | "person">) =>
      other.requestId === requestId && isSameAccount(other.person, waiting.person);
    const twin = requests.find(isIt);
    if (twin !== undefined) twin.askedAtWall = waiting.askedAtWall;
    const isRunning = session !== undefined && isIt(session);
    if (twin !== undefined || isRunning) return drop(ctx, waiting);
    waiting.requestId = requestId;
    waiting.status = "pending";
    memoryOf(ctx, waiting).next = { dueSeconds: ctx.now.continuousSeconds, failures: 0 };
    return;
  }
  if (outcome.came === "refused") {
    // Told before that it will be sent: an earlier try was not answered.
    if (memoryOf(ctx, waiting).actId === undefined) return giveUp(ctx, waiting, outcome.detail);
    answerAct(ctx, waiting, { ok: false, text: outcome.detail });
    drop(ctx, waiting);
    return;
  }
  answerAct(ctx, waiting, {
    ok: true,
    text: "IT cannot be reached at the moment. Your request will be sent as soon as possible.",
  });
  const memory = memoryOf(ctx, waiting);
  backOff(ctx, memory.next, SEND_RETRY_CAP_SECONDS, outcome);
  // Where the service wants no call before the Mac gives up, the person hears of it in time.
  const givenUpSeconds = memory.sinceSeconds + GIVE_UP_ASKING_SECONDS + 1;
  memory.next.dueSeconds = Math.min(memory.next.dueSeconds, givenUpSeconds);
}

function poll(ctx: Context, waiting: Waiting): void {
  const { requestId } = waiting;
  if (requestId === undefined || isBusy(ctx, `status:${requestId}`)) return;
  const { config } = ctx.memory;
  if (config === undefined) return;
  const memory = memoryOf(ctx, waiting);
  if (!isDue(ctx, memory.next)) return;
  const since = memory.version === undefined ? {} : { since: memory.version };
  if (!config.longPoll) return call(ctx, { name: "status", requestId });
  call(
    ctx,
    { name: "status", requestId, wait: heldPollSeconds(ctx.observed.chance), ...since },
    HELD_POLL_SECONDS + HELD_EXTRA_SECONDS,
  );
}

/** The service said how a waiting request stands, or did not. */
export function onWaitingStatus(
  ctx: Context,
  asked: Extract<Call, { name: "status" }>,
  outcome: Outcome<Calls["status"]["answer"]>,
  tookSeconds: number,
): void {
  const waiting = ctx.record.requests.find((other) => other.requestId === asked.requestId);
  if (waiting === undefined) return;
  const memory = memoryOf(ctx, waiting);
  if (outcome.came === "refused" && outcome.status !== 401) {
    alert(ctx, waiting.person.uid, TITLE, outcome.detail);
    drop(ctx, waiting);
    return;
  }
  if (outcome.came !== "answer") return backOff(ctx, memory.next, POLL_RETRY_CAP_SECONDS, outcome);
  const { answer } = outcome;
  const isNews = answer.version !== memory.version;
  const wasHeld = asked.wait !== undefined && (isNews || tookSeconds >= HELD_AT_LEAST_SECONDS);
  const wait = wasHeld ? 0 : pollAfterSeconds(answer.nextPollSeconds, ctx.observed.chance);
  memory.version = answer.version;
  memory.next = { dueSeconds: ctx.now.continuousSeconds + wait, failures: 0 };
  applyStatus(ctx, waiting, answer);
}

/** Takes over what the service says of a waiting request. */
export function applyStatus(ctx: Context, waiting: Waiting, answer: Calls["status"]["answer"]): void {
  switch (answer.status) {
    case "pending":
      return;
    case "approved":
      return applyApproval(ctx, waiting, answer);
    case "arming":
    case "active":
      return doubtSession(ctx, waiting);
    case "ending":
    // Over without this Mac: somebody else took it up with the Mac's key, and its proof may be owed all the same.
    case "ended":
      doubtSession(ctx, waiting);
      return turnDown(ctx, waiting, answer);
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return turnDown(ctx, waiting, answer);
  }
}

function turnDown(ctx: Context, waiting: Waiting, { message }: Calls["status"]["answer"]): void {
  alert(ctx, waiting.person.uid, TITLE, message);
  drop(ctx, waiting);
}

/** A session of ours, unless this Mac is just taking it up: what it is tells GET /mac. */
function doubtSession({ memory, record }: Context, { requestId }: Waiting): void {
  const { preparation } = memory;
  // One that has not asked yet is not what the service speaks of: an earlier try came to it late.
  const isArming = preparation?.requestId === requestId && preparation?.armFirstSentSeconds !== undefined;
  if (record.session === undefined && !isArming) memory.standDoubted = true;
}

function applyApproval(ctx: Context, waiting: Waiting, answer: Calls["status"]["answer"]): void {
  const { uid } = waiting.person;
  const memory = memoryOf(ctx, waiting);
  if (waiting.status !== "approved") {
    waiting.status = "approved";
    const late = Math.abs(ctx.now.wall - waiting.askedAtWall) > ASK_AGAIN_AFTER_MS;
    if (late || ctx.observed.console.atConsole !== uid) waiting.start = "ask";
  }
  waiting.approvedMinutes = answer.approvedMinutes;
  waiting.signal = answer.signal;
  if (memory.approvalTold || answer.approvedMinutes === undefined) return;
  memory.approvalTold = true;
  const next = waiting.start === "ask" ? "You will be asked when to start." : "Your Mac is getting ready.";
  alert(ctx, uid, TITLE, `IT approved ${minutesText(answer.approvedMinutes)}. ${next}`);
}
