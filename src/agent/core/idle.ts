import { beside, type Context, isBusy, isDue, keepTicking, report } from "./context.ts";
import { adminEntries, difference, entryInWords } from "./membership.ts";

const REPORT_EVERY_SECONDS = 300;
const RELOCK_EVERY_SECONDS = 300;
const RELOCK_FAST_SECONDS = 30;
const RELOCK_FAST_RUNS = 3;

/**
 * While no session runs nobody becomes admin through us. As long as Privileges is open for its users, or the service
 * has not heard of the last session's end, or this process has not yet looked since its start, an unexplained admin
 * is removed within a second and reported (laws L1, L5). At other times a change of the group is somebody else's
 * work, such as the MDM's: it is reported and taken as known, so that nobody is demoted by mistake (law L16).
 */
export function idleTick(ctx: Context): void {
  const { admins, privileges } = ctx.observed;
  const { record, memory } = ctx;
  if (record.session !== undefined || record.known === undefined) return;
  const isGuarded = privileges.unlocked || record.restartDue;
  // Nothing tells when a directory that could not be read can be, nor what changed meanwhile.
  if (isGuarded || admins === undefined) keepTicking(ctx);
  if (admins !== undefined) compareAdmins(ctx, admins, isGuarded || !memory.hasCompared);
  else if (isGuarded) memory.hasCompared = false;
  relock(ctx);
}

function compareAdmins(
  ctx: Context,
  admins: NonNullable<Context["observed"]["admins"]>,
  strips: boolean,
): void {
  const { record, memory, now } = ctx;
  const entries = adminEntries(admins);
  const { extra, missing } = difference(record.known ?? [], entries);
  if (strips && extra.length > 0) {
    for (const entry of extra) ctx.urgent.push({ do: "remove_entry", entry });
    memory.strip.count += 1;
    keepTicking(ctx);
    if (now.continuousSeconds - memory.strip.reportedAtSeconds < REPORT_EVERY_SECONDS) return;
    memory.strip.reportedAtSeconds = now.continuousSeconds;
    const removed = extra.map(
      (entry) => `administrator without a session, removed: ${entryInWords(entry, admins)}`,
    );
    report(ctx, "drift", [...removed, `times since this agent's start: ${memory.strip.count}`]);
    return;
  }
  memory.hasCompared = true;
  if (extra.length === 0 && missing.length === 0) return;
  record.known = entries;
  report(ctx, "drift", [
    ...extra.map((entry) => `new administrator outside a session: ${entryInWords(entry, admins)}`),
    ...missing.map((entry) => `no longer an administrator: ${entryInWords(entry, admins)}`),
  ]);
}

/** Has the Iru agent fetch the locking profile when Privileges is open and nobody is waiting for it. */
function relock(ctx: Context): void {
  const { record, memory, observed } = ctx;
  const isWanted = observed.privileges.unlocked && record.outbox.length === 0;
  const isAwaited = record.requests.some(({ status }) => status === "approved");
  if (!isWanted || isAwaited || isBusy(ctx, "iru") || !isDue(ctx, memory.relock)) return;
  memory.relock.runs += 1;
  const wait = memory.relock.runs < RELOCK_FAST_RUNS ? RELOCK_FAST_SECONDS : RELOCK_EVERY_SECONDS;
  memory.relock.dueSeconds = ctx.now.continuousSeconds + wait;
  beside(ctx, "iru", { do: "run_iru" });
}
