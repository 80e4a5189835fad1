import { beside, type Context, isBusy, wakeAt } from "./context.ts";

/**
 * Whoever waits for a run of the Iru agent waits no longer than this, in awake seconds. Iru lets each of its scripts run
 * for an hour; a run beside another ends at the lock.
 */
const RUN_MAX_SECONDS = 180;

/** Lets the Iru agent run beside the loop. */
export function runIru(ctx: Context): void {
  beside(ctx, "iru", { do: "run_iru" });
}

/** True while a run is under way that may still be waited for; one that takes longer counts as over. */
export function isIruRunning(ctx: Context): boolean {
  const ranSeconds = ctx.now.awakeSeconds - (ctx.memory.busy["iru"] ?? -Infinity);
  if (ranSeconds < RUN_MAX_SECONDS) {
    wakeAt(ctx, ctx.now.continuousSeconds + RUN_MAX_SECONDS - ranSeconds);
    return true;
  }
  if (isBusy(ctx, "iru")) onIruRan(ctx);
  return false;
}

/** A run of the Iru agent is over: the looks for the profile begin. */
export function onIruRan(ctx: Context): void {
  delete ctx.memory.busy["iru"];
  for (const memory of Object.values(ctx.memory.requests)) {
    if (memory.runs > 0 && memory.ranAtSeconds === undefined) memory.ranAtSeconds = ctx.now.continuousSeconds;
  }
}
