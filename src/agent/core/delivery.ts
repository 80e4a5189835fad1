import { memoryOf } from "./acts.ts";
import { alert, beside, type Context, isDue, report, wakeAt } from "./context.ts";
import { isIruRunning, runIru } from "./iru-run.ts";
import type { RequestMemory } from "./memory.ts";
import { prepare } from "./prepare.ts";
import type { Waiting } from "./record.ts";
import { TITLE } from "./words.ts";

/** When to look for the profile after a run of the Iru agent. */
const LOOKS_SECONDS = [10, 30, 60, 120] as const;
/**
 * How long after each run the next one begins, if the profile did not come. The first is early: a run that began
 * before Iru had worked out the new tag is the usual miss, and people wait for it.
 */
const RUN_AGAIN_SECONDS: readonly number[] = [30, 120];
const LAST_LOOK_SECONDS = 120;
const LATER_LOOKS_SECONDS = 60;

/**
 * Takes approved requests towards their grant: asks the person first where that is due, has the Iru agent fetch the
 * elevation profile where the MDM delivers, then prepares.
 */
export function deliveryTick(ctx: Context): void {
  if (ctx.record.session !== undefined || ctx.record.restartDue) return;
  for (const waiting of ctx.record.requests) {
    if (waiting.status === "approved") advance(ctx, waiting);
  }
}

function advance(ctx: Context, waiting: Waiting): void {
  const { config, preparation } = ctx.memory;
  if (config === undefined || waiting.requestId === undefined) return;
  if (preparation !== undefined) {
    if (preparation.requestId === waiting.requestId) prepare(ctx, waiting);
    return;
  }
  const memory = memoryOf(ctx, waiting);
  if (waiting.start === "auto" && ctx.observed.console.atConsole !== waiting.person.uid)
    waiting.start = "ask";
  if (waiting.start !== "auto") return askToStart(ctx, waiting, memory);
  if (config.delivery === "mdm" && !ctx.observed.privileges.unlocked)
    return fetchProfile(ctx, waiting, memory);
  if (isDue(ctx, memory.prepare)) prepare(ctx, waiting);
}

function askToStart(ctx: Context, waiting: Waiting, memory: RequestMemory): void {
  const { person, requestId, approvedMinutes, start } = waiting;
  if (start !== "ask" || memory.asking || requestId === undefined || approvedMinutes === undefined) return;
  if (ctx.observed.console.atConsole !== person.uid) return wakeAt(ctx, ctx.now.continuousSeconds + 5);
  memory.asking = true;
  beside(ctx, `ask:${requestId}`, { do: "ask_start", to: person.uid, requestId, minutes: approvedMinutes });
}

/** The person answered the question whether to start. */
export function onStartAsked(ctx: Context, requestId: string, chosen: "start" | "later"): void {
  const waiting = ctx.record.requests.find((other) => other.requestId === requestId);
  if (waiting === undefined) return;
  memoryOf(ctx, waiting).asking = false;
  waiting.start = chosen === "start" ? "auto" : "later";
}

/** A run of the Iru agent, looks at growing distances, two more runs; then IT is told and slow looks go on. */
function fetchProfile(ctx: Context, waiting: Waiting, memory: RequestMemory): void {
  if (waiting.signal !== "set" || isIruRunning(ctx)) return;
  const now = ctx.now.continuousSeconds;
  if (memory.runs === 0) return run(ctx, memory);
  if (memory.ranAtSeconds === undefined) return;
  const since = now - memory.ranAtSeconds;
  const again = RUN_AGAIN_SECONDS[memory.runs - 1];
  if (since >= (again ?? Infinity)) return run(ctx, memory);
  const next = LOOKS_SECONDS.find((look) => look > since && look <= (again ?? LAST_LOOK_SECONDS));
  if (next !== undefined) return wakeAt(ctx, memory.ranAtSeconds + next);
  wakeAt(ctx, now + LATER_LOOKS_SECONDS);
  if (memory.undeliveredTold) return;
  memory.undeliveredTold = true;
  const text =
    "Your approval has not reached this Mac yet. It will start by itself when it does; IT has been told.";
  alert(ctx, waiting.person.uid, TITLE, text);
  report(
    ctx,
    "device_error",
    ["the elevation profile did not arrive after three runs of the Iru agent"],
    waiting.requestId,
  );
}

function run(ctx: Context, memory: RequestMemory): void {
  memory.runs += 1;
  memory.ranAtSeconds = undefined;
  runIru(ctx);
}
