import { GRANT_MAX_SECONDS } from "./arm.ts";
import { type Context, report } from "./context.ts";
import { toIso } from "./iso.ts";
import { fits } from "./membership.ts";
import { silentSince } from "./network.ts";
import { secondsLeft } from "./now.ts";
import type { Session } from "./record.ts";
import { shipNote } from "./ship-log.ts";
import { CHANGED_RECORD } from "./vouch.ts";

const RESTART_GAP_SECONDS = 45;

/**
 * The first look of a process at the record that it found on disk. A temporary administrator can kill the agent and
 * have edited the record when the next one reads it, so nothing on it counts as done: a session begins to end anew, and
 * whatever cannot be told from a reading waits for the service (`vouch.ts`).
 */
export function rereadRecord(ctx: Context): void {
  const { memory, record } = ctx;
  if (memory.hasReread) return;
  memory.hasReread = true;
  const { session } = record;
  // A process that died while it prepared a session, or whose record vanished, may have left its drop-in.
  if (session === undefined) return void ctx.steps.push({ do: "remove_drop_in" });
  doubtBaseline(ctx, session);
  doubtProgress(ctx, session);
  doubtTime(ctx, session);
  noteRestart(ctx, session);
}

/**
 * Nobody is given rights who has them already (law L16), so a baseline that explains the session's own person is
 * forged; this much can be told without the service.
 */
function doubtBaseline(ctx: Context, session: Session): void {
  const forged = session.baseline.admins.filter((entry) => fits(entry, session.person));
  if (forged.length === 0) return;
  const admins = session.baseline.admins.filter((entry) => !forged.includes(entry));
  session.baseline = { ...session.baseline, admins };
  report(ctx, "tampered", [CHANGED_RECORD], session.requestId);
  ctx.memory.serviceEnd = "tampered";
}

/** An end goes through all its stages again, each by a reading of this process (law L5); nobody vouches for less. */
function doubtProgress(ctx: Context, session: Session): void {
  const { ending } = session;
  session.granted = true;
  if (session.phase !== "ending" || ending === undefined) {
    if (session.phase === "ending") session.phase = "active";
    delete session.ending;
    return;
  }
  const { reason, sinceWall, findings, isLogShipped } = ending;
  const sinceSeconds = ctx.now.continuousSeconds;
  session.ending = { reason, stage: "rights", sinceWall, sinceSeconds, findings, isLogShipped };
}

/** A record edited while no agent watched cannot hold a deadline that no session ever had (law L4). */
function doubtTime({ now, memory }: Context, session: Session): void {
  if (session.deadline.bootSession !== now.bootSession) return;
  const longest = session.minutes * 60 + (session.phase === "granting" ? GRANT_MAX_SECONDS : 0);
  if (secondsLeft(session.deadline, now) > longest) {
    session.deadline.continuousSeconds = now.continuousSeconds + longest;
  }
  // Whoever kills the agent of a Mac that is cut off gains no time: the silence goes on where it was.
  if (session.heardAtAwake !== undefined && session.phase !== "ending") {
    memory.network = silentSince(memory.network, Math.min(session.heardAtAwake, now.awakeSeconds));
  }
}

/** Told whatever the record says, and in the log: what was run while nobody watched may be missing from it (law L15). */
function noteRestart(ctx: Context, session: Session): void {
  const { now } = ctx;
  const isSameBoot = session.deadline.bootSession === now.bootSession;
  const what = isSameBoot ? "the agent was started again" : "this Mac was restarted";
  if (session.phase === "ending") session.ending?.findings.push(`${what} while the session ended`);
  const gap = now.awakeSeconds - session.watchedAtAwake;
  const length = gap > RESTART_GAP_SECONDS ? `, unwatched for up to ${Math.round(gap)} s` : "";
  if (isSameBoot && session.phase !== "ending") {
    report(ctx, "tampered", [`${what} during the session${length}`], session.requestId);
  }
  if (session.log.inode === "") return;
  const from = isSameBoot ? `since ${toIso(now.wall - gap * 1000)} by its record` : "for a time";
  shipNote(session, `[${what}: unwatched ${from}, until ${toIso(now.wall)}]`);
}
