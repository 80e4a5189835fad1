import { onAct } from "./acts.ts";
import { type Context, slotOf } from "./context.ts";
import { onStartAsked } from "./delivery.ts";
import { onIruRan } from "./iru-run.ts";
import { noteAnswer, noteProbe, noteSilence, noteWord } from "./network.ts";
import { hurryUnreached, onOwed } from "./outbox.ts";
import {
  onArmed,
  onDropInWritten,
  onPreparationCanary,
  onPreparationProbe,
  onPreparationSnapshot,
} from "./prepare.ts";
import { onEnrolled, onMac } from "./startup.ts";
import type { AgentEvent } from "./steps.ts";
import { onRequestCalled, onWaitingStatus } from "./waiting.ts";
import { onBeat, onHeldPoll, onStarted, onWatchCanary } from "./watch.ts";

type Called = Extract<AgentEvent, { type: "called" }>;

/** Takes in what happened since the last look. */
export function absorb(ctx: Context, event: AgentEvent): void {
  const { memory } = ctx;
  switch (event.type) {
    case "called":
      return absorbCall(ctx, event);
    case "act":
      return onAct(ctx, event.actId, event.act);
    case "saved":
      memory.unsavedSince = event.ok ? undefined : (memory.unsavedSince ?? ctx.now.awakeSeconds);
      return;
    case "probed":
      delete memory.busy["probe"];
      noteProbe(memory.network, event.status === 200);
      return onPreparationProbe(ctx, event.status === 200);
    case "privileges_ran":
      delete memory.busy["privileges"];
      if (event.act === "add" && memory.grantRun !== undefined) memory.grantRun.privilegesOver = true;
      return;
    case "drop_in":
      if (event.act === "write") return onDropInWritten(ctx, event.ok, event.text);
      memory.dropInRemoved = true;
      return;
    case "canary":
      if (!onPreparationCanary(ctx, event.nonce, event.found, event.log)) onWatchCanary(ctx, event.found);
      return;
    case "snapshot":
      delete memory.busy["snapshot"];
      if (onPreparationSnapshot(ctx, event.items)) return;
      if (ctx.record.session?.ending?.stage === "compare") {
        memory.compared = event.items && { ...event.items };
      }
      return;
    case "iru_ran":
      return onIruRan(ctx);
    case "start_asked":
      delete memory.busy[`ask:${event.requestId}`];
      return onStartAsked(ctx, event.requestId, event.chosen);
    case "changed_entry":
    case "sudoers_file_removed":
    case "signalled":
      // Only a reading counts, never an exit code.
      return;
  }
}

function absorbCall(ctx: Context, event: Called): void {
  const { memory, now } = ctx;
  const slot = slotOf(event.call);
  const startedAt = memory.busy[slot] ?? now.awakeSeconds;
  delete memory.busy[slot];
  const { came } = event.outcome;
  // What was asked before the Mac slept and got no answer says nothing of the network now.
  const counts = came !== "silent" || startedAt >= memory.wokeAtAwake;
  if (counts && asksForSession(ctx, event)) noteWord(memory.network, now, came === "answer");
  if (came !== "silent") {
    noteAnswer(memory.network, now);
    hurryUnreached(ctx);
  } else if (counts) noteSilence(memory.network);
  dispatch(ctx, event, now.awakeSeconds - startedAt);
}

/** True for a call whose answer says what has become of the session; one that is refused ends it, or says nothing. */
function asksForSession({ record: { session } }: Context, { call }: Called): boolean {
  switch (call.name) {
    case "mac":
      return true;
    case "arm":
    case "start":
    case "beat":
    case "status":
      return call.requestId === session?.requestId;
    default:
      return false;
  }
}

function dispatch(ctx: Context, event: Called, tookSeconds: number): void {
  switch (event.name) {
    case "enroll":
      return onEnrolled(ctx, event.outcome);
    case "mac":
      return onMac(ctx, event.outcome);
    case "request":
      return onRequestCalled(ctx, event.call, event.outcome);
    case "status": {
      const { session } = ctx.record;
      // A poll begun while the request was waiting: the session's own polls follow.
      if (session?.requestId === event.call.requestId && session.phase !== "ending") {
        return onHeldPoll(ctx, session, event.outcome, tookSeconds);
      }
      // Of a session that was taken over, the person who waits for it has yet to hear.
      return onWaitingStatus(ctx, event.call, event.outcome, tookSeconds);
    }
    case "arm":
      return onArmed(ctx, event.call, event.outcome);
    case "start":
      return onStarted(ctx, event.call.armId, event.outcome);
    case "beat":
      return onBeat(ctx, event.call.requestId, event.outcome);
    case "cancel":
    case "end":
    case "networkLoss":
    case "removed":
    case "log":
    case "report":
      return onOwed(ctx, event.outcome);
  }
}
