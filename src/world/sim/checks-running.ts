import type { Instant } from "../../core/time.ts";
import { canRemove, type Intruder, isBlind, type MacSide, sessionOnDisk } from "./mac-side.ts";
import type { RecordBook } from "./record-book.ts";

/**
 * Law L5 for whoever kills the agent again and again: what its processes have run for, all together, has to be enough
 * to take rights away that no session explains. To be called at every look, since the time between two looks counts
 * where the same process could do its work at both.
 */
export function checkRunning(side: MacSide, book: RecordBook, now: Instant, enoughMs: number): void {
  const { mac, looked, intruders, cast } = side;
  const starts = mac.agentStarts();
  const could = canRemove(side);
  const isSame = looked !== undefined && looked.could && could && looked.starts === starts;
  const ranMs = isSame ? now - looked.at : 0;
  side.looked = { at: now, starts, could };
  for (const intruder of intruders.values()) {
    intruder.ranMs = isExplained(side, intruder) ? 0 : intruder.ranMs + ranMs;
    book.check("L5", "whoever kills the agent gains no time", intruder.ranMs <= enoughMs, () => ({
      text: `${intruder.account.username} is an administrator while agents ran for ${intruder.ranMs / 1_000} s`,
      serial: cast.serial,
      ...(intruder.requestId === undefined ? {} : { requestId: intruder.requestId }),
    }));
  }
}

/** By a session that has not ended, or by what an agent without its record, or without an enrolment, cannot know. */
function isExplained(side: MacSide, { account }: Intruder): boolean {
  const { mac, accepted, recordTouchedAtStart } = side;
  if (recordTouchedAtStart !== undefined || accepted.has(account.generatedUid)) return true;
  const session = sessionOnDisk(mac);
  if (session === undefined) return isBlind(side);
  return session.phase !== "ending" && session.person.generatedUid === account.generatedUid;
}
