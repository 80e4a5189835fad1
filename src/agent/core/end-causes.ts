import { type Change, changesBetween, type SudoFiles, sudoFilesIn } from "./baseline.ts";
import type { EndReason } from "./calls.ts";
import type { Context } from "./context.ts";
import {
  adminEntries,
  type AdminEntry,
  difference,
  entriesOf,
  entryInWords,
  grantedEntries,
  takenOver,
} from "./membership.ts";
import { verdict } from "./network.ts";
import { isOver, secondsLeft } from "./now.ts";
import { rewriteOf } from "./log-position.ts";
import type { Session } from "./record.ts";
import { unreadSeconds } from "./unread.ts";

/** Why a session must end now. */
export interface EndCause {
  readonly reason: EndReason;
  /** What IT is told besides the reason. */
  readonly findings: readonly string[];
}

/** SAP's own timer may fire this long before our deadline: that is an expiry, not the user's doing. */
const OWN_TIMER_SECONDS = 90;
/** Whoever makes sudo's files unreadable is not watched: a session without its watch ends (laws L8, L9). */
const SUDO_UNREAD_SECONDS = 15;
/** A single miss may be an accident; the next canary follows at once. */
const CANARY_MISSES_MAX = 2;

const cause = (reason: EndReason, ...findings: string[]): EndCause => ({ reason, findings });

/** The first reason, if any, why this session must end. The order decides what people are told. */
export function endCause(ctx: Context, session: Session): EndCause | undefined {
  return (
    otherBoot(ctx, session) ??
    recordLost(ctx) ??
    groupChanged(ctx, session) ??
    sudoChanged(ctx, session) ??
    logRefused(session) ??
    deadlinePassed(ctx, session) ??
    serviceSaid(ctx) ??
    (ctx.memory.doneWanted ? cause("ended_by_user") : undefined) ??
    networkGone(ctx) ??
    rightsGone(ctx, session)
  );
}

/** Another boot: take the rights away first, ask later (law L4). */
function otherBoot(ctx: Context, session: Session): EndCause | undefined {
  if (session.deadline.bootSession === ctx.now.bootSession) return undefined;
  const endsAtWall = (session.startedAtWall ?? session.sinceWall) + session.minutes * 60_000;
  const isPast = ctx.now.wall >= endsAtWall;
  return cause(isPast ? "expired" : "ended_by_user", "this Mac was restarted during the session");
}

function recordLost(ctx: Context): EndCause | undefined {
  if (ctx.memory.unsavedSince !== undefined)
    return cause("device_error", "the session's record could not be saved");
  if (ctx.observed.recordOnDisk === "absent") return cause("tampered", "the session's record was deleted");
  if (ctx.observed.recordOnDisk === "changed") return cause("tampered", "the session's record was changed");
  return undefined;
}

function deadlinePassed(ctx: Context, session: Session): EndCause | undefined {
  return isOver(session.deadline, ctx.now) ? cause("expired") : undefined;
}

/** After the grant the admin group differs from before by exactly that person (law L1). */
export function unexplained(ctx: Context, session: Session): { extra: AdminEntry[]; missing: AdminEntry[] } {
  const { admins } = ctx.observed;
  if (admins === undefined) return { extra: [], missing: [] };
  const found = difference(session.baseline.admins, adminEntries(admins));
  const granted = grantedEntries(admins, session.person);
  return { extra: found.extra.filter((entry) => !granted.includes(entry)), missing: found.missing };
}

function groupChanged(ctx: Context, session: Session): EndCause | undefined {
  const { extra, missing } = unexplained(ctx, session);
  const { admins } = ctx.observed;
  const { baseline } = session;
  const taken = admins === undefined ? [] : takenOver(baseline.admins, baseline.accounts, admins);
  if (extra.length === 0 && missing.length === 0 && taken.length === 0) return undefined;
  const words = (entry: AdminEntry) => entryInWords(entry, ctx.observed.admins);
  return cause(
    "tampered",
    ...extra.map((entry) => `made an administrator during the session: ${words(entry)}`),
    ...missing.map((entry) => `removed from the administrators during the session: ${words(entry)}`),
    ...taken.map(({ entry, by }) => `${by.username} (uid ${by.uid}) took over: ${words(entry)}`),
  );
}

function sudoChanged(ctx: Context, session: Session): EndCause | undefined {
  const { sudo } = ctx.observed;
  if (sudo === undefined) {
    const isLong = unreadSeconds(ctx, "sudo") > SUDO_UNREAD_SECONDS;
    return isLong ? cause("device_error", "sudo's log and rules cannot be read") : undefined;
  }
  if (sudo.dropIn !== "ours") {
    return cause("tampered", `sudo's logging was ${sudo.dropIn === "absent" ? "removed" : "changed"}`);
  }
  const changes = sudoChanges(session, sudo.files);
  if (changes.length > 0) {
    return cause("tampered", ...changes.map(({ key, change }) => `${change} during the session: ${key}`));
  }
  const rewrite = rewriteOf(session.log, sudo.log, ctx.memory.seenLog);
  if (rewrite !== undefined) return cause("tampered", rewrite);
  return ctx.memory.canary.misses >= CANARY_MISSES_MAX
    ? cause("tampered", "sudo's log no longer records commands")
    : undefined;
}

/** Without its log there is no session (law L8): it is full, or somebody else has gone on with it by this Mac's key. */
function logRefused({ log: { refused } }: Session): EndCause | undefined {
  return refused === undefined ? undefined : cause("tampered", refused);
}

/** How sudo's files differ from the baseline; a lost baseline says nothing. */
function sudoChanges({ baseline: { items } }: Session, files: SudoFiles): Change[] {
  return items === undefined ? [] : changesBetween(sudoFilesIn(items), files);
}

function serviceSaid(ctx: Context): EndCause | undefined {
  return ctx.memory.serviceEnd === undefined ? undefined : cause(ctx.memory.serviceEnd);
}

function networkGone(ctx: Context): EndCause | undefined {
  const judged = verdict(ctx.memory.network, ctx.now);
  if (judged === "there") return undefined;
  return cause(
    "network_loss",
    judged === "loss"
      ? "neither the network probe nor the service answered"
      : "the service did not say for 3 minutes that the session goes on, though the network was there",
  );
}

/** The requester's membership was removed by somebody else: the session is over, nothing is given back. */
function rightsGone(ctx: Context, session: Session): EndCause | undefined {
  const { admins } = ctx.observed;
  if (session.phase !== "active" || admins === undefined) return undefined;
  if (entriesOf(admins, session.person).length > 0) return undefined;
  return secondsLeft(session.deadline, ctx.now) <= OWN_TIMER_SECONDS
    ? cause("expired")
    : cause("ended_by_user", "the rights were given back outside Hallpass");
}
