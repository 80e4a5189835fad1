import { type Context, isBusy, newId, owe } from "./context.ts";
import { toIso } from "./iso.ts";
import { entriesOf, entryInWords, type Person } from "./membership.ts";
import type { RequestMemory } from "./memory.ts";
import type { RequestForm, Waiting } from "./record.ts";
import type { Act, ActAnswer } from "./steps.ts";

/** The memory of a request that this process has just taken up. */
export function newRequestMemory(ctx: Context, actId?: string): RequestMemory {
  const at = ctx.now.continuousSeconds;
  return {
    next: { dueSeconds: at, failures: 0 },
    sinceSeconds: at,
    ...(actId === undefined ? {} : { actId }),
    approvalTold: false,
    asking: false,
    runs: 0,
    undeliveredTold: false,
    prepare: { dueSeconds: at, failures: 0 },
  };
}

/** What this process knows of a waiting request. */
export function memoryOf(ctx: Context, waiting: Waiting): RequestMemory {
  return (ctx.memory.requests[waiting.idempotencyKey] ??= newRequestMemory(ctx));
}

/** Answers the person whose act made this request, once. */
export function answerAct(ctx: Context, waiting: Waiting, answer: ActAnswer): void {
  const memory = memoryOf(ctx, waiting);
  if (memory.actId === undefined) return;
  ctx.steps.push({ do: "answer", actId: memory.actId, answer });
  memory.actId = undefined;
}

/** Forgets a request. */
export function drop(ctx: Context, waiting: Waiting): void {
  ctx.record.requests = ctx.record.requests.filter((other) => other !== waiting);
  delete ctx.memory.requests[waiting.idempotencyKey];
  if (waiting.requestId !== undefined && isBusy(ctx, "mac")) {
    ctx.memory.droppedMeanwhile.push(waiting.requestId);
  }
  const { preparation } = ctx.memory;
  // A request without an id has no preparation, and the drop-in that is there may be of somebody's session.
  if (preparation !== undefined && preparation.requestId === waiting.requestId) {
    // Also where its writing was not heard of yet: what the step left is to go too.
    ctx.steps.push({ do: "remove_drop_in" });
    ctx.memory.preparation = undefined;
    if (preparation.armFirstSentSeconds !== undefined) disown(ctx, preparation);
  }
}

/**
 * Tells the service that nothing was granted for this arming. It may have said yes without our hearing of it, and then
 * it waits for the proof that the rights are gone, whatever has become of the request meanwhile (laws L5, L7).
 */
export function disown(ctx: Context, { requestId, armId }: { requestId: string; armId: string }): void {
  owe(ctx, {
    name: "removed",
    requestId,
    armId,
    granted: false,
    verified: true,
    reason: "device_error",
    removedAt: toIso(ctx.now.wall),
  });
}

/** A person wants something. The answer comes at once, but for a request, which the service answers first. */
export function onAct(ctx: Context, actId: string, act: Act): void {
  if (act.act === "request") return onRequest(ctx, actId, act.person, act.form);
  const refusal = act.act === "done" ? onDone(ctx, act.person) : onOwnRequest(ctx, act);
  const answer = refusal === undefined ? { ok: true, text: "Done." } : { ok: false, text: refusal };
  ctx.steps.push({ do: "answer", actId, answer });
}

function onRequest(ctx: Context, actId: string, person: Person, form: RequestForm): void {
  const refusal = whyNotAsk(ctx, person);
  if (refusal !== undefined) {
    ctx.steps.push({ do: "answer", actId, answer: { ok: false, text: refusal } });
    return;
  }
  const waiting: Waiting = {
    person: { ...person },
    idempotencyKey: newId(ctx),
    form: { hostname: ctx.observed.hostname, ...form },
    askedAtWall: ctx.now.wall,
    status: "asking",
    start: "auto",
  };
  ctx.record.requests.push(waiting);
  ctx.memory.requests[waiting.idempotencyKey] = newRequestMemory(ctx, actId);
}

/** Why this person cannot ask now, if so. Who is admin already by any path is told how (law L16). */
function whyNotAsk(ctx: Context, person: Person): string | undefined {
  const { admins, enrolled } = ctx.observed;
  if (enrolled !== true) return "This Mac is not connected to Hallpass yet. Please contact IT.";
  if (person.uid < 501) return "System accounts cannot ask for administrator rights.";
  if (admins === undefined) return "The list of administrators cannot be read. Please contact IT.";
  if (ctx.record.session?.person.generatedUid === person.generatedUid) {
    return "You already have a session on this Mac.";
  }
  if (ctx.record.requests.some((waiting) => waiting.person.generatedUid === person.generatedUid)) {
    return "You already have an open request.";
  }
  const paths = entriesOf(admins, person);
  if (paths.length === 0) return undefined;
  return `You are an administrator already: ${paths.map((entry) => entryInWords(entry, admins)).join(", ")}.`;
}

function onDone(ctx: Context, person: Person): string | undefined {
  const { session } = ctx.record;
  if (session === undefined || session.person.generatedUid !== person.generatedUid) {
    return "You have no session on this Mac.";
  }
  if (session.phase === "ending") return "Your session is ending already.";
  ctx.memory.doneWanted = true;
  return undefined;
}

function onOwnRequest(
  ctx: Context,
  act: { readonly act: "cancel" | "start_now"; readonly person: Person },
): string | undefined {
  const waiting = ctx.record.requests.find((other) => other.person.generatedUid === act.person.generatedUid);
  if (waiting === undefined) return "You have no open request.";
  if (waiting.requestId === undefined) return "Your request is still being sent. Try again in a moment.";
  if (act.act === "start_now") {
    if (waiting.status !== "approved") return "Your request is not approved yet.";
    waiting.start = "auto";
    return undefined;
  }
  const { preparation } = ctx.memory;
  if (preparation?.requestId === waiting.requestId && preparation.armFirstSentSeconds !== undefined) {
    return "Your session is just starting. End it when it has started.";
  }
  owe(ctx, { name: "cancel", requestId: waiting.requestId });
  drop(ctx, waiting);
  return undefined;
}
