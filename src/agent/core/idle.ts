import { addedAmong, changesBetween } from "./baseline.ts";
import { type Context, isDue, keepTicking, report } from "./context.ts";
import { isIruRunning, runIru } from "./iru-run.ts";
import { adminEntries, type AdminEntry, difference, entryInWords } from "./membership.ts";
import type { Guard } from "./memory.ts";
import type { Step } from "./steps.ts";

const REPORT_EVERY_SECONDS = 300;
const RELOCK_EVERY_SECONDS = 300;
const RELOCK_FAST_SECONDS = 30;
const RELOCK_FAST_RUNS = 3;

/**
 * While no session runs nobody becomes admin through us. As long as Privileges is open for its users, or the service
 * has not heard of the last session's end, and in the first look after that or after this process's start, an
 * unexplained admin is removed within a second and reported, and so is a rule added to sudo (laws L1, L5). At other
 * times a change is somebody else's work, such as the MDM's: it is reported and taken as known, so that nobody is
 * demoted by mistake (law L16).
 */
export function idleTick(ctx: Context): void {
  const { record, memory, observed } = ctx;
  if (record.session !== undefined || record.known === undefined) return;
  const isGuarded = observed.privileges.unlocked || record.restartDue;
  if (isGuarded) {
    memory.guard.admins.isSettled = false;
    memory.guard.sudo.isSettled = false;
  }
  // Nothing tells when what could not be read can be, nor what changed meanwhile.
  if (isGuarded || observed.admins === undefined || observed.sudoFiles === undefined) keepTicking(ctx);
  guardAdmins(ctx, record.known, !isGuarded);
  guardSudo(ctx, !isGuarded);
  relock(ctx);
}

function guardAdmins(ctx: Context, known: readonly AdminEntry[], settles: boolean): void {
  const { record, memory, observed } = ctx;
  const { admins } = observed;
  if (admins === undefined) return;
  const entries = adminEntries(admins);
  const { extra, missing } = difference(known, entries);
  if (!memory.guard.admins.isSettled && extra.length > 0) {
    const words = extra.map(
      (entry) => `administrator without a session, removed: ${entryInWords(entry, admins)}`,
    );
    const steps = extra.map((entry) => ({ do: "remove_entry", entry }) as const);
    return undo(ctx, memory.guard.admins, steps, words);
  }
  memory.guard.admins.isSettled = settles;
  if (extra.length === 0 && missing.length === 0) return;
  record.known = entries;
  report(ctx, "drift", [
    ...extra.map((entry) => `new administrator outside a session: ${entryInWords(entry, admins)}`),
    ...missing.map((entry) => `no longer an administrator: ${entryInWords(entry, admins)}`),
  ]);
}

/** Only what was added can be undone: other files of sudo are somebody's, and what they said before is not kept. */
function guardSudo(ctx: Context, settles: boolean): void {
  const { record, memory, observed } = ctx;
  const { sudoFiles: files } = observed;
  if (files === undefined) return;
  record.knownSudo ??= files;
  const changes = changesBetween(record.knownSudo, files);
  const added = addedAmong(changes);
  if (!memory.guard.sudo.isSettled && added.length > 0) {
    const words = added.map((path) => `rule of sudo without a session, moved away: ${path}`);
    const steps = added.map((path) => ({ do: "remove_sudoers_file", path }) as const);
    return undo(ctx, memory.guard.sudo, steps, words);
  }
  memory.guard.sudo.isSettled = settles;
  if (changes.length === 0) return;
  record.knownSudo = files;
  report(
    ctx,
    "drift",
    changes.map(({ key, change }) => `sudo outside a session: ${change}: ${key}`),
  );
}

/** Undoes what nobody explains, in every look until it is read as gone, and says so from time to time. */
function undo(ctx: Context, guard: Guard, steps: readonly Step[], words: readonly string[]): void {
  ctx.urgent.push(...steps);
  guard.undone += 1;
  keepTicking(ctx);
  if (ctx.now.continuousSeconds - guard.reportedAtSeconds < REPORT_EVERY_SECONDS) return;
  guard.reportedAtSeconds = ctx.now.continuousSeconds;
  report(ctx, "drift", [...words, `times since this agent's start: ${guard.undone}`]);
}

/** Has the Iru agent fetch the locking profile when Privileges is open and nobody is waiting for it. */
function relock(ctx: Context): void {
  const { record, memory, observed } = ctx;
  const isWanted = observed.privileges.unlocked && record.outbox.length === 0;
  const isAwaited = record.requests.some(({ status }) => status === "approved");
  if (!isWanted || isAwaited || isIruRunning(ctx) || !isDue(ctx, memory.relock)) return;
  memory.relock.runs += 1;
  const wait = memory.relock.runs < RELOCK_FAST_RUNS ? RELOCK_FAST_SECONDS : RELOCK_EVERY_SECONDS;
  memory.relock.dueSeconds = ctx.now.continuousSeconds + wait;
  runIru(ctx);
}
