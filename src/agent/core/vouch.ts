import type { Calls } from "./calls.ts";
import { type Context, report } from "./context.ts";
import { rewriteOf } from "./log-position.ts";
import { adminEntries, entryInWords, isSameAccount, personOf } from "./membership.ts";
import type { OwedCall, Session } from "./record.ts";
import { isSent, vouchedBaseline } from "./sent-baseline.ts";
import { shipNote } from "./ship-log.ts";
import { takeOver } from "./take-over.ts";

/** What IT is told where the record is not what the service has. */
export const CHANGED_RECORD = "the session's record was changed while the agent was not running";
/** The line after which the log is shipped from its beginning again. */
export const LOG_AGAIN = "[sudo's log follows once more from the start of the session]";
/** An answer may have been under way for so long. */
const ANSWER_SECONDS = 10;

type MacSession = NonNullable<Calls["mac"]["answer"]["session"]>;
type ProofOnRecord = Extract<OwedCall, { name: "removed" }>;

/** Holds the session on record against the service's. Where they differ, rights go first. */
export function meetSession(ctx: Context, theirs: MacSession | undefined): void {
  const { session } = ctx.record;
  const proof = takeBackProof(ctx, theirs);
  if (session !== undefined && session.armId !== theirs?.armId) unknownSession(ctx, session);
  if (theirs === undefined) return;
  if (session === undefined || session.armId !== theirs.armId) return takeOver(ctx, theirs, { proof });
  vouch(ctx, session, theirs, proof);
  if (session.phase !== "ending" && theirs.status === "ending") {
    ctx.memory.serviceEnd ??= theirs.endReason ?? "revoked";
  }
}

/**
 * The service has a session that this process never had: it was asked for, or forged by whoever has this Mac's key, and
 * the Mac gave the attempt up before the service said yes. Nobody else would ever prove that it is over (law L5). What
 * this Mac has taken up meanwhile, or has yet to say of that session, comes first.
 */
export function meetLateSession(ctx: Context, theirs: MacSession | undefined): void {
  const { record, memory } = ctx;
  if (theirs === undefined) return;
  if (record.session !== undefined || memory.preparation !== undefined) {
    if (record.session?.armId !== theirs.armId) memory.standDoubted = true;
    return;
  }
  const isOwed = record.outbox.some(({ call }) => call.name === "removed" && call.armId === theirs.armId);
  if (!isOwed && !memory.proven.includes(theirs.armId)) takeOver(ctx, theirs, { isLate: true });
}

/**
 * A proof that is owed for a session which the service still has open was made by another process, or by root's hand:
 * it is not sent. What it says is read again and then said anew (law L5).
 */
function takeBackProof({ record }: Context, theirs: MacSession | undefined): ProofOnRecord | undefined {
  const owed = record.outbox.map(({ call }) => call);
  const proof = owed.find(
    (call): call is ProofOnRecord => call.name === "removed" && call.armId === theirs?.armId,
  );
  record.outbox = record.outbox.filter(({ call }) => call.name !== "removed" || call.armId !== proof?.armId);
  return proof;
}

/** The service knows nothing of the session on record: it ends, and is told. */
function unknownSession(ctx: Context, session: Session): void {
  session.sinceSeconds = 0;
  if (session.phase === "ending") return;
  const text = "the service knows no such session as is on this Mac's record";
  report(ctx, "tampered", [text, adminsNow(ctx)], session.requestId);
  ctx.memory.serviceEnd ??= "revoked";
}

/**
 * A temporary admin can kill the agent and edit its record, so that they belong to the administrators of before: what
 * the service was sent with `/arm` counts, and a record that differs from it was tampered with (laws L1, L5).
 */
function vouch(ctx: Context, session: Session, theirs: MacSession, proof: ProofOnRecord | undefined): void {
  const { now } = ctx;
  const isSame = isSameAccount(theirs, session.person) && theirs.requestId === session.requestId;
  session.requestId = theirs.requestId;
  const { baseline, armedSecondsAgo = Infinity } = theirs;
  const isKept = baseline === undefined || isSent(session.baseline, baseline);
  const armedSeconds = Math.max(0, now.continuousSeconds - armedSecondsAgo - ANSWER_SECONDS);
  session.sinceSeconds = Math.min(session.sinceSeconds, armedSeconds);
  delete session.ending?.hungUpAtSeconds;
  if (!isSame) session.person = personOf(ctx.observed.admins, theirs);
  if (!isKept) session.baseline = vouchedBaseline(baseline, session.baseline);
  readLogAgain(ctx, session);
  if (isSame && isKept && proof === undefined) return;
  report(ctx, "tampered", [CHANGED_RECORD, adminsNow(ctx)], session.requestId);
  ctx.memory.serviceEnd = "tampered";
}

/**
 * Nobody vouches for how far the sudo log was read, so it is read once more from where it stood before the grant. What
 * was shipped stays as it was (law L15), so that a line that was changed since shows, too.
 */
function readLogAgain(ctx: Context, session: Session): void {
  const { log } = session.baseline;
  if (log === undefined || session.log.inode === "") return;
  noteRewritten(ctx, session);
  session.log = {
    ...session.log,
    inode: log.inode,
    offset: log.size,
    tailHash: "",
    otherLines: 0,
  };
  ctx.memory.seenLog = undefined;
  shipNote(session, LOG_AGAIN);
}

/** From here on nothing is left to compare the log with, so what was done to it until now shows now or never. */
function noteRewritten(ctx: Context, session: Session): void {
  const { sudo } = ctx.observed;
  const rewrite = sudo === undefined ? undefined : rewriteOf(session.log, sudo.log, ctx.memory.seenLog);
  if (rewrite === undefined) return;
  if (session.ending !== undefined) {
    session.ending.findings.push(rewrite);
    return;
  }
  report(ctx, "tampered", [rewrite], session.requestId);
  ctx.memory.serviceEnd = "tampered";
}

function adminsNow({ observed: { admins } }: Context): string {
  const names =
    admins === undefined
      ? ["not readable"]
      : adminEntries(admins).map((entry) => entryInWords(entry, admins));
  return `administrators now: ${names.join(", ")}`;
}
