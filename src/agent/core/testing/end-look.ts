import { endingTick } from "../ending.ts";
import type { Session } from "../record.ts";
import type { Step } from "../steps.ts";
import { type Bench, contextOf } from "./bench.ts";

/** One look at the end of the bench's session, and nothing but that. */
export function tick(bench: Bench): { urgent: readonly Step[]; steps: readonly Step[]; session: Session } {
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  if (session?.ending === undefined) throw new Error("no session is ending");
  endingTick(ctx, session, session.ending);
  return { urgent: ctx.urgent, steps: ctx.steps, session };
}
